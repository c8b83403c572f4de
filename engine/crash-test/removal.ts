/** Deletes runs, and waits until they are gone. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Calls } from './calls';
import { ClientRun, NAMESPACE } from './client-run';
import type { DeletedRun } from './participant';

const LOOK_MS = 120;

/** Deletes all runs that match. Resolves to what they were. */
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
  for (const run of runs) await run.remove();
  for (const run of runs) while (await run.look()) await delay(LOOK_MS);
  return found;
}
