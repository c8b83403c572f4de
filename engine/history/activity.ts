/**
 * The activity machine. Its commands are in commands/, its deadlines in activity-state.ts.
 *
 *   event or request        | running                          | backing off | queued
 *   ScheduleActivityTask    → running (embedded) or queued (polled)
 *   startActivity           | same request id: nothing         | NOT_FOUND   | → running
 *   complete, fail, cancel  | closes, or fail → backing off    | NOT_FOUND   | NOT_FOUND
 *   RequestCancel           | recorded, attempt notified       | closes      | closes
 *   start-to-close, heartbeat | → backing off, or closes TimedOut
 *   schedule-to-start, -close | closes TimedOut (RETRY_STATE_TIMEOUT)
 *   next attempt due        |                                  | → running or queued |
 *   takeover (older epoch)  | → backing off, or stays until its deadline | |
 *   the run is paused       |                                  | stays so    | → backing off, due after the pause
 *
 * ActivityTaskStarted is written when the activity closes, with the attempt's number and the failure before it.
 */
import Long from 'long';
import { temporal } from '../proto';
import { activityDeadline, policyAttempt } from './activity-state';
import type { ActivityState, AttemptEnd, AttemptRef, Failure, Payloads, RunState } from './api';
import { RequestError } from './api';
import type { Decision } from './decision';
import { errorName } from './error-name';
import { PLACEHOLDER } from './event';
import { payloadsBytes } from './limits';
import { decideRetry, timeoutName } from './retry';

const { EventType, RetryState, TimeoutType } = temporal.api.enums.v1;
type RetryStateNumber = temporal.api.enums.v1.RetryState;

const KEPT_ATTEMPTS = 20;
const KEPT_TEXT = 4_096;

// --- attempts ---

/** The attempt is due: start it under this epoch, or let a poller start it. */
export function offer(decision: Decision, activity: ActivityState): void {
  if (decision.state.pause) {
    // It waits for the end of the run's pause. Never 0, because 0 means that it does not wait.
    activity.nextAttemptAtMs ||= Math.max(1, decision.now);
    activity.queuedTimeMs = 0;
    track(decision.state, activity);
    return;
  }
  activity.nextAttemptAtMs = 0;
  const { scheduledEventId, attempt } = activity;
  if (decision.state.rules.isPolled(activity.taskQueue)) {
    activity.queuedTimeMs = decision.now;
    decision.effect({ kind: 'offerActivity', scheduledEventId, attempt });
  } else {
    run(decision, activity, '', '');
    decision.effect({ kind: 'dispatchActivity', scheduledEventId, attempt });
  }
  track(decision.state, activity);
}

function run(decision: Decision, activity: ActivityState, requestId: string, identity: string): void {
  activity.epoch = decision.epoch;
  activity.startedTimeMs = decision.now;
  activity.queuedTimeMs = 0;
  activity.requestId = requestId;
  activity.identity = identity;
}

export function track(state: RunState, activity: ActivityState): void {
  const deadline = activityDeadline(activity);
  if (deadline) state.deadlines.push({ at: deadline.atMs, eventId: activity.scheduledEventId, timerId: null });
}

export function startAttempt(decision: Decision, ref: AttemptRef, requestId: string, identity: string): void {
  const activity = decision.state.activities.get(ref.scheduledEventId);
  if (!activity || activity.attempt !== ref.attempt || activity.nextAttemptAtMs > 0) throw gone(ref);
  if (activity.epoch > 0) {
    if (activity.requestId === requestId && requestId !== '') return;
    throw new RequestError(
      'ALREADY_EXISTS',
      `attempt ${ref.attempt} of activity ${activity.activityId} has been started`
    );
  }
  run(decision, activity, requestId, identity);
  track(decision.state, activity);
}

const gone = (ref: AttemptRef): RequestError =>
  new RequestError(
    'NOT_FOUND',
    `attempt ${ref.attempt} of the activity scheduled by event ${ref.scheduledEventId} is not running`
  );

