/**
 * Sends what is due, one message after the other.
 *
 * Rules
 * [NTS1] Every message is sent at least once. Its Message-ID is stored before its first attempt and is the same for all of
 *        them. It is sent a second time only if the outcome of an attempt is unknown or was a failure.
 * [NTS2] Of several web processes one sends a message: its rows are locked while it is sent. A process that dies loses the
 *        lock, and another one sends it.
 * [NTS3] What is true no more is not sent: the task was decided, or it does not ask this person any more.
 * [NTS4] A failure is tried again, ever more seldom, ATTEMPTS_MOST times. Then, or if the server will never take it, the row
 *        stays for an administrator.
 * [NTS5] While the mail server is away nothing else is tried, but after a pause.
 * [NTS6] If more than SINGLE_MOST are due for a person, they are sent as one message.
 * [NTS7] A person who wants them together gets one message that lists all that waits for them, if there is anything new.
 */
import type { Followed } from '@/app/_contract/inbox';
import type { NotificationKind, NotificationSettings } from '@/app/_contract/notifications';
import { pages, routes } from '@/app/_contract/routes';
import type { HumanTask, Notification, Prisma } from '@/prisma/client/client';
import type { Sent } from '../mail';
import { mayActSql } from '../inbox/for-whom';
import { settledWords } from '../inbox/view';
import type { Web } from '../web';
import { readReachable } from './collect';
import { digestOf, letterOf, type Said } from './letter';
import { isDigest, readSettings, UNWANTED, unsubscribeToken, USUAL } from './settings';
import { asks, type Reachable } from './whom';

export type Outgoing = Pick<Web, 'database' | 'config' | 'mail' | 'log'>;

const SINGLE_MOST = 5;
/** In one message. */
const TOGETHER_MOST = 200;
const ATTEMPTS_MOST = 30;
const RETRY_MS = 30_000;
const RETRY_MS_MOST = 60 * 60_000;
/** Longer than the mail server may take. */
const LOCKED_MS = 45_000;

/** Resolves when nothing is due any more, or the mail server is away [NTS5]; with the number of messages that were tried. */
export async function sendDue(
  web: Outgoing,
  now: () => Date = () => new Date()
): Promise<{ tried: number; isAway: boolean }> {
  for (let tried = 0; ; tried++) {
    const message = web.mail.configured ? await takeMessage(web, now()) : null;
    if (message === null) return { tried, isAway: false };
    if (!(await sendMessage(web, message, now()))) return { tried: tried + 1, isAway: true };
  }
}

