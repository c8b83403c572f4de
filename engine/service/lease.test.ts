/**
 * A lease that was taken by another engine: while this one was frozen, late in a commit, and while it takes it back.
 */
import { status } from '@grpc/grpc-js';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { STATUS } from '../run-name';
import { provesHistories } from '../history/testing/proof';
import type { Script } from '../sim/scripted-worker';
import { settle } from '../sim/virtual-clock';
import { StoreUnavailableError } from '../store/port';
import { SlowStore } from './testing/slow-store';
import { DAY_MS, sleeper, untilSignal, World } from './testing/world';

provesHistories('scripted');

let world: World<SlowStore>;
afterEach(() => world.role.stop());
const begin = async (flow: Script) => (world = await new World({ flow }, new SlowStore()).begin());

describe('late news about a lost lease', () => {
  for (const end of ['broken', 'through'] as const) {
    it(`[SL1] neither stops a timer nor costs the new lease (${end})`, async () => {
      await begin(sleeper);
      await world.start('w', 'flow');
      await settle();
      const release = world.store.holdNextCommit();
      void world.signal('w').catch(() => {});
      await settle();
      await world.store.acquire('another engine');
      await world.clock.advance(1_000);
      expect(world.role.engine.holdsLease).toBe(true);
      const { epoch } = world.store;
      release(end);
      await world.clock.advance(2 * DAY_MS);
      expect(world.store.epoch).toBe(epoch);
      expect([...world.store.runs.values()].filter((run) => run.status === STATUS.running)).toHaveLength(0);
    });
  }

  it('[SL2] during a takeover causes one more takeover, not two', async () => {
    await begin(sleeper);
    const { acquire } = world.store;
    const taken: string[] = [];
    world.store.acquire = async (holder) => {
      taken.push(holder);
      const lease = await acquire.call(world.store, holder);
      if (taken.length === 2) {
        lease.due = async () => {
          await world.store.acquire('another engine');
          throw new StoreUnavailableError('connection lost (simulated)');
        };
      }
      return lease;
    };
    await world.store.acquire('another engine');
    await world.clock.advance(5_000);
    const { epoch } = world.store;
    await world.clock.advance(60_000);
    expect(world.store.epoch).toBe(epoch);
    expect(taken.filter((holder) => holder !== 'another engine')).toHaveLength(2);
    expect(world.role.engine.holdsLease).toBe(true);
  });
});

describe('an engine that was suspended while another one took its lease, before it has noticed', () => {
  it('[SL3] answers nothing from memory: no description, query, history or refusal', async () => {
    await begin(untilSignal);
    await world.start('w', 'flow');
    await settle();
    // The engine is not informed: neither its connection nor a commit has failed.
    world.store.isSilent = true;
    await world.store.acquire('another engine');
    const old = world.role;
    await world.clock.advance(1_000);
    expect(old.engine.holdsLease).toBe(true);
    const execution = { workflowId: 'w' };
    const asked = [
      world.describe('w'),
      world.call('QueryWorkflow', { execution, query: { queryType: 'q' } }),
      world.call('GetWorkflowExecutionHistory', { execution }),
      world.start('w', 'flow', { requestId: 'another' }),
      world.call('DescribeTaskQueue', { taskQueue: { name: 'backstitch' } }),
    ];
    await Promise.all(asked.map((each) => expect(each).rejects.toMatchObject({ code: status.UNAVAILABLE })));
    expect(old.engine.holdsLease).toBe(false);
  });

  it('[SL4] proves its lease at most once a second, and a commit is also a proof', async () => {
    await begin(untilSignal);
    await world.start('w', 'flow');
    await settle();
    const prove = vi.spyOn(world.role.engine.store, 'prove');
    await Promise.all(Array.from({ length: 10 }, () => world.describe('w')));
    expect(prove).toHaveBeenCalledTimes(0);
    await world.clock.advance(1_000);
    await Promise.all(Array.from({ length: 10 }, () => world.describe('w')));
    expect(prove).toHaveBeenCalledTimes(1);
    await world.clock.advance(999);
    await world.describe('w');
    expect(prove).toHaveBeenCalledTimes(1);
    await world.clock.advance(1);
    await world.describe('w');
    expect(prove).toHaveBeenCalledTimes(2);
  });
});
