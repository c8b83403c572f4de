/**
 * Where a run waits for a person, a time or a signal: steps with an open task, whose opening has completed and whose
 * closing was not scheduled, and timers that are named by a step. A wait for a signal without a timeout leaves no event:
 * the embedded worker reports it with each task, and it is kept in the side state. So it is not known of code that runs
 * on another worker, nor of code that was published before the saga library reported it.
 */
import type { ActivityState, HistoryEvent, RunState } from './api';
import { durationMs } from '../proto-time';
import { summaryOf } from './event';

/** Activity ids of generated code (design D7): 'approve~2:open' opens the task of 'approve~2'. */
const OPENS = ':open';
const CLOSES = ':close';
/** A shorter wait is over before somebody looks for it. */
const SHORTEST_MS = 10_000;
/** A step, or a step in a loop: other summaries are not names of steps. */
const STEP = /^([a-z][a-z0-9-]{0,62})(?:~\d+(?:\.\d+)*)?$/;

/** The steps that wait, each once. */
export function waitsOf({ openTasks, timers, signalWaits }: RunState): string[] {
  const steps = new Set<string>();
  for (const step of openTasks) steps.add(nodeOf(step));
  for (const { step } of timers.values()) if (step !== '') steps.add(nodeOf(step));
  for (const node of signalWaits) steps.add(node);
  return [...steps];
}
const nodeOf = (step: string): string => STEP.exec(step)?.[1] ?? step;

/** The step that names a timer; '' for none, and for a short one. */
export function stepOfTimer(event: HistoryEvent): string {
  if (durationMs(event.timerStartedEventAttributes?.startToFireTimeout) < SHORTEST_MS) return '';
  const summary = summaryOf(event);
  return STEP.test(summary) ? summary : '';
}

export function applyScheduled(state: RunState, activityId: string): void {
  if (!activityId.endsWith(CLOSES)) return;
  if (state.openTasks.delete(activityId.slice(0, -CLOSES.length))) state.waitChanges += 1;
}

/** Before the activity is removed. */
export function applyCompleted(state: RunState, activity: ActivityState | undefined): void {
  if (!activity?.activityId.endsWith(OPENS)) return;
  state.openTasks.add(activity.activityId.slice(0, -OPENS.length));
  state.waitChanges += 1;
}

/** At the end of a workflow task. */
export function applyReported(state: RunState, signalWaits: readonly string[]): void {
  if (signalWaits.join() === state.signalWaits.join()) return;
  state.signalWaits = signalWaits;
  state.waitChanges += 1;
}
