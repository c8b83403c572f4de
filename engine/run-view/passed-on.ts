/**
 * Effects of a closed run that belong to another run now. Each effect is counted for one run only, so that a list of runs
 * does not count it twice; the page of the run that caused it still shows it, and names the run that has it.
 *
 * The engine knows it and shows it in the search attribute `SagaPassedOn`: 'parent', and 'reset <event id> <run id>'.
 * Where it is missing (another Temporal service), every effect counts for the run that caused it.
 *
 * Rules
 * [PON1] What a run handed over when it ended (saga/handed.ts) belongs to its parent as soon as the parent's history has
 *        the end of the run. If the parent never recorded it, the effects remain those of the run.
 * [PON2] Of a run that was reset, effects of steps that began before the point belong to the run that the reset made.
 * [PON3] Counts and sentences of a run have only the effects that belong to it. One that passed effects on is not called
 *        'all undone'.
 */
import type { HeldBy, PassedOn } from './model';

export const PASSED_ON = 'SagaPassedOn';
const TO_PARENT = 'parent';
const BY_RESET = /^reset (\d+) (\S+)$/;

/** `value`: of the attribute, a list of texts or one text. Null: nothing was passed on. */
export function readPassedOn(value: unknown): PassedOn | null {
  const texts: unknown[] = Array.isArray(value) ? value : [value];
  const passed: PassedOn = { toParent: texts.includes(TO_PARENT), reset: null };
  for (const text of texts) {
    const [, eventId, runId] = (typeof text === 'string' && BY_RESET.exec(text)) || [];
    if (eventId && runId) passed.reset = { eventId: Number(eventId), runId };
  }
  return passed.toParent || passed.reset ? passed : null;
}

/**
 * `beganBy`: the event with which the step began, null if it did not. `handed`: ids of the effects that the run handed over
 * when it ended.
 */
export function heldBy(
  { activityId, beganBy }: { activityId: string; beganBy: number | null },
  handed: ReadonlySet<string>,
  passedOn: PassedOn | null | undefined
): HeldBy | null {
  if (!passedOn) return null;
  // The newer run has the parent that this one had.
  if (passedOn.reset && beganBy !== null && beganBy < passedOn.reset.eventId) return 'newRun';
  return passedOn.toParent && handed.has(activityId) ? 'parent' : null;
}
