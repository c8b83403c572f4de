/**
 * Fills in what earlier releases did not store, after the start and in small batches. A row is marked once it is filled
 * in, so it is done once, also by several web processes, and an interrupted batch is done again.
 *
 * Rules
 * [FI1] A settlement from before lists counted settlements is given to the engine, which counts again what the run left
 *       behind.
 * [FI2] An open task from before starters were looked up gets the person who started its run.
 * [FI3] A run that no longer exists needs nothing. While a part is away, nothing is marked.
 */
import { fromEngine } from './failure';
import { starterOf } from './inbox/open';
import type { Web } from './web';

const AT_ONCE = 50;

type Filler = Pick<Web, 'database' | 'temporal' | 'config' | 'versions' | 'invalidations'>;

/** Resolves to the number of rows that it looked at: 0 once nothing is left. Rejects while a part is away. */
export async function fillIn(web: Filler): Promise<number> {
  return (await countSettlements(web)) + (await findStarters(web));
}

async function countSettlements({ database, versions, config, invalidations }: Filler): Promise<number> {
  const { namespace } = config;
  const rows = await database.effectSettlement.findMany({
    where: { namespace, counted: false },
    select: { workflowId: true, runId: true, activityId: true, found: true, at: true },
    take: AT_ONCE,
  });
  for (const { found, at, ...effect } of rows) {
    const key = { namespace, ...effect };
    await ifItExists(versions.settleEffect({ ...key, found }));
    // A person may have said something else meanwhile, which the engine has been told.
    await database.effectSettlement.updateMany({ where: { ...key, at }, data: { counted: true } });
  }
  if (rows.length > 0) invalidations.announce(['runs']);
  return rows.length;
}

async function findStarters(web: Filler): Promise<number> {
  const { database, config, invalidations } = web;
  const rows = await database.humanTask.findMany({
    where: { namespace: config.namespace, starterKnown: false },
    select: { taskId: true, namespace: true, workflowId: true, firstRunId: true, runId: true },
    take: AT_ONCE,
  });
  for (const { taskId, firstRunId, runId, ...run } of rows) {
    const starterId = await ifItExists(starterOf(web, { ...run, runId: firstRunId, currentRunId: runId ?? undefined }));
    await database.humanTask.update({ where: { taskId }, data: { starterId: starterId ?? null, starterKnown: true } });
  }
  if (rows.length > 0) invalidations.announce(['inbox']);
  return rows.length;
}

/** Null if the engine has no such run, or cannot settle it. */
async function ifItExists<T>(question: Promise<T>): Promise<T | null> {
  try {
    return await question;
  } catch (error) {
    if (['runNotFound', 'refused'].includes(fromEngine(error)?.code ?? '')) return null;
    throw error;
  }
}
