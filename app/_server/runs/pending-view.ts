/** A pending activity, from the answer of a describe. */
import type { Payload } from '@temporalio/common';
import { decodePayload } from '@/engine/flow/values/payload';
import { temporal } from '@/engine/proto';
import { durationMs } from '@/engine/proto-time';
import { runEventOf } from '@/engine/run-view/events-from-history';
import { failureOf } from '@/engine/run-view/failure';
import type { FailureView, PauseView, PendingActivityView, StepOptions } from '@/engine/run-view/model';
import { millisOf } from './summary';

type PendingInfo = temporal.api.workflow.v1.IPendingActivityInfo;
const { PendingActivityState } = temporal.api.enums.v1;

/** `attempts` is empty, and `scheduledEventId` is 0: no describe contains them. */
export function pendingView(info: PendingInfo): PendingActivityView {
  const attempt = info.attempt ?? 1;
  const heartbeatMs = millisOf(info.lastHeartbeatTime);
  const pause = pauseOf(info);
  const options = optionsOf(info);
  return {
    activityId: info.activityId ?? '',
    activityType: info.activityType?.name ?? '',
    scheduledEventId: 0,
    state: stateOf(info, attempt),
    attempt,
    maximumAttempts: info.maximumAttempts ?? 0,
    lastStartedMs: millisOf(info.lastStartedTime),
    nextAttemptMs: pause
      ? null
      : (millisOf(info.nextAttemptScheduleTime) ?? (attempt > 1 ? millisOf(info.scheduledTime) : null)),
    lastFailure: failureViewOf(info.lastFailure),
    heartbeat: decodeFirst(info.heartbeatDetails?.payloads),
    ...(heartbeatMs === null ? {} : { heartbeatMs }),
    ...(pause ? { pause } : {}),
    ...(options ? { options } : {}),
    attempts: [],
  };
}

function stateOf({ state, paused }: PendingInfo, attempt: number): PendingActivityView['state'] {
  switch (state) {
    case PendingActivityState.PENDING_ACTIVITY_STATE_STARTED:
      return paused ? 'pauseRequested' : 'started';
    case PendingActivityState.PENDING_ACTIVITY_STATE_PAUSE_REQUESTED:
      return 'pauseRequested';
    case PendingActivityState.PENDING_ACTIVITY_STATE_CANCEL_REQUESTED:
      return 'cancelRequested';
    default:
      return paused ? 'paused' : attempt > 1 ? 'backingOff' : 'scheduled';
  }
}

/** Who paused it; a rule of the server has no name of a person. */
function pauseOf({ paused, pauseInfo }: PendingInfo): PauseView | null {
  if (!paused) return null;
  const { manual, rule } = pauseInfo ?? {};
  return {
    by: manual?.identity || rule?.identity || 'somebody',
    reason: manual?.reason ?? rule?.reason ?? '',
    atMs: millisOf(pauseInfo?.pauseTime) ?? 0,
  };
}

function optionsOf({ activityOptions: options }: PendingInfo): StepOptions | null {
  if (!options) return null;
  const { retryPolicy: policy } = options;
  return {
    scheduleToCloseMs: durationMs(options.scheduleToCloseTimeout),
    startToCloseMs: durationMs(options.startToCloseTimeout),
    heartbeatMs: durationMs(options.heartbeatTimeout),
    initialIntervalMs: durationMs(policy?.initialInterval),
    backoffCoefficient: policy?.backoffCoefficient ?? 1,
    maximumIntervalMs: durationMs(policy?.maximumInterval),
    // An activity without a policy is tried once.
    maximumAttempts: policy ? (policy.maximumAttempts ?? 0) : 1,
  };
}

const decodeFirst = (payloads: Payload[] | null | undefined): unknown => {
  const first = payloads?.[0];
  return first ? decodePayload(first as Parameters<typeof decodePayload>[0]) : null;
};

/** failure.ts reads a failure only inside an event, so this wraps it in one. */
function failureViewOf(failure: temporal.api.failure.v1.IFailure | null | undefined): FailureView | null {
  if (!failure) return null;
  const event = runEventOf({ activityTaskFailedEventAttributes: { failure } });
  return failureOf(event.attributes.failure);
}
