/** The open runs of a workflow type with their histories, for what reads all of them: the check of a revision. */
import type { RunAddress, RunKey } from '../run-name';
import { parseListQuery } from '../visibility/parse';
import type { Engine } from './engine';
import { SEARCH_ATTRIBUTES } from './frontend/namespaces';
import type { HintStream } from './watch';

export interface OpenRun extends RunAddress {
  runKey: RunKey;
}

export interface OpenRuns {
  /** In pages. Every run that is open during the whole listing is listed, a run that starts meanwhile perhaps not. */
  list(workflowType: string): AsyncIterable<OpenRun[]>;
  /** The stored events, as encoded batches. */
  history(run: OpenRun): Promise<Uint8Array[]>;
  /** Calls the listener soon after each commit of a run, of any type. Returns a function that removes the listener. */
  onChange(listener: (run: RunAddress) => void): () => void;
}

const PAGE = 500;
/** No history has this many events. */
const LAST_EVENT = 2 ** 31 - 1;

/** Everything rejects while the lease is not ours. */
export function openRunsOf(engine: Pick<Engine, 'store'>, hints: Pick<HintStream, 'listen'>): OpenRuns {
  return {
    async *list(workflowType) {
      const query = `WorkflowType = '${workflowType}' AND ExecutionStatus = 'Running'`;
      const { filter } = parseListQuery(query, SEARCH_ATTRIBUTES);
      for (const { name: namespace } of await engine.store.readNamespaces()) {
        for (let after: { startTime: number; runKey: RunKey } | null = null; ;) {
          const records = await engine.store.list({ namespace, filter, limit: PAGE, after });
          yield records.map(({ runKey, workflowId, runId }) => ({ runKey, namespace, workflowId, runId }));
          const last = records.at(-1);
          if (!last || records.length < PAGE) break;
          after = { startTime: last.startTime, runKey: last.runKey };
        }
      }
    },
    async history({ runKey }) {
      const batches = await engine.store.readHistory(runKey, 1, LAST_EVENT);
      return batches.map(({ events }) => events);
    },
    onChange: (listener) => hints.listen(listener),
  };
}
