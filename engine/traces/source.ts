/** What the export of traces reads of an engine. */
import type { Engine } from '../service/engine';
import type { TraceSource } from './trace-exporter';

export function traceSourceOf(engine: Engine): TraceSource {
  return {
    now: () => engine.now(),
    at: (atMs, call) => engine.at(atMs, call),
    elapsedMs: () => engine.elapsedMs(),
    after: (ms, call) => engine.after(ms, call),
    get holdsLease() {
      return engine.holdsLease;
    },
    changes: (query) => engine.changes(query),
    changesSince: (timeMs) => engine.changesSince(timeMs),
    async history({ namespace, workflowId, runId }) {
      const stored = await engine.store.findRun(namespace, workflowId, runId);
      return stored && engine.readEvents(stored.runKey, 1, stored.nextEventId);
    },
  };
}
