/**
 * The only place that changes state which is derived from events. Decisions call it when an event happens, and a
 * rebuild calls it for every stored event, so both give the same state. The changes by a command's event are in that
 * command's file (commands/).
 *
 * - `apply`: the meaning of the event. Runs once per event, when it happens (for a buffered event, before it has an
 *   id).
 * - `written`: the meaning of its place in the history: the next id, and whether the workflow has new events to
 * process. Never add: decisions, effects, anything that reads a clock.
 */
import { temporal } from '../proto';
import { STATUS, type RunStatus } from '../run-name';
import type { HistoryEvent, RunState } from './api';
import { removeActivity } from './activity-state';
import { applyAttached } from './attach';
import { applyChildStarted, childStartedWritten, removeChild } from './children';
import { applyClosed } from './close-state';
import { commandEvents } from './commands/table';
import { errorName } from './error-name';
import { activityClose } from './event';
import { externalEnd } from './externals';
import { applyPaused, applyUnpaused } from './paused';
import { applyReset, isReset } from './reset-state';
import { mergeMemo, mergeSearchAttributes } from './search-attributes';
import { removeTimer } from './timer-state';
import { countTransition } from './transitions';
import { applyCompleted } from './waits';
import { addAdmittedUpdate, offerAdmitted } from './update-state';
import { durationMs, idOf, timestampMs } from '../proto-time';

const { EventType } = temporal.api.enums.v1;

/** Events that make the workflow's next task necessary. Command events do not: the workflow caused them. */
const wakes = new Set<number>([
  EventType.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED,
  EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED,
  EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CANCEL_REQUESTED,
  EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ADMITTED,
  EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED,
  EventType.EVENT_TYPE_WORKFLOW_TASK_TIMED_OUT,
  EventType.EVENT_TYPE_ACTIVITY_TASK_COMPLETED,
  EventType.EVENT_TYPE_ACTIVITY_TASK_FAILED,
  EventType.EVENT_TYPE_ACTIVITY_TASK_TIMED_OUT,
  EventType.EVENT_TYPE_ACTIVITY_TASK_CANCELED,
  EventType.EVENT_TYPE_TIMER_FIRED,
  EventType.EVENT_TYPE_EXTERNAL_WORKFLOW_EXECUTION_SIGNALED,
  EventType.EVENT_TYPE_SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_FAILED,
  EventType.EVENT_TYPE_EXTERNAL_WORKFLOW_EXECUTION_CANCEL_REQUESTED,
  EventType.EVENT_TYPE_REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION_FAILED,
  EventType.EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_FAILED,
  EventType.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_STARTED,
  EventType.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_COMPLETED,
  EventType.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_FAILED,
  EventType.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_TIMED_OUT,
  EventType.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_CANCELED,
  EventType.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_TERMINATED,
]);

/** Closes that no command causes. */
const closedFromOutside = new Map<number, RunStatus>([
  [EventType.EVENT_TYPE_WORKFLOW_EXECUTION_TERMINATED, STATUS.terminated],
  [EventType.EVENT_TYPE_WORKFLOW_EXECUTION_TIMED_OUT, STATUS.timedOut],
]);

export function written(state: RunState, event: HistoryEvent): void {
  state.nextEventId = idOf(event.eventId) + 1;
  countTransition(state, event);
  if (event.eventType === EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED) {
    state.unseen = [event];
    state.unseenWake = false;
  } else {
    state.unseen.push(event);
    if (wakes.has(event.eventType!)) state.unseenWake = true;
    if (event.eventType === EventType.EVENT_TYPE_WORKFLOW_EXECUTION_OPTIONS_UPDATED) applyAttached(state, event);
    if (event.eventType === EventType.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_STARTED) childStartedWritten(state, event);
  }
}

