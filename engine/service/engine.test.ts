/** The runtime's rules, over the memory store, virtual time and a scripted worker. */
import { status } from '@grpc/grpc-js';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { checkHistory, readExpectation, type HistoryEvent } from '../history';
import { command, failure } from '../history/test-run';
import { provesHistories } from '../history/testing/proof';
import { toDuration } from '../history/time';
import { temporal } from '../proto';
import { completed, jsonPayload, ScriptedActivities, ScriptedWorkflows, type Script } from '../sim/scripted-worker';
import { settle, VirtualClock } from '../sim/virtual-clock';
import { MemoryStore } from '../store/memory';
import type { EngineRole } from './start-engine';
import { startTestEngine } from './testing/test-engine';

provesHistories('scripted');

const { EventType } = temporal.api.enums.v1;
const DAY_MS = 86_400_000;
const operator = { name: 'test', role: 'operate' } as const;

const count = (events: readonly HistoryEvent[], type: number) =>
  events.filter((event) => event.eventType === type).length;
const closes = (events: readonly HistoryEvent[]) => count(events, EventType.EVENT_TYPE_ACTIVITY_TASK_COMPLETED);
const signals = (events: readonly HistoryEvent[]) => count(events, EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED);

const steps =
  (total: number, more: Parameters<typeof command.schedule>[1] = {}): Script =>
  (events) => {
    const done = closes(events);
    if (count(events, EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED) > done) return [];
    return done === total ? [command.complete(done)] : [command.schedule(`step-${done + 1}`, more)];
  };
const untilSignal: Script = (events) => (signals(events) > 0 ? [command.complete(signals(events))] : []);
const sleeper: Script = (events) => {
  if (count(events, EventType.EVENT_TYPE_TIMER_FIRED) > 0) return [command.complete('slept')];
  return count(events, EventType.EVENT_TYPE_TIMER_STARTED) === 0 ? [command.timer('1', DAY_MS)] : [];
};

class World {
  readonly store = new MemoryStore();
  readonly clock = new VirtualClock();
  readonly activities = new ScriptedActivities();
  readonly workflows: ScriptedWorkflows;
  role!: EngineRole;

  constructor(scripts: Record<string, Script>) {
    this.workflows = new ScriptedWorkflows(scripts);
  }
  async begin(): Promise<this> {
    this.role = await this.engine();
    return this;
  }
  engine(): Promise<EngineRole> {
    const { store, clock, activities, workflows } = this;
    return startTestEngine({ store, clock, activityWorker: activities, workflowWorker: workflows });
  }
  async takeOver(): Promise<void> {
    const old = this.role;
    this.role = await this.engine();
    await old.stop();
  }
  async call<T>(method: string, request: object, role = this.role): Promise<T> {
    return (await role.service.call(method, { namespace: 'default', ...request }, operator)) as T;
  }
  start(workflowId: string, type: string, more: object = {}): Promise<{ runId: string; started: boolean }> {
    const taskQueue = { name: 'backstitch' };
    return this.call('StartWorkflowExecution', { workflowId, workflowType: { name: type }, taskQueue, ...more });
  }
  signal(workflowId: string): Promise<unknown> {
    return this.call('SignalWorkflowExecution', { workflowExecution: { workflowId }, signalName: 'go' });
  }
  describe(workflowId: string): Promise<temporal.api.workflowservice.v1.IDescribeWorkflowExecutionResponse> {
    return this.call('DescribeWorkflowExecution', { execution: { workflowId } });
  }
  /** What is stored of the workflow id's current run, checked. */
  async stored(workflowId: string) {
    const run = [...this.store.runs.values()].filter((stored) => stored.workflowId === workflowId).at(-1)!;
    const batches = this.store.history.get(run.runKey) ?? [];
    const events = batches.flatMap(({ events: bytes }) => temporal.api.history.v1.History.decode(bytes).events);
    expect(checkHistory(batches, readExpectation(run))).toEqual([]);
    return { run, events };
  }
}

let world: World;
afterEach(() => world.role.stop());
const begin = async (scripts: Record<string, Script>) => (world = await new World(scripts).begin());

