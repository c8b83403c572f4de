/** What waits to be sent, or could not be sent, for administrators. */
import {
  MOST_NOTIFICATIONS,
  type NotificationList,
  type NotificationRow,
  type RetryNotifications,
} from '@/app/_contract/notifications';
import { byName } from '@/engine/flow/values/name-order';
import { Prisma } from '@/prisma/client/client';
import { audited } from '../audit';
import { demand, type Actor } from '../people/actor';
import type { Web } from '../web';
import { listChats } from './chats';

const { sql } = Prisma;
const DAY_MS = 24 * 60 * 60_000;
const FAILED = { nextAt: null, sentAt: null, dropped: null };
const UNSENT = { OR: [{ nextAt: { not: null } }, FAILED] };

export async function listNotifications(
  { database, mail }: Pick<Web, 'database' | 'mail'>,
  actor: Actor
): Promise<NotificationList> {
  demand(actor, 'notifications.list');
  const now = new Date();
  const since = new Date(now.getTime() - DAY_MS);
  const [waiting, failed, sent, oldest, chats, groups, rows] = await Promise.all([
    database.notification.count({ where: { nextAt: { not: null } } }),
    database.notification.count({ where: FAILED }),
    database.notification.count({
      where: { sentAt: { gt: since }, createdAt: { gt: new Date(since.getTime() - 30 * DAY_MS) } },
    }),
    database.notification.aggregate({ _min: { nextAt: true }, where: { nextAt: { lte: now } } }),
    listChats({ database }),
    database.personGroup.findMany({ select: { name: true } }),
    database.$queryRaw<Listed[]>`
      SELECT n.id, n.kind, n.task_id AS "taskId", n.created_at AS "createdAt", n.attempts, n.next_at AS "nextAt",
        n.last_error AS "lastError", coalesce(t.title, CASE WHEN n.alert_id IS NULL THEN '' ELSE 'An alert' END) AS title, coalesce(u.name, c.title, g.name, du.name, '') AS name,
        coalesce(u.email, c.host, g.email, 'a browser of ' || du.email, '') AS email
      FROM app.notification n
        LEFT JOIN app.human_task t ON t.task_id = n.task_id LEFT JOIN app."user" u ON u.id = n.person_id
        LEFT JOIN app.chat c ON c.id = n.chat_id LEFT JOIN app.guest_link g ON g.id = n.guest_id
        LEFT JOIN app.push_device d ON d.id = n.device_id LEFT JOIN app."user" du ON du.id = d.person_id
      WHERE n.next_at IS NOT NULL OR ${IS_FAILED}
      ORDER BY n.next_at IS NULL DESC, n.last_error IS NOT NULL DESC, n.created_at, n.id LIMIT ${MOST_NOTIFICATIONS}`,
  ]);
  return {
    mail: mail.configured,
    from: mail.from,
    waiting,
    oldestDueMs: oldest._min.nextAt?.getTime() ?? null,
    failed,
    sent,
    rows: rows.map(rowOf),
    chats,
    groups: groups.map(({ name }) => name).sort(byName),
    readAtMs: now.getTime(),
  };
}
const IS_FAILED = sql`(n.next_at IS NULL AND n.sent_at IS NULL AND n.dropped IS NULL)`;

/** Tries them now, whatever became of earlier attempts. Of what was sent or dropped nothing is sent again. */
export async function retryNotifications(
  web: Pick<Web, 'database' | 'log' | 'outbox' | 'invalidations'>,
  actor: Actor,
  { id }: RetryNotifications
): Promise<{ tried: number }> {
  demand(actor, 'notifications.retry');
  return audited(web, actor, { operation: 'notifications.retry', target: id ?? 'all' }, async () => {
    const { count } = await web.database.notification.updateMany({
      where: { ...UNSENT, ...(id === null ? {} : { id }) },
      data: { nextAt: new Date(), attempts: 0 },
    });
    web.outbox.wake();
    web.invalidations.announce(['people']);
    return { tried: count };
  });
}

interface Listed {
  id: string;
  kind: string;
  taskId: string;
  createdAt: Date;
  attempts: number;
  nextAt: Date | null;
  lastError: string | null;
  title: string;
  name: string;
  email: string;
}

const rowOf = ({
  id,
  kind,
  taskId,
  createdAt,
  attempts,
  nextAt,
  lastError,
  title,
  name,
  email,
}: Listed): NotificationRow => ({
  id,
  kind: kind as NotificationRow['kind'],
  to: email === '' ? 'nobody any more' : `${name} (${email})`,
  taskId,
  title,
  createdMs: createdAt.getTime(),
  attempts,
  nextMs: nextAt?.getTime() ?? null,
  lastError,
});
