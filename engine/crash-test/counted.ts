/**
 * Which run counts an effect in the books of a service: by its ledger, the one that caused it, or the one to which it was
 * handed over or reset (run-view/passed-on.ts). Pure.
 */
import { agreementOf } from '../run-view/books';
import { countsHere, surelyRemains } from '../run-view/ledger';
import type { LedgerEntry } from '../run-view/model';
import type { FoundRun } from './proof';
import type { Judgement } from './judged-run';

type CountingRun = Pick<FoundRun, 'workflowId' | 'runId'> &
  Pick<Judgement, 'keys' | 'children' | 'continues' | 'entries'>;
/** What the books have of one key. */
interface Booked {
  key: string;
  applied: number;
  undone: number;
}
export interface Counted {
  run: CountingRun;
  entry: LedgerEntry;
}

export const nameOf = ({ workflowId, runId }: Pick<CountingRun, 'workflowId' | 'runId'>) => `${workflowId} (${runId})`;

/** Where the books and the entries that count one effect differ, in words. */
export function countingFaults(book: Omit<Booked, 'key'>, counted: readonly Counted[]): string[] {
  const words: string[] = [];
  const by = counted.map(({ run, entry }) => `${nameOf(run)}, ${entry.activityId} as ${entry.state}`).join(' and ');
  if (counted.length > 1) words.push(`is counted by ${by}`);
  if (counted.length === 0 && book.applied > book.undone) words.push('remains, and no run counts it');
  if (counted.some(({ entry }) => agreementOf(book, entry) === 'differs')) words.push(`does not agree with ${by}`);
  return words;
}

/** Effects that surely remain by a ledger, and of which the books have nothing. */
export function unbooked(counted: ReadonlyMap<string, readonly Counted[]>, books: readonly Booked[]): string[] {
  const booked = new Set(books.map(({ key }) => key));
  return [...counted].flatMap(([key, all]) =>
    all.flatMap(({ run, entry }) =>
      !booked.has(key) && surelyRemains(entry) ? [`${nameOf(run)} counts ${entry.activityId}, which is not booked`] : []
    )
  );
}

/**
 * The entries that count each effect, by its key: those of its own steps, those that its children handed over, and those
 * of the runs that it continues.
 */
export function countedByKey(runs: readonly CountingRun[]): Map<string, Counted[]> {
  const byRunId = new Map(runs.map((run) => [run.runId, run]));
  const counted = new Map<string, Counted[]>();
  const collect = (of: CountingRun, prefix: string, keys: Map<string, string>): void => {
    const before = byRunId.get(of.continues);
    if (before) collect(before, prefix, keys);
    for (const [activityId, key] of of.keys) keys.set(prefix + activityId, key);
    for (const { stepId, runIds } of of.children)
      for (const runId of runIds) {
        const inner = byRunId.get(runId);
        if (inner) collect(inner, `${prefix}${stepId}/`, keys);
      }
  };
  for (const run of runs) {
    const keys = new Map<string, string>();
    collect(run, '', keys);
    for (const entry of run.entries) {
      const key = keys.get(entry.activityId);
      if (key !== undefined && countsHere(entry)) counted.set(key, [...(counted.get(key) ?? []), { run, entry }]);
    }
  }
  return counted;
}
