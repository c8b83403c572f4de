/**
 * The order of edits. The server puts gestures in order and keeps them; a browser shows its own at once and applies
 * them again on top of what comes. So all converge to what the server holds, since all apply the same gestures in the
 * same order.
 */
import { applyGesture } from './apply';
import type { Draft } from './draft';
import type { Gesture, Note, Refusal } from './operations';

export type Acceptance =
  | { status: 'applied'; version: number; notes: Note[] }
  /** Nothing of the gesture was applied. Its author is shown what it would have changed. */
  | { status: 'refused'; refusal: Refusal };

/** A draft with its number, which counts the gestures that were applied. */
export interface DraftState {
  draft: Draft;
  version: number;
  /** Gestures that were answered, by id: one that is sent again gets the same answer and is not applied again. */
  answered: ReadonlyMap<string, Acceptance>;
}

export const stateOf = (draft: Draft): DraftState => ({ draft, version: 0, answered: new Map() });

export function accept(state: DraftState, gesture: Gesture): { state: DraftState; acceptance: Acceptance } {
  const known = state.answered.get(gesture.id);
  if (known) return { state, acceptance: known };
  const outcome = applyGesture(state.draft, gesture);
  const isRefused = outcome.refusal !== null;
  const version = isRefused ? state.version : state.version + 1;
  const acceptance: Acceptance = outcome.refusal
    ? { status: 'refused', refusal: outcome.refusal }
    : { status: 'applied', version, notes: outcome.notes };
  const draft = outcome.refusal ? state.draft : outcome.draft;
  return { state: { draft, version, answered: new Map(state.answered).set(gesture.id, acceptance) }, acceptance };
}

export interface Shown {
  draft: Draft;
  /** Own gestures that no longer apply to what others did: kept, and shown with what they would have changed. */
  held: { gesture: Gesture; refusal: Refusal }[];
}

/** What a browser shows: what the server holds, and its own gestures that are not answered yet on top. */
export function shownOf(confirmed: Draft, pending: readonly Gesture[]): Shown {
  const shown: Shown = { draft: confirmed, held: [] };
  for (const gesture of pending) {
    const outcome = applyGesture(shown.draft, gesture);
    if (outcome.refusal) shown.held.push({ gesture, refusal: outcome.refusal });
    else shown.draft = outcome.draft;
  }
  return shown;
}