describe('the runtime', () => {
  it('[S1] a step is one commit: result, workflow task and next schedule are durable together', async () => {
    await begin({ flow: steps(3) });
    world.activities.answer = (task) => completed(task.activityId);
    world.workflows.turns = 3;
    await world.start('w', 'flow');
    await settle(100);
    const { run, events } = await world.stored('w');
    expect(run.status).toBe(2);
    expect(closes(events)).toBe(3);
    expect(world.store.commits).toBe(3 + 1);
    expect(run.wakeAt).toBeNull();
  });

  it('[S2] an activity starts only after the commit that schedules it', async () => {
    await begin({ flow: steps(1) });
    world.store.failNextCommit('rejected');
    await expect(world.start('w', 'flow')).rejects.toThrow();
    await settle();
    expect(world.activities.started).toEqual([]);
    expect(world.store.runs.size).toBe(0);
  });

  it('[S3] a commit that was lost after it was applied is read again: no step is repeated, none is missing', async () => {
    await begin({ flow: steps(2) });
    await world.start('w', 'flow');
    await settle();
    world.store.failNextCommit('lostAfterApply');
    world.activities.finish('step-1');
    await world.clock.advance(2_000);
    world.activities.finish('step-2');
    await settle();
    expect((await world.stored('w')).run.status).toBe(2);
    expect(world.activities.started.map(({ activityId }) => activityId)).toEqual(['step-1', 'step-2']);
  });

  it('[S4] a commit that was lost before it was applied costs a reload; the outcome is given again, the step is not', async () => {
    await begin({ flow: steps(2) });
    await world.start('w', 'flow');
    await settle();
    world.store.failNextCommit('lostBeforeApply');
    world.activities.finish('step-1');
    await world.clock.advance(2_000);
    world.activities.finish('step-2');
    await settle();
    expect((await world.stored('w')).run.status).toBe(2);
    expect(world.activities.started.map(({ activityId }) => activityId)).toEqual(['step-1', 'step-2']);
  });

  it('[S5] after a takeover the old engine acknowledges nothing, and the new one goes on with the next attempt', async () => {
    await begin({ flow: steps(1, { retryPolicy: { initialInterval: toDuration(1_000) } }) });
    await world.start('w', 'flow');
    await settle();
    const old = world.role;
    world.role = await world.engine();
    await expect(
      world.call('SignalWorkflowExecution', { workflowExecution: { workflowId: 'w' }, signalName: 'go' }, old)
    ).rejects.toMatchObject({ code: status.UNAVAILABLE });
    await old.stop();
    expect(world.activities.canceled.map(({ reason }) => reason)).toEqual(['WORKER_SHUTDOWN']);
    await world.clock.advance(1_000);
    expect(world.activities.started.map(({ attempt }) => attempt)).toEqual([1, 2]);
    world.activities.finish('step-1');
    await settle();
    expect((await world.stored('w')).run.status).toBe(2);
  });

  it('[S6] a run that sleeps long leaves memory, with its deadline stored, and is woken by it', async () => {
    await begin({ flow: sleeper });
    await world.start('w', 'flow');
    const startedAt = world.clock.now();
    await world.clock.advance(10 * 60_000);
    expect(world.role.engine.stats.hotRuns).toBe(0);
    expect((await world.stored('w')).run.wakeAt).toBe(startedAt + DAY_MS);
    const commits = world.store.commits;
    await world.clock.advance(DAY_MS / 2);
    expect(world.store.commits).toBe(commits);
    await world.clock.advance(DAY_MS / 2);
    expect((await world.stored('w')).run.status).toBe(2);
  });

  it('[S7] a signal wakes a parked run, and lowers its wake_at in the commit that stores the signal', async () => {
    await begin({ flow: untilSignal });
    await world.start('w', 'flow');
    await world.clock.advance(10 * 60_000);
    expect((await world.stored('w')).run.wakeAt).toBeNull();
    delete world.workflows.scripts.flow;
    await world.signal('w');
    const { run, events } = await world.stored('w');
    expect(run.wakeAt).toBe(world.clock.now());
    expect(signals(events)).toBe(1);
    world.workflows.scripts.flow = untilSignal;
    world.role.typesChanged();
    await settle();
    expect((await world.stored('w')).run.status).toBe(2);
  });

  it('[S29] the close of a run that is in memory is told without a look into the store', async () => {
    await begin({ flow: untilSignal });
    await world.start('w', 'flow');
    await world.signal('w');
    await settle();
    const { events } = await world.stored('w');
    const reads = vi.spyOn(world.role.engine.store, 'readHistory');
    const { history } = await world.call<temporal.api.workflowservice.v1.IGetWorkflowExecutionHistoryResponse>(
      'GetWorkflowExecutionHistory',
      { execution: { workflowId: 'w' }, waitNewEvent: true, historyEventFilterType: 2 }
    );
    const { HistoryEvent } = temporal.api.history.v1;
    expect(history?.events?.map((event) => HistoryEvent.decode(HistoryEvent.encode(event).finish()))).toEqual(
      events.slice(-1)
    );
    expect(reads).not.toHaveBeenCalled();
  });

  it('[S18] what happens while a run is being parked keeps it awake', async () => {
    await begin({ flow: untilSignal });
    await world.start('w', 'flow');
    await settle();
    delete world.workflows.scripts.flow;
    const run = await world.role.engine.find('default', 'w', '');
    run!.park(null);
    await world.signal('w');
    expect((await world.stored('w')).run.wakeAt).toBe(world.clock.now());
  });

  it('[S17] a long poll outlives the parking of its run, and tells of what wakes it', async () => {
    await begin({ flow: untilSignal });
    await world.start('w', 'flow');
    await settle();
    const execution = { workflowId: 'w' };
    type History = temporal.api.workflowservice.v1.IGetWorkflowExecutionHistoryResponse;
    const first = await world.call<History>('GetWorkflowExecutionHistory', { execution, waitNewEvent: true });
    await world.clock.advance(50_000);
    const poll = world.call<History>('GetWorkflowExecutionHistory', {
      ...{ execution, waitNewEvent: true, nextPageToken: first.nextPageToken },
    });
    await world.clock.advance(15_000);
    expect(world.role.engine.stats.hotRuns).toBe(0);
    await world.signal('w');
    const { history } = await poll;
    expect(history?.events?.[0]?.eventType).toBe(EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED);
  });

  it('[S8] an idle engine asks the clock for nothing', async () => {
    await begin({ flow: untilSignal });
    await world.start('w', 'flow');
    await world.clock.advance(10 * 60_000);
    expect(world.clock.next()).toBeNull();
  });

  it('[S9] a type that nobody serves costs no failed task; the run goes on when it is served', async () => {
    await begin({});
    await world.start('w', 'flow');
    await world.clock.advance(60_000);
    expect((await world.stored('w')).events).toHaveLength(1);
    world.workflows.scripts.flow = untilSignal;
    world.role.typesChanged();
    await world.signal('w');
    await settle();
    const { run, events } = await world.stored('w');
    expect(run.status).toBe(2);
    expect(count(events, EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED)).toBe(0);
  });

  it('[S10] runs on queues of others wait', async () => {
    await begin({ flow: untilSignal });
    await world.start('w', 'flow', { taskQueue: { name: 'elsewhere' } });
    await world.clock.advance(1_000);
    expect(world.workflows.tasks).toEqual([]);
  });

  it('[S11] a failing task is written once, backs off, and its cached workflow goes; queries fail fast meanwhile', async () => {
    let broken = true;
    await begin({
      flow: (events) => {
        if (broken) throw new Error('broken bundle');
        return untilSignal(events, world.workflows.tasks[0]!);
      },
    });
    await world.start('w', 'flow');
    await world.clock.advance(30_000);
    expect(world.workflows.evicted.length).toBeGreaterThan(2);
    await expect(
      world.call('QueryWorkflow', { execution: { workflowId: 'w' }, query: { queryType: 'q' } })
    ).rejects.toMatchObject({
      code: status.FAILED_PRECONDITION,
      message: expect.stringContaining('broken bundle') as string,
    });
    broken = false;
    await world.signal('w');
    await world.clock.advance(60_000);
    const { run, events } = await world.stored('w');
    expect(run.status).toBe(2);
    expect(count(events, EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED)).toBe(1);
  });

  it('[S12] a signal that arrives while a task is with the worker is acknowledged durable, within the hold', async () => {
    await begin({ flow: untilSignal });
    await world.start('w', 'flow');
    await settle();
    let open = () => {};
    world.workflows.gate = new Promise((resolve) => (open = resolve));
    const sent = world.signal('w');
    await settle();
    const alsoSent = world.signal('w');
    await world.clock.advance(25);
    await Promise.all([sent, alsoSent]);
    await world.takeOver();
    open();
    await world.clock.advance(1_000);
    const { run, events } = await world.stored('w');
    expect(signals(events)).toBe(2);
    expect(run.status).toBe(2);
  });

  it('[S13] a workflow that fails under a retry policy is followed by its next run, created by the same commit', async () => {
    await begin({
      flow: (events) => {
        const attempt = events[0]?.workflowExecutionStartedEventAttributes?.attempt ?? 1;
        return attempt === 1 ? [command.fail('first')] : [command.complete(attempt)];
      },
    });
    await world.start('w', 'flow', { retryPolicy: { initialInterval: toDuration(1_000), maximumAttempts: 2 } });
    await settle();
    expect([...world.store.runs.values()].map((run) => run.status)).toEqual([3, 1]);
    expect(world.store.commits).toBe(2);
    await world.clock.advance(1_000);
    expect([...world.store.runs.values()].map((run) => run.status)).toEqual([3, 2]);
  });

  it('[S14] a query waits for the pending task and the last commit', async () => {
    await begin({ flow: untilSignal });
    await world.start('w', 'flow');
    await settle();
    const answer = await world.call<temporal.api.workflowservice.v1.IQueryWorkflowResponse>('QueryWorkflow', {
      execution: { workflowId: 'w' },
      query: { queryType: 'length' },
    });
    expect(JSON.parse(Buffer.from(answer.queryResult!.payloads![0]!.data!).toString())).toBe(4);
    await world.signal('w');
    await settle();
    const closed = await world.call<temporal.api.workflowservice.v1.IQueryWorkflowResponse>('QueryWorkflow', {
      execution: { workflowId: 'w' },
      query: { queryType: 'length' },
    });
    expect(JSON.parse(Buffer.from(closed.queryResult!.payloads![0]!.data!).toString())).toBe(9);
  });

  it('[S15] an activity that fails is retried under its policy, and describe tells of it', async () => {
    await begin({ flow: steps(1) });
    await world.start('w', 'flow');
    await settle();
    world.activities.finish('step-1', { kind: 'failed', failure: failure('not yet') });
    await settle();
    const [pending] = (await world.describe('w')).pendingActivities!;
    expect(pending).toMatchObject({ attempt: 2, lastFailure: { message: 'not yet' } });
    await world.clock.advance(1_000);
    world.activities.finish('step-1');
    await settle();
    expect((await world.stored('w')).run.status).toBe(2);
  });

  it('[S28] describe tells the times of what is pending: running, backing off, waiting for a server; none is 1970', async () => {
    const at = (time: { seconds?: unknown; nanos?: number | null } | null | undefined) =>
      time ? Number(time.seconds) * 1_000 + (time.nanos ?? 0) / 1_000_000 : null;
    const pending = async () => {
      const [activity] = (await world.describe('w')).pendingActivities!;
      const { scheduledTime, lastStartedTime, lastAttemptCompleteTime, nextAttemptScheduleTime } = activity!;
      return [scheduledTime, lastStartedTime, lastAttemptCompleteTime, nextAttemptScheduleTime].map(at);
    };
    await begin({ flow: steps(1) });
    const begun = world.clock.now();
    await world.start('w', 'flow');
    await settle();
    expect(await pending()).toEqual([begun, begun, null, null]);
    await world.clock.advance(500);
    world.activities.finish('step-1', { kind: 'failed', failure: failure('not yet') });
    await settle();
    expect(await pending()).toEqual([begun + 1_500, begun, begun + 500, begun + 1_500]);
    await world.clock.advance(1_000);
    expect(await pending()).toEqual([begun + 1_500, begun + 1_500, begun + 500, null]);

    const asked = world.clock.now();
    await world.start('unserved', 'nobody');
    await world.clock.advance(5_000);
    const { pendingWorkflowTask } = await world.describe('unserved');
    expect([pendingWorkflowTask?.originalScheduledTime, pendingWorkflowTask?.scheduledTime].map(at)).toEqual([
      asked,
      asked,
    ]);
  });

  it('[S16] heartbeat details survive a takeover and reach the next attempt', async () => {
    await begin({ flow: steps(1, { heartbeatTimeout: toDuration(5_000) }) });
    await world.start('w', 'flow');
    await settle();
    world.activities.heartbeat('step-1', { row: 7 });
    await world.clock.advance(1_500);
    await world.takeOver();
    await world.clock.advance(5_000);
    const again = world.activities.started.at(-1)!;
    expect(again.attempt).toBe(2);
    expect(JSON.parse(Buffer.from(again.heartbeatDetails[0]!.data!).toString())).toEqual({ row: 7 });
  });
});

