/**
 * Keeps task rows in line with their runs. A task whose run has ended or was replaced is settled, whatever the cause.
 * A task for which an open run no longer waits is settled too: its close never arrived (a run gives up sending it
 * after some retries, so that no run depends on the inbox).
 */
import { isDeepStrictEqual } from 'node:util';
import { LRUCache } from 'lru-cache';
import { storableText } from '@/engine/plain-text';
import { eventsFromHistory } from '@/engine/run-view/events-from-history';
import { fieldsOf } from '@/engine/run-view/fields';
import { approvalDecisions, readRecords } from '@/engine/run-view/records';
import { NODES_QUERY, type HumanWait, type NodesReport } from '@/engine/saga/contract';
import { reading } from '../engine';
import { fromEngine } from '../failure';
import { statusOf } from '../runs/summary';
import type { Web } from '../web';
import { followAtFirst, outcomeOf, storedValues, votesIn } from './decisions';
import { keepWhoIsAsked } from './nobody';

type Reconciler = Pick<Web, 'database' | 'temporal' | 'config' | 'invalidations'>;
const AT_ONCE = 200;

/** Settles the open tasks of a chain of runs that has ended. */
export function settleTasksOf(
  web: Pick<Web, 'database' | 'invalidations'>,
  workflowId: string,
  firstRunId: string
): Promise<number> {
  return settle(web, { workflowId, firstRunId });
}

async function settle(web: Pick<Web, 'database' | 'invalidations'>, run: Partial<AskingRun>): Promise<number> {
  const { count } = await web.database.humanTask.updateMany({
    where: { ...run, settledAt: null },
    data: { settledAt: new Date(), outcome: 'runClosed' },
  });
  if (count > 0) web.invalidations.announce(['inbox']);
  return count;
}

/**
 * Checks every open task, or those of one workflow id. Resolves to the number of settled tasks; stops if the engine
 * is away.
 */
export async function reconcileTasks(web: Reconciler, workflowId?: string): Promise<number> {
  let settled = 0;
  const budget = { queries: QUERIES_AT_ONCE };
  for (let skip = 0; ;) {
    const runs = await web.database.humanTask.findMany({
      where: { settledAt: null, namespace: web.config.namespace, ...(workflowId ? { workflowId } : {}) },
      distinct: ['workflowId', 'firstRunId', 'runId'],
      select: { workflowId: true, firstRunId: true, runId: true },
      orderBy: [{ workflowId: 'asc' }, { firstRunId: 'asc' }, { runId: 'asc' }],
      take: AT_ONCE,
      skip,
    });
    for (const run of runs) {
      const asking = await openRunOf(web, run);
      if (asking === null) settled += await settle(web, run);
      else {
        const unasked = await settleUnasked(web, run, asking, budget);
        settled += unasked;
        // Settled tasks are not in the next page; the remaining ones are skipped.
        if (unasked === 0 || (await web.database.humanTask.count({ where: { ...run, settledAt: null } })) > 0) skip++;
      }
    }
    if (runs.length < AT_ONCE) return settled;
  }
}

interface AskingRun {
  workflowId: string;
  firstRunId: string;
  runId: string | null;
}

/** A query may load a parked run, so runs that have not changed since the last query are not queried again. */
const QUERIES_AT_ONCE = 20;
/** The length of the history of a run when it was last queried. */
const askedAt = new LRUCache<string, number>({ max: 10_000 });

