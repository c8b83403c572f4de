/**
 * The pending work of a run for DescribeWorkflowExecution: none of it is in the history. A missing time is left out,
 * never 1970.
 */
import Long from 'long';
import { temporal } from '../../proto';
import type { ActivityState, ChildState, RunState } from '../../history';
import { timestampMs, toTimestamp } from '../../proto-time';
import { WORKER_IDENTITY } from '../attempts';

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
  const news = state.unseen.find(({ eventTime }) => eventTime && timestampMs(eventTime) > 0)?.eventTime;
  const since = open?.scheduledTimeMs ?? (news ? timestampMs(news) : lastUsedMs);
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

export function pendingActivity(activity: ActivityState): temporal.api.workflow.v1.IPendingActivityInfo {
  const running = activity.epoch > 0;
  const last = activity.attempts.at(-1);
  const { scheduledTimeMs, scheduleToCloseTimeoutMs, nextAttemptAtMs, queuedTimeMs } = activity;
  return {
    activityId: activity.activityId,
    activityType: { name: activity.activityType },
    state: !running
      ? PendingActivityState.PENDING_ACTIVITY_STATE_SCHEDULED
      : activity.cancelRequestedEventId
        ? PendingActivityState.PENDING_ACTIVITY_STATE_CANCEL_REQUESTED
        : PendingActivityState.PENDING_ACTIVITY_STATE_STARTED,
    attempt: activity.attempt,
    maximumAttempts: activity.retryPolicy?.maximumAttempts ?? 0,
    scheduledTime: at(nextAttemptAtMs || queuedTimeMs || activity.startedTimeMs || scheduledTimeMs),
    expirationTime: at(scheduleToCloseTimeoutMs && scheduledTimeMs + scheduleToCloseTimeoutMs),
    lastStartedTime: at(activity.startedTimeMs || last?.startedTimeMs),
    lastAttemptCompleteTime: at(last?.endedTimeMs),
    nextAttemptScheduleTime: at(nextAttemptAtMs),
    lastHeartbeatTime: at(activity.lastHeartbeatTimeMs),
    heartbeatDetails: activity.heartbeatDetails,
    lastFailure: activity.lastFailure,
    lastWorkerIdentity: activity.identity || (running ? WORKER_IDENTITY : ''),
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
