/**
 * Sends what is due, one message after the other.
 *
 * Rules
 * [NTS1] Every message is sent at least once. Its Message-ID is stored before its first attempt and is the same for all of
 *        them. It is sent a second time only if the outcome of an attempt is unknown or was a failure.
 * [NTS2] Of several web processes one sends a message: its rows are locked while it is sent. A process that dies loses the
 *        lock, and another one sends it.
 * [NTS4] A failure is tried again, ever more seldom, ATTEMPTS_MOST times. Then, or if the server will never take it, the row
 *        stays for an administrator.
 * [NTS5] While the mail server is away no other mail is tried, but after a pause.
 * [NTS6] If more than SINGLE_MOST are due for a person or a chat, they are sent as one message.
 */
import type { Notification, Prisma } from '@/prisma/client/client';
import type { Sent } from '../mail';
import { TOGETHER_MOST, type Outgoing, type Prepared } from './outgoing';
import { isDigest, readSettings, USUAL } from './settings';
import { alertToPerson } from './alert-to-person';
import { toChat } from './to-chat';
import { toDevice } from './to-device';
import { toGuest } from './to-guest';
import { toPerson } from './to-person';

const SINGLE_MOST = 5;
const ATTEMPTS_MOST = 30;
const RETRY_MS = 30_000;
const RETRY_MS_MOST = 60 * 60_000;
/** Longer than the mail server may take. */
const LOCKED_MS = 45_000;

export const CHANNELS = ['mail', 'chat', 'push'] as const;
type Channel = (typeof CHANNELS)[number];

/**
 * Resolves when nothing is due any more in this channel, or the mail server is away [NTS5]; with the number of messages that
 * were tried.
 */
export async function sendDue(
  web: Outgoing,
  channel: Channel,
  now: () => Date = () => new Date()
): Promise<{ tried: number; isAway: boolean }> {
  for (let tried = 0; ; tried++) {
    const message = channel !== 'mail' || web.mail.configured ? await takeMessage(web, channel, now()) : null;
    if (message === null) return { tried, isAway: false };
    if (!(await sendMessage(web, message, now()))) return { tried: tried + 1, isAway: true };
  }
}

/** [NTS1] [NTS6] The message that is due next; its rows are marked as belonging to it. Null: none is due. */
async function takeMessage({ database }: Outgoing, channel: Channel, now: Date): Promise<string | null> {
  return database.$transaction(async (transaction) => {
    const [first] = await transaction.$queryRaw<Due[]>`
      SELECT id, message, person_id AS "personId", chat_id AS "chatId", alert_id IS NOT NULL AS "isAlert",
        device_id AS "deviceId" FROM app.notification
      WHERE next_at <= ${now} AND (chat_id IS NOT NULL) = ${channel === 'chat'}
        AND (device_id IS NOT NULL) = ${channel === 'push'}
      ORDER BY next_at, id LIMIT 1 FOR UPDATE SKIP LOCKED`;
    if (!first) return null;
    if (first.message !== null) return first.message;
    const together = await transaction.$queryRaw<{ id: string }[]>`
      SELECT id FROM app.notification
      WHERE (person_id = ${first.personId} OR chat_id = ${first.chatId}::uuid OR device_id = ${first.deviceId}::uuid)
        AND message IS NULL AND next_at <= ${now}
        AND (alert_id IS NOT NULL) = ${first.isAlert}
      ORDER BY next_at, id LIMIT ${TOGETHER_MOST} FOR UPDATE SKIP LOCKED`;
    const { personId } = first;
    const wish =
      (personId === null ? null : (await readSettings({ database: transaction }, [personId])).get(personId)) ?? USUAL;
    const ids = isDigest(wish) || together.length > SINGLE_MOST ? together.map(({ id }) => id) : [first.id];
    await transaction.notification.updateMany({ where: { id: { in: ids } }, data: { message: first.id } });
    return first.id;
  });
}
interface Due {
  id: string;
  message: string | null;
  personId: string | null;
  chatId: string | null;
  /** Alerts and approvals are in mails of their own. */
  isAlert: boolean;
  deviceId: string | null;
}

/** [NTS2] Resolves to false if the mail server is away. */
async function sendMessage(web: Outgoing, message: string, now: Date): Promise<boolean> {
  return web.database.$transaction(
    async (transaction) => {
      const locked = await transaction.$queryRaw<{ id: string }[]>`
        SELECT id FROM app.notification WHERE message = ${message}::uuid AND next_at <= ${now}
        FOR UPDATE SKIP LOCKED`;
      const rows = await transaction.notification.findMany({
        where: { id: { in: locked.map(({ id }) => id) } },
        orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
      });
      const [first] = rows;
      if (!first) return true;
      const { dropped, post } = await prepare(web, message, first, rows, now);
      await Promise.all([...dropped].map(([id, why]) => drop(transaction, id, why)));
      if (!post) return true;
      const sent = await post();
      await keep(
        transaction,
        rows.filter(({ id }) => !dropped.has(id)),
        sent,
        now
      );
      return sent.ok || sent.kind !== 'away';
    },
    { timeout: LOCKED_MS }
  );
}

function prepare(
  web: Outgoing,
  message: string,
  { chatId, guestId, deviceId, alertId }: Notification,
  rows: readonly Notification[],
  now: Date
): Promise<Prepared> {
  if (chatId !== null) return toChat(web, chatId, rows);
  if (alertId !== null) return alertToPerson(web, message, rows);
  if (deviceId !== null) return toDevice(web, deviceId, rows, now);
  return guestId === null ? toPerson(web, message, rows, now) : toGuest(web, message, guestId, now);
}

const drop = (transaction: Prisma.TransactionClient, id: string, dropped: string) =>
  transaction.notification.update({ where: { id }, data: { nextAt: null, dropped } });

async function keep(
  transaction: Prisma.TransactionClient,
  rows: readonly Notification[],
  sent: Sent,
  now: Date
): Promise<void> {
  const attempts = Math.max(...rows.map((row) => row.attempts)) + 1;
  const isOver = !sent.ok && (sent.kind === 'never' || attempts >= ATTEMPTS_MOST);
  await transaction.notification.updateMany({
    where: { id: { in: rows.map(({ id }) => id) } },
    data: sent.ok
      ? { attempts, nextAt: null, sentAt: now, lastError: null }
      : // [NTS4]
        { attempts, nextAt: isOver ? null : new Date(now.getTime() + waitMs(attempts)), lastError: sent.message },
  });
}

export const waitMs = (attempts: number): number => Math.min(RETRY_MS_MOST, RETRY_MS * 2 ** (attempts - 1));
