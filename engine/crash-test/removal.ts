/** Deletes runs, and waits until they are gone. A run of which an effect remains is refused, and stays. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Calls } from './calls';
import { ClientRun, NAMESPACE } from './client-run';
import type { DeletedRun } from './participant';

const LOOK_MS = 120;

/** Deletes all runs that match and may be deleted. Resolves to what those were. */
export async function removeAll(calls: Calls, filter: string): Promise<DeletedRun[]> {
  const { executions } = await calls.persist((client) =>
    client.workflowService.listWorkflowExecutions({ namespace: NAMESPACE, query: filter, pageSize: 1_000 })
  );
  const runs = executions.map(({ execution }) => {
    const run = new ClientRun(execution?.workflowId ?? '', calls);
    run.runId = execution?.runId ?? '';
    return run;
  });
  const found = await Promise.all(runs.map((run) => run.read()));
  const stay = new Set<string>();
  // If the first answer was lost, the run may be gone when it is asked again.
  for (const run of runs) if (!(await run.remove()) && (await run.look())) stay.add(run.runId);
  const gone = runs.filter(({ runId }) => !stay.has(runId));
  for (const run of gone) while (await run.look()) await delay(LOOK_MS);
  return found.filter(({ runId }) => !stay.has(runId));
}
