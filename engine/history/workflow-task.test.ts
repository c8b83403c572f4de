import { describe, expect, it } from 'vitest';
import { STATUS } from '../run-name';
import { temporal } from '../proto';
import { openTaskEvents, RequestError, taskEvents } from './index';
import { idOf } from '../proto-time';
import { command, payloads, TestRun } from './testing/run';
import { taskBackoffMs } from './workflow-task';

const Cause = temporal.api.enums.v1.WorkflowTaskFailedCause;
const refusal = (act: () => unknown): RequestError => {
  try {
    act();
  } catch (error) {
    if (error instanceof RequestError) return error;
    throw error;
  }
  throw new Error('was not refused');
};

describe('workflow task', () => {
  it('[W1] opening a task fixes the event ids and writes nothing', () => {
    const run = new TestRun();
    expect(run.open()).toMatchObject({ scheduledEventId: 2, startedEventId: 3, attempt: 1 });
    expect(run.events).toHaveLength(2);
    expect(run.open()).toBeNull();
    expect(taskEvents(run.state).map(({ eventId }) => idOf(eventId))).toEqual([1, 2, 3]);
    run.answer([]);
    run.signal();
    expect(run.open()).toMatchObject({ scheduledEventId: 6, startedEventId: 7 });
    expect(run.events).toHaveLength(5);
  });

  it('[WTS1] the first Scheduled is written with Started, and what happens before the task opens comes after it', () => {
    const run = new TestRun();
    expect(run.types()).toEqual(['WORKFLOW_EXECUTION_STARTED', 'WORKFLOW_TASK_SCHEDULED']);
    const scheduledTimeMs = run.now;
    run.signal();
    run.takeover();
    run.after(5);
    expect(run.open()).toMatchObject({ scheduledEventId: 2, startedEventId: 4, scheduledTimeMs });
    expect(openTaskEvents(run.state)).toHaveLength(1);
    run.failTask();
    run.after(taskBackoffMs(2));
    run.task();
    expect(run.types(2)).toEqual([
      'WORKFLOW_TASK_SCHEDULED',
      'WORKFLOW_EXECUTION_SIGNALED',
      'WORKFLOW_TASK_STARTED',
      'WORKFLOW_TASK_FAILED',
      'WORKFLOW_TASK_SCHEDULED',
      'WORKFLOW_TASK_STARTED',
      'WORKFLOW_TASK_COMPLETED',
    ]);
    expect(run.check()).toEqual([]);
  });

  it('[WTS2] a run that waits for its first task has no Scheduled yet', () => {
    const run = new TestRun({ start: { firstWorkflowTaskAt: 1_005_000 } });
    expect(run.types()).toEqual(['WORKFLOW_EXECUTION_STARTED']);
    run.after(5_000);
    run.task();
    expect(run.events[1]!.eventTime).toEqual(run.events[2]!.eventTime);
    expect(run.check()).toEqual([]);
  });

  it('[W2] completing a task writes Scheduled, Started, Completed, then the commands in their order', () => {
    const run = new TestRun();
    run.task(command.marker('core_patch'), command.schedule('a'), command.timer('t', 5));
    expect(run.types()).toEqual([
      'WORKFLOW_EXECUTION_STARTED',
      'WORKFLOW_TASK_SCHEDULED',
      'WORKFLOW_TASK_STARTED',
      'WORKFLOW_TASK_COMPLETED',
      'MARKER_RECORDED',
      'ACTIVITY_TASK_SCHEDULED',
      'TIMER_STARTED',
    ]);
    expect(run.events[3]!.workflowTaskCompletedEventAttributes!.sdkMetadata!.coreUsedFlags).toEqual([1, 3]);
  });

  it('[W3] a step writes ActivityTaskStarted, ActivityTaskCompleted, then the task that receives it', () => {
    const run = new TestRun();
    run.task(command.schedule('a'));
    run.completeActivity(run.ref('a'));
    expect(run.effects).toContainEqual({ kind: 'workflowTask', at: run.now });
    run.task(command.complete());
    expect(run.types(6)).toEqual([
      'ACTIVITY_TASK_STARTED',
      'ACTIVITY_TASK_COMPLETED',
      'WORKFLOW_TASK_SCHEDULED',
      'WORKFLOW_TASK_STARTED',
      'WORKFLOW_TASK_COMPLETED',
      'WORKFLOW_EXECUTION_COMPLETED',
    ]);
    expect(run.check()).toEqual([]);
  });

  it('[W4] events during an open task are buffered: closes come last, and signals keep their order', () => {
    const run = new TestRun();
    run.task(command.schedule('a'), command.timer('t', 10));
    run.signal('wake');
    run.open();
    run.after(10);
    run.completeActivity(run.ref('a'));
    run.signal('one');
    run.signal('two');
    expect(run.types().at(-1)).toBe('WORKFLOW_EXECUTION_SIGNALED');
    run.answer([command.marker('m')]);
    const from = run.events.findIndex((event) => event.markerRecordedEventAttributes) + 1;
    expect(run.types(from)).toEqual([
      'MARKER_RECORDED',
      'WORKFLOW_EXECUTION_SIGNALED',
      'WORKFLOW_EXECUTION_SIGNALED',
      'TIMER_FIRED',
      'ACTIVITY_TASK_STARTED',
      'ACTIVITY_TASK_COMPLETED',
    ]);
    expect(run.events[from]!.workflowExecutionSignaledEventAttributes!.signalName).toBe('one');
    const close = run.last().activityTaskCompletedEventAttributes!;
    expect(idOf(close.startedEventId)).toBe(run.state.nextEventId - 2);
    expect(run.state.needsWorkflowTask).toBe(true);
    expect(run.check()).toEqual([]);
  });

  it('[W5] only the first failure in a row is recorded, and the attempt that succeeds has its number', () => {
    const run = new TestRun();
    run.open();
    run.failTask();
    expect(run.types(2)).toEqual(['WORKFLOW_TASK_SCHEDULED', 'WORKFLOW_TASK_STARTED', 'WORKFLOW_TASK_FAILED']);
    expect(run.state).toMatchObject({ workflowTaskAttempt: 2, lastWorkflowTaskFailure: { attempt: 1, cause: 14 } });
    for (const attempt of [2, 3, 4]) {
      expect(run.open()).toBeNull();
      expect(run.untilDeadline()).toBe(taskBackoffMs(attempt));
      run.after(taskBackoffMs(attempt));
      expect(run.effects).toContainEqual({ kind: 'workflowTask', at: run.now });
      expect(run.open()!.attempt).toBe(attempt);
      run.failTask();
      expect(run.events).toHaveLength(4);
    }
    run.after(taskBackoffMs(5));
    run.task(command.complete());
    expect(run.events[4]!.workflowTaskScheduledEventAttributes!.attempt).toBe(5);
    expect(run.state).toMatchObject({ workflowTaskAttempt: 1, lastWorkflowTaskFailure: null });
    expect(run.check()).toEqual([]);
  });

  it.each([
    [1, 0],
    [2, 250],
    [3, 1_000],
    [4, 5_000],
    [5, 10_000],
    [6, 20_000],
    [11, 600_000],
    [40, 600_000],
  ])('[W6] attempt %i waits %i ms', (attempt, ms) => {
    expect(taskBackoffMs(attempt)).toBe(ms);
  });

  it('[W7] a task without an answer times out, and its late answer is refused', () => {
    const run = new TestRun();
    const task = run.open()!;
    expect(run.untilDeadline()).toBe(10_000);
    run.after(10_000);
    expect(run.types(2)).toEqual(['WORKFLOW_TASK_SCHEDULED', 'WORKFLOW_TASK_STARTED', 'WORKFLOW_TASK_TIMED_OUT']);
    expect(run.effects).toContainEqual({ kind: 'workflowTaskFailed', cause: 0 });
    expect(refusal(() => run.answer([])).code).toBe('NOT_FOUND');
    run.after(250);
    const next = run.open()!;
    expect(next.startedEventId).not.toBe(task.startedEventId);
  });

  it('[W8] a close before the run received all events is refused with UnhandledCommand and retried at once', () => {
    const run = new TestRun();
    run.open();
    run.signal();
    const error = refusal(() => run.answer([command.complete()]));
    expect(error.detail.cause).toBe(Cause.WORKFLOW_TASK_FAILED_CAUSE_UNHANDLED_COMMAND);
    run.failTask(error.detail.cause);
    expect(run.types(4)).toEqual(['WORKFLOW_TASK_FAILED', 'WORKFLOW_EXECUTION_SIGNALED']);
    expect(run.open()).toMatchObject({ attempt: 1 });
    run.answer([command.complete()]);
    expect(run.state.status).toBe(STATUS.completed);
  });

  it('[W9] an open task that is lost in a crash is not recorded, but its buffered events are', () => {
    const run = new TestRun();
    run.open();
    run.signal('kept');
    run.takeover();
    expect(run.types(2)).toEqual(['WORKFLOW_TASK_SCHEDULED', 'WORKFLOW_EXECUTION_SIGNALED']);
    expect(run.effects).toContainEqual({ kind: 'workflowTask', at: run.now });
    run.task(command.complete());
    expect(run.check()).toEqual([]);
  });

  it.each<[string, () => Parameters<TestRun['task']>, keyof typeof Cause, RegExp]>([
    [
      'no activity type',
      () => [command.schedule('a', { activityType: null })],
      'WORKFLOW_TASK_FAILED_CAUSE_BAD_SCHEDULE_ACTIVITY_ATTRIBUTES',
      /activityType/,
    ],
    [
      'no timeout',
      () => [command.schedule('a', { startToCloseTimeout: null })],
      'WORKFLOW_TASK_FAILED_CAUSE_BAD_SCHEDULE_ACTIVITY_ATTRIBUTES',
      /startToCloseTimeout/,
    ],
    [
      'a pending id',
      () => [command.schedule('a'), command.schedule('a')],
      'WORKFLOW_TASK_FAILED_CAUSE_SCHEDULE_ACTIVITY_DUPLICATE_ID',
      /id a is pending/,
    ],
    [
      'a bad policy',
      () => [command.schedule('a', { retryPolicy: { backoffCoefficient: 0.5 } })],
      'WORKFLOW_TASK_FAILED_CAUSE_BAD_SCHEDULE_ACTIVITY_ATTRIBUTES',
      /backoffCoefficient/,
    ],
    [
      'a large input',
      () => [command.schedule('a', { input: payloads('x'.repeat(3_000_000)) })],
      'WORKFLOW_TASK_FAILED_CAUSE_BAD_SCHEDULE_ACTIVITY_ATTRIBUTES',
      /limit maxPayloadBytes/,
    ],
    [
      'a pending timer',
      () => [command.timer('t', 1), command.timer('t', 1)],
      'WORKFLOW_TASK_FAILED_CAUSE_START_TIMER_DUPLICATE_ID',
      /id t is pending/,
    ],
    [
      'no time',
      () => [command.timer('t', 0)],
      'WORKFLOW_TASK_FAILED_CAUSE_BAD_START_TIMER_ATTRIBUTES',
      /startToFireTimeout/,
    ],
    [
      'an unknown timer',
      () => [command.cancelTimer('t')],
      'WORKFLOW_TASK_FAILED_CAUSE_BAD_CANCEL_TIMER_ATTRIBUTES',
      /no timer/,
    ],
    [
      'an unknown activity',
      () => [command.cancelActivity(7)],
      'WORKFLOW_TASK_FAILED_CAUSE_BAD_REQUEST_CANCEL_ACTIVITY_ATTRIBUTES',
      /scheduledEventId 7/,
    ],
    [
      'a child without an id',
      () => [{ commandType: 11 }],
      'WORKFLOW_TASK_FAILED_CAUSE_BAD_START_CHILD_EXECUTION_ATTRIBUTES',
      /StartChildWorkflowExecution: workflowId is not set/,
    ],
    [
      'a next run',
      () => [{ commandType: 10 }],
      'WORKFLOW_TASK_FAILED_CAUSE_BAD_CONTINUE_AS_NEW_ATTRIBUTES',
      /ContinueAsNewWorkflowExecution: has no attributes/,
    ],
    [
      'a command after the last',
      () => [command.complete(), command.marker('m')],
      'WORKFLOW_TASK_FAILED_CAUSE_UNSPECIFIED',
      /follows the one that closes/,
    ],
    [
      'an unknown message',
      () => [command.message('m')],
      'WORKFLOW_TASK_FAILED_CAUSE_BAD_UPDATE_WORKFLOW_EXECUTION_MESSAGE',
      /message m/,
    ],
  ])('[W10] a completion with %s is refused as a whole, with its cause', (_, commands, cause, text) => {
    const run = new TestRun();
    run.open();
    const error = refusal(() => run.answer([command.timer('first', 5), ...commands()]));
    expect(error.detail.cause).toBe(Cause[cause]);
    expect(error.message).toMatch(text);
    expect(run.events).toHaveLength(2);
    run.answer([command.timer('first', 5)]);
    expect(run.state.timers.size).toBe(1);
  });

  it('[W11] pending activities and timers are limited, and the error names the limit', () => {
    const run = new TestRun({ limits: { maxPendingActivities: 2, maxPendingTimers: 1 } });
    run.open();
    expect(() => run.answer(['a', 'b', 'c'].map((id) => command.schedule(id)))).toThrow(/maxPendingActivities/);
    expect(() => run.answer([command.timer('a', 1), command.timer('b', 1)])).toThrow(/maxPendingTimers/);
    run.answer([command.timer('a', 1), command.cancelTimer('a'), command.timer('b', 1)]);
  });

  it('[W12] a run over its event limit is terminated with that reason', () => {
    const run = new TestRun({ limits: { maxEvents: 6 } });
    run.task(command.schedule('a'));
    run.completeActivity(run.ref('a'));
    expect(run.state.status).toBe(STATUS.terminated);
    expect(run.last().workflowExecutionTerminatedEventAttributes!.reason).toMatch(/limit maxEvents/);
    expect(run.check()).toEqual([]);
  });

  it('[W13] continue-as-new is suggested by the number of events when the task opens', () => {
    const run = new TestRun({ limits: { suggestContinueAsNewEvents: 2 } });
    run.signal();
    run.open();
    const started = openTaskEvents(run.state).at(-1)!;
    expect(started.workflowTaskStartedEventAttributes).toMatchObject({ suggestContinueAsNew: true });
    expect(idOf(started.workflowTaskStartedEventAttributes!.historySizeBytes)).toBe(run.state.historySizeBytes);
  });

  it('[W14] the number of buffered events is limited', () => {
    const run = new TestRun({ limits: { maxBufferedEvents: 2 } });
    run.open();
    run.signal();
    run.signal();
    expect(refusal(() => run.signal()).message).toMatch(/maxBufferedEvents/);
  });

  it('[W15] a first task waits for the start delay; a signal does not end the wait, SignalWithStart does', () => {
    const run = new TestRun({ start: { firstWorkflowTaskAt: 1_005_000 } });
    expect(run.open()).toBeNull();
    expect(run.untilDeadline()).toBe(5_000);
    run.signal();
    expect(run.open()).toBeNull();
    run.signal('go', '', { endsStartDelay: true });
    expect(run.open()).not.toBeNull();
  });
});
