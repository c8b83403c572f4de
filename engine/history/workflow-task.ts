/**
 * The workflow task machine (embedded).
 *
 *   (none) --start--> idle     a run that may begin at once has Scheduled beside its Started; another one when its delay
 *                              is over, or something ends it
 *   idle --open--> open        fixes the ids of Scheduled and Started, writes nothing; what happens now is buffered
 *   open --complete--> idle    Scheduled if it is not written yet, Started, Completed, the commands' events, then the buffer, as one batch
 *   open --fail | time out-->  attempt 1: Scheduled, Started, Failed | TimedOut, then the buffer; later attempts are
 *     idle, attempt + 1        transient: nothing is written. With news waiting the next attempt is 1 again, at once
 *   open --crash--> idle       no trace
 *
 * [WTS1] The first Scheduled is written with the run's Started; what happens before the task opens comes after it. Later
 *        ones are written when their task ends.
 * [WTS2] A run that waits for its first task (start delay, schedule, retry) has no Scheduled before the wait is over.
 *
 * Completing is in completion.ts.
 */
import Long from 'long';
import { temporal } from '../proto';
import { requireOpen } from './admission';
import type { Failure, HistoryEvent, RunState, WorkflowTaskCompletion, WorkflowTaskState } from './api';
import { RequestError } from './api';
import type { TaskFailedCause } from './commands/command';
import type { Decision } from './decision';
import { REPORTED_FROM } from './reported-problems';
import { toTimestamp } from '../proto-time';
import { sendUpdates, unsendUpdates } from './update';

const { EventType, TaskQueueKind, TimeoutType, WorkflowTaskFailedCause: Cause } = temporal.api.enums.v1;

const MAX_BACKOFF_MS = 600_000;
/**
 * A broken bundle must not cause a busy loop: the first waits are short, and from attempt 4 on the wait is 5 s and
 * doubles.
 */
export const taskBackoffMs = (attempt: number): number =>
  attempt <= 1 ? 0 : attempt === 2 ? 250 : attempt === 3 ? 1_000 : Math.min(5_000 * 2 ** (attempt - 4), MAX_BACKOFF_MS);

export function open(state: RunState, now: number): WorkflowTaskState | null {
  if (!state.needsWorkflowTask || state.workflowTask || state.workflowTaskAtMs > now) return null;
  const { suggestContinueAsNewEvents, suggestContinueAsNewBytes } = state.rules.limits;
  const scheduled = state.scheduledTask;
  state.workflowTaskAtMs = 0;
  sendUpdates(state);
  state.workflowTask = {
    scheduledEventId: scheduled?.eventId ?? state.nextEventId,
    startedEventId: state.nextEventId + (scheduled ? 0 : 1),
    attempt: state.workflowTaskAttempt,
    scheduledTimeMs: scheduled?.timeMs ?? now,
    startedTimeMs: now,
    deadlineMs: now + state.workflowTaskTimeoutMs,
    historySizeBytes: state.historySizeBytes,
    suggestContinueAsNew:
      state.nextEventId - 1 >= suggestContinueAsNewEvents || state.historySizeBytes >= suggestContinueAsNewBytes,
  };
  return state.workflowTask;
}

const scheduledEvent = ({ started }: RunState, attempt: number): HistoryEvent => ({
  eventType: EventType.EVENT_TYPE_WORKFLOW_TASK_SCHEDULED,
  workflowTaskScheduledEventAttributes: {
    taskQueue: { name: started.taskQueue?.name, kind: TaskQueueKind.TASK_QUEUE_KIND_NORMAL },
    startToCloseTimeout: started.workflowTaskTimeout,
    attempt,
  },
});

/** Writes the Scheduled of a run's first task, as soon as nothing has to be waited for. */
export function scheduleFirst(decision: Decision): void {
  const { state } = decision;
  const isFirst = state.lastCompletedTaskStartedEventId === 0 && state.failedWorkflowTasks === 0;
  const waits = state.workflowTaskAtMs > 0 || state.workflowTask !== null || state.scheduledTask !== null;
  if (isFirst && !waits) decision.write(scheduledEvent(state, state.workflowTaskAttempt));
}

