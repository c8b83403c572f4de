/**
 * Effects of a closed run that belong to another run now (run-view/passed-on.ts has the rules): what a child handed over
 * to its parent, and what a run did before the point to which it was reset. The run keeps them in its history; lists
 * count them for the other run.
 */
import { countLeftBehind } from './after-close';
import type { RunState } from './api';
import type { Decision } from './decision';
import { STATUS } from '../run-name';

/** The message that tells the parent. */
export const TO_PARENT = 0;
/** In the memo of a run whose parent takes over what it leaves (saga/handed.ts). */
const HANDS_OVER = 'BackstitchParentStep';

export interface PassedOn {
  toParent: boolean;
  /** The run that has what happened before the event; null if it was not reset. */
  reset: { eventId: number; runId: string } | null;
}

/** Null: all its effects are its own. */
export function passedOnOf({ takenOver, resetEventId, resetRunId }: RunState): PassedOn | null {
  const reset = resetEventId > 0 ? { eventId: resetEventId, runId: resetRunId } : null;
  return takenOver || reset ? { toParent: takenOver, reset } : null;
}

/** True if the run has ended, and its parent has taken over what it left, or will. */
export function handsOver({ memo, status, takenOver, owed }: RunState): boolean {
  const byCode = status === STATUS.completed || status === STATUS.failed;
  return HANDS_OVER in memo && byCode && (takenOver || owed.has(TO_PARENT));
}

/** The parent has recorded the close of this run. */
export function passToParent(decision: Decision): void {
  const { state } = decision;
  if (!(HANDS_OVER in state.memo)) return;
  state.takenOver = true;
  decision.effect({ kind: 'visibility' });
  // Nothing to count again: its row says nothing of effects.
  if (state.leftBehind === null && !(Number(state.searchAttributes.SagaStanding ?? 0) > 0)) return;
  countLeftBehind(decision);
}
