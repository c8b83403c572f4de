/**
 * [RV] Several revisions of one workflow type at the same time: a run switches to the live one by replaying its history
 * there, or stays on its own. The history names the revision that decided each task.
 */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { provesHistories } from '../history/testing/proof';
import { ActivityExecutor } from './activities/executor';
import type { AttemptInfo } from './activities/attempt-info';
import { bundleWorkflows, type WorkflowBundle } from './bundle/bundle';
import { createEmbeddedWorker, type BundleSource, type EmbeddedWorker } from './embedded-worker';
import { WorkflowUnderTest } from './testing/run-workflow';
import { Context } from '@temporalio/activity';

const FIRST = `import { condition, defineQuery, defineSignal, proxyActivities, setHandler, sleep } from '@temporalio/workflow';
const { work } = proxyActivities<{ work(name: string): Promise<string> }>({ startToCloseTimeout: '10s' });
export async function order(): Promise<string> {
  let goes = 0;
  setHandler(defineSignal('go'), () => void (goes += 1));
  setHandler(defineQuery('text'), () => 'first');
  await work('reserve');
  await condition(() => goes > 0);
  await work('charge');
  await condition(() => goes > 1);
  return 'first';
}
`;
const asModules = (text: string) => ({ entry: 'order.ts', modules: { 'order.ts': text } });
const FIXED = FIRST.replaceAll("'first'", "'fixed'").replace("work('charge')", "work('charge it all')");
const SOURCES: Record<string, string> = {
  'v1.0': FIRST,
  'v1.1': FIXED,
  // It works before the first step, so no run that has begun can continue on it.
  'v1.2': FIRST.replace("await work('reserve')", "await sleep(5); await work('reserve')"),
  // It fails only after the next signal.
  'v1.3': FIRST.replace("await work('charge')", "throw new TypeError('no such field')"),
};
// What replays on the code that it was made by is proved by the revision that decided its last task.
const files = asModules(FIRST);
provesHistories(files);

const bundles = new Map<string, WorkflowBundle>();
let live = 'v1.0';
let listeners: (() => void)[] = [];
const refusals: string[] = [];
const source: BundleSource = {
  find: (_type, revision) => bundles.get(revision === '' ? 'v1.0' : (revision ?? live)),
  refuses: () => refusals[0] ?? null,
  onChange: (listener) => {
    listeners.push(listener);
    return () => (listeners = listeners.filter((each) => each !== listener));
  },
};
const scheduledBy: string[] = [];
const executor = new ActivityExecutor({
  activities: {
    work: (name: string) => {
      scheduledBy.push(`${name} ${(Context.current().info as AttemptInfo).revision}`);
      return name;
    },
  },
});
const logged: string[] = [];
let worker: EmbeddedWorker;
const log = {
  debug: () => {},
  info: (_: object, text?: string) => void logged.push(text ?? ''),
  warn: () => {},
  error: () => {},
};
beforeAll(async () => {
  for (const [revision, text] of Object.entries(SOURCES))
    bundles.set(revision, await bundleWorkflows({ ...asModules(text), revision }));
  worker = createEmbeddedWorker({ bundles: source, log: log as never });
});
afterAll(() => worker.close());

let lastKey = 0;
function start(revision: string, on = worker): WorkflowUnderTest {
  goLive(revision);
  scheduledBy.length = 0;
  logged.length = 0;
  const runKey = ++lastKey;
  const proof = asModules(SOURCES[revision] ?? '');
  return new WorkflowUnderTest(on, executor, 'order', [], { runKey, workflowId: `order-${runKey}`, source: proof });
}
function goLive(revision: string): void {
  live = revision;
  for (const listener of listeners) listener();
}
const waits = (run: WorkflowUnderTest) =>
  run.run({ until: () => run.state.activities.size === 0 && !run.state.needsWorkflowTask });
const revisionsOf = (run: WorkflowUnderTest) =>
  run.events.flatMap(({ workflowTaskCompletedEventAttributes: done }) => (done ? [done.workerVersion?.buildId] : []));

