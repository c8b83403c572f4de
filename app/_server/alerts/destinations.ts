/**
 * Webhooks and pagers that alerts are told to, as administrators keep them.
 *
 * Rules
 * [ALD1] The address and the secret (of a webhook what signs, of a pager its routing key) are encrypted in the database, and in no
 *        answer, log or audit entry. The secret of a webhook is made here and shown once.
 * [ALD3] An address that is never called [RCB1] is refused when it is saved; one that was saved before says so in the list.
 * [ALD2] A changed address goes nowhere with the old secret of a pager: with it, the routing key is entered again.
 */
import { randomBytes, randomUUID } from 'node:crypto';
import { symmetricEncrypt } from 'better-auth/crypto';
import {
  DEFAULT_PAGER,
  MOST_ALERT_DESTINATIONS,
  type AlertDestination,
  type AlertTargetTested,
  type putAlertDestinationSchema,
  type PutAlertDestinationDone,
  type TestAlertTarget,
} from '@/app/_contract/alerts';
import { isUuid } from '@/engine/plain-text';
import type { AlertDestination as Row } from '@/prisma/client/client';
import type { z } from 'zod';
import { audited } from '../audit';
import { Refusal } from '../failure';
import { readPeople } from '../people/person';
import { demand, type Actor } from '../people/actor';
import { whyUnreachable } from '../reachable';
import type { Web } from '../web';
import { alertsUrl } from './message';
import { JSON_TYPE, post, postSigned } from './post';
import { unsealed, type Sealed } from './sealed';

type Keeper = Pick<Web, 'database' | 'log' | 'config' | 'invalidations'>;

/** Makes one, or changes the one of this id. */
export async function putAlertDestination(
  web: Keeper,
  actor: Actor,
  { id, title, kind, address, routingKey }: z.output<typeof putAlertDestinationSchema>
): Promise<PutAlertDestinationDone> {
  demand(actor, 'alerts.putDestination');
  const known = await web.database.alertDestination.findUnique({ where: { id } });
  if (known && known.kind !== kind) throw problem('/kind', 'Make another one: this one stays of its kind.');
  if (!known && (await web.database.alertDestination.count()) >= MOST_ALERT_DESTINATIONS)
    throw new Refusal('refused', `There are at most ${MOST_ALERT_DESTINATIONS} destinations.`);
  const before = known ? await unsealed(web, known) : null;
  const wanted = address || before?.address || (kind === 'pager' ? DEFAULT_PAGER : '');
  const url = urlOf(wanted);
  const unreachable = whyUnreachable(web, url);
  if (unreachable !== null) throw problem('/address', unreachable);
  const isMoved = before !== null && before.address !== url.href;
  if (kind === 'pager' && routingKey === '' && (before === null || isMoved))
    throw problem(
      '/routingKey',
      isMoved ? 'Enter the routing key again for the new address.' : 'Enter the routing key.'
    );
  if (kind === 'pager' && routingKey !== '' && !/^[!-~]{1,200}$/.test(routingKey))
    throw problem('/routingKey', 'Letters, digits and signs, without spaces.');
  const made = kind === 'webhook' && before === null ? `whsec_${randomBytes(32).toString('base64')}` : null;
  const secret = kind === 'pager' ? routingKey || (before?.secret ?? '') : (made ?? before?.secret ?? '');
  const details = { title, kind, host: url.host, secret: routingKey === '' && made === null ? 'kept' : 'given' };
  return audited(web, actor, { operation: 'alerts.putDestination', target: id, details }, async () => {
    const data = JSON.stringify({ address: url.href, secret } satisfies Sealed);
    const sealed = await symmetricEncrypt({ key: web.config.authSecret, data });
    const values = { title, kind, host: url.host, sealed, createdBy: actor.name };
    const row = await web.database.alertDestination.upsert({
      where: { id },
      create: { id, ...values },
      update: values,
    });
    web.invalidations.announce(['alerts']);
    return { destination: destinationOf(row, null), secret: made };
  });
}

export async function removeAlertDestination(web: Keeper, actor: Actor, id: string): Promise<{ id: string }> {
  demand(actor, 'alerts.removeDestination');
  const row = isUuid(id) ? await web.database.alertDestination.findUnique({ where: { id } }) : null;
  if (!row) throw new Refusal('badRequest', 'There is no such destination.');
  const details = { title: row.title };
  return audited(web, actor, { operation: 'alerts.removeDestination', target: id, details }, async () => {
    await web.database.alertDestination.deleteMany({ where: { id } });
    web.invalidations.announce(['alerts']);
    return { id };
  });
}

/** Sends one real message, which says that it is a test. A pager is asked to end what it begins. */
export async function testAlertTarget(
  web: Keeper & Pick<Web, 'chatter' | 'mail'>,
  actor: Actor,
  { target }: TestAlertTarget
): Promise<AlertTargetTested> {
  demand(actor, 'alerts.test');
  return audited(web, actor, { operation: 'alerts.test', target }, () => sendTest(web, target));
}

