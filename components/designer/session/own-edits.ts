/**
 * What a person can revert and do again, derived from their own gestures in the order in which they were made: so it is
 * the same after a reload, and in every tab of that person.
 */
import type { Operation } from '@/engine/flow/edit/operations';
import { inverseWithRenames, type Renaming } from '@/engine/flow/edit/renames';

export interface OwnEdit {
  /** The gesture that made the draft as it is. */
  id: string;
  inverse: readonly Operation[];
  /** What the person did, in words. */
  words: string;
}
export interface OwnEdits {
  /** The last one is reverted next. */
  done: readonly OwnEdit[];
  /** Reverted edits: the last one is done again next. */
  reverted: readonly OwnEdit[];
}

export const NO_EDITS: OwnEdits = { done: [], reverted: [] };
/** Older ones can no longer be reverted one by one. */
const MOST = 200;

/** `reverts`: the gesture that this one takes back, or does again. */
export function withEdit({ done, reverted }: OwnEdits, edit: OwnEdit, reverts: string | null): OwnEdits {
  if (reverts === null) return { done: [...done, edit].slice(-MOST), reverted: [] };
  const [last, again] = [done.at(-1), reverted.at(-1)];
  if (last?.id === reverts) return { done: done.slice(0, -1), reverted: [...reverted, { ...edit, words: last.words }] };
  if (again?.id === reverts)
    return { done: [...done, { ...edit, words: again.words }], reverted: reverted.slice(0, -1) };
  return { done, reverted };
}

/** A gesture that the server refused, or that has nothing left to revert, is no entry. */
export function withoutEdit({ done, reverted }: OwnEdits, id: string): OwnEdits {
  const others = (list: readonly OwnEdit[]) => list.filter((each) => each.id !== id);
  return { done: others(done), reverted: others(reverted) };
}

/** The server applied the gesture to a draft that may differ from the one that the browser showed. */
export function withInverse({ done, reverted }: OwnEdits, id: string, inverse: readonly Operation[]): OwnEdits {
  const changed = (list: readonly OwnEdit[]) => list.map((each) => (each.id === id ? { ...each, inverse } : each));
  return { done: changed(done), reverted: changed(reverted) };
}

/** Others have given steps other ids. */
export function withOthersRenames({ done, reverted }: OwnEdits, renames: readonly Renaming[]): OwnEdits {
  const changed = (list: readonly OwnEdit[]) =>
    list.map((each) => ({ ...each, inverse: inverseWithRenames(each.inverse, renames) }));
  return { done: changed(done), reverted: changed(reverted) };
}