/** [NTS1] [NTS6] The message that is due next; its rows are marked as belonging to it. Null: none is due. */
async function takeMessage({ database }: Outgoing, now: Date): Promise<string | null> {
  return database.$transaction(async (transaction) => {
    const [first] = await transaction.$queryRaw<Due[]>`
      SELECT id, message, person_id AS "personId" FROM app.notification
      WHERE next_at <= ${now} ORDER BY next_at, id LIMIT 1 FOR UPDATE SKIP LOCKED`;
    if (!first) return null;
    if (first.message !== null) return first.message;
    const wish = (await readSettings({ database: transaction }, [first.personId])).get(first.personId) ?? USUAL;
    const together = await transaction.$queryRaw<{ id: string }[]>`
      SELECT id FROM app.notification
      WHERE person_id = ${first.personId} AND message IS NULL AND next_at <= ${now}
      ORDER BY next_at, id LIMIT ${TOGETHER_MOST} FOR UPDATE SKIP LOCKED`;
    const ids = isDigest(wish) || together.length > SINGLE_MOST ? together.map(({ id }) => id) : [first.id];
    await transaction.notification.updateMany({ where: { id: { in: ids } }, data: { message: first.id } });
    return first.id;
  });
}
interface Due {
  id: string;
  message: string | null;
  personId: string;
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
      const { reach, wish, said, dropped } = await whatToSay(web, rows, now);
      await Promise.all([...dropped].map(([id, why]) => drop(transaction, id, why)));
      if (!reach || said.length === 0) return true;
      const listed = isDigest(wish) ? [...(await allThatWaits(web, reach)), ...said.filter(isFollowed)] : said;
      const sent = await post(web, message, reach, wish, listed);
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

/** [NTS3] What of the rows is still true, and why the others are not. */
async function whatToSay(web: Outgoing, rows: readonly Notification[], now: Date) {
  const personId = rows[0]?.personId ?? '';
  const [[reach], wishes, tasks] = await Promise.all([
    readReachable(web, [personId], now),
    readSettings(web, [personId]),
    web.database.humanTask.findMany({ where: { taskId: { in: rows.map(({ taskId }) => taskId) } } }),
  ]);
  const wish = wishes.get(personId) ?? USUAL;
  const byId = new Map(tasks.map((task) => [task.taskId, task]));
  const said: Said[] = [];
  const dropped = new Map<string, string>();
  for (const row of rows) {
    const task = byId.get(row.taskId);
    const kind = row.kind as NotificationKind;
    const isWanted = wish.mode !== 'none' && !wish.off.includes(kind);
    const why = !reach ? 'The person was deactivated.' : isWanted ? whyNotTell(reach, row, task) : UNWANTED;
    if (why !== null || !reach || !task) dropped.set(row.id, why ?? 'The task is gone.');
    else said.push({ ...saidOf(web, reach, task), kind, followed: row.content as Followed | null });
  }
  return { reach, wish, said, dropped };
}

const saidOf = ({ config }: Outgoing, reach: Reachable, task: HumanTask): Said => ({
  kind: 'asked',
  task,
  url: `${config.webUrl.origin}${pages.task(task.taskId)}`,
  actingFor: asks(reach, task)?.actingFor ?? null,
  followed: null,
});
const isFollowed = ({ kind }: Said): boolean => kind === 'followed';

/** [NTS7] */
async function allThatWaits(web: Outgoing, reach: Reachable): Promise<Said[]> {
  const { person, standIns } = reach;
  const found = await web.database.$queryRaw<{ taskId: string }[]>`
    SELECT t.task_id AS "taskId" FROM app.human_task t
    WHERE t.settled_at IS NULL AND t.flow <> '' AND t.namespace = ${web.config.namespace}
      AND ${mayActSql(person, standIns)}
    ORDER BY t.due_at NULLS LAST, t.opened_at, t.task_id LIMIT ${TOGETHER_MOST}`;
  const tasks = await web.database.humanTask.findMany({
    where: { taskId: { in: found.map(({ taskId }) => taskId) } },
  });
  return tasks.filter((task) => asks(reach, task) !== null).map((task) => saidOf(web, reach, task));
}

function whyNotTell(reach: Reachable, { kind }: Notification, task: HumanTask | undefined): string | null {
  if (!task) return 'The task is gone.';
  if (kind === 'followed') return null;
  if (task.settledAt) return settledWords(task);
  return asks(reach, task) ? null : 'It does not ask this person any more.';
}

function post(
  web: Outgoing,
  message: string,
  { person }: Reachable,
  wish: NotificationSettings,
  said: readonly Said[]
): Promise<Sent> {
  const { origin, hostname } = web.config.webUrl;
  const token = unsubscribeToken(web, person.id);
  const reader = {
    zone: wish.zone,
    settingsUrl: `${origin}${pages.account()}#notifications`,
    unsubscribeUrl: `${origin}${pages.unsubscribe(token)}`,
  };
  const [only] = said;
  const isOne = said.length === 1 && !isDigest(wish);
  const letter = isOne && only ? letterOf(only, reader) : digestOf(said, `${origin}${pages.inbox()}`, reader);
  return web.mail.send({
    ...letter,
    to: person.email,
    messageId: `<${message}@${hostname}>`,
    // A mail program turns the mails off by one request (RFC 8058).
    headers: {
      'List-Unsubscribe': `<${origin}${routes.unsubscribe(token)}>`,
      'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
    },
  });
}
