/** The history of a draft as people read it: by day, and a stretch of work in words. */
import type { DraftHistoryEntry, LoggedGesture } from '@/app/_contract/drafts';
import { applyGesture } from '@/engine/flow/edit/apply';
import { findNode, type Draft } from '@/engine/flow/edit/draft';
import { titleOf } from '@/engine/flow/edit/places';
import { gestureWords } from '../session/gesture-words';

export interface HistoryDay {
  /** The first instant of the newest entry. */
  atMs: number;
  entries: DraftHistoryEntry[];
}

/** Entries, newest first, by the day on which they ended. `dayOf`: the day of an instant where the reader is. */
export function daysOf(entries: readonly DraftHistoryEntry[], dayOf: (ms: number) => string): HistoryDay[] {
  const days: HistoryDay[] = [];
  for (const entry of entries) {
    const last = days.at(-1);
    if (last && dayOf(last.atMs) === dayOf(entry.toMs)) last.entries.push(entry);
    else days.push({ atMs: entry.toMs, entries: [entry] });
  }
  return days;
}

/** "Ada changed 'Charge card', 'Refund' and 2 more" without the name: what an entry says before it is opened. */
export function entryWords({ gestures, touched }: DraftHistoryEntry, now: Draft): string {
  if (gestures === 0) return 'Created the draft';
  const titles = touched.flatMap((id) => {
    const node = findNode(now, id);
    return node ? [titleOf(node)] : [];
  });
  const edits = `${gestures} ${gestures === 1 ? 'edit' : 'edits'}`;
  if (titles.length === 0) {
    const deleted = touched.length === 1 ? 'a step that was deleted since' : 'steps that were deleted since';
    return `${edits}: ${touched.length === 0 ? 'the flow itself' : deleted}`;
  }
  const named = titles.slice(0, 3).join(', ');
  return `${edits}: ${named}${titles.length > 3 ? ` and ${titles.length - 3} more` : ''}`;
}

export interface SaidGesture {
  number: number;
  atMs: number;
  words: string;
}

/** The gestures of one entry in words, newest first. The same words one after the other are said once. */
export function saidGestures(
  before: Draft,
  gestures: readonly LoggedGesture[],
  { by, tab }: Pick<DraftHistoryEntry, 'by' | 'tab'>
): SaidGesture[] {
  const said: SaidGesture[] = [];
  let draft = before;
  for (const gesture of gestures) {
    const { number, atMs, operations, reverts } = gesture;
    if (gesture.by.id === by.id && gesture.tab === tab) {
      const words = reverts === null ? gestureWords(operations, draft) : `Revert: ${gestureWords(operations, draft)}`;
      if (said.at(-1)?.words === words) said[said.length - 1] = { number, atMs, words };
      else said.push({ number, atMs, words });
    }
    const outcome = applyGesture(draft, { operations });
    // What applied once applies again; without it the words would be about another draft.
    if (outcome.refusal) break;
    draft = outcome.draft;
  }
  return said.reverse();
}