/** The open task's Scheduled, unless it is written already, and Started. */
export function openEvents(state: RunState): HistoryEvent[] {
  const task = requireTask(state);
  const scheduledEventId = Long.fromNumber(task.scheduledEventId);
  const startedEventId = Long.fromNumber(task.startedEventId);
  const started: HistoryEvent = {
    eventId: startedEventId,
    taskId: startedEventId,
    eventTime: toTimestamp(task.startedTimeMs),
    eventType: EventType.EVENT_TYPE_WORKFLOW_TASK_STARTED,
    workflowTaskStartedEventAttributes: {
      scheduledEventId,
      identity: 'embedded',
      requestId: `${task.startedEventId}-${task.attempt}`,
      suggestContinueAsNew: task.suggestContinueAsNew,
      historySizeBytes: Long.fromNumber(task.historySizeBytes),
    },
  };
  if (state.scheduledTask) return [started];
  const scheduled = {
    eventId: scheduledEventId,
    taskId: scheduledEventId,
    eventTime: toTimestamp(task.scheduledTimeMs),
    ...scheduledEvent(state, task.attempt),
  };
  return [scheduled, started];
}

export function requireTask(state: RunState, named?: WorkflowTaskCompletion['task']): WorkflowTaskState {
  requireOpen(state);
  const task = state.workflowTask;
  if (!task || (named && (named.startedEventId !== task.startedEventId || named.attempt !== task.attempt))) {
    throw new RequestError('NOT_FOUND', 'the workflow task is not open: it timed out, or its answer was taken before');
  }
  return task;
}

/**
 * Closes the task and writes its first events. Their ids are the fixed ones, because all other events were
 * buffered.
 */
export function writeOpenEvents(decision: Decision): { scheduledEventId: Long; startedEventId: Long } {
  const { scheduledEventId, startedEventId } = requireTask(decision.state);
  const events = openEvents(decision.state);
  decision.state.workflowTask = null;
  for (const event of events) decision.write(event);
  return { scheduledEventId: Long.fromNumber(scheduledEventId), startedEventId: Long.fromNumber(startedEventId) };
}

// --- failure and timeout ---

export function fail(
  decision: Decision,
  cause: TaskFailedCause,
  failure: Failure,
  identity: string,
  named?: WorkflowTaskCompletion['task']
): void {
  const { attempt } = requireTask(decision.state, named);
  end(decision, attempt, cause, failure, (ids) => ({
    eventType: EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED,
    workflowTaskFailedEventAttributes: { ...ids, cause, failure, identity },
  }));
}

export function timeOut(decision: Decision): void {
  const { attempt } = requireTask(decision.state);
  const failure: Failure = {
    message: 'The workflow task timed out: the workflow did not answer in time',
    source: 'Server',
    timeoutFailureInfo: { timeoutType: TimeoutType.TIMEOUT_TYPE_START_TO_CLOSE },
  };
  end(decision, attempt, Cause.WORKFLOW_TASK_FAILED_CAUSE_UNSPECIFIED, failure, (ids) => ({
    eventType: EventType.EVENT_TYPE_WORKFLOW_TASK_TIMED_OUT,
    workflowTaskTimedOutEventAttributes: { ...ids, timeoutType: TimeoutType.TIMEOUT_TYPE_START_TO_CLOSE },
  }));
}

/** After several failures the lists show a mark: see reported-problems.ts. */
function countFailure(decision: Decision): void {
  decision.state.failedWorkflowTasks += 1;
  if (decision.state.failedWorkflowTasks === REPORTED_FROM) decision.effect({ kind: 'visibility' });
}

function end(
  decision: Decision,
  attempt: number,
  cause: number,
  failure: Failure,
  event: (ids: { scheduledEventId: Long; startedEventId: Long }) => HistoryEvent
): void {
  const { state, now } = decision;
  if (attempt === 1) decision.write(event(writeOpenEvents(decision)));
  else state.workflowTask = null;
  const news = state.buffered.length > 0 || state.unsentUpdates > 0;
  decision.flush();
  unsendUpdates(state);
  if (cause !== Cause.WORKFLOW_TASK_FAILED_CAUSE_UNHANDLED_COMMAND) countFailure(decision);
  const failures = state.failedWorkflowTasks;
  state.workflowTaskAttempt = news ? 1 : attempt + 1;
  // A new event is a reason to try at once, but must not make a run that always fails busy for ever.
  const soon = news && failures < REPORTED_FROM;
  state.workflowTaskAtMs = soon ? 0 : now + taskBackoffMs(Math.max(attempt, failures) + 1);
  state.lastWorkflowTaskFailure = { cause, failure, attempt, timeMs: now };
  decision.effect({ kind: 'workflowTaskFailed', cause });
}
