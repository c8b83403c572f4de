/**
 * The changes of a run that time causes, in the order of its deadlines: run timeout first (it ends everything), then
 * workflow task timeout, then timers, activity timeouts and due attempts by time and event id.
 */
import { activityDeadline } from './activity-state';
import { activityDue } from './activity';
import type { RunState } from './api';
import type { Entry } from './deadlines';
import type { Decision } from './decision';
import { timeOutRun } from './execution';
import { fireTimer } from './timer';
import { scheduleFirst, timeOut as timeOutTask } from './workflow-task';
import { STATUS } from '../run-name';

const actualIn =
  (state: RunState) =>
  ({ eventId, timerId }: Entry): number | null => {
    if (timerId === null) {
      const activity = state.activities.get(eventId);
      return activity ? (activityDeadline(activity, state.pause !== null)?.atMs ?? null) : null;
    }
    const timer = state.timers.get(timerId);
    return timer?.startedEventId === eventId ? timer.fireAtMs : null;
  };

export function nextDeadline(state: RunState): number | null {
  if (state.status !== STATUS.running) return null;
  const actual = actualIn(state);
  state.deadlines.compact(state.activities.size + state.timers.size, actual);
  let at = state.deadlines.peek(actual)?.at ?? Infinity;
  if (state.runDeadlineMs !== null) at = Math.min(at, state.runDeadlineMs);
  if (state.workflowTask) at = Math.min(at, state.workflowTask.deadlineMs);
  else if (state.needsWorkflowTask && state.workflowTaskAtMs > 0) at = Math.min(at, state.workflowTaskAtMs);
  return at === Infinity ? null : at;
}

export function advance(decision: Decision): void {
  const { state, now } = decision;
  if (state.status !== STATUS.running) return;
  if (state.runDeadlineMs !== null && state.runDeadlineMs <= now) return timeOutRun(decision);
  if (state.workflowTask && state.workflowTask.deadlineMs <= now) timeOutTask(decision);
  const actual = actualIn(state);
  for (;;) {
    const entry = state.deadlines.peek(actual);
    if (!entry || entry.at > now) break;
    const { eventId, timerId } = entry;
    if (timerId !== null) fireTimer(decision, state.timers.get(timerId)!);
    else activityDue(decision, state.activities.get(eventId)!);
  }
  if (!state.workflowTask && state.workflowTaskAtMs > 0 && state.workflowTaskAtMs <= now) {
    state.workflowTaskAtMs = 0;
    if (state.needsWorkflowTask) scheduleFirst(decision);
  }
}
