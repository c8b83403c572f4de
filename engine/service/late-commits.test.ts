/** What may be said, and what must survive, while a commit is under way and after it failed late. */
import { status } from '@grpc/grpc-js';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { command } from '../history/test-run';
import { eventsOf, provesHistories } from '../history/testing/proof';
import { temporal } from '../proto';
import { ScriptedActivities, type Script } from '../sim/scripted-worker';
import { settle, VirtualClock } from '../sim/virtual-clock';
import { MemoryStore } from '../store/memory';
import { StoreUnavailableError, type LeasedStore } from '../store/port';
import type { EngineRole } from './start-engine';
import { startTestEngine } from './testing/test-engine';
import { UpdatingWorkflows } from './testing/updating-workflows';

provesHistories('scripted');

const { EventType } = temporal.api.enums.v1;
const operator = { name: 'test', role: 'operate' } as const;
const ACCEPTED = 2;
const COMPLETED = 3;

/** Its next commit stands still until the test lets it through, or lets the connection break. */
class SlowStore extends MemoryStore {
  /** Whoever holds the lease is not told that it was taken. */
  isSilent = false;
  #next: Promise<'through' | 'broken'> | null = null;

  holdNextCommit(): (end: 'through' | 'broken') => void {
    let end!: (how: 'through' | 'broken') => void;
    this.#next = new Promise((resolve) => (end = resolve));
    return end;
  }
  override async acquire(holder: string): Promise<LeasedStore> {
    const { isSilent } = this;
    const lease = await super.acquire(holder, isSilent);
    const commit = lease.commit.bind(lease);
    lease.commit = async (runs) => {
      const held = this.#next;
      this.#next = null;
      if ((await held) === 'broken') throw new StoreUnavailableError('connection lost (simulated)');
      return commit(runs);
    };
    return lease;
  }
}

const happened = (events: Parameters<Script>[0], type: number) => events.some(({ eventType }) => eventType === type);
const untilSignal: Script = (events) =>
  happened(events, EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED) ? [command.complete('done')] : [];
const untilTimer: Script = (events) => {
  if (happened(events, EventType.EVENT_TYPE_TIMER_FIRED)) return [command.complete('done')];
  return happened(events, EventType.EVENT_TYPE_TIMER_STARTED) ? [] : [command.timer('1', 60_000)];
};

const store = () => world.store;
let world: { store: SlowStore; clock: VirtualClock; role: EngineRole };
afterEach(() => world.role.stop());

async function begin(script: Script): Promise<void> {
  const slow = new SlowStore();
  const clock = new VirtualClock();
  const workflowWorker = new UpdatingWorkflows({ type: script });
  const role = await startTestEngine({ store: slow, clock, workflowWorker, activityWorker: new ScriptedActivities() });
  world = { store: slow, clock, role };
}
const call = <T>(method: string, request: object): Promise<T> =>
  world.role.service.call(method, { namespace: 'default', ...request }, operator) as Promise<T>;
const startRequest = { workflowId: 'w', workflowType: { name: 'type' }, taskQueue: { name: 'backstitch' } };
const start = (more: object = {}) =>
  call<{ runId: string; started: boolean }>('StartWorkflowExecution', { ...startRequest, ...more });
const workflowExecution = { workflowId: 'w' };
const signal = () => call('SignalWorkflowExecution', { workflowExecution, signalName: 'go' });
const describeRun = () =>
  call<temporal.api.workflowservice.v1.IDescribeWorkflowExecutionResponse>('DescribeWorkflowExecution', {
    execution: workflowExecution,
  });
const updateRun = (updateId: string, name: string, lifecycleStage: number) =>
  call<{ stage: number }>('UpdateWorkflowExecution', {
    workflowExecution,
    request: { meta: { updateId }, input: { name } },
    waitPolicy: { lifecycleStage },
  });
const poll = (updateId: string, lifecycleStage: number) =>
  call<{ stage: number; outcome: unknown }>('PollWorkflowExecutionUpdate', {
    updateRef: { workflowExecution, updateId },
    waitPolicy: { lifecycleStage },
  });
const openRuns = () => [...store().runs.values()].filter((run) => run.status === 1);
/** What a call has come to by now. */
function outcomeOf(request: Promise<unknown>): { state: 'waits' | 'answered' | 'refused'; code?: number } {
  const seen: ReturnType<typeof outcomeOf> = { state: 'waits' };
  request.then(
    () => (seen.state = 'answered'),
    (error: { code: number }) => Object.assign(seen, { state: 'refused', code: error.code })
  );
  return seen;
}

