/** Rows follow their runs: a task whose run has ended, or was replaced, is settled, whoever ended it and however. */
import { reading } from '../engine';
import { fromEngine } from '../failure';
import { statusOf } from '../runs/summary';
import type { Web } from '../web';

type Reconciler = Pick<Web, 'database' | 'temporal' | 'config' | 'invalidations'>;
const AT_ONCE = 200;

/** Settle the open tasks of one run that has ended. */
export async function settleTasksOf(
  web: Pick<Web, 'database' | 'invalidations'>,
  workflowId: string,
  firstRunId: string
): Promise<number> {
  const { count } = await web.database.humanTask.updateMany({
    where: { workflowId, firstRunId, settledAt: null },
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
      distinct: ['workflowId', 'firstRunId'],
      select: { workflowId: true, firstRunId: true },
      orderBy: [{ workflowId: 'asc' }, { firstRunId: 'asc' }],
      take: AT_ONCE,
      skip,
    });
    for (const run of runs) {
      if (await isOpen(web, run)) skip++;
      else settled += await settleTasksOf(web, run.workflowId, run.firstRunId);
    }
    if (runs.length < AT_ONCE) return settled;
  }
}

/** Is the newest run of this workflow id open, and the one that asked or of its chain? */
async function isOpen(web: Reconciler, run: { workflowId: string; firstRunId: string }): Promise<boolean> {
  try {
    const { workflowExecutionInfo: info } = await reading(web, () =>
      web.temporal.workflowService.describeWorkflowExecution({
        namespace: web.config.namespace,
        execution: { workflowId: run.workflowId },
      })
    );
    const asked = [info?.firstRunId, info?.execution?.runId].includes(run.firstRunId);
    return statusOf(info?.status) === 'running' && asked;
  } catch (error) {
    if (fromEngine(error)?.code === 'runNotFound') return false;
    throw error;
  }
}
