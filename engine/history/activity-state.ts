/**
 * A pending activity: created by its Scheduled event, removed by its close; and when it next needs the engine.
 *
 *   state      | epoch | nextAttemptAtMs | queuedTimeMs | what ends it by itself
 *   running    | > 0   | 0               | 0            | start-to-close, heartbeat, schedule-to-close
 *   backing off| 0     | > 0             | 0            | the next attempt, schedule-to-close
 *   queued     | 0     | 0               | > 0          | schedule-to-start, schedule-to-close
 *
 * Nothing ends a paused activity by itself (activity-operations.ts).
 */
import { temporal } from '../proto';
import type { ActivityOptions, ActivityState, HistoryEvent, RunState } from './api';
import { durationMs, idOf, timestampMs } from '../proto-time';
import { applyScheduled } from './waits';

const { TimeoutType } = temporal.api.enums.v1;

/**
 * The state after its first schedule on a polled queue; the activity machine or the side state then sets the actual
 * state.
 */
export function addActivity(state: RunState, event: HistoryEvent): void {
  const attributes = event.activityTaskScheduledEventAttributes!;
  const scheduledEventId = idOf(event.eventId);
  const activity: ActivityState = {
    scheduledEventId,
    activityId: attributes.activityId!,
    activityType: attributes.activityType!.name!,
    taskQueue: attributes.taskQueue!.name!,
    input: attributes.input ?? null,
    header: attributes.header ?? null,
    retryPolicy: attributes.retryPolicy ?? null,
    scheduleToCloseTimeoutMs: durationMs(attributes.scheduleToCloseTimeout),
    scheduleToStartTimeoutMs: durationMs(attributes.scheduleToStartTimeout),
    startToCloseTimeoutMs: durationMs(attributes.startToCloseTimeout),
    heartbeatTimeoutMs: durationMs(attributes.heartbeatTimeout),
    scheduledTimeMs: timestampMs(event.eventTime),
    cancelRequestedEventId: 0,
    revision: state.revision,
    attempt: 1,
    uncountedAttempts: 0,
    pause: null,
    resetsHeartbeat: false,
    originalOptions: null,
    epoch: 0,
    startedTimeMs: 0,
    nextAttemptAtMs: 0,
    queuedTimeMs: timestampMs(event.eventTime),
    identity: '',
    lastFailure: null,
    lastHeartbeatTimeMs: 0,
    heartbeatDetails: null,
    requestId: '',
    attempts: [],
  };
  state.activities.set(scheduledEventId, activity);
  applyScheduled(state, activity.activityId);
  // Added as a new entry, also if the close of the last one with this id still waits in the buffer, because a rebuild
  // must give the same order.
  state.activityIds.delete(activity.activityId);
  state.activityIds.set(activity.activityId, scheduledEventId);
}

export function removeActivity(state: RunState, scheduledEventId: number): void {
  const activity = state.activities.get(scheduledEventId);
  if (!activity) return;
  state.activities.delete(scheduledEventId);
  if (activity.pause) state.pausedActivities -= 1;
  if (activity.lastFailure) state.retryingActivities -= 1;
  // The id may name a later activity by now: a close can wait in the buffer while a task schedules the next activity
  // with that id.
  if (state.activityIds.get(activity.activityId) === scheduledEventId) state.activityIds.delete(activity.activityId);
}

export interface ActivityDeadline {
  atMs: number;
  /** null: not a timeout; the next attempt is due. */
  timeout: temporal.api.enums.v1.TimeoutType | null;
}

/** The number by which its retry policy counts the attempt. */
export const policyAttempt = ({ attempt, uncountedAttempts }: ActivityState): number => attempt - uncountedAttempts;

export const optionsOf = (activity: ActivityOptions): ActivityOptions => ({
  taskQueue: activity.taskQueue,
  scheduleToCloseTimeoutMs: activity.scheduleToCloseTimeoutMs,
  scheduleToStartTimeoutMs: activity.scheduleToStartTimeoutMs,
  startToCloseTimeoutMs: activity.startToCloseTimeoutMs,
  heartbeatTimeoutMs: activity.heartbeatTimeoutMs,
  retryPolicy: activity.retryPolicy,
});

/** The entry of an activity stays the same object, because it is one of the state's maps. */
export function setOptions(activity: ActivityState, options: ActivityOptions): void {
  Object.assign(activity, optionsOf(options));
}

/** The earliest event that happens to it without a request; null for none. `isHeld`: no attempt of the run begins. */
export function activityDeadline(activity: ActivityState, isHeld = false): ActivityDeadline | null {
  if (activity.pause) return null;
  let atMs = Infinity;
  let timeout: ActivityDeadline['timeout'] = null;
  if (activity.scheduleToCloseTimeoutMs > 0) {
    atMs = activity.scheduledTimeMs + activity.scheduleToCloseTimeoutMs;
    timeout = TimeoutType.TIMEOUT_TYPE_SCHEDULE_TO_CLOSE;
  }
  if (activity.epoch > 0) {
    if (activity.startToCloseTimeoutMs > 0 && activity.startedTimeMs + activity.startToCloseTimeoutMs <= atMs) {
      atMs = activity.startedTimeMs + activity.startToCloseTimeoutMs;
      timeout = TimeoutType.TIMEOUT_TYPE_START_TO_CLOSE;
    }
    const alive = Math.max(activity.startedTimeMs, activity.lastHeartbeatTimeMs);
    if (activity.heartbeatTimeoutMs > 0 && alive + activity.heartbeatTimeoutMs < atMs) {
      atMs = alive + activity.heartbeatTimeoutMs;
      timeout = TimeoutType.TIMEOUT_TYPE_HEARTBEAT;
    }
  } else if (activity.nextAttemptAtMs > 0) {
    if (activity.nextAttemptAtMs < atMs && !isHeld) {
      atMs = activity.nextAttemptAtMs;
      timeout = null;
    }
  } else if (
    activity.scheduleToStartTimeoutMs > 0 &&
    activity.queuedTimeMs + activity.scheduleToStartTimeoutMs < atMs
  ) {
    atMs = activity.queuedTimeMs + activity.scheduleToStartTimeoutMs;
    timeout = TimeoutType.TIMEOUT_TYPE_SCHEDULE_TO_START;
  }
  return atMs === Infinity ? null : { atMs, timeout };
}