describe('while a commit is under way', () => {
  it('[L1] a close is not told before it is durable, and never when its commit fails', async () => {
    await begin(untilSignal);
    await start();
    await settle();
    const end = store().holdNextCommit();
    const signalled = outcomeOf(signal());
    await settle();
    const described = outcomeOf(describeRun());
    const again = outcomeOf(signal());
    await settle();
    expect([described.state, again.state]).toEqual(['waits', 'waits']);
    end('broken');
    await settle();
    expect([signalled, described, again].map(({ code }) => code)).toEqual(Array(3).fill(status.UNAVAILABLE));
    expect((await describeRun()).workflowExecutionInfo?.status).toBe(1);
  });

  it('[L2] a close that fails late leaves one open run of the id, whoever starts meanwhile', async () => {
    await begin(untilSignal);
    await start();
    await settle();
    const end = store().holdNextCommit();
    void signal().catch(() => {});
    await settle();
    const started = outcomeOf(start());
    const refused = outcomeOf(start({ workflowIdReusePolicy: 3 }));
    await settle();
    end('broken');
    await settle();
    expect([started.code, refused.code]).not.toContain(undefined);
    await world.clock.advance(5_000);
    expect(openRuns()).toHaveLength(1);
  });

  it('[L3] a start over a close that becomes durable makes the next run', async () => {
    await begin(untilSignal);
    await start();
    await settle();
    const end = store().holdNextCommit();
    void signal();
    await settle();
    const second = start();
    await settle();
    end('through');
    await settle();
    expect((await second).started).toBe(true);
    expect([...store().runs.values()].map((run) => run.status)).toEqual([2, 1]);
  });

  it('[L4] an outcome of an update is not told before it is durable', async () => {
    await begin(() => []);
    await start();
    await settle();
    const end = store().holdNextCommit();
    const caller = outcomeOf(updateRun('u', 'both', COMPLETED));
    await settle();
    const polled = outcomeOf(poll('u', COMPLETED));
    await settle();
    expect([caller.state, polled.state]).toEqual(['waits', 'waits']);
    end('broken');
    await settle();
    expect([caller.code, polled.code]).toEqual([status.UNAVAILABLE, status.UNAVAILABLE]);
  });

  it('[L5] a poll for a stage that is reached answers at once, with that stage', async () => {
    await begin(() => []);
    await start();
    await settle();
    await updateRun('u', 'accepts', ACCEPTED);
    expect(await poll('u', 0)).toMatchObject({ stage: ACCEPTED, outcome: null });
    expect(await poll('u', ACCEPTED)).toMatchObject({ stage: ACCEPTED, outcome: null });
  });
});

describe('late news of a lease that was lost', () => {
  for (const end of ['broken', 'through'] as const) {
    it(`[L6] neither stops a timer nor costs the lease that is ours again (${end})`, async () => {
      await begin(untilTimer);
      await start();
      await settle();
      const release = store().holdNextCommit();
      void signal().catch(() => {});
      await settle();
      await store().acquire('another engine');
      await world.clock.advance(1_000);
      expect(world.role.engine.holdsLease).toBe(true);
      const { epoch } = store();
      release(end);
      await world.clock.advance(120_000);
      expect(store().epoch).toBe(epoch);
      expect(openRuns()).toHaveLength(0);
    });
  }

  it('[L11] that is lost again while it is being taken is taken once more, not twice', async () => {
    await begin(untilTimer);
    const { acquire } = store();
    const taken: string[] = [];
    store().acquire = async (holder) => {
      taken.push(holder);
      const lease = await acquire.call(store(), holder);
      if (taken.length === 2) {
        lease.due = async () => {
          await store().acquire('another engine');
          throw new StoreUnavailableError('connection lost (simulated)');
        };
      }
      return lease;
    };
    await store().acquire('another engine');
    await world.clock.advance(5_000);
    const { epoch } = store();
    await world.clock.advance(60_000);
    expect(store().epoch).toBe(epoch);
    expect(taken.filter((holder) => holder !== 'another engine')).toHaveLength(2);
    expect(world.role.engine.holdsLease).toBe(true);
  });
});

