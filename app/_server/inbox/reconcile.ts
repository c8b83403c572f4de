/** Rows follow their runs: a task whose run has ended, or was replaced, is settled, whoever ended it and however. */
import { reading } from '../engine';
import { fromEngine } from '../failure';
import { statusOf } from '../runs/summary';
import type { Web } from '../web';

type Reconciler = Pick<Web, 'database' | 'temporal' | 'config' | 'invalidations'>;
const AT_ONCE = 200;

/** Settle the open tasks of a chain of runs that has ended. */
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

/** Look after every open task, or those of one workflow id. Resolves to how many were settled; stops where the engine is away. */
export async function reconcileTasks(web: Reconciler, workflowId?: string): Promise<number> {
  let settled = 0;
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
      if (await isOpen(web, run)) skip++;
      else settled += await settle(web, run);
    }
    if (runs.length < AT_ONCE) return settled;
  }
}

interface AskingRun {
  workflowId: string;
  firstRunId: string;
  runId: string | null;
}

/** Is the newest run of this workflow id open, and the one that asked? A later run of its chain (a retry, a reset) asks anew. */
async function isOpen(web: Reconciler, run: AskingRun): Promise<boolean> {
  try {
    const { workflowExecutionInfo: info } = await reading(web, () =>
      web.temporal.workflowService.describeWorkflowExecution({
        namespace: web.config.namespace,
        execution: { workflowId: run.workflowId },
      })
    );
    const current = info?.execution?.runId;
    const asked = run.runId === null ? [info?.firstRunId, current].includes(run.firstRunId) : current === run.runId;
    return statusOf(info?.status) === 'running' && asked;
  } catch (error) {
    if (fromEngine(error)?.code === 'runNotFound') return false;
    throw error;
  }
}
