import { describe, expect, it } from 'vitest';
import { temporal } from '../proto';
import { RequestError } from './index';
import { durationMs, idOf, timestampMs, toDuration } from '../proto-time';
import { command, failure, payloads, TestRun } from './testing/run';

const { RetryState, TimeoutType } = temporal.api.enums.v1;
type Attributes = temporal.api.command.v1.IScheduleActivityTaskCommandAttributes;

function scheduled(more: Attributes = {}, options: ConstructorParameters<typeof TestRun>[0] = {}): TestRun {
  const run = new TestRun(options);
  run.task(command.schedule('a', more));
  return run;
}
const timedOut = (run: TestRun) => run.last().activityTaskTimedOutEventAttributes!;

describe('activity', () => {
  it('[A1] its schedule has complete timeouts and policy, summary and task', () => {
    const run = new TestRun({ attributes: { workflowRunTimeout: toDuration(60_000) } });
    const summary = payloads('step').payloads![0]!;
    run.task({
      ...command.schedule('a', {
        heartbeatTimeout: toDuration(99_000),
        retryPolicy: { initialInterval: toDuration(2_000) },
      }),
      userMetadata: { summary },
    });
    const attributes = run.last().activityTaskScheduledEventAttributes!;
    expect(durationMs(attributes.scheduleToCloseTimeout)).toBe(60_000);
    expect(durationMs(attributes.scheduleToStartTimeout)).toBe(60_000);
    expect(durationMs(attributes.startToCloseTimeout)).toBe(10_000);
    expect(durationMs(attributes.heartbeatTimeout)).toBe(10_000);
    expect(durationMs(attributes.retryPolicy!.maximumInterval)).toBe(200_000);
    expect(attributes.retryPolicy!.backoffCoefficient).toBe(2);
    expect(attributes.taskQueue!.name).toBe('backstitch');
    expect(idOf(attributes.workflowTaskCompletedEventId)).toBe(4);
    expect(run.last().userMetadata!.summary).toBe(summary);
  });

  it('[A2] the first attempt starts with its schedule, under the current epoch', () => {
    const run = scheduled();
    expect(run.effects).toContainEqual({ kind: 'dispatchActivity', scheduledEventId: 5, attempt: 1 });
    expect(run.activity('a')).toMatchObject({ attempt: 1, epoch: 1, startedTimeMs: run.now });
  });

  it('[A3] a retry keeps its scheduled event, and Started has the attempt and the previous failure', () => {
    const run = scheduled();
    run.failActivity(run.ref('a'), failure('first'));
    expect(run.events).toHaveLength(5);
    expect(run.untilDeadline()).toBe(1_000);
    run.after(1_000);
    expect(run.effects).toContainEqual({ kind: 'dispatchActivity', scheduledEventId: 5, attempt: 2 });
    run.now += 30;
    run.completeActivity(run.ref('a'));
    const started = run.events[5]!;
    expect(started.activityTaskStartedEventAttributes).toMatchObject({ attempt: 2, lastFailure: { message: 'first' } });
    expect(timestampMs(started.eventTime)).toBe(run.now - 30);
    expect(idOf(run.last().activityTaskCompletedEventAttributes!.startedEventId)).toBe(6);
  });

  it.each([
    ['doubles', {}, [1_000, 2_000, 4_000]],
    ['is capped', { maximumInterval: toDuration(1_500) }, [1_000, 1_500, 1_500]],
    ['follows the coefficient', { backoffCoefficient: 1.5, initialInterval: toDuration(100) }, [100, 150, 225]],
  ])('[A4] the back-off %s', (_, retryPolicy, waits) => {
    const run = scheduled({ retryPolicy });
    for (const wait of waits) {
      run.failActivity(run.ref('a'));
      expect(run.untilDeadline()).toBe(wait);
      run.after(wait);
    }
  });

  it('[A5] nextRetryDelay of the failure overrides the policy, its maximum included', () => {
    const run = scheduled({ retryPolicy: { maximumInterval: toDuration(1_000) } });
    run.failActivity(run.ref('a'), failure('x', { nextRetryDelay: toDuration(77_000) }));
    expect(run.untilDeadline()).toBe(77_000);
  });

  it.each<[string, Attributes, ReturnType<typeof failure>, number]>([
    [
      'maximumAttempts',
      { retryPolicy: { maximumAttempts: 1 } },
      failure('x'),
      RetryState.RETRY_STATE_MAXIMUM_ATTEMPTS_REACHED,
    ],
    ['the nonRetryable flag', {}, failure('x', { nonRetryable: true }), RetryState.RETRY_STATE_NON_RETRYABLE_FAILURE],
    [
      'a non-retryable type',
      { retryPolicy: { nonRetryableErrorTypes: ['Bad'] } },
      failure('x', { type: 'Bad' }),
      RetryState.RETRY_STATE_NON_RETRYABLE_FAILURE,
    ],
    [
      'the schedule-to-close bound',
      { scheduleToCloseTimeout: toDuration(500) },
      failure('x'),
      RetryState.RETRY_STATE_TIMEOUT,
    ],
  ])('[A6] %s ends the retries with a Failed event', (_, attributes, reason, retryState) => {
    const run = scheduled(attributes);
    run.failActivity(run.ref('a'), reason);
    expect(run.types(6)).toEqual(['ACTIVITY_TASK_STARTED', 'ACTIVITY_TASK_FAILED']);
    expect(run.last().activityTaskFailedEventAttributes).toMatchObject({ retryState, failure: { message: 'x' } });
    expect(run.state.activities.size).toBe(0);
    expect(run.check()).toEqual([]);
  });

  it('[A7] an attempt that exceeds start-to-close times out and is retried', () => {
    const run = scheduled({ retryPolicy: { maximumAttempts: 2 } });
    const first = run.ref('a');
    run.after(10_000);
    expect(run.effects).toContainEqual({ kind: 'cancelActivity', ...first, reason: 'TIMED_OUT' });
    expect(run.activity('a')).toMatchObject({ attempt: 2, lastFailure: { timeoutFailureInfo: { timeoutType: 1 } } });
    run.after(1_000);
    run.after(10_000);
    expect(timedOut(run)).toMatchObject({
      retryState: RetryState.RETRY_STATE_MAXIMUM_ATTEMPTS_REACHED,
      failure: {
        timeoutFailureInfo: { timeoutType: TimeoutType.TIMEOUT_TYPE_START_TO_CLOSE },
        message: 'activity StartToClose timeout',
      },
    });
    expect(timedOut(run).failure!.cause).toBeTruthy();
    expect(run.check()).toEqual([]);
  });

  it('[A8] a heartbeat extends the heartbeat timeout, whose failure has the last details', () => {
    const run = scheduled({ heartbeatTimeout: toDuration(2_000), retryPolicy: { maximumAttempts: 1 } });
    run.after(1_500);
    run.heartbeat(run.ref('a'), 'half way');
    run.after(1_500);
    expect(run.state.activities.size).toBe(1);
    run.after(500);
    const info = timedOut(run).failure!.timeoutFailureInfo!;
    expect(info.timeoutType).toBe(TimeoutType.TIMEOUT_TYPE_HEARTBEAT);
    expect(info.lastHeartbeatDetails).toEqual(payloads('half way'));
  });

  it('[A9] schedule-to-close ends it in every state, with RETRY_STATE_TIMEOUT and the last failure as cause', () => {
    const run = scheduled({
      scheduleToCloseTimeout: toDuration(5_000),
      retryPolicy: { initialInterval: toDuration(4_000) },
    });
    run.failActivity(run.ref('a'), failure('why'));
    run.after(4_000);
    run.after(1_000);
    expect(timedOut(run)).toMatchObject({
      retryState: RetryState.RETRY_STATE_TIMEOUT,
      failure: {
        timeoutFailureInfo: { timeoutType: TimeoutType.TIMEOUT_TYPE_SCHEDULE_TO_CLOSE },
        cause: { message: 'why' },
      },
    });
  });

  it('[A10] schedule-to-start applies to polled queues until a poller starts the attempt', () => {
    const polled = { taskQueue: { name: 'mine' }, scheduleToStartTimeout: toDuration(3_000) };
    const waiting = scheduled(polled, { polled: ['mine'] });
    expect(waiting.effects).toContainEqual({ kind: 'offerActivity', scheduledEventId: 5, attempt: 1 });
    waiting.after(3_000);
    expect(timedOut(waiting)).toMatchObject({
      retryState: RetryState.RETRY_STATE_TIMEOUT,
      failure: { timeoutFailureInfo: { timeoutType: TimeoutType.TIMEOUT_TYPE_SCHEDULE_TO_START } },
    });
    expect(idOf(timedOut(waiting).startedEventId)).toBe(0);
    expect(waiting.check()).toEqual([]);
  });

  it('[A11] a poller starts an attempt once, and the same request again changes nothing', async () => {
    const { startActivity } = await import('./index');
    const run = scheduled({ taskQueue: { name: 'mine' } }, { polled: ['mine'] });
    const ref = run.ref('a');
    expect(() => run.completeActivity(ref)).toThrow(/not running/);
    run.commit(startActivity(run.state, ref, 'poll-1', 'remote', run.epoch, run.now));
    run.commit(startActivity(run.state, ref, 'poll-1', 'remote', run.epoch, run.now));
    expect(() => startActivity(run.state, ref, 'poll-2', 'other', run.epoch, run.now)).toThrow(/has been started/);
    run.takeover();
    expect(run.activity('a')).toMatchObject({ attempt: 1, identity: 'remote' });
    run.completeActivity(ref);
    expect(run.events.at(-2)!.activityTaskStartedEventAttributes).toMatchObject({ requestId: 'poll-1' });
  });

  it('[A12] a running attempt is informed of its cancellation and answers itself', () => {
    const run = scheduled();
    const ref = run.ref('a');
    run.signal();
    run.task(command.cancelActivity(5));
    expect(run.effects).toContainEqual({ kind: 'cancelActivity', ...ref, reason: 'CANCELLED' });
    run.cancelActivity(ref);
    expect(run.types(10)).toEqual([
      'ACTIVITY_TASK_CANCEL_REQUESTED',
      'ACTIVITY_TASK_STARTED',
      'ACTIVITY_TASK_CANCELED',
    ]);
    expect(idOf(run.last().activityTaskCanceledEventAttributes!.latestCancelRequestedEventId)).toBe(10);
    expect(run.check()).toEqual([]);
  });

  it('[A13] an activity in back-off is canceled at once, after the commands', () => {
    const run = scheduled();
    run.failActivity(run.ref('a'));
    run.signal();
    run.task(command.cancelActivity(5), command.marker('m'));
    expect(run.types(10)).toEqual(['ACTIVITY_TASK_CANCEL_REQUESTED', 'MARKER_RECORDED', 'ACTIVITY_TASK_CANCELED']);
    expect(run.state.needsWorkflowTask).toBe(true);
    expect(run.check()).toEqual([]);
  });

  it('[A14] an activity with a requested cancel is not retried', () => {
    const run = scheduled();
    run.signal();
    run.task(command.cancelActivity(5));
    run.failActivity(run.ref('a'));
    expect(run.last().activityTaskFailedEventAttributes!.retryState).toBe(RetryState.RETRY_STATE_CANCEL_REQUESTED);
  });

  it('[A15] a cancellation without a request is a failure, and is retried', () => {
    const run = scheduled();
    run.cancelActivity(run.ref('a'));
    expect(run.activity('a')).toMatchObject({
      attempt: 2,
      lastFailure: { applicationFailureInfo: { type: 'CancelledFailure' } },
    });
  });

  it.each(['completeActivity', 'failActivity', 'cancelActivity'] as const)(
    '[A16] %s of an attempt that is over is NOT_FOUND',
    (act) => {
      const run = scheduled();
      const ref = run.ref('a');
      run.after(10_000);
      expect(() => run[act](ref)).toThrow(RequestError);
      expect(() => run[act]({ ...ref, attempt: 2 })).toThrow(/not running/);
    }
  );

  it('[A17] an attempt of an older epoch is lost, and the next one follows under the policy', () => {
    const run = scheduled();
    const old = run.ref('a');
    run.takeover();
    expect(run.activity('a')).toMatchObject({ attempt: 2, epoch: 0, nextAttemptAtMs: run.now + 1_000 });
    expect(() => run.completeActivity(old)).toThrow(/not running/);
    run.after(1_000);
    expect(run.activity('a')).toMatchObject({ attempt: 2, epoch: 2 });
  });

  it('[A18] if its last attempt is lost, it times out at its deadline without another start', () => {
    const run = scheduled({ retryPolicy: { maximumAttempts: 1 } });
    run.after(4_000);
    run.takeover();
    expect(run.effects).toEqual([]);
    expect(run.untilDeadline()).toBe(6_000);
    run.after(6_000);
    expect(timedOut(run)).toMatchObject({
      failure: { timeoutFailureInfo: { timeoutType: TimeoutType.TIMEOUT_TYPE_START_TO_CLOSE } },
    });
    expect(run.check()).toEqual([]);
  });

  it('[A19] after a reload in the same epoch, a running attempt is dispatched again with the same number', async () => {
    const { recoverRun } = await import('./index');
    const run = scheduled();
    run.state = run.rebuilt();
    run.commit(recoverRun(run.state, run.epoch, run.now));
    expect(run.effects).toEqual([{ kind: 'dispatchActivity', scheduledEventId: 5, attempt: 1 }]);
  });

  it('[A20] a result over the payload limit fails the activity and names the limit', () => {
    const run = scheduled({}, { limits: { maxPayloadBytes: 100 } });
    run.completeActivity(run.ref('a'), 'x'.repeat(200));
    expect(run.last().activityTaskFailedEventAttributes).toMatchObject({
      retryState: RetryState.RETRY_STATE_NON_RETRYABLE_FAILURE,
      failure: { message: expect.stringMatching(/limit maxPayloadBytes/) },
    });
  });

  it('[A21] the last 20 attempts are kept, the oldest first', () => {
    const run = scheduled({ retryPolicy: { backoffCoefficient: 1 } });
    for (let i = 1; i <= 25; i++) {
      run.failActivity(run.ref('a'), failure(`f${i}`));
      run.after(1_000);
    }
    const { attempts } = run.activity('a');
    expect(attempts.map(({ attempt }) => attempt)).toEqual(Array.from({ length: 20 }, (_, i) => i + 6));
  });

  it('[A22] a very large failure is shortened while the activity waits', () => {
    const run = scheduled();
    run.failActivity(run.ref('a'), { ...failure('m'.repeat(100_000)), stackTrace: 's'.repeat(100_000) } as ReturnType<
      typeof failure
    >);
    expect(run.stored().side.length).toBeLessThan(10_000);
  });

  it('[A23] its id stays in use while its close is buffered, also after a rebuild', () => {
    const run = scheduled();
    run.signal();
    run.open();
    run.completeActivity(run.ref('a'));
    run.answer([command.schedule('a')]);
    expect(run.types().slice(-3)).toEqual([
      'ACTIVITY_TASK_SCHEDULED',
      'ACTIVITY_TASK_STARTED',
      'ACTIVITY_TASK_COMPLETED',
    ]);
    const scheduledEventId = run.events.length - 2;
    for (const state of [run.state, run.rebuilt()]) expect([...state.activityIds]).toEqual([['a', scheduledEventId]]);
    expect(run.check()).toEqual([]);
    run.open();
    expect(() => run.answer([command.schedule('a')])).toThrow(/is pending/);
  });
});