describe('an engine that stood still while another took its lease, and does not know', () => {
  it('[L12] tells nothing from memory: no description, no query, no history, no refusal', async () => {
    await begin(untilSignal);
    await start();
    await settle();
    // It is told of nothing: neither its connection nor a commit has failed.
    store().isSilent = true;
    await store().acquire('another engine');
    const old = world.role;
    await world.clock.advance(1_000);
    expect(old.engine.holdsLease).toBe(true);
    const execution = workflowExecution;
    const asked = [
      describeRun(),
      call('QueryWorkflow', { execution, query: { queryType: 'q' } }),
      call('GetWorkflowExecutionHistory', { execution }),
      start({ requestId: 'another' }),
      call('DescribeTaskQueue', { taskQueue: { name: 'backstitch' } }),
    ];
    for (const request of asked) await expect(request).rejects.toMatchObject({ code: status.UNAVAILABLE });
    expect(old.engine.holdsLease).toBe(false);
  });

  it('[L13] a proof serves all who ask within a second, and a commit is one', async () => {
    await begin(untilSignal);
    await start();
    await settle();
    const prove = vi.spyOn(world.role.engine.store, 'prove');
    await Promise.all(Array.from({ length: 10 }, describeRun));
    expect(prove).toHaveBeenCalledTimes(0);
    await world.clock.advance(1_000);
    await Promise.all(Array.from({ length: 10 }, describeRun));
    expect(prove).toHaveBeenCalledTimes(1);
    await world.clock.advance(999);
    await describeRun();
    expect(prove).toHaveBeenCalledTimes(1);
    await world.clock.advance(1);
    await describeRun();
    expect(prove).toHaveBeenCalledTimes(2);
  });
});

describe('repeats and bounds', () => {
  it('[L7] signalWithStart, sent again after its run closed, is the same run and no error', async () => {
    await begin(untilSignal);
    const request = { ...startRequest, signalName: 'go', requestId: 'once' };
    const first = await call<{ runId: string }>('SignalWithStartWorkflowExecution', request);
    await settle();
    expect(openRuns()).toHaveLength(0);
    expect((await call<{ runId: string }>('SignalWithStartWorkflowExecution', request)).runId).toBe(first.runId);
  });

  it('[L10] what was stored though nobody learned it takes effect once, however often it is sent', async () => {
    await begin(() => []);
    const unknown = { code: status.UNAVAILABLE, message: expect.stringContaining('sent again') as string };
    const request = { requestId: 'once' };
    store().failNextCommit('lostAfterApply');
    await expect(start(request)).rejects.toMatchObject(unknown);
    await settle();
    const { runId } = await start(request);
    expect(runId).toBe((await start(request)).runId);
    const send = () => call('SignalWorkflowExecution', { workflowExecution, signalName: 'go', requestId: 's' });
    store().failNextCommit('lostAfterApply');
    await expect(send()).rejects.toMatchObject(unknown);
    await settle();
    await send();
    await send();
    expect(store().runs.size).toBe(1);
    const events = eventsOf([...store().history.values()].flat());
    expect(events.filter((event) => event.workflowExecutionSignaledEventAttributes)).toHaveLength(1);
  });

  it('[L9] a signal and a cancel that were taken are answered as taken, also after the run closed; a new one is not', async () => {
    await begin(untilSignal);
    await start();
    const again = (requestId: string) =>
      call('SignalWorkflowExecution', { workflowExecution, signalName: 'go', requestId });
    const cancel = (requestId: string) => call('RequestCancelWorkflowExecution', { workflowExecution, requestId });
    await cancel('c');
    await again('s');
    await settle();
    expect(openRuns()).toHaveLength(0);
    const { commits } = store();
    await again('s');
    await cancel('c');
    expect(store().commits).toBe(commits);
    for (const refused of [again('new'), cancel('new')]) {
      await expect(refused).rejects.toMatchObject({
        code: status.NOT_FOUND,
        message: 'workflow execution already completed',
      });
    }
  });

  it('[L8] a negative page size is refused by name', async () => {
    await begin(untilSignal);
    await start();
    const history = { execution: workflowExecution, maximumPageSize: -1 };
    for (const method of ['GetWorkflowExecutionHistory', 'GetWorkflowExecutionHistoryReverse'])
      await expect(call(method, history)).rejects.toThrow('maximum_page_size: is negative');
    await expect(call('ListWorkflowExecutions', { pageSize: -1 })).rejects.toThrow('page_size: is negative');
  });
});