/** The running attempt that `ref` names. */
export function runningAttempt(state: RunState, ref: AttemptRef): ActivityState {
  const activity = state.activities.get(ref.scheduledEventId);
  if (!activity || activity.attempt !== ref.attempt || activity.epoch === 0) throw gone(ref);
  return activity;
}

// --- closes ---

/** Its attempt belongs to another run: see reset.ts. `activity` is as its Scheduled event made it. */
export function failForReset(decision: Decision, activity: ActivityState, failure: Failure): void {
  if (decision.state.rules.isPolled(activity.taskQueue)) {
    activity.scheduledTimeMs = activity.queuedTimeMs = decision.now;
    track(decision.state, activity);
    return;
  }
  run(decision, activity, '', '');
  const startedEventId = writeStarted(decision, activity);
  decision.happen({
    eventType: EventType.EVENT_TYPE_ACTIVITY_TASK_FAILED,
    activityTaskFailedEventAttributes: {
      failure,
      scheduledEventId: Long.fromNumber(activity.scheduledEventId),
      startedEventId,
      identity: activity.identity,
      retryState: RetryState.RETRY_STATE_NON_RETRYABLE_FAILURE,
    },
  });
}

/** ActivityTaskStarted for an attempt that ran. Returns the id that its close refers to. */
function writeStarted(decision: Decision, activity: ActivityState): Long {
  if (activity.epoch === 0) return Long.ZERO;
  const { state } = decision;
  decision.happen(
    {
      eventType: EventType.EVENT_TYPE_ACTIVITY_TASK_STARTED,
      activityTaskStartedEventAttributes: {
        scheduledEventId: Long.fromNumber(activity.scheduledEventId),
        identity: activity.identity,
        requestId: activity.requestId || `${activity.scheduledEventId}-${activity.attempt}`,
        attempt: activity.attempt,
        lastFailure: activity.lastFailure,
      },
    },
    activity.startedTimeMs
  );
  return Long.fromNumber(state.workflowTask ? PLACEHOLDER : state.nextEventId - 1);
}

/** `number`: that of the attempt. The activity ended with it unless another one follows. */
function measure(decision: Decision, activity: ActivityState, result: AttemptEnd['result'], number: number): void {
  const isLast = activity.attempt === number;
  const { activityId, activityType, scheduledTimeMs } = activity;
  const ended = { attempts: number, ms: Math.max(0, decision.now - scheduledTimeMs) };
  const attempt = { activityId, activityType, result, activity: isLast ? ended : null };
  decision.effect({ kind: 'attemptEnded', attempt });
}

export function complete(decision: Decision, ref: AttemptRef, result: Payloads | null, identity: string): void {
  const activity = runningAttempt(decision.state, ref);
  const bytes = payloadsBytes(result);
  const limit = decision.state.rules.limits.maxPayloadBytes;
  if (bytes > limit) {
    const message = `limit maxPayloadBytes: the result of activity ${activity.activityId} has ${bytes} bytes, at most ${limit} are allowed`;
    fail(decision, ref, { message, source: 'Server', serverFailureInfo: { nonRetryable: true } }, identity);
    return;
  }
  activity.identity = identity || activity.identity;
  const startedEventId = writeStarted(decision, activity);
  decision.happen({
    eventType: EventType.EVENT_TYPE_ACTIVITY_TASK_COMPLETED,
    activityTaskCompletedEventAttributes: {
      result,
      scheduledEventId: Long.fromNumber(activity.scheduledEventId),
      startedEventId,
      identity: activity.identity,
    },
  });
  measure(decision, activity, 'completed', ref.attempt);
}

export function fail(decision: Decision, ref: AttemptRef, failure: Failure, identity: string): void {
  const activity = runningAttempt(decision.state, ref);
  activity.identity = identity || activity.identity;
  const retryState = retry(decision, activity, failure);
  if (retryState === RetryState.RETRY_STATE_IN_PROGRESS) return measure(decision, activity, 'failed', ref.attempt);
  const startedEventId = writeStarted(decision, activity);
  decision.happen({
    eventType: EventType.EVENT_TYPE_ACTIVITY_TASK_FAILED,
    activityTaskFailedEventAttributes: {
      failure,
      scheduledEventId: Long.fromNumber(activity.scheduledEventId),
      startedEventId,
      identity: activity.identity,
      retryState,
    },
  });
  measure(decision, activity, 'failed', ref.attempt);
}

