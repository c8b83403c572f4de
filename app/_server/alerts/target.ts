/** Whom an alert is told to: people and groups by mail, chats, webhooks and pagers. */
import { randomUUID } from 'node:crypto';
import type { Alert } from '@/prisma/client/client';
import { isUuid } from '@/engine/plain-text';
import { readSettings, sendAt, UNWANTED, USUAL } from '../notifications/settings';
import { readPeople } from '../people/person';
import { chatText, pagerEvent, webhookEvent } from './message';
import type { TargetKind } from './moments';
import { JSON_TYPE, post, postSigned, type Outcome } from './post';
import { unsealed } from './sealed';
import type { Teller } from './tell';

export interface Target {
  /** As rules name it: 'person <id>'. */
  name: string;
  kind: TargetKind;
  /** 'Ada' */
  title: string;
  send(alert: Alert, moment: string, now: Date): Promise<Outcome>;
}

const never = (message: string): Outcome => ({ sent: { ok: false, kind: 'never', message }, message });

export async function openTarget(web: Teller, name: string): Promise<Target> {
  const [kind, id] = [name.slice(0, name.indexOf(' ')), name.slice(name.indexOf(' ') + 1)];
  switch (kind) {
    case 'person':
      return ofPeople(web, name, 'person', await readPeople(web, [id]), null);
    case 'group': {
      const members = await web.database.groupMember.findMany({ where: { groupName: id } });
      const ids = members.map(({ personId }) => personId);
      return ofPeople(web, name, 'group', await readPeople(web, ids), id);
    }
    case 'chat':
      return ofChat(web, name, id);
    default:
      return ofDestination(web, name, id);
  }
}

function ofPeople(
  web: Teller,
  name: string,
  kind: 'person' | 'group',
  people: Awaited<ReturnType<typeof readPeople>>,
  group: string | null
): Target {
  return {
    name,
    kind,
    title: group ?? people[0]?.name ?? 'A person who is not here any more',
    async send({ id: alertId }, moment, now) {
      if (!web.mail.configured) return never('No mail server is configured (BACKSTITCH_SMTP_URL).');
      if (people.length === 0) return never(group === null ? 'The person is not here any more.' : 'Nobody is in it.');
      const wishes = await readSettings(
        web,
        people.map(({ id }) => id)
      );
      const data = people
        .map(({ id }) => {
          const nextAt = sendAt(wishes.get(id) ?? USUAL, 'alert', now);
          return {
            id: randomUUID(),
            fact: `alert ${alertId} ${moment} ${id}`,
            kind: 'alert',
            taskId: '',
            alertId,
            personId: id,
            content: { moment },
            createdAt: now,
            nextAt,
            dropped: nextAt === null ? UNWANTED : null,
          };
        })
        .sort((a, b) => (a.fact < b.fact ? -1 : 1));
      await web.database.notification.createMany({ data, skipDuplicates: true });
      web.outbox.wake();
      return {
        sent: { ok: true },
        message: `Mailed to ${people.length === 1 ? people[0]!.name : `${people.length} people`}.`,
      };
    },
  };
}

async function ofChat(web: Teller, name: string, id: string): Promise<Target> {
  const chat = isUuid(id) ? await web.database.chat.findUnique({ where: { id } }) : null;
  return {
    name,
    kind: 'chat',
    title: chat?.title ?? 'A chat that was removed',
    async send(alert, moment) {
      if (!chat) return never('The chat was removed.');
      const sent = await web.chatter.send(chat, chatText(alert, moment, web.config.webUrl));
      return { sent, message: sent.ok ? `${chat.host} took the message.` : sent.message };
    },
  };
}

async function ofDestination(web: Teller, name: string, id: string): Promise<Target> {
  const row = isUuid(id) ? await web.database.alertDestination.findUnique({ where: { id } }) : null;
  const kind = row?.kind === 'pager' ? 'pager' : 'webhook';
  return {
    name,
    kind,
    title: row?.title ?? 'A destination that was removed',
    async send(alert, moment, now) {
      if (!row) return never('The destination was removed.');
      const sealed = await unsealed(web, row);
      if (!sealed) return never('Its secret cannot be read any more. Enter it again.');
      const { webUrl } = web.config;
      if (kind === 'pager')
        return post(web, sealed.address, JSON_TYPE, JSON.stringify(pagerEvent(alert, moment, sealed.secret, webUrl)));
      const event = webhookEvent(alert, moment, webUrl, now);
      return postSigned(web, sealed, event.id, JSON.stringify(event));
    },
  };
}
