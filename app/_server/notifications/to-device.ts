/**
 * What a browser is told of rows of the outbox, by push.
 *
 * Rules
 * [NTD1] A message says one line of the task, as a chat's does: whoever looks at a locked screen sees it, so nothing sensitive.
 * [NTD2] What is true no more, and kinds that the person does not want, are not sent. How mails are gathered is no matter here.
 */
import type { NotificationKind } from '@/app/_contract/notifications';
import { pages } from '@/app/_contract/routes';
import type { HumanTask, Notification, PushDevice } from '@/prisma/client/client';
import { readReachable } from './collect';
import { deviceGone } from './devices';
import { chatLine } from './letter';
import type { Outgoing, Prepared } from './outgoing';
import type { PushMessage } from './pusher';
import { readSettings, UNWANTED, USUAL } from './settings';
import { questionsOf, whyNotTell } from './to-person';

export async function toDevice(
  web: Outgoing,
  deviceId: string,
  rows: readonly Notification[],
  now: Date
): Promise<Prepared> {
  const device = await web.database.pushDevice.findUnique({ where: { id: deviceId } });
  if (!device || device.goneAt) return { dropped: allDropped(rows, 'This browser is not told any more.'), post: null };
  const { personId } = device;
  const [[reach], wishes, tasks, questions] = await Promise.all([
    readReachable(web, [personId], now),
    readSettings(web, [personId]),
    web.database.humanTask.findMany({ where: { taskId: { in: rows.map(({ taskId }) => taskId) } } }),
    questionsOf(web, rows),
  ]);
  if (!reach) return { dropped: allDropped(rows, 'The person was deactivated.'), post: null };
  const { off } = wishes.get(personId) ?? USUAL;
  const byId = new Map(tasks.map((task) => [task.taskId, task]));
  const dropped = new Map<string, string>();
  const said: { kind: NotificationKind; task: HumanTask }[] = [];
  for (const row of rows) {
    const task = byId.get(row.taskId);
    const kind = row.kind as NotificationKind;
    const why = off.includes(kind) ? UNWANTED : whyNotTell(reach, row, task, questions);
    if (why !== null || !task) dropped.set(row.id, why ?? 'The task is gone.');
    else said.push({ kind, task });
  }
  return { dropped, post: said.length === 0 ? null : () => push(web, device, messageOf(web, said)) };
}

const allDropped = (rows: readonly Notification[], why: string) => new Map(rows.map(({ id }) => [id, why]));

async function push(web: Outgoing, device: PushDevice, message: PushMessage) {
  const sent = await web.pusher.send(device, message);
  if (!sent.ok && sent.isGone) await deviceGone(web, device.id);
  return sent;
}

const TITLES: Record<NotificationKind, string> = {
  asked: 'An approval waits for you',
  assigned: 'You were given an approval',
  reminded: 'A reminder of an approval',
  overdue: 'An approval is overdue',
  question: 'You are asked about an approval',
  answered: 'Your question is answered',
  followed: 'What became of a decision',
  alert: 'An alert',
};

function messageOf({ config }: Outgoing, said: readonly { kind: NotificationKind; task: HumanTask }[]): PushMessage {
  const { origin } = config.webUrl;
  const [only] = said;
  const count = new Set(said.map(({ task }) => task.taskId)).size;
  if (!only || count > 1)
    return {
      title: `${count} approvals wait for you`,
      body: 'Open your approvals.',
      url: `${origin}${pages.inbox()}`,
      tag: 'many',
    };
  const { kind, task } = said.at(-1) ?? only;
  return { title: TITLES[kind], body: chatLine(task), url: `${origin}${pages.task(task.taskId)}`, tag: task.taskId };
}