/** Settles the open tasks for which an open run does not wait. */
async function settleUnasked(
  web: Reconciler,
  run: AskingRun,
  { events, runId }: { events: number; runId: string },
  budget: { queries: number }
): Promise<number> {
  const key = JSON.stringify([run, runId]);
  if (askedAt.get(key) === events || budget.queries <= 0) return 0;
  budget.queries--;
  const tasks = await web.database.humanTask.findMany({
    where: { ...run, settledAt: null },
    select: { taskId: true, decisions: true, requireComment: true },
  });
  const handle = web.temporal.workflow.getHandle(run.workflowId, runId);
  const waitsFor = await reading(web, () => handle.query<NodesReport>(NODES_QUERY)).then(
    (report) => new Map(report.waitsFor.flatMap((wait) => (wait.kind === 'approval' ? [[wait.taskId, wait]] : []))),
    () => null
  );
  // A run that cannot be queried now keeps its tasks.
  if (!waitsFor) return 0;
  await Promise.all([...waitsFor.values()].map((wait) => keepUp(web, wait)));
  askedAt.set(key, events);
  // A reset made another run of the one that opened them, which still waits for these.
  const kept = run.runId === null || run.runId === runId ? [] : tasks.filter(({ taskId }) => waitsFor.has(taskId));
  if (kept.length > 0)
    await web.database.humanTask.updateMany({
      where: { taskId: { in: kept.map(({ taskId }) => taskId) } },
      data: { runId },
    });
  const orphans = tasks.filter(({ taskId }) => !waitsFor.has(taskId));
  if (orphans.length === 0) return 0;
  const decisions = approvalDecisions(readRecords(eventsFromHistory(await reading(web, () => handle.fetchHistory()))));
  for (const task of orphans) {
    const { taskId } = task;
    const taken = decisions.find(({ decision }) => decision.taskId === taskId);
    await web.database.humanTask.updateMany({
      where: { taskId, settledAt: null },
      data: {
        settledAt: new Date(taken?.atMs ?? Date.now()),
        outcome: taken ? outcomeOf(task, taken.decision.decision) : 'cancelled',
        ...(taken && task.decisions !== null
          ? { decision: taken.decision.decision, decisionValues: storedValues(taken.decision.values) }
          : {}),
        decidedBy: taken ? storableText(taken.by) : null,
        ...(taken ? deciderOf(taken.decision.actor) : {}),
        comment: taken?.decision.comment ? storableText(taken.decision.comment) : null,
      },
    });
  }
  web.invalidations.announce(['inbox']);
  return orphans.length;
}

/** A program may have sent anything. */
function deciderOf(actor: unknown) {
  const { id } = fieldsOf(actor);
  return typeof id === 'string' ? { decidedById: storableText(id), followAt: followAtFirst() } : {};
}

/** Votes, and who is asked: an answer may have been lost between the run and the row. */
async function keepUp(
  web: Reconciler,
  { taskId, votes = [], candidates, howMany }: Extract<HumanWait, { kind: 'approval' }>
): Promise<void> {
  const task = await web.database.humanTask.findFirst({ where: { taskId, settledAt: null } });
  if (!task) return;
  if (votes.length > 0) {
    const where = { taskId, voteCount: { lt: votes.length } };
    const { count } = await web.database.humanTask.updateMany({ where, data: votesIn(task, votes) });
    if (count > 0) web.invalidations.announce(['inbox']);
  }
  // Where several people decide, the run says only who is asked now.
  if (howMany === undefined && !isDeepStrictEqual(candidates, task.candidates)) {
    await keepWhoIsAsked(web, task, candidates);
    web.invalidations.announce(['inbox']);
  }
}

/**
 * The waiting run, and the number of its events; null if none is open. It is the newest run of its workflow id: a later run
 * of its chain opens its tasks anew, but for those that a reset took over.
 */
async function openRunOf(web: Reconciler, run: AskingRun): Promise<{ events: number; runId: string } | null> {
  try {
    const { workflowExecutionInfo: info } = await reading(web, () =>
      web.temporal.workflowService.describeWorkflowExecution({
        namespace: web.config.namespace,
        execution: { workflowId: run.workflowId },
      })
    );
    const current = info?.execution?.runId ?? '';
    const asked = [info?.firstRunId, current].includes(run.firstRunId);
    const isOpen = statusOf(info?.status) === 'running' && asked && current !== '';
    return isOpen ? { events: Number(info?.historyLength ?? 0), runId: current } : null;
  } catch (error) {
    if (fromEngine(error)?.code === 'runNotFound') return null;
    throw error;
  }
}
