/** Runs in one realm: each run behaves as if it were the only one, and ordinary JavaScript works. */
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { provesHistories } from '../../history/testing/proof';
import { ActivityExecutor } from '../activities/executor';
import { bundleWorkflows } from '../bundle/bundle';
import { createEmbeddedWorker, type EmbeddedWorker } from '../embedded-worker';
import { WorkflowUnderTest } from '../testing/run-workflow';
import { offered } from '../testing/workflows/isolation';

const entry = fileURLToPath(new URL('../testing/workflows/isolation.ts', import.meta.url));
provesHistories({ workflowsPath: entry });
const executor = new ActivityExecutor({ activities: {} });
let worker: EmbeddedWorker;
let nextKey = 1;
beforeAll(async () => {
  const bundle = await bundleWorkflows({ entry });
  worker = createEmbeddedWorker({ bundles: { find: () => bundle, onChange: () => () => {} } });
});
afterAll(() => worker.close());
function start(workflowType: string, ...args: unknown[]): WorkflowUnderTest {
  const runKey = nextKey++;
  return new WorkflowUnderTest(worker, executor, workflowType, args, { runKey, workflowId: `w-${runKey}` });
}
/** Interleaved: the second run is executed to its end while the first one is open. */
async function interleaved(workflowType: string, first: unknown, second: unknown): Promise<unknown[]> {
  const [one, other] = [start(workflowType, first), start(workflowType, second)];
  await one.run({ until: () => one.state.timers.size > 0 });
  await other.run();
  await one.run();
  expect([...one.failures, ...other.failures]).toEqual([]);
  return [one.result(), other.result()];
}

describe('runs of one bundle', () => {
  it('[IS9] have separate modules: a counter counts one run', async () => {
    expect(await interleaved('counting', 'a', 'b')).toEqual([
      { count: 2, visitors: ['a'] },
      { count: 2, visitors: ['b'] },
    ]);
  });

  it('[IS9] share no globals and no last match of a regular expression', async () => {
    const alone = { assigned: 'TypeError' };
    expect(await interleaved('globals', 'first', 'second')).toEqual([alone, alone]);
  });

  it('[IS9] cancel their own timers, not those of another run with the same number', async () => {
    const [clears, keeps] = [start('timers', true), start('timers', false)];
    for (const run of [clears, keeps]) await run.run({ until: () => run.state.timers.size > 0 });
    await clears.run();
    await keeps.run();
    expect([clears.result(), keeps.result()]).toEqual(['nothing', 'the timer']);
  });

  it('[IS9] cannot change the bytes that are part of every payload', async () => {
    const encoding = [...new TextEncoder().encode('json/plain')];
    expect(await interleaved('poisoned', 1, 2)).toEqual([encoding, encoding]);
  });
});

describe('ordinary JavaScript', () => {
  it('[IS10] may define on its own objects the properties that frozen prototypes have', async () => {
    const run = start('overrides');
    await run.run();
    expect(Object.entries(run.result() as object).filter(([, what]) => what !== 'mine')).toEqual([]);
  });

  it('[IS10] has the globals of the official sandbox, and they behave as in Node', async () => {
    const run = start('atWork');
    await run.run();
    const { offered: inside, weak } = run.result() as { offered: unknown; weak: string[] };
    expect(inside).toEqual(JSON.parse(JSON.stringify(offered())));
    const violation = 'DeterminismViolationError';
    expect(weak).toEqual([violation, violation, 'done', 'AssertionError', 'one clock']);
  });
});