it('[RV1] a run switches with its next task, and its history names the revision of each task', async () => {
  const run = start('v1.0');
  await waits(run);
  goLive('v1.1');
  run.signal('go');
  await waits(run);
  run.signal('go');
  await run.run();
  expect([run.result(), run.failures]).toEqual(['fixed', []]);
  expect(revisionsOf(run)).toEqual(['v1.0', 'v1.0', 'v1.1', 'v1.1', 'v1.1']);
  // A step is carried out as the revision that scheduled it declares it.
  expect(scheduledBy).toEqual(['reserve v1.0', 'charge it all v1.1']);
});

it('[RV2] a run whose history does not replay on the live revision stays on its own, without a failed task', async () => {
  const run = start('v1.0');
  await waits(run);
  goLive('v1.2');
  run.signal('go');
  await waits(run);
  run.signal('go');
  await run.run();
  expect([run.result(), run.failures]).toEqual(['first', []]);
  expect(new Set(revisionsOf(run))).toEqual(new Set(['v1.0']));
  expect(logged).toEqual(['the run stays on v1.0: it cannot continue on v1.2']);
});

it('[RV3] code of the live revision that throws in the task of the switch leaves the run on its own revision', async () => {
  const run = start('v1.0');
  await waits(run);
  goLive('v1.3');
  run.signal('go');
  run.signal('go');
  await run.run();
  expect([run.result(), run.failures]).toEqual(['first', []]);
});

it('[RV4] a revision that may not take the run over leaves it on its own revision', async () => {
  const run = start('v1.0');
  await waits(run);
  goLive('v1.1');
  refusals.push('Its undo is different.');
  run.signal('go');
  run.signal('go');
  await run.run();
  refusals.pop();
  expect([run.result(), run.failures]).toEqual(['first', []]);
});

it('[RV5] a query is answered by the revision of the run, and does not switch it', async () => {
  const run = start('v1.0');
  await waits(run);
  goLive('v1.1');
  expect(await run.query('text')).toBe('first');
  expect(await run.query('text')).toBe('first');
  run.signal('go');
  await waits(run);
  expect(await run.query('text')).toBe('fixed');
  goLive('v1.2');
  expect(await run.query('text')).toBe('fixed');
  run.signal('go');
  await run.run();
  expect([run.result(), run.failures]).toEqual(['fixed', []]);
});

it('[RV6] a worker without a cache continues every run on the revision that its history names', async () => {
  const own = createEmbeddedWorker({ bundles: source });
  const run = start('v1.0', { runWorkflowTask: (task) => current.runWorkflowTask(task) } as EmbeddedWorker);
  let current = worker;
  await waits(run);
  goLive('v1.2');
  run.signal('go');
  await waits(run);
  current = own;
  expect(await run.query('text')).toBe('first');
  run.signal('go');
  await run.run();
  await own.close();
  expect([run.result(), run.failures]).toEqual(['first', []]);
  expect(new Set(revisionsOf(run))).toEqual(new Set(['v1.0']));
});

it('[RV7] a history without revisions was made by the first one', async () => {
  const run = start('v1.0');
  await waits(run);
  for (const { workflowTaskCompletedEventAttributes: done } of run.events) if (done) done.workerVersion = null;
  run.state.revision = '';
  goLive('v1.2');
  worker.evict(run.state.runKey);
  expect(await run.query('text')).toBe('first');
  run.signal('go');
  run.signal('go');
  await run.run();
  expect([run.result(), run.failures]).toEqual(['first', []]);
});

it('[RV8] a rollback takes a run back to the earlier revision', async () => {
  const run = start('v1.0');
  await waits(run);
  goLive('v1.1');
  run.signal('go');
  await waits(run);
  goLive('v1.0');
  run.signal('go');
  await run.run();
  expect([run.result(), run.failures]).toEqual(['first', []]);
  expect(revisionsOf(run)).toEqual(['v1.0', 'v1.0', 'v1.1', 'v1.1', 'v1.0']);
});
