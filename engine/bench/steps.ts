/**
 * The program of `npm run bench` (run.ts): sequential no-op steps through the whole activity path (scheduled,
 * dispatched, executed, completed), in one process, on a PostgreSQL with fsync on. Prints workflows/s, steps/s,
 * latencies and commits with 1, 10, 100 and 1,000 concurrent runs, or with the numbers in its arguments.
 */
import { localCaller } from '../permissions/caller';
import { mkdtemp, chmod, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { temporal } from '../proto';
import { startEngine } from '../service/start-engine';
import { PostgresStore } from '../store/postgres/store';
import { ActivityExecutor } from '../worker/activities/executor';
import { bundleWorkflows } from '../worker/bundle/bundle';
import { createEmbeddedWorker } from '../worker/embedded-worker';
import { databaseUrl } from './database';

const STEPS = 10;
const LEVELS = [
  { atOnce: 1, runs: 100 },
  { atOnce: 10, runs: 500 },
  { atOnce: 100, runs: 2_000 },
  { atOnce: 1_000, runs: 5_000 },
];
const WORKFLOW = `
import { proxyActivities } from '@temporalio/workflow';
const { noop } = proxyActivities<{ noop(): Promise<void> }>({ startToCloseTimeout: '1m' });
export async function steps(count: number): Promise<void> {
  for (let step = 0; step < count; step++) await noop();
}`;

async function main(): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), 'backstitch-bench-'));
  await chmod(folder, 0o755);
  const database = await databaseUrl(folder);
  const bundle = await bundleWorkflows({ entry: 'steps.ts', modules: { 'steps.ts': WORKFLOW } });
  const worker = createEmbeddedWorker({ bundles: { find: () => bundle, onChange: () => () => {} } });
  const engine = await startEngine({
    store: new PostgresStore({ url: database.url }),
    workflowWorker: worker,
    activityWorker: new ActivityExecutor({ activities: { noop: () => {} }, maxConcurrent: 2_000 }),
  });
  const caller = localCaller();
  const input = { payloads: [{ metadata: { encoding: Buffer.from('json/plain') }, data: Buffer.from(String(STEPS)) }] };
  const { HistoryEventFilterType } = temporal.api.enums.v1;

  async function runOne(workflowId: string): Promise<number> {
    const from = performance.now();
    await engine.service.call(
      'StartWorkflowExecution',
      { namespace: 'default', workflowId, workflowType: { name: 'steps' }, taskQueue: { name: 'backstitch' }, input },
      caller
    );
    await engine.service.call(
      'GetWorkflowExecutionHistory',
      {
        namespace: 'default',
        execution: { workflowId },
        waitNewEvent: true,
        historyEventFilterType: HistoryEventFilterType.HISTORY_EVENT_FILTER_TYPE_CLOSE_EVENT,
      },
      caller
    );
    return performance.now() - from;
  }

  const results = [];
  await Promise.all(Array.from({ length: 50 }, (_, index) => runOne(`warm-${index}`)));
  const asked = process.argv.slice(2).map(Number);
  for (const { atOnce, runs } of LEVELS.filter(({ atOnce }) => asked.length === 0 || asked.includes(atOnce))) {
    const before = engine.engine.stats.commits ?? 0;
    const cpuBefore = process.cpuUsage();
    const from = performance.now();
    const latencies: number[] = [];
    let next = 0;
    await Promise.all(
      Array.from({ length: atOnce }, async () => {
        for (let index = next++; index < runs; index = next++) latencies.push(await runOne(`bench-${atOnce}-${index}`));
      })
    );
    const seconds = (performance.now() - from) / 1_000;
    const cpu = process.cpuUsage(cpuBefore);
    latencies.sort((a, b) => a - b);
    const at = (share: number) => latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * share))] ?? 0;
    const commits = (engine.engine.stats.commits ?? 0) - before;
    results.push({
      'at once': atOnce,
      runs,
      'workflows/s': Math.round(runs / seconds),
      'steps/s': Math.round((runs * STEPS) / seconds),
      'p50 ms': Number(at(0.5).toFixed(1)),
      'p99 ms': Number(at(0.99).toFixed(1)),
      commits,
      'commits/step': Number((commits / runs / STEPS).toFixed(3)),
      'CPU µs/step': Math.round((cpu.user + cpu.system) / (runs * STEPS)),
    });
  }
  console.table(results);
  if (process.env.BENCH_JSON) await writeFile(process.env.BENCH_JSON, JSON.stringify(results, null, 2));
  await engine.stop();
  await worker.close();
  await database.stop();
  await rm(folder, { recursive: true, force: true });
}

await main();
