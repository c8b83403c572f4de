/**
 * What a person is mailed of alerts.
 *
 * Rules
 * [NTA1] What is true no more is not sent: of an alert that is over neither its opening nor a reminder, and its end only to whom
 *        its opening was sent.
 * [NTA2] It says what is the case when it is sent, in the clock of the person.
 */
import type { Alert, Notification } from '@/prisma/client/client';
import { alertsUrl, pageOf, subjectOf, titleOf, whatChanged, wordsOf } from '../alerts/message';
import { readPeople } from '../people/person';
import { footOf, rendered, type Letter, type Part, type Reader } from './letter';
import { mailTo, readerOf } from './mail-to';
import type { Outgoing, Prepared } from './outgoing';
import { readSettings, UNWANTED, USUAL } from './settings';

interface Said {
  alert: Alert;
  moment: string;
}

export async function alertToPerson(web: Outgoing, message: string, rows: readonly Notification[]): Promise<Prepared> {
  const personId = rows[0]?.personId ?? '';
  const ids = rows.flatMap(({ alertId }) => alertId ?? []);
  const [[person], wishes, alerts, openings] = await Promise.all([
    readPeople(web, [personId]),
    readSettings(web, [personId]),
    web.database.alert.findMany({ where: { id: { in: ids } } }),
    web.database.notification.findMany({
      where: { personId, alertId: { in: ids }, sentAt: { not: null } },
      select: { alertId: true },
    }),
  ]);
  const wish = wishes.get(personId) ?? USUAL;
  const isWanted = wish.mode !== 'none' && !wish.off.includes('alert');
  const known = new Set(openings.map(({ alertId }) => alertId));
  const dropped = new Map<string, string>();
  const said: Said[] = [];
  for (const { id, alertId, content } of rows) {
    const alert = alerts.find((each) => each.id === alertId);
    const moment = momentOf(content);
    const why = !person ? 'The person was deactivated.' : isWanted ? whyNotTell(alert, moment, known) : UNWANTED;
    if (why !== null || !alert) dropped.set(id, why ?? 'The alert is gone.');
    else said.push({ alert, moment });
  }
  if (!person || said.length === 0) return { dropped, post: null };
  const reader = readerOf(web, person, wish);
  return { dropped, post: () => mailTo(web, message, person, letterOf(said, reader, web.config.webUrl)) };
}

/** [NTA1] */
function whyNotTell(alert: Alert | undefined, moment: string, known: ReadonlySet<string | null>): string | null {
  if (!alert) return 'The alert is gone.';
  if (moment === 'resolved') return known.has(alert.id) ? null : 'The person was not told that it began.';
  return alert.resolvedAt ? 'It was over before it was sent.' : null;
}

function momentOf(content: unknown): string {
  const moment = typeof content === 'object' && content !== null && 'moment' in content ? content.moment : null;
  return typeof moment === 'string' ? moment : 'opened';
}

function letterOf(said: readonly Said[], reader: Reader, webUrl: URL): Letter {
  const [only] = said;
  if (said.length === 1 && only) {
    const { alert, moment } = only;
    const lines = [whatChanged(alert, moment), wordsOf(alert, reader.zone)].filter(Boolean);
    return rendered(subjectOf(alert, moment), [
      { heading: titleOf(alert) },
      ...lines.map((line): Part => ({ line })),
      { link: pageOf(alert, webUrl), words: 'Open it' },
      { link: alertsUrl(webUrl), words: 'All alerts: acknowledge or silence it there' },
      footOf(reader),
    ]);
  }
  return rendered(`${said.length} alerts`, [
    { heading: `${said.length} alerts` },
    {
      items: said.map(({ alert, moment }) => ({
        title: subjectOf(alert, moment),
        detail: wordsOf(alert, reader.zone),
        url: pageOf(alert, webUrl),
      })),
    },
    { link: alertsUrl(webUrl), words: 'All alerts' },
    footOf(reader),
  ]);
}
