/** The runtime's rules, over the memory store, virtual time and a scripted worker. */
import { status } from '@grpc/grpc-js';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { STATUS } from '../run-name';
import { command, failure } from '../history/testing/run';
import { provesHistories } from '../history/testing/proof';
import { durationMs, toDuration } from '../proto-time';
import { temporal } from '../proto';
import { completed, type Script } from '../sim/scripted-worker';
import { settle } from '../sim/virtual-clock';
import { closes, count, DAY_MS, signals, sleeper, steps, untilSignal, World } from './testing/world';

const { EventType } = temporal.api.enums.v1;
provesHistories('scripted');

let world: World;
afterEach(() => world.role.stop());
const begin = async (scripts: Record<string, Script>) => (world = await new World(scripts).begin());

describe('the runtime', () => {
  it('[S1] a step is one commit: result, workflow task and next schedule become durable together', async () => {
    await begin({ flow: steps(3) });
    world.activities.answer = (task) => completed(task.activityId);
    world.workflows.turns = 3;
    await world.start('w', 'flow');
    await settle(100);
    const { run, events } = await world.stored('w');
    expect(run.status).toBe(STATUS.completed);
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

  it('[S3] after a commit with a lost answer the run is read again: no step is repeated or missing', async () => {
    await begin({ flow: steps(2) });
    await world.start('w', 'flow');
    await settle();
    world.store.failNextCommit('lostAfterApply');
    world.activities.finish('step-1');
    await world.clock.advance(2_000);
    world.activities.finish('step-2');
    await settle();
    expect((await world.stored('w')).run.status).toBe(STATUS.completed);
    expect(world.activities.started.map(({ activityId }) => activityId)).toEqual(['step-1', 'step-2']);
  });

  it('[S4] after a lost commit the run is read again: the result is sent again, the step not run again', async () => {
    await begin({ flow: steps(2) });
    await world.start('w', 'flow');
    await settle();
    world.store.failNextCommit('lostBeforeApply');
    world.activities.finish('step-1');
    await world.clock.advance(2_000);
    world.activities.finish('step-2');
    await settle();
    expect((await world.stored('w')).run.status).toBe(STATUS.completed);
    expect(world.activities.started.map(({ activityId }) => activityId)).toEqual(['step-1', 'step-2']);
  });

  it('[S5] after a takeover the old engine acknowledges nothing, and the new one makes the next attempt', async () => {
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
    expect((await world.stored('w')).run.status).toBe(STATUS.completed);
  });

  it('[S6] a run that sleeps long leaves memory with its deadline stored, and is loaded in time', async () => {
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
    expect((await world.stored('w')).run.status).toBe(STATUS.completed);
  });

  it('[S7] a signal loads a parked run and lowers its wake_at in the commit that stores the signal', async () => {
    await begin({ flow: untilSignal });
    await world.start('w', 'flow');
    await world.clock.advance(10 * 60_000);
    expect((await world.stored('w')).run.wakeAt).toBeNull();
    delete world.workflows.scripts.flow;
    await world.signal('w');
    const { run, events } = await world.stored('w');
    expect(run.wakeAt).toBe(0);
    expect(signals(events)).toBe(1);
    world.workflows.scripts.flow = untilSignal;
    world.role.typesChanged();
    await settle();
    expect((await world.stored('w')).run.status).toBe(STATUS.completed);
  });

  it('[S29] the close of a run in memory is returned without a read from the store', async () => {
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

  it('[S18] an event while a run is being parked keeps the run in memory', async () => {
    await begin({ flow: untilSignal });
    await world.start('w', 'flow');
    await settle();
    delete world.workflows.scripts.flow;
    const run = await world.role.engine.find('default', 'w', '');
    run!.park(null);
    await world.signal('w');
    expect((await world.stored('w')).run.wakeAt).toBe(0);
  });

  it('[S17] a long poll outlives the parking of its run and returns the next event', async () => {
    await begin({ flow: untilSignal });
    await world.start('w', 'flow');
    await settle();
    const execution = { workflowId: 'w' };
    type History = temporal.api.workflowservice.v1.IGetWorkflowExecutionHistoryResponse;
    const first = await world.call<History>('GetWorkflowExecutionHistory', { execution, waitNewEvent: true });
    await world.clock.advance(50_000);
    const poll = world.call<History>('GetWorkflowExecutionHistory', {
      execution,
      waitNewEvent: true,
      nextPageToken: first.nextPageToken,
    });
    await world.clock.advance(15_000);
    expect(world.role.engine.stats.hotRuns).toBe(0);
    await world.signal('w');
    const { history } = await poll;
    expect(history?.events?.[0]?.eventType).toBe(EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED);
  });

  it('[S8] an idle engine sets no timers', async () => {
    await begin({ flow: untilSignal });
    await world.start('w', 'flow');
    await world.clock.advance(10 * 60_000);
    expect(world.clock.next()).toBeNull();
  });

  it('[S9] a type without a worker fails no task, and the run continues when the type is served', async () => {
    await begin({});
    await world.start('w', 'flow');
    await world.clock.advance(60_000);
    expect((await world.stored('w')).events).toHaveLength(2);
    world.workflows.scripts.flow = untilSignal;
    world.role.typesChanged();
    await world.signal('w');
    await settle();
    const { run, events } = await world.stored('w');
    expect(run.status).toBe(STATUS.completed);
    expect(count(events, EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED)).toBe(0);
  });

  it('[S37] runs whose type no worker serves leave memory, and continue when it is served, also after a takeover', async () => {
    await begin({});
    const ids = Array.from({ length: 40 }, (_, index) => `w-${index}`);
    const begunMs = world.clock.now();
    for (const id of ids) await world.start(id, 'flow');
    const waiting = async () => {
      const queue = { taskQueue: { name: 'backstitch' }, reportStats: true };
      type Described = temporal.api.workflowservice.v1.IDescribeTaskQueueResponse;
      const { stats } = await world.call<Described>('DescribeTaskQueue', queue);
      // The oldest task waits since its run was started, whether the run is in memory or not.
      const age = durationMs(stats?.approximateBacklogAge);
      expect(age).toBe(stats?.approximateBacklogCount?.toNumber() === 0 ? 0 : world.clock.now() - begunMs);
      return stats?.approximateBacklogCount?.toNumber();
    };
    const parked = async () => {
      await world.clock.advance(3 * 60_000);
      expect(world.role.engine.stats.hotRuns).toBe(0);
      expect(await waiting()).toBe(ids.length);
    };
    await parked();
    // They are looked at again from time to time, and leave again.
    await world.clock.advance(60 * 60_000);
    await parked();
    await world.takeOver();
    await parked();
    world.workflows.scripts.flow = () => [command.complete()];
    world.role.typesChanged();
    await settle();
    const statuses = [...world.store.runs.values()].map((run) => run.status);
    expect(statuses.every((each) => each === STATUS.completed)).toBe(true);
    expect(await waiting()).toBe(0);
  });

  it('[S38] the next engine runs those that were parked without a worker, if it serves their type', async () => {
    await begin({});
    await world.start('w', 'flow');
    await world.clock.advance(3 * 60_000);
    world.workflows.scripts.flow = () => [command.complete()];
    await world.takeOver();
    await settle();
    expect((await world.stored('w')).run.status).toBe(STATUS.completed);
  });

  it('[S39] a run with a long start delay leaves memory and begins in time', async () => {
    await begin({ flow: () => [command.complete()] });
    await world.start('w', 'flow', { workflowStartDelay: toDuration(DAY_MS) });
    await world.clock.advance(10 * 60_000);
    expect(world.role.engine.stats.hotRuns).toBe(0);
    await world.clock.advance(DAY_MS - 11 * 60_000);
    expect((await world.stored('w')).run.status).toBe(STATUS.running);
    await world.clock.advance(60_000);
    expect((await world.stored('w')).run.status).toBe(STATUS.completed);
  });

  it('[S10] runs on task queues without a worker wait', async () => {
    await begin({ flow: untilSignal });
    await world.start('w', 'flow', { taskQueue: { name: 'elsewhere' } });
    await world.clock.advance(1_000);
    expect(world.workflows.tasks).toEqual([]);
  });

  it('[S11] a failing task is recorded once and backs off; meanwhile queries fail fast', async () => {
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
    expect(run.status).toBe(STATUS.completed);
    expect(count(events, EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED)).toBe(1);
  });

  it('[S12] a signal during a task is acknowledged when it is durable, within the hold time', async () => {
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
    expect(run.status).toBe(STATUS.completed);
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

  it('[S15] an activity that fails is retried under its policy, and describe shows the retry', async () => {
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
    expect((await world.stored('w')).run.status).toBe(STATUS.completed);
  });

  it('[S28] describe shows the times of pending activities: running, backing off, waiting; none is 1970', async () => {
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

  it('[S35] a run whose code fails repeatedly is listed as needing a person until its code works', async () => {
    const broken = () => {
      throw new Error('x is not a function');
    };
    await begin({ flow: broken, other: untilSignal });
    await world.start('w', 'flow');
    await world.start('o', 'other');
    const needs = async () => {
      const query = "SagaPhase = 'needs-hand' AND TemporalReportedProblems = 'category=WorkflowTaskFailed'";
      const { executions } = await world.call<{ executions: { execution: { workflowId: string } }[] }>(
        'ListWorkflowExecutions',
        { query }
      );
      return executions.map(({ execution }) => execution.workflowId);
    };
    expect(await needs()).toEqual([]);
    await world.clock.advance(60_000);
    expect(await needs()).toEqual(['w']);
    const { workflowExecutionInfo } = await world.describe('w');
    expect(Object.keys(workflowExecutionInfo!.searchAttributes!.indexedFields!)).toContain('TemporalReportedProblems');
    world.workflows.scripts.flow = untilSignal;
    await world.clock.advance(10 * 60_000);
    expect(await needs()).toEqual([]);
  });

  it('[S36] a stop reaches a run at once, even if its code has failed for a long time', async () => {
    let mended = false;
    await begin({
      flow: () => {
        if (!mended) throw new Error('x is not a function');
        return [command.cancel()];
      },
    });
    await world.start('w', 'flow');
    await world.clock.advance(30 * 60_000);
    mended = true;
    await world.call('RequestCancelWorkflowExecution', { workflowExecution: { workflowId: 'w' } });
    await settle();
    expect((await world.describe('w')).workflowExecutionInfo!.status).toBe(STATUS.canceled);
  });
});