export function apply(state: RunState, event: HistoryEvent): void {
  const caused = commandEvents.get(event.eventType!);
  if (caused) return caused.apply(state, event);
  switch (event.eventType) {
    case EventType.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED:
      return applyStarted(state, event);

    case EventType.EVENT_TYPE_WORKFLOW_TASK_SCHEDULED:
      state.scheduledTask = { eventId: idOf(event.eventId), timeMs: timestampMs(event.eventTime) };
      return;

    case EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED:
      state.scheduledTask = null;
      state.lastCompletedTaskStartedEventId = idOf(event.workflowTaskCompletedEventAttributes!.startedEventId);
      applyRevision(state, event);
      offerAdmitted(state);
      state.workflowTaskAttempt = 1;
      state.workflowTaskAtMs = 0;
      state.lastWorkflowTaskFailure = null;
      return;

    case EventType.EVENT_TYPE_WORKFLOW_TASK_TIMED_OUT:
      state.scheduledTask = null;
      return;

    case EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED:
      state.scheduledTask = null;
      if (isReset(event)) applyReset(state, event);
      return;

    case EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ADMITTED:
      return addAdmittedUpdate(state, event);

    case EventType.EVENT_TYPE_ACTIVITY_TASK_FAILED:
    case EventType.EVENT_TYPE_ACTIVITY_TASK_TIMED_OUT:
    case EventType.EVENT_TYPE_ACTIVITY_TASK_CANCELED:
      state.hadFailures = true;
      noteFailed(state, event);
      return removeActivity(state, idOf(activityClose(event)!.scheduledEventId));

    case EventType.EVENT_TYPE_ACTIVITY_TASK_COMPLETED:
      applyCompleted(state, state.activities.get(idOf(activityClose(event)!.scheduledEventId)));
      return removeActivity(state, idOf(activityClose(event)!.scheduledEventId));

    case EventType.EVENT_TYPE_TIMER_FIRED:
      return removeTimer(state, event.timerFiredEventAttributes!);

    case EventType.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_STARTED:
      return applyChildStarted(state, event);

    case EventType.EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_FAILED:
    case EventType.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_COMPLETED:
    case EventType.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_FAILED:
    case EventType.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_TIMED_OUT:
    case EventType.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_CANCELED:
    case EventType.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_TERMINATED:
      return removeChild(state, event);

    case EventType.EVENT_TYPE_EXTERNAL_WORKFLOW_EXECUTION_SIGNALED:
    case EventType.EVENT_TYPE_SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_FAILED:
    case EventType.EVENT_TYPE_EXTERNAL_WORKFLOW_EXECUTION_CANCEL_REQUESTED:
    case EventType.EVENT_TYPE_REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION_FAILED:
      state.externals.delete(idOf(externalEnd(event)!.initiatedEventId));
      return;

    case EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED: {
      const requestId = event.workflowExecutionSignaledEventAttributes!.requestId;
      state.signalCount += 1;
      if (requestId) state.signalRequestIds.add(requestId);
      return;
    }
    case EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CANCEL_REQUESTED:
      state.cancelRequest = event.workflowExecutionCancelRequestedEventAttributes!;
      return;

    case EventType.EVENT_TYPE_WORKFLOW_EXECUTION_PAUSED:
      return applyPaused(state, event);

    case EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UNPAUSED:
      return applyUnpaused(state, event);

    case EventType.EVENT_TYPE_WORKFLOW_EXECUTION_OPTIONS_UPDATED:
      return applyAttached(state, event);

    default: {
      const status = closedFromOutside.get(event.eventType!);
      if (status !== undefined) applyClosed(state, event, status);
    }
  }
}

/** As a Temporal server, which keeps 20 (history.maxAutoResetPoints). */
const MOST_RESET_POINTS = 20;

function applyRevision(state: RunState, event: HistoryEvent): void {
  const revision = event.workflowTaskCompletedEventAttributes!.workerVersion?.buildId ?? '';
  if (revision === state.revision) return;
  state.revision = revision;
  const { resetPoints } = state;
  if (resetPoints.some((point) => point.revision === revision)) return;
  if (resetPoints.length === MOST_RESET_POINTS) resetPoints.shift();
  resetPoints.push({ revision, eventId: state.nextEventId - 1, timeMs: timestampMs(event.eventTime) });
}

function applyStarted(state: RunState, event: HistoryEvent): void {
  const started = event.workflowExecutionStartedEventAttributes!;
  const startTimeMs = timestampMs(event.eventTime);
  const backoffMs = durationMs(started.firstWorkflowTaskBackoff);
  const runTimeoutMs = durationMs(started.workflowRunTimeout);
  const expirationMs = timestampMs(started.workflowExecutionExpirationTime);
  state.started = started;
  state.startedWith = { userMetadata: event.userMetadata ?? null, links: event.links ?? [] };
  state.startTimeMs = startTimeMs;
  state.originalStartTimeMs = startTimeMs;
  state.originRunId = started.originalExecutionRunId || state.runId;
  state.workflowTaskTimeoutMs = durationMs(started.workflowTaskTimeout);
  state.firstWorkflowTaskAtMs = startTimeMs + backoffMs;
  state.workflowTaskAtMs = backoffMs > 0 ? state.firstWorkflowTaskAtMs : 0;
  const deadlines = [
    ...(runTimeoutMs > 0 ? [startTimeMs + backoffMs + runTimeoutMs] : []),
    ...(expirationMs > 0 ? [expirationMs] : []),
  ];
  state.runDeadlineMs = deadlines.length > 0 ? Math.min(...deadlines) : null;
  mergeSearchAttributes(state, started.searchAttributes?.indexedFields);
  mergeMemo(state, started.memo?.fields);
}

/** Before the activity is removed. */
function noteFailed(state: RunState, event: HistoryEvent): void {
  const { activityTaskFailedEventAttributes: failed, activityTaskTimedOutEventAttributes: timedOut } = event;
  const failure = (failed ?? timedOut)?.failure;
  const activity = state.activities.get(idOf(activityClose(event)!.scheduledEventId));
  if (!failure || !activity) return;
  const { activityId, activityType } = activity;
  state.lastFailed = { activityId, activityType, error: errorName(failure) };
}
