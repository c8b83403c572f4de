/**
 * Removes the rows of runs that are not stored any more, because their retention ended or somebody deleted them: decided
 * tasks of the inbox, and findings about effects. The audit trail is kept.
 *
 * [KEEP3] A row goes only when the engine says that its run does not exist. While the engine is away nothing goes, and a
 *         task that is open is reconciliation's (inbox/reconcile.ts).
 */
import { reading } from '../engine';
import { fromEngine } from '../failure';
import type { Web } from '../web';

type Sweeper = Pick<Web, 'database' | 'temporal' | 'config' | 'invalidations'>;
/** Rows may be written before their run is found. */
const YOUNG_MS = 60 * 60_000;
const AT_ONCE = 200;

/** Resolves to the number of rows that were removed. */
export async function removeRowsOfGone(web: Sweeper, nowMs = Date.now()): Promise<number> {
  const before = new Date(nowMs - YOUNG_MS);
  return (await removeTasks(web, before)) + (await removeSettlements(web, before));
}

async function removeTasks(web: Sweeper, before: Date): Promise<number> {
  const { database, config } = web;
  let removed = 0;
  for (let skip = 0; ;) {
    const runs = await database.humanTask.findMany({
      where: { namespace: config.namespace, settledAt: { lt: before } },
      distinct: ['workflowId', 'firstRunId', 'runId'],
      select: { workflowId: true, firstRunId: true, runId: true },
      orderBy: [{ workflowId: 'asc' }, { firstRunId: 'asc' }, { runId: 'asc' }],
      take: AT_ONCE,
      skip,
    });
    for (const run of runs) {
      if (await isGone(web, run.workflowId, run.runId ?? run.firstRunId)) {
        const where = { namespace: config.namespace, ...run, settledAt: { not: null } };
        removed += (await database.humanTask.deleteMany({ where })).count;
      } else skip++;
    }
    if (runs.length < AT_ONCE) break;
  }
  if (removed > 0) web.invalidations.announce(['inbox']);
  return removed;
}

async function removeSettlements(web: Sweeper, before: Date): Promise<number> {
  const { database, config } = web;
  let removed = 0;
  for (let skip = 0; ;) {
    const runs = await database.effectSettlement.findMany({
      where: { namespace: config.namespace, at: { lt: before } },
      distinct: ['workflowId', 'runId'],
      select: { workflowId: true, runId: true },
      orderBy: [{ workflowId: 'asc' }, { runId: 'asc' }],
      take: AT_ONCE,
      skip,
    });
    for (const run of runs) {
      if (await isGone(web, run.workflowId, run.runId)) {
        const where = { namespace: config.namespace, ...run };
        removed += (await database.effectSettlement.deleteMany({ where })).count;
      } else skip++;
    }
    if (runs.length < AT_ONCE) return removed;
  }
}

async function isGone(web: Sweeper, workflowId: string, runId: string): Promise<boolean> {
  const { namespace } = web.config;
  try {
    const execution = { workflowId, runId };
    await reading(web, () => web.temporal.workflowService.describeWorkflowExecution({ namespace, execution }));
    return false;
  } catch (error) {
    if (fromEngine(error)?.code === 'runNotFound') return true;
    throw error;
  }
}