/**
 * An attempt that reports itself canceled without a request has failed; the Temporal server would leave it pending.
 */
export function cancel(decision: Decision, ref: AttemptRef, details: Payloads | null, identity: string): void {
  const activity = runningAttempt(decision.state, ref);
  if (!activity.cancelRequestedEventId) {
    const failure: Failure = {
      message: 'the activity reported itself canceled, but its cancellation was not requested',
      source: 'Server',
      applicationFailureInfo: { type: 'CancelledFailure', details },
    };
    fail(decision, ref, failure, identity);
    return;
  }
  activity.identity = identity || activity.identity;
  const startedEventId = writeStarted(decision, activity);
  decision.happen({
    eventType: EventType.EVENT_TYPE_ACTIVITY_TASK_CANCELED,
    activityTaskCanceledEventAttributes: {
      details,
      latestCancelRequestedEventId: Long.fromNumber(activity.cancelRequestedEventId),
      scheduledEventId: Long.fromNumber(activity.scheduledEventId),
      startedEventId,
      identity: activity.identity,
    },
  });
  measure(decision, activity, 'canceled', ref.attempt);
}

export function heartbeat(decision: Decision, ref: AttemptRef, details: Payloads | null): void {
  const activity = runningAttempt(decision.state, ref);
  const bytes = payloadsBytes(details);
  const limit = decision.state.rules.limits.maxPayloadBytes;
  if (bytes > limit) {
    const message = `limit maxPayloadBytes: heartbeat details of activity ${activity.activityId} have ${bytes} bytes, at most ${limit} are allowed`;
    decision.effect({ kind: 'cancelActivity', ...refOf(activity), reason: 'CANCELLED' });
    fail(decision, ref, { message, source: 'Server', serverFailureInfo: { nonRetryable: true } }, '');
    return;
  }
  activity.lastHeartbeatTimeMs = decision.now;
  activity.heartbeatDetails = details;
}

export const refOf = (activity: ActivityState): AttemptRef => ({
  scheduledEventId: activity.scheduledEventId,
  attempt: activity.attempt,
});

// --- retry, timeouts, takeover ---

/** Move to the next attempt if there is one. Changes nothing unless it answers RETRY_STATE_IN_PROGRESS. */
function retry(decision: Decision, activity: ActivityState, failure: Failure): RetryStateNumber {
  if (activity.cancelRequestedEventId) return RetryState.RETRY_STATE_CANCEL_REQUESTED;
  // Its timeouts do not run during a pause: they are looked at again at the end of it.
  const expires = activity.scheduleToCloseTimeoutMs > 0 && !activity.pause;
  const expirationMs = expires ? activity.scheduledTimeMs + activity.scheduleToCloseTimeoutMs : null;
  const next = decideRetry(activity.retryPolicy, policyAttempt(activity), failure, decision.now, expirationMs);
  if (next.delayMs === null) return next.state;
  const { attempt, startedTimeMs } = activity;
  const kept = shorten(failure);
  activity.attempts.push({ attempt, startedTimeMs, endedTimeMs: decision.now, failure: kept });
  if (activity.attempts.length > KEPT_ATTEMPTS) activity.attempts.shift();
  activity.attempt += 1;
  if (activity.resetsHeartbeat) activity.heartbeatDetails = null;
  activity.resetsHeartbeat = false;
  activity.epoch = 0;
  activity.startedTimeMs = 0;
  activity.queuedTimeMs = 0;
  activity.requestId = '';
  const before = activity.lastFailure;
  if (!before) decision.state.retryingActivities += 1;
  else if (errorName(before) !== errorName(kept)) decision.effect({ kind: 'visibility' });
  activity.lastFailure = kept;
  // Never 0, because 0 means that it does not wait.
  activity.nextAttemptAtMs = Math.max(1, decision.now + next.delayMs);
  track(decision.state, activity);
  return next.state;
}

