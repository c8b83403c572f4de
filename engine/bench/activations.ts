/**
 * The cost of an activation inside the sandbox, without threads, messages or a database: `node --expose-gc
 * --max-semi-space-size=32 --import tsx engine/bench/activations.ts`.
 *
 * Prints the microseconds of the creation of a run (with its first activation) and of a further activation, and the
 * KiB per cached run.
 */
import { baseScript } from '../worker/bundle/base';
import { bundleWorkflows } from '../worker/bundle/bundle';
import type { Job, RunCreation } from '../worker/sandbox/protocol';
import { SandboxHost } from '../worker/sandbox/host';

const WORKFLOW = `
import { proxyActivities } from '@temporalio/workflow';
const { noop } = proxyActivities<{ noop(): Promise<void> }>({ startToCloseTimeout: '1m' });
export async function steps(count: number): Promise<void> {
  for (let step = 0; step < count; step++) await noop();
}`;
const RUNS = 500;
const STEPS = 20;
const ROUNDS = 8;

const text = (value: string) => new TextEncoder().encode(value);
const json = (value: unknown) => ({
  metadata: { encoding: text('json/plain') },
  data: text(JSON.stringify(value)),
});

/** The processor time of this process, all threads. It is stable on a busy machine, unlike the clock. */
function microseconds(from: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(from);
  return user + system;
}

function creation(bundleId: string, runKey: number): RunCreation {
  const startTime = new Date(1_700_000_000_000);
  return {
    bundleId,
    randomnessSeed: [1, 2, 3, 4, 5, 6, 7, 8],
    info: {
      workflowId: `w-${runKey}`,
      runId: `r-${runKey}`,
      workflowType: 'steps',
      searchAttributes: {},
      historyLength: 0,
      historySize: 0,
      continueAsNewSuggested: false,
      taskQueue: 'q',
      namespace: 'default',
      firstExecutionRunId: `r-${runKey}`,
      originalExecutionRunId: `r-${runKey}`,
      startTime,
      runStartTime: startTime,
      taskTimeoutMs: 10_000,
      attempt: 1,
      unsafe: { isReplaying: false, isReplayingHistoryEvents: false },
    },
  };
}

async function main(): Promise<void> {
  const bundle = await bundleWorkflows({ entry: 'steps.ts', modules: { 'steps.ts': WORKFLOW } });
  const host = new SandboxHost(await baseScript());
  host.load(bundle.id, bundle.code);
  const activate = (runKey: number, historyLength: number, job: Job, create?: RunCreation) => {
    const result = host.activate({
      runKey,
      create,
      timestampMs: 1_700_000_000_000,
      isReplaying: false,
      historyLength,
      historySizeBytes: 100,
      continueAsNewSuggested: false,
      flags: [],
      jobs: [job],
    });
    if ('failure' in result) throw new Error(result.failure.message ?? 'failed');
  };
  const rows = [];
  for (let round = 0; round < ROUNDS; round++) {
    globalThis.gc?.();
    const heapBefore = process.memoryUsage().heapUsed;
    const keys = Array.from({ length: RUNS }, (_, index) => round * RUNS + index + 1);
    let from = process.cpuUsage();
    for (const key of keys) {
      activate(
        key,
        3,
        {
          variant: 'initializeWorkflow',
          initializeWorkflow: { workflowType: 'steps', arguments: [json(STEPS)], headers: {} },
        },
        creation(bundle.id, key)
      );
    }
    const created = microseconds(from);
    globalThis.gc?.();
    const kibARun = (process.memoryUsage().heapUsed - heapBefore) / RUNS / 1024;
    from = process.cpuUsage();
    for (let seq = 1; seq <= STEPS; seq++) {
      for (const key of keys) {
        const result = { completed: { result: json(null) } };
        activate(key, 3 + seq * 6, { variant: 'resolveActivity', resolveActivity: { seq, result } });
      }
    }
    const steps = microseconds(from);
    for (const key of keys) host.dispose(key);
    rows.push({
      'µs a first activation': Number((created / RUNS).toFixed(1)),
      'µs an activation': Number((steps / RUNS / STEPS).toFixed(1)),
      'KiB a cached run': Number(kibARun.toFixed(1)),
    });
  }
  console.table(rows);
}

await main();
