/**
 * The program of `npm run bench:parked`: the memory of the engine's process before, with and after runs that wait, on a
 * PostgreSQL of its own. Runs that wait for a day, and runs whose workflow type no worker serves, leave memory after a
 * minute. Ends with 1 if the resident memory is not back within a tenth of that of before two minutes later: the thread
 * of the sandbox collects its garbage when it is idle.
 */
import { mkdtemp, chmod, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { localCaller } from '../permissions/caller';
import { startEngine } from '../service/start-engine';
import { PostgresStore } from '../store/postgres/store';
import { ActivityExecutor } from '../worker/activities/executor';
import { bundleWorkflows } from '../worker/bundle/bundle';
import { createEmbeddedWorker } from '../worker/embedded-worker';
import { databaseUrl } from './database';

const RUNS = Number(process.argv[2] ?? 4_000);
/** The first runs load code, connections and statements, which stay. */
const WARM_UP = 400;
const AT_ONCE = 50;
const MOST_GROWTH = 0.1;
const PARKED_WITHIN_MS = 10 * 60_000;
const FREED_WITHIN_MS = 2 * 60_000;
const WORKFLOW = `
import { sleep } from '@temporalio/workflow';
export async function waits(): Promise<void> { await sleep('1 day'); }`;

const collect = (globalThis as { gc?: () => void }).gc;
/** In MB, when nothing is left that can be freed. */
async function residentMb(): Promise<number> {
  for (let round = 0; round < 5; round++) {
    collect?.();
    await sleep(500);
  }
  return Math.round(process.memoryUsage.rss() / 2 ** 20);
}

async function main(): Promise<boolean> {
  if (!collect) throw new Error('Run it with npm run bench:parked, which lets it collect garbage.');
  const folder = await mkdtemp(path.join(tmpdir(), 'backstitch-bench-'));
  await chmod(folder, 0o755);
  const database = await databaseUrl(folder);
  const bundle = await bundleWorkflows({ entry: 'waits.ts', modules: { 'waits.ts': WORKFLOW } });
  const served = { find: (type: string) => (type === 'waits' ? bundle : undefined), onChange: () => () => {} };
  const worker = createEmbeddedWorker({ bundles: served });
  const engine = await startEngine({
    store: new PostgresStore({ url: database.url }),
    workflowWorker: worker,
    activityWorker: new ActivityExecutor({ activities: {} }),
  });
  const caller = localCaller();
  const startMany = async (type: string, from: number, count: number) => {
    let next = from;
    await Promise.all(
      Array.from({ length: AT_ONCE }, async () => {
        for (let index = next++; index < from + count; index = next++) {
          const named = { namespace: 'default', workflowId: `${type}-${index}`, workflowType: { name: type } };
          const request = { ...named, taskQueue: { name: 'backstitch' } };
          await engine.service.call('StartWorkflowExecution', request, caller);
        }
      })
    );
  };
  const allParked = async () => {
    const latest = Date.now() + PARKED_WITHIN_MS;
    while ((engine.engine.stats.hotRuns ?? 0) > 0) {
      if (Date.now() > latest) throw new Error(`${engine.engine.stats.hotRuns} runs are still in memory`);
      await sleep(1_000);
    }
  };

  const results = [];
  for (const [what, type] of [
    ['wait for a day', 'waits'],
    ['no worker serves', 'unserved'],
  ] as const) {
    await startMany(type, 0, WARM_UP);
    await allParked();
    const before = await residentMb();
    await startMany(type, WARM_UP, RUNS);
    const hot = await residentMb();
    await allParked();
    const parkedMs = Date.now();
    let after = await residentMb();
    while (after > before * (1 + MOST_GROWTH) && Date.now() - parkedMs < FREED_WITHIN_MS) after = await residentMb();
    results.push({
      what,
      runs: RUNS,
      'before MB': before,
      'in memory MB': hot,
      'parked MB': after,
      'freed after s': Math.round((Date.now() - parkedMs) / 1_000),
      ratio: after / before,
    });
  }
  console.table(results.map((each) => ({ ...each, ratio: each.ratio.toFixed(3) })));
  await engine.stop();
  await worker.close();
  await database.stop();
  await rm(folder, { recursive: true, force: true });
  return results.every(({ ratio }) => ratio <= 1 + MOST_GROWTH);
}

process.exitCode = (await main()) ? 0 : 1;
