/** Rules QRT1 to QRT3: queue-rates.ts. */
import { afterEach, expect, it } from 'vitest';
import { provesHistories } from '../history/testing/proof';
import type { temporal } from '../proto';
import { settle } from '../sim/virtual-clock';
import { MemoryStore } from '../store/memory';
import { QueueRates } from './queue-rates';
import { steps, World } from './testing/world';

provesHistories('scripted');

const SECOND = 1_000;
const BOTH = ['added', 'dispatched'] as const;
let world: World<MemoryStore> | null = null;
afterEach(() => world?.role.stop());

it('[QRT1] a rate is that since the first task, and after half a minute that of the last half minute', () => {
  const rates = new QueueRates();
  const of = (now: number) => rates.of('activity', 'default', 'q', now);
  expect(of(0)).toEqual({ added: 0, dispatched: 0 });
  for (let now = 0; now < 10 * SECOND; now += SECOND) rates.count(BOTH, 'activity', 'default', 'q', now);
  expect(of(10 * SECOND)).toEqual({ added: 1, dispatched: 1 });
  expect(of(20 * SECOND)).toEqual({ added: 0.5, dispatched: 0.5 });
  for (let now = 20 * SECOND; now < 100 * SECOND; now += SECOND / 2)
    rates.count(['added'], 'activity', 'default', 'q', now);
  expect(of(100 * SECOND)).toEqual({ added: 2, dispatched: 0 });
  // What happened in a part of five seconds is forgotten together.
  expect(of(132 * SECOND).added).toBeCloseTo(6 / 32 / 2, 0);
  expect(of(140 * SECOND)).toEqual({ added: 0, dispatched: 0 });
  // Another queue, another type of task and another namespace are others.
  rates.count(BOTH, 'activity', 'default', 'q', 140 * SECOND);
  for (const [kind, namespace, queue] of [
    ['workflow', 'default', 'q'],
    ['activity', 'other', 'q'],
    ['activity', 'default', 'r'],
  ] as const)
    expect(rates.of(kind, namespace, queue, 141 * SECOND)).toEqual({ added: 0, dispatched: 0 });
});

it('[QRT3] only the queues that had tasks last are kept', () => {
  const rates = new QueueRates();
  for (let queue = 0; queue < 5_000; queue++) rates.count(BOTH, 'activity', 'default', `q${queue}`, 0);
  expect(rates.of('activity', 'default', 'q0', SECOND).added).toBe(0);
  expect(rates.of('activity', 'default', 'q4999', SECOND).added).toBe(1);
});

it('[QRT2] a queue with a worker gives what comes; one without a worker only gets', async () => {
  world = await new World({ one: steps(1) }, new MemoryStore()).begin();
  const began = world.clock.now();
  const describe = async (name: string, taskQueueType: number) => {
    const { stats } = await world!.call<temporal.api.workflowservice.v1.IDescribeTaskQueueResponse>(
      'DescribeTaskQueue',
      { taskQueue: { name }, taskQueueType, reportStats: true }
    );
    const { tasksAddRate, tasksDispatchRate } = stats!;
    return [tasksAddRate, tasksDispatchRate].map((rate) => Math.round((rate ?? 0) * 10));
  };
  for (let run = 0; run < 5; run++) {
    await world.start(`w${run}`, 'one');
    await world.start(`n${run}`, 'one', { taskQueue: { name: 'nobody' } });
  }
  await settle();
  await world.clock.advance(10 * SECOND);
  expect(world.clock.now() - began).toBe(10 * SECOND);
  // In ten seconds: five runs, each with a task and with a step that is under way.
  expect(await describe('backstitch', 1)).toEqual([5, 5]);
  expect(await describe('backstitch', 2)).toEqual([5, 5]);
  expect(await describe('nobody', 1)).toEqual([5, 0]);
  expect(await describe('nobody', 2)).toEqual([0, 0]);
});
