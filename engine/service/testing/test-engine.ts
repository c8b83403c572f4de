/**
 * An engine for a test. When the last one on a store has stopped, every history in that store is handed to the proof of
 * the test file (history/testing/proof.ts), whichever store it is: they are read through the port.
 */
import { readExpectation, type HistoryEvent } from '../../history';
import { eventsOf, witness, type Witnessed, type WorkflowSource } from '../../history/testing/proof';
import type { LeasedStore, Store, StoredRun } from '../../store/port';
import type { VisibilityRecord } from '../../visibility/record';
import { startEngine, type EngineRole, type StartEngineOptions } from '../start-engine';

const running = new Map<Store, number>();

/** `source`: its workflows, where they are not those that the test file has named. */
export async function startTestEngine(options: StartEngineOptions & { source?: WorkflowSource }): Promise<EngineRole> {
  const { store, source } = options;
  const role = await startEngine(options);
  running.set(store, (running.get(store) ?? 0) + 1);
  let isStopped = false;
  return {
    ...role,
    stop: async () => {
      await role.stop();
      if (isStopped) return;
      isStopped = true;
      const left = (running.get(store) ?? 1) - 1;
      running.set(store, left);
      if (left === 0) for (const history of await readHistories(store)) witness(() => ({ source, ...history }));
    },
  };
}

/** Every history in the store. Takes the lease: whatever engine still runs on it is fenced. */
export async function readHistories(store: Store): Promise<Witnessed[]> {
  const lease = await store.acquire('proof');
  try {
    const histories: Witnessed[] = [];
    for (const { name } of await lease.readNamespaces()) {
      for await (const record of recordsOf(lease, name)) {
        const history = await readHistory(lease, record);
        // The next engine may delete a run while this one reads.
        if (await lease.readRun(record.runKey)) histories.push(history);
      }
    }
    return histories;
  } finally {
    await lease.release();
  }
}

export type StoredHistory = StoredRun & { events: HistoryEvent[] };

/** Every run in the store. Takes the lease, as `readHistories`. */
export async function readRuns(store: Store): Promise<StoredHistory[]> {
  const lease = await store.acquire('reader');
  try {
    const runs: StoredHistory[] = [];
    for (const { name } of await lease.readNamespaces())
      for await (const { runKey } of recordsOf(lease, name)) {
        const stored = (await lease.readRun(runKey))!;
        runs.push({ ...stored, events: eventsOf(await lease.readHistory(runKey, 1, stored.nextEventId)) });
      }
    return runs;
  } finally {
    await lease.release();
  }
}

async function* recordsOf(lease: LeasedStore, namespace: string): AsyncGenerator<VisibilityRecord> {
  const limit = 500;
  let after: { startTime: number; runKey: number } | null = null;
  for (;;) {
    const page: VisibilityRecord[] = await lease.list({ namespace, filter: null, limit, after });
    yield* page;
    const last = page.at(-1);
    if (!last || page.length < limit) return;
    after = { startTime: last.startTime, runKey: last.runKey };
  }
}

async function readHistory(lease: LeasedStore, record: VisibilityRecord): Promise<Witnessed> {
  const { runKey, workflowId, runId } = record;
  const stored = await lease.readRun(runKey);
  if (!stored) throw new Error(`the list has run ${runId} of ${workflowId}, which is not stored`);
  const batches = await lease.readHistory(runKey, 1, stored.nextEventId);
  return { workflowId, runId, batches, expected: readExpectation(stored) };
}
