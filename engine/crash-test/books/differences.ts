/** Where the ledgers of runs and the books of the service differ, once the runs have closed or wait for people. */
import type { FlowManifest } from '../../flow/manifest';
import type { HistoryEvent } from '../../history';
import type { Calls } from '../calls';
import { ClientRun } from '../client-run';
import { countedByKey, countingFaults, nameOf, unbooked } from '../counted';
import { judged, type Judgement } from '../judged-run';
import { listRuns, type ListedRun } from '../listed-runs';
import type { HostileService } from './hostile-service';

type Found = ListedRun & { events: HistoryEvent[] } & Judgement;

/** In words. `filter`: of all runs of some families. */
export async function differences(
  { calls, service }: { calls: Calls; service: HostileService },
  manifests: ReadonlyMap<string, FlowManifest>,
  filter: string
): Promise<string[]> {
  const runs: Found[] = [];
  for (const listed of await listRuns(calls, filter)) {
    const run = new ClientRun(listed.workflowId, calls);
    run.runId = listed.runId;
    runs.push(judged({ ...listed, events: await run.events() }, manifests.get(listed.workflowType) ?? null));
  }
  const counted = countedByKey(runs);
  return [...senders(runs).entries()]
    .flatMap(([key, { run, activityId }]) => {
      const book = service.book(key);
      return countingFaults(book, counted.get(key) ?? []).map(
        (words) => `${nameOf(run)} ${activityId} ${words}; the books: ${book.log.join('; ')}`
      );
    })
    .concat(
      unbooked(
        counted,
        [...service.books].map(([key, book]) => ({ key, ...book }))
      )
    );
}

/** Which run and which step has sent each key. */
function senders(runs: readonly Found[]): Map<string, { run: Found; activityId: string }> {
  return new Map(runs.flatMap((run) => [...run.keys].map(([activityId, key]) => [key, { run, activityId }] as const)));
}