describe('starts', () => {
  it('[S20] the same request id is the same run', async () => {
    await begin({ flow: untilSignal });
    const first = await world.start('w', 'flow', { requestId: 'r' });
    const second = await world.start('w', 'flow', { requestId: 'r' });
    expect(second.runId).toBe(first.runId);
    await expect(world.start('w', 'flow', { requestId: 'other' })).rejects.toMatchObject({
      code: status.ALREADY_EXISTS,
    });
  });

  it('[S21] a hundred concurrent starts of one id make one run', async () => {
    await begin({ flow: untilSignal });
    const outcomes = await Promise.allSettled(
      Array.from({ length: 100 }, (_, index) => world.start('w', 'flow', { requestId: `r${index}` }))
    );
    expect(outcomes.filter((outcome) => outcome.status === 'fulfilled')).toHaveLength(1);
    expect(world.store.runs.size).toBe(1);
  });

  describe.each([
    ['conflict policy', { workflowIdConflictPolicy: 3 }],
    ['reuse policy', { workflowIdReusePolicy: 4 }],
  ])('that end the running one, by %s', (_policy, terminate) => {
    const statuses = () => [...world.store.runs.values()].map((run) => run.status);
    const again = (more: object = {}) => world.start('w', 'flow', { ...terminate, ...more });

    it('[S23] end it and make the next in one commit, and one is open', async () => {
      await begin({ flow: untilSignal });
      await world.start('w', 'flow');
      await settle();
      const { commits } = world.store;
      const { runId } = await again();
      expect(world.store.commits).toBe(commits + 1);
      expect(statuses()).toEqual([5, 1]);
      const description = await world.describe('w');
      expect(description.workflowExecutionInfo?.execution?.runId).toBe(runId);
      await world.signal('w');
      await settle();
      expect(statuses()).toEqual([5, 2]);
    });

    it.each(['lostBeforeApply', 'rejected'] as const)('[S24] do neither when that commit is %s', async (fault) => {
      await begin({ flow: untilSignal });
      const { runId } = await world.start('w', 'flow');
      await settle();
      world.store.failNextCommit(fault);
      await expect(again()).rejects.toThrow();
      await settle();
      expect(statuses()).toEqual([1]);
      expect((await world.describe('w')).workflowExecutionInfo?.execution?.runId).toBe(runId);
    });

    it('[S25] did both when only the answer was lost: sent again it is the same run', async () => {
      await begin({ flow: untilSignal });
      await world.start('w', 'flow');
      await settle();
      world.store.failNextCommit('lostAfterApply');
      await expect(again({ requestId: 'r' })).rejects.toThrow();
      await settle();
      await again({ requestId: 'r' });
      expect(statuses()).toEqual([5, 1]);
    });

    it('[S26] end nothing when the next one may not be', async () => {
      await begin({ flow: untilSignal });
      await world.start('w', 'flow');
      const input = { payloads: [jsonPayload('x'.repeat(3_000_000))] };
      await expect(again({ input })).rejects.toMatchObject({ code: status.INVALID_ARGUMENT });
      await settle();
      expect(statuses()).toEqual([1]);
    });

    it('[S27] tell running attempts to stop; a hundred at once leave one open', async () => {
      await begin({ flow: steps(1) });
      await world.start('w', 'flow');
      await settle();
      await Promise.all(Array.from({ length: 100 }, () => again()));
      await settle();
      expect(world.activities.canceled.map(({ reason }) => reason)).toContain('WORKFLOW_CLOSED');
      expect(statuses().filter((one) => one === 1)).toHaveLength(1);
      expect(statuses()).toHaveLength(101);
    });
  });

  it('[S22] a missing field is named', async () => {
    await begin({});
    await expect(world.start('', 'flow')).rejects.toMatchObject({
      code: status.INVALID_ARGUMENT,
      message: expect.stringContaining('workflow_id') as string,
    });
    await expect(world.call('ResetWorkflowExecution', {})).rejects.toMatchObject({
      code: status.UNIMPLEMENTED,
      message: expect.stringContaining('ResetWorkflowExecution') as string,
    });
  });
});