const UNREADABLE = 'Its secret cannot be read any more. Enter it again.';
const TEST = 'A test of Backstitch: alerts arrive here.';

async function sendTest(web: Keeper & Pick<Web, 'chatter' | 'mail'>, target: string): Promise<AlertTargetTested> {
  const [kind, id] = [target.slice(0, target.indexOf(' ')), target.slice(target.indexOf(' ') + 1)];
  const url = alertsUrl(web.config.webUrl);
  if (kind === 'person' || kind === 'group') return mailTest(web, kind, id);
  if (kind === 'chat') {
    const chat = isUuid(id) ? await web.database.chat.findUnique({ where: { id } }) : null;
    if (!chat) return { ok: false, message: 'The chat was removed.' };
    const sent = await web.chatter.send(chat, `${TEST}\n${url}`);
    return sent.ok ? { ok: true, message: `${chat.host} took the message.` } : { ok: false, message: sent.message };
  }
  const row = isUuid(id) ? await web.database.alertDestination.findUnique({ where: { id } }) : null;
  if (!row) return { ok: false, message: 'The destination was removed.' };
  const sealed = await unsealed(web, row);
  if (!sealed) return { ok: false, message: UNREADABLE };
  const name = `test_${randomUUID()}`;
  if (row.kind === 'webhook') {
    const event = {
      specversion: '1.0',
      id: name,
      source: web.config.webUrl.href,
      type: 'backstitch.alert.test',
      time: new Date().toISOString(),
      datacontenttype: 'application/json',
      data: { message: TEST },
    };
    const { sent, message } = await postSigned(web, sealed, name, JSON.stringify(event));
    return { ok: sent.ok, message };
  }
  const send = (event: object) =>
    post(
      web,
      sealed.address,
      JSON_TYPE,
      JSON.stringify({ routing_key: sealed.secret, dedup_key: `backstitch-${name}`, ...event })
    );
  const payload = { summary: TEST, source: web.config.webUrl.host, severity: 'info' };
  const { sent, message } = await send({ event_action: 'trigger', client: 'Backstitch', client_url: url, payload });
  if (sent.ok) await send({ event_action: 'resolve' });
  return { ok: sent.ok, message };
}

const MAILED_MOST = 20;

async function mailTest(
  web: Keeper & Pick<Web, 'mail'>,
  kind: 'person' | 'group',
  id: string
): Promise<AlertTargetTested> {
  const members = kind === 'group' ? await web.database.groupMember.findMany({ where: { groupName: id } }) : [];
  const people = await readPeople(web, kind === 'person' ? [id] : members.map(({ personId }) => personId));
  if (people.length === 0) return { ok: false, message: 'There is nobody to be told.' };
  const text = `${TEST}\n\n${alertsUrl(web.config.webUrl)}\n`;
  const sent = await Promise.all(
    people.slice(0, MAILED_MOST).map(({ email }) =>
      web.mail.send({
        messageId: `<${randomUUID()}@${web.config.webUrl.hostname}>`,
        to: email,
        subject: 'A test of the alerts of Backstitch',
        text,
        html: `<p>${TEST}</p>`,
        headers: {},
      })
    )
  );
  const failed = sent.find((each) => !each.ok);
  if (failed && !failed.ok) return { ok: false, message: failed.message };
  return { ok: true, message: `The mail server took ${sent.length === 1 ? 'the mail' : `${sent.length} mails`}.` };
}

export async function listDestinations(web: Pick<Web, 'database' | 'config'>): Promise<AlertDestination[]> {
  const rows = await web.database.alertDestination.findMany({ orderBy: [{ title: 'asc' }, { id: 'asc' }] });
  return Promise.all(rows.map(async (row) => destinationOf(row, await problemOf(web, row))));
}

/** [ALD3] Why what is sent there cannot arrive. */
async function problemOf(web: Pick<Web, 'config'>, row: Row): Promise<string | null> {
  const sealed = await unsealed(web, row);
  return sealed ? whyUnreachable(web, new URL(sealed.address)) : UNREADABLE;
}

const destinationOf = (
  { id, title, kind, host, createdBy, createdAt }: Row,
  problem: AlertDestination['problem']
): AlertDestination => ({
  id,
  title,
  kind: kind === 'pager' ? 'pager' : 'webhook',
  host,
  createdBy,
  createdMs: createdAt.getTime(),
  problem,
});

function urlOf(address: string): URL {
  const url = URL.canParse(address) ? new URL(address) : null;
  const fits = url && /^https?:$/.test(url.protocol) && url.username === '' && url.password === '' && url.hash === '';
  if (!url || !fits) throw problem('/address', 'An address that begins with https:// or http://, without a password.');
  return url;
}

const problem = (at: string, message: string) =>
  new Refusal('inputInvalid', 'The destination cannot be saved as it is.', [{ at, message }]);