/** The failure of a waiting activity is written with every commit of the run, so its texts and details are limited. */
function shorten(failure: Failure): Failure {
  const info = failure.applicationFailureInfo;
  const small =
    (failure.message?.length ?? 0) <= KEPT_TEXT &&
    (failure.stackTrace?.length ?? 0) <= KEPT_TEXT &&
    payloadsBytes(info?.details) <= KEPT_TEXT &&
    !failure.cause;
  if (small) return failure;
  return {
    ...failure,
    message: failure.message?.slice(0, KEPT_TEXT),
    stackTrace: failure.stackTrace?.slice(0, KEPT_TEXT),
    cause: failure.cause ? shorten({ ...failure.cause, cause: null }) : null,
    ...(info
      ? { applicationFailureInfo: payloadsBytes(info.details) > KEPT_TEXT ? { ...info, details: null } : info }
      : {}),
  };
}

const timeoutFailure = (type: number, message: string): Failure => ({
  message,
  source: 'Server',
  timeoutFailureInfo: { timeoutType: type },
});

/** Performs what is due for this activity now: its next attempt, or a timeout. */
export function activityDue(decision: Decision, activity: ActivityState): void {
  const deadline = activityDeadline(activity, decision.state.pause !== null);
  if (!deadline || deadline.atMs > decision.now) return;
  if (deadline.timeout === null) offer(decision, activity);
  else timeOut(decision, activity, deadline.timeout);
}

function timeOut(decision: Decision, activity: ActivityState, type: temporal.api.enums.v1.TimeoutType): void {
  const ran = activity.epoch > 0;
  const ref = refOf(activity);
  const { lastFailure } = activity;
  let failure = timeoutFailure(type, `activity ${timeoutName(type)} timeout`);
  const final =
    type === TimeoutType.TIMEOUT_TYPE_SCHEDULE_TO_CLOSE || type === TimeoutType.TIMEOUT_TYPE_SCHEDULE_TO_START;
  const retryState = activity.cancelRequestedEventId
    ? RetryState.RETRY_STATE_CANCEL_REQUESTED
    : final
      ? RetryState.RETRY_STATE_TIMEOUT
      : retry(decision, activity, failure);
  if (ran) decision.effect({ kind: 'cancelActivity', ...ref, reason: 'TIMED_OUT' });
  if (retryState === RetryState.RETRY_STATE_IN_PROGRESS) return measure(decision, activity, 'timedOut', ref.attempt);
  if (retryState === RetryState.RETRY_STATE_TIMEOUT && type !== TimeoutType.TIMEOUT_TYPE_SCHEDULE_TO_START) {
    failure = timeoutFailure(
      TimeoutType.TIMEOUT_TYPE_SCHEDULE_TO_CLOSE,
      'Not enough time to schedule next retry before activity ScheduleToClose timeout, giving up retrying'
    );
  }
  failure.timeoutFailureInfo!.lastHeartbeatDetails = activity.heartbeatDetails;
  failure.cause = lastFailure;
  const startedEventId = writeStarted(decision, activity);
  decision.happen({
    eventType: EventType.EVENT_TYPE_ACTIVITY_TASK_TIMED_OUT,
    activityTaskTimedOutEventAttributes: {
      failure,
      scheduledEventId: Long.fromNumber(activity.scheduledEventId),
      startedEventId,
      retryState,
    },
  });
  measure(decision, activity, 'timedOut', ref.attempt);
}

/**
 * After a takeover an embedded attempt of an older epoch is lost. If the policy allows another attempt, that one
 * runs. Otherwise the old attempt remains open until its deadline, because it may still take effect.
 */
export function recoverActivity(decision: Decision, activity: ActivityState): void {
  const lost =
    activity.epoch > 0 && activity.epoch !== decision.epoch && !decision.state.rules.isPolled(activity.taskQueue);
  if (!lost) return;
  const { attempt } = activity;
  const retryState = retry(decision, activity, {
    message: 'The engine stopped while this attempt ran; whether it took effect is not known',
    source: 'Server',
    serverFailureInfo: { nonRetryable: false },
  });
  if (retryState === RetryState.RETRY_STATE_IN_PROGRESS) measure(decision, activity, 'lost', attempt);
}
