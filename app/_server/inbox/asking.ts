/** Which runs wait for a person now, by the tasks that they opened. */
import { failureOf } from '../failure';
import type { Web } from '../web';

interface Run {
  workflowId: string;
  runId: string;
  firstRunId: string;
}

/** Returns run ids. If the database is away, the list is returned without this mark. */
export async function runsThatAsk(
  { database, config, log }: Pick<Web, 'database' | 'config' | 'log'>,
  runs: readonly Run[]
): Promise<ReadonlySet<string>> {
  if (runs.length === 0) return new Set();
  try {
    const open = await database.humanTask.findMany({
      where: {
        namespace: config.namespace,
        settledAt: null,
        flow: { not: '' },
        workflowId: { in: runs.map(({ workflowId }) => workflowId) },
      },
      select: { firstRunId: true, runId: true },
    });
    // A task that does not name the run of its chain belongs to the open run of that chain.
    const asks = (run: Run) =>
      open.some((task) => (task.runId === null ? task.firstRunId === run.firstRunId : task.runId === run.runId));
    return new Set(runs.filter(asks).map(({ runId }) => runId));
  } catch (error) {
    log.debug({ failure: failureOf(error) }, 'a list of runs cannot show which of them wait for a person');
    return new Set();
  }
}
