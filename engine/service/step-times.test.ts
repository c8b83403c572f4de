/** The rules are in step-times.ts. */
import { afterEach, expect, it } from 'vitest';
import { provesHistories } from '../history/testing/proof';
import { command } from '../history/testing/run';
import { temporal } from '../proto';
import { completed, ScriptedActivities, type Script } from '../sim/scripted-worker';
import { settle } from '../sim/virtual-clock';
import { firstBucketOver, STEP_BOUNDS_SECONDS, stepBucket } from '../step-bounds';
import { MemoryStore } from '../store/memory';
import { count, DAY_MS, World } from './testing/world';

provesHistories('scripted');
const { EventType } = temporal.api.enums.v1;

let world: World;
afterEach(() => world.role.stop());

/** All at once, and the run completes with the last one. */
const calls =
  (...ids: string[]): Script =>
  (events) => {
    if (count(events, EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED) === 0) return ids.map((id) => command.schedule(id));
    return count(events, EventType.EVENT_TYPE_ACTIVITY_TASK_COMPLETED) === ids.length ? [command.complete()] : [];
  };
const effectCounter = {
  knows: (type: string) => type !== 'foreign',
  count: () => Promise.resolve({ phase: null, standing: 0 }),
};
async function begin(scripts: Record<string, Script>): Promise<void> {
  const activities = new ScriptedActivities(() => completed('done'));
  world = await new World(scripts, new MemoryStore(), { effectCounter }, activities).begin();
}
const ended = (slowerThanMs = 1_000) =>
  world.role.engine.countEnded({ namespace: 'default', of: 'steps', sinceMs: 0, perMs: 0, slowerThanMs });
const found = async () =>
  (await ended()).map(({ workflowType, step, ended: times }) => `${workflowType} ${step} ${times}`);

it('[STM1] steps of flows are counted by node, over all of their items; undo, look-ups, tasks and other workflows are not', async () => {
  const ids = ['pay', 'pack~1', 'pack~2', 'pay:undo', 'pay:check', 'ask:open', 'ask:close', 'ship/label'];
  await begin({ order_v1: calls(...ids), foreign: calls('pay') });
  await world.start('w', 'order_v1');
  await world.start('f', 'foreign');
  await settle();
  // Nothing is written with the commit.
  expect(await found()).toEqual([]);
  await world.clock.advance(10_000);
  expect((await found()).sort()).toEqual(['order_v1 pack 2', 'order_v1 pay 1']);
  await world.start('v', 'order_v1');
  await world.clock.advance(10_000);
  expect((await found()).sort()).toEqual(['order_v1 pack 4', 'order_v1 pay 2']);
});

it('[STM2] a clean stop writes what was counted, and a store that is away loses it without an effect on runs', async () => {
  await begin({ order_v1: calls('pay') });
  await world.start('w', 'order_v1');
  await settle();
  await world.role.stop();
  expect(world.store.stepTimes).toMatchObject([{ step: 'pay', count: 1 }]);
  await begin({ order_v1: calls('pay') });
  const { store } = world.role.engine;
  const add = store.addStepTimes.bind(store);
  store.addStepTimes = () => Promise.reject(new Error('away (simulated)'));
  await world.start('w', 'order_v1');
  await world.clock.advance(10_000);
  store.addStepTimes = add;
  await world.start('v', 'order_v1');
  await world.clock.advance(10_000);
  expect(await found()).toEqual(['order_v1 pay 1']);
  expect((await world.describe('w')).workflowExecutionInfo?.status).toBe(2);
});

it('[STM3] what is older than nine days is removed', async () => {
  await begin({ order_v1: calls('pay') });
  await world.start('w', 'order_v1');
  await world.clock.advance(8 * DAY_MS);
  await world.start('v', 'order_v1');
  await world.clock.advance(10_000);
  expect(await found()).toEqual(['order_v1 pay 2']);
  await world.clock.advance(2 * DAY_MS);
  await world.start('u', 'order_v1');
  await world.clock.advance(10_000);
  expect(await found()).toEqual(['order_v1 pay 2']);
});

it('[STM1] the count of what took longer than a bound is exact', () => {
  for (const bound of STEP_BOUNDS_SECONDS) {
    const ms = bound * 1_000;
    expect(stepBucket(ms)).toBeLessThan(firstBucketOver(ms));
    expect(stepBucket(ms + 1)).toBeGreaterThanOrEqual(firstBucketOver(ms));
  }
  expect([stepBucket(0), stepBucket(10 * DAY_MS)]).toEqual([0, STEP_BOUNDS_SECONDS.length]);
});
