/**
 * The pending work of a run for DescribeWorkflowExecution: none of it is in the history. A missing time is left out,
 * never 1970.
 */
import Long from 'long';
import { temporal } from '../../proto';
import type { ActivityOptions, ActivityState, ChildState, RunState } from '../../history';
import { toDuration, toTimestamp } from '../../proto-time';
import { WORKER_IDENTITY } from '../attempts';
import { taskWaitsSince } from '../workflow-tasks';

const { PendingActivityState, PendingWorkflowTaskState } = temporal.api.enums.v1;

const at = (ms: number | undefined) => (ms ? toTimestamp(ms) : null);

/**
 * The open task, or the task that will be opened: since when it waits, and its earliest start; null if there is none,
 * as during a start delay. `lastUsedMs`: when the run last changed.
 */
export function pendingTask(
  state: RunState,
  lastUsedMs: number,
  nowMs: number
): temporal.api.workflow.v1.IPendingWorkflowTaskInfo | null {
  const { workflowTask: open, workflowTaskAttempt: attempt } = state;
  if (!open && !state.needsWorkflowTask) return null;
  const hasRun = state.lastCompletedTaskStartedEventId > 0 || state.failedWorkflowTasks > 0;
  if (!open && !hasRun && state.workflowTaskAtMs > nowMs) return null;
  const since = taskWaitsSince(state) ?? lastUsedMs;
  return {
    state: open
      ? PendingWorkflowTaskState.PENDING_WORKFLOW_TASK_STATE_STARTED
      : PendingWorkflowTaskState.PENDING_WORKFLOW_TASK_STATE_SCHEDULED,
    attempt,
    originalScheduledTime: at(since),
    // During a back-off it is scheduled for later.
    scheduledTime: at(open ? open.scheduledTimeMs : Math.max(since, state.workflowTaskAtMs)),
    startedTime: at(open?.startedTimeMs),
  };
}

/** As a Temporal server (service/history/workflow/activity.go, GetPendingActivityInfo). */
function stateOf({ epoch, cancelRequestedEventId, pause }: ActivityState): temporal.api.enums.v1.PendingActivityState {
  if (epoch === 0)
    return pause
      ? PendingActivityState.PENDING_ACTIVITY_STATE_PAUSED
      : PendingActivityState.PENDING_ACTIVITY_STATE_SCHEDULED;
  if (cancelRequestedEventId) return PendingActivityState.PENDING_ACTIVITY_STATE_CANCEL_REQUESTED;
  return pause
    ? PendingActivityState.PENDING_ACTIVITY_STATE_PAUSE_REQUESTED
    : PendingActivityState.PENDING_ACTIVITY_STATE_STARTED;
}

export const optionsMessage = (options: ActivityOptions): temporal.api.activity.v1.IActivityOptions => ({
  taskQueue: { name: options.taskQueue },
  scheduleToCloseTimeout: toDuration(options.scheduleToCloseTimeoutMs),
  scheduleToStartTimeout: toDuration(options.scheduleToStartTimeoutMs),
  startToCloseTimeout: toDuration(options.startToCloseTimeoutMs),
  heartbeatTimeout: toDuration(options.heartbeatTimeoutMs),
  retryPolicy: options.retryPolicy,
});

export function pendingActivity(activity: ActivityState): temporal.api.workflow.v1.IPendingActivityInfo {
  const running = activity.epoch > 0;
  const last = activity.attempts.at(-1);
  const { scheduledTimeMs, scheduleToCloseTimeoutMs, nextAttemptAtMs, queuedTimeMs, pause, retryPolicy } = activity;
  const maximumAttempts = retryPolicy?.maximumAttempts ?? 0;
  return {
    activityId: activity.activityId,
    activityType: { name: activity.activityType },
    state: stateOf(activity),
    attempt: activity.attempt,
    // The number up to which attempts go, which differs from the policy's after a reset.
    maximumAttempts: maximumAttempts && maximumAttempts + activity.uncountedAttempts,
    scheduledTime: at(nextAttemptAtMs || queuedTimeMs || activity.startedTimeMs || scheduledTimeMs),
    expirationTime: at(scheduleToCloseTimeoutMs && scheduledTimeMs + scheduleToCloseTimeoutMs),
    lastStartedTime: at(activity.startedTimeMs || last?.startedTimeMs),
    lastAttemptCompleteTime: at(last?.endedTimeMs),
    nextAttemptScheduleTime: at(pause ? 0 : nextAttemptAtMs),
    lastHeartbeatTime: at(activity.lastHeartbeatTimeMs),
    heartbeatDetails: activity.heartbeatDetails,
    lastFailure: activity.lastFailure,
    lastWorkerIdentity: activity.identity || (running ? WORKER_IDENTITY : ''),
    paused: pause !== null,
    pauseInfo: pause && {
      pauseTime: toTimestamp(pause.atMs),
      manual: { identity: pause.identity, reason: pause.reason },
    },
    activityOptions: optionsMessage(activity),
  };
}

export function pendingChild(child: ChildState): temporal.api.workflow.v1.IPendingChildExecutionInfo {
  const { workflowId, runId, workflowType, initiatedEventId, parentClosePolicy, started } = child;
  return {
    workflowId,
    runId: started ? runId : '',
    workflowTypeName: workflowType,
    initiatedId: Long.fromNumber(initiatedEventId),
    parentClosePolicy,
  };
}
