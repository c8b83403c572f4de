'use client';

/**
 * The selected rows of the runs list: single ones, or all runs that the filters find, of which most are not shown.
 *
 * [RSL1] Another filter selects other runs: nothing stays selected. Rows that come and go keep the selection.
 * [RSL2] With Shift, all rows from the last one that was chosen alone to this one become as this one.
 * [RSL3] Who unselects one of all runs selects the shown ones but that one: runs that nobody sees are not selected one by
 *        one.
 */
import { useState } from 'react';
import { MOST_NAMED_RUNS } from '@/app/_contract/batches';
import type { RunSummary } from '@/app/_contract/runs';
import { keyOf, type RunRow } from './row';

export interface Selection {
  has: (key: string) => boolean;
  /** Runs that are selected one by one, in the order of the list. */
  runs: readonly RunSummary[];
  isAll: boolean;
  /** What the checkbox above the rows shows. */
  ofShown: boolean | 'indeterminate';
  /** `extend`: with Shift. */
  toggle: (key: string, extend?: boolean) => void;
  toggleShown: () => void;
  selectAll: () => void;
  clear: () => void;
  /** More cannot be named in one request. */
  isTooMany: boolean;
}

interface Chosen {
  search: string;
  runs: ReadonlyMap<string, RunSummary>;
  isAll: boolean;
  /** The row that was chosen last without Shift. */
  anchor: string | null;
}

const NONE: ReadonlyMap<string, RunSummary> = new Map();

/** `search`: the filters of the list. */
export function useSelection(search: string, rows: readonly RunRow[]): Selection {
  const [stored, setChosen] = useState<Chosen>({ search, runs: NONE, isAll: false, anchor: null });
  const none: Chosen = { search, runs: NONE, isAll: false, anchor: null };
  // [RSL1]
  const chosen = stored.search === search ? stored : none;
  const shown = rows.map(({ item }) => item);
  const has = (key: string) => chosen.isAll || chosen.runs.has(key);
  const withRuns = (of: readonly RunSummary[], isSelected: boolean): Map<string, RunSummary> => {
    const next = new Map(chosen.isAll ? shown.map((run) => [keyOf(run), run]) : chosen.runs);
    for (const run of of) {
      if (isSelected) next.set(keyOf(run), run);
      else next.delete(keyOf(run));
    }
    return next;
  };
  const count = shown.filter((run) => has(keyOf(run))).length;
  return {
    has,
    runs: inOrder(chosen.runs, shown),
    isAll: chosen.isAll,
    ofShown: count === 0 ? false : count === shown.length ? true : 'indeterminate',
    toggle(key, extend = false) {
      const at = shown.findIndex((run) => keyOf(run) === key);
      const anchor = shown.findIndex((run) => keyOf(run) === chosen.anchor);
      // [RSL2]
      const range = extend && anchor >= 0 && at >= 0 ? [Math.min(anchor, at), Math.max(anchor, at)] : [at, at];
      const of = shown.slice(range[0], range[1]! + 1);
      setChosen({
        search,
        runs: withRuns(of, !has(key)),
        isAll: false,
        anchor: extend && anchor >= 0 ? chosen.anchor : key,
      });
    },
    toggleShown: () =>
      setChosen(count === shown.length ? none : { ...none, runs: withRuns(shown, true), anchor: chosen.anchor }),
    selectAll: () => setChosen({ ...none, isAll: true }),
    clear: () => setChosen(none),
    isTooMany: !chosen.isAll && chosen.runs.size > MOST_NAMED_RUNS,
  };
}

/** Those that are shown no more, because the list has changed, come last. */
function inOrder(runs: ReadonlyMap<string, RunSummary>, shown: readonly RunSummary[]): RunSummary[] {
  const present = shown.filter((run) => runs.has(keyOf(run)));
  const keys = new Set(present.map(keyOf));
  return [...present, ...[...runs].flatMap(([key, run]) => (keys.has(key) ? [] : [run]))];
}
