/**
 * Runs whose code does not return, beside other runs. The tests count the sandboxes that had to be ended, and measure
 * no time.
 */
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { provesHistories } from '../history/testing/proof';
import { ActivityExecutor } from './activities/executor';
import { bundleWorkflows, type WorkflowBundle } from './bundle/bundle';
import { createEmbeddedWorker, type EmbeddedWorker } from './embedded-worker';
import { WorkflowUnderTest } from './testing/run-workflow';

const workflowsPath = fileURLToPath(new URL('./testing/workflows/basics.ts', import.meta.url));
provesHistories({ workflowsPath });

const executor = new ActivityExecutor({ activities: { work: (name: string) => Promise.resolve(`did ${name}`) } });
let bundle: WorkflowBundle;
let worker: EmbeddedWorker;
let nextKey = 1;
beforeAll(async () => {
  bundle = await bundleWorkflows({ entry: workflowsPath });
});
beforeEach(() => {
  worker = createEmbeddedWorker({
    bundles: { find: () => bundle, onChange: () => () => {} },
    activationTimeoutMs: 1_000,
  });
});
afterEach(() => worker.close());
afterAll(() => executor.close());

function start(workflowType: string, args: unknown[] = []): WorkflowUnderTest {
  const runKey = nextKey++;
  return new WorkflowUnderTest(worker, executor, workflowType, args, { runKey, workflowId: `apart-${runKey}` });
}
const orders = (count: number) => Array.from({ length: count }, () => start('sequence', [['a', 'b', 'c']]));

describe('endless runs beside ordinary ones', () => {
  it('[SX1] end the shared sandbox once, fail no ordinary task, and then run in separate sandboxes', async () => {
    const loops = Array.from({ length: 4 }, () => start('endless'));
    const before = orders(10);
    await Promise.all([...loops.map((run) => run.run({ maxTaskFailures: 1 })), ...before.map((run) => run.run())]);
    const { shared, apart } = worker.endedSandboxes;
    expect(shared).toBeGreaterThanOrEqual(1);
    expect(shared).toBeLessThanOrEqual(loops.length);
    expect(apart).toBe(loops.length);

    const after = orders(10);
    await Promise.all([...loops.map((run) => run.run({ maxTaskFailures: 3 })), ...after.map((run) => run.run())]);
    expect(worker.endedSandboxes).toEqual({ shared, apart: apart + 2 * loops.length });
    for (const order of [...before, ...after]) {
      expect(order.failures).toEqual([]);
      expect(order.result()).toEqual(['did a', 'did b', 'did c']);
    }
    for (const loop of loops) expect(loop.failures[0]?.failure.message).toMatch(/did not yield within 1000 ms/);
  }, 60_000);

  it('[SX2] do not move runs of another workflow type to separate sandboxes', async () => {
    const loop = start('endless');
    await loop.run({ maxTaskFailures: 1 });
    const other = start('sequence', [['a']]);
    await other.run();
    expect(other.result()).toEqual(['did a']);
    expect(worker.endedSandboxes).toEqual({ shared: 1, apart: 1 });
  }, 60_000);
});
