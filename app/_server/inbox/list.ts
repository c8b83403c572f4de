/**
 * Waiting or settled tasks. Tasks for this person come first, then tasks for others; each part is sorted by due time,
 * then the oldest first.
 */
import type { InboxList, InboxQuery, TaskOutcome } from '@/app/_contract/inbox';
import type { HumanTask } from '@/prisma/client/client';
import { flowsOf, mayAnywhere } from '@/engine/permissions/permissions';
import { demandAnywhere, type Actor } from '../people/actor';
import type { Web } from '../web';
import { viewOf, whyNotDecide } from './view';

/** More than anybody reads; a higher count is not computed exactly. */
const COUNTED = 1_000;
/** A row that a close wrote before its open arrived has no flow. */
const REAL = { flow: { not: '' } };
/** Tasks of the flows that the actor may read. */
function readable(actor: Actor) {
  const flows = flowsOf(actor, 'inbox.list');
  return flows === null ? REAL : { flow: { in: [...flows] } };
}

type Reader = Pick<Web, 'database'>;

export async function listInbox(web: Reader, actor: Actor, { view, limit }: InboxQuery): Promise<InboxList> {
  demandAnywhere(actor, 'inbox.list');
  const [waiting, last] = await Promise.all([
    readWaiting(web, actor),
    web.database.humanTask.findFirst({
      where: { ...readable(actor), outcome: { in: ['approved', 'rejected'] } },
      orderBy: { settledAt: 'desc' },
    }),
  ]);
  const rows =
    view === 'done'
      ? await web.database.humanTask.findMany({
          where: { ...readable(actor), settledAt: { not: null } },
          orderBy: [{ settledAt: 'desc' }, { taskId: 'asc' }],
          take: limit,
        })
      : await rowsOf(web, [...waiting.mine, ...waiting.others].slice(0, limit));
  return {
    tasks: rows.map((row) => viewOf(row, actor)),
    waiting: waiting.mine.length,
    waitingForOthers: waiting.others.length,
    lastDecided: last?.settledAt
      ? { title: last.title, atMs: last.settledAt.getTime(), outcome: last.outcome as TaskOutcome }
      : null,
    readAtMs: Date.now(),
  };
}

export async function countWaiting(web: Reader, actor: Actor): Promise<number> {
  return mayAnywhere(actor, 'inbox.decide') ? (await readWaiting(web, actor)).mine.length : 0;
}

/** Ids of waiting tasks, without their data, on which the right to decide does not depend. */
async function readWaiting({ database }: Reader, actor: Actor): Promise<{ mine: string[]; others: string[] }> {
  const rows = await database.humanTask.findMany({
    where: { ...readable(actor), settledAt: null },
    orderBy: [{ dueAt: { sort: 'asc', nulls: 'last' } }, { openedAt: 'asc' }, { taskId: 'asc' }],
    select: { taskId: true, candidates: true, flow: true, forbidStarter: true, starterId: true },
    take: COUNTED,
  });
  const idsOf = (mine: boolean) =>
    rows.filter((row) => (whyNotDecide(actor, row) === null) === mine).map(({ taskId }) => taskId);
  return { mine: idsOf(true), others: idsOf(false) };
}

/** In the order of the ids; a task that was settled meanwhile is left out. */
async function rowsOf({ database }: Reader, ids: readonly string[]): Promise<HumanTask[]> {
  const found = await database.humanTask.findMany({ where: { taskId: { in: [...ids] }, settledAt: null } });
  const byId = new Map(found.map((row) => [row.taskId, row]));
  return ids.flatMap((id) => byId.get(id) ?? []);
}
