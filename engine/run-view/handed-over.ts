/**
 * What became of the effects that a run handed over to the run of its parent: from then on the parent's ledger decides.
 * Pure.
 *
 * Rules
 * [HAO1] An effect that was handed over has the state that the parent's ledger has now; every other one keeps its own.
 * [HAO2] A parent that never heard of the child's end took nothing over: then nothing is replaced.
 */
import { handedIdOf, handedResult } from '../saga/handed';
import { counted } from './ledger';
import type { HandedOver, Ledger, LedgerEntry } from './model';
import type { Records } from './records';

/** `ledger`, `records`: of the parent. `runId`: of the child. Null: the parent took nothing over. */
export function handedOverBy(records: Records, ledger: Ledger, runId: string): HandedOver['entries'] | null {
  const child = records.children.find((each) => each.lastRunId === runId);
  if (!child?.left) return null;
  const prefix = handedIdOf(child.stepId, '');
  return ledger.entries
    .filter(({ activityId }) => activityId.startsWith(prefix))
    .map((entry) => ({ ...pick(entry), activityId: entry.activityId.slice(prefix.length) }));
}

const pick = ({ activityId, state, happened, sinceMs, decidedBy, undoRan, mayBeUndone, failure }: LedgerEntry) => ({
  activityId,
  state,
  happened,
  sinceMs,
  decidedBy,
  undoRan,
  mayBeUndone,
  failure,
});

export function withHandedOver(ledger: Ledger, handed: HandedOver | null | undefined): Ledger {
  if (!handed) return ledger;
  const known = new Map(handed.entries.map((entry) => [entry.activityId, entry]));
  const entries = ledger.entries.map((entry) => ({ ...entry, ...known.get(entry.activityId) }));
  return counted(entries);
}

/** What the flow gave, without what the run handed over beside it. */
export function outputOf(result: unknown): unknown {
  const handed = handedResult(result);
  return handed ? handed.output : result;
}
