/**
 * What operators do with pending activities: pause, unpause, reset, and other options. None of it is an event: it is
 * in the side state, as on a Temporal server (service/history/workflow/activity.go and service/history/api/
 * {pauseactivity,unpauseactivity,resetactivity,updateactivityoptions} of v1.29.1).
 *
 * - [ACO1] A paused activity begins no attempt, and none of its timeouts runs. An attempt that is under way is not
 *   stopped, because its request was sent: it ends by its own answer.
 * - [ACO2] An attempt that fails while its activity is paused waits for the end of the pause. Without another attempt
 *   in its policy it closes as without the pause: what may be sent once is never sent twice.
 * - [ACO3] The end of a pause makes the next attempt due at once, or within the jitter. A timeout that passed
 *   meanwhile takes effect first.
 * - [ACO4] The number of an attempt is never given twice. A reset gives the retry policy a new count, which is kept
 *   beside the number: whoever reads 'attempt 4' knows that three were sent before.
 * - [ACO5] A reset makes the next attempt due at once, or within the jitter; it ends a pause unless that is kept. An
 *   attempt that is under way goes on and counts as the first.
 * - [ACO6] Changed options hold for the attempt that is under way too. The next attempt is due as the new policy says.
 *   The options of the Scheduled event can be restored.
 */
import type { ActivityOptions, ActivityPause, ActivityState } from './api';
import { RequestError } from './api';
import { activityDue, track } from './activity';
import { optionsOf, policyAttempt, setOptions } from './activity-state';
import { requireOpen } from './admission';
import type { Decision } from './decision';
import { backoffMs, completePolicy, policyFault } from './retry';
import { completeTimeouts } from './timeouts';

/** One activity by its id, those of a type, or all that are pending. */
export type ActivitySelection = { id: string } | { type: string } | 'all';

export interface ActivityRelease {
  /** The retry policy begins its count again. */
  resetAttempts: boolean;
  /** The details of the last heartbeat are not given to the next attempt. */
  resetHeartbeat: boolean;
  /** How long the next attempt waits: drawn for each activity. */
  delayMs(): number;
}

export interface ActivityReset extends Omit<ActivityRelease, 'resetAttempts'> {
  keepPaused: boolean;
  restoreOptions: boolean;
}

/** The words of a Temporal server (service/history/consts/const.go). */
const NONE = "Can't find pending activity with such ID. Invalid activityID or activity already completed";

function selected({ state }: Decision, selection: ActivitySelection): ActivityState[] {
  requireOpen(state);
  const all = [...state.activities.values()];
  const chosen =
    selection === 'all'
      ? all
      : all.filter(({ activityId, activityType }) =>
          'id' in selection ? activityId === selection.id : activityType === selection.type
        );
  if (chosen.length === 0) throw new RequestError('NOT_FOUND', NONE);
  return chosen;
}

/** A second pause changes nothing. */
export function pause(decision: Decision, selection: ActivitySelection, by: Omit<ActivityPause, 'atMs'>): void {
  for (const activity of selected(decision, selection)) {
    if (activity.pause) continue;
    activity.pause = { ...by, atMs: decision.now };
    decision.state.pausedActivities += 1;
  }
}

/** Nothing for an activity that is not paused. */
export function unpause(decision: Decision, selection: ActivitySelection, release: ActivityRelease): void {
  for (const activity of selected(decision, selection)) {
    if (!activity.pause) continue;
    endPause(decision, activity);
    if (release.resetAttempts) countAgain(activity);
    if (release.resetHeartbeat) activity.heartbeatDetails = null;
    becomeDue(decision, activity, decision.now + release.delayMs());
  }
}

export function reset(decision: Decision, selection: ActivitySelection, asked: ActivityReset): void {
  for (const activity of selected(decision, selection)) {
    countAgain(activity);
    if (asked.restoreOptions) restore(activity);
    const isRunning = activity.epoch > 0;
    if (asked.resetHeartbeat) {
      if (isRunning) activity.resetsHeartbeat = true;
      else activity.heartbeatDetails = null;
    }
    if (activity.pause && !asked.keepPaused) endPause(decision, activity);
    if (!activity.pause) becomeDue(decision, activity, decision.now + asked.delayMs());
  }
}

/** `change`: the options that are set, and of the retry policy its fields; null: those of the Scheduled event. */
export function changeOptions(
  decision: Decision,
  selection: ActivitySelection,
  change: Partial<ActivityOptions> | null
): ActivityOptions {
  const chosen = selected(decision, selection);
  const next = chosen.map((activity) => (change ? changed(decision, activity, change) : null));
  chosen.forEach((activity, index) => {
    const endedMs = lastEndMs(activity);
    const options = next[index];
    if (options) {
      activity.originalOptions ??= optionsOf(activity);
      setOptions(activity, options);
    } else restore(activity);
    if (activity.pause) return;
    const dueMs =
      endedMs === null ? decision.now : endedMs + backoffMs(activity.retryPolicy, policyAttempt(activity) - 1);
    becomeDue(decision, activity, Math.max(decision.now, dueMs));
  });
  return optionsOf(chosen.at(-1)!);
}

function changed(decision: Decision, activity: ActivityState, change: Partial<ActivityOptions>): ActivityOptions {
  const options = { ...optionsOf(activity), ...change };
  if (change.retryPolicy) options.retryPolicy = completePolicy({ ...activity.retryPolicy, ...change.retryPolicy });
  const refuse = (field: string, problem: string) => new RequestError('INVALID_ARGUMENT', problem, { field });
  const { state } = decision;
  if (options.taskQueue !== activity.taskQueue && state.rules.isPolled(options.taskQueue))
    throw refuse('activity_options.task_queue.name', `no worker serves the queue '${options.taskQueue}'`);
  const fault = options.retryPolicy && policyFault(options.retryPolicy);
  if (fault) throw refuse('activity_options.retry_policy', fault);
  if (!options.startToCloseTimeoutMs && !options.scheduleToCloseTimeoutMs)
    throw refuse(
      'activity_options',
      'A valid StartToClose or ScheduleToCloseTimeout is not set on ScheduleActivityTaskCommand.'
    );
  return { ...options, ...completeTimeouts(state, options) };
}

function restore(activity: ActivityState): void {
  if (activity.originalOptions) setOptions(activity, activity.originalOptions);
  activity.originalOptions = null;
}

function endPause({ state }: Decision, activity: ActivityState): void {
  activity.pause = null;
  state.pausedActivities -= 1;
}

/** [ACO4] */
function countAgain(activity: ActivityState): void {
  activity.uncountedAttempts = activity.attempt - 1;
}

/** When its last attempt ended; null if none did since the policy began to count. */
function lastEndMs(activity: ActivityState): number | null {
  if (activity.nextAttemptAtMs === 0 || policyAttempt(activity) === 1) return null;
  const known = activity.attempts.at(-1)?.endedTimeMs;
  return known ?? activity.nextAttemptAtMs - backoffMs(activity.retryPolicy, policyAttempt(activity) - 1);
}

/** Of a waiting activity: its next attempt. Deadlines are looked at again, since they did not run during a pause. */
function becomeDue(decision: Decision, activity: ActivityState, atMs: number): void {
  if (activity.epoch === 0 && activity.queuedTimeMs === 0) activity.nextAttemptAtMs = Math.max(1, atMs);
  track(decision.state, activity);
  activityDue(decision, activity);
}
