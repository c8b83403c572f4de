/**
 * Counts the effects that a run left behind, from its history alone. The engine calls it when it counts a closed run
 * (service/effect-counts.ts says which), and writes `phase` and `standing` into the run's search attributes `SagaPhase`
 * and `SagaStanding`. What the saga library writes when it closes a run agrees with it (agreement.test.ts).
 *
 * How to call it on a closed run, without a worker: `remaining(eventsFromHistory({ events }), manifest)`, where
 * `events` is the whole history (proto JSON or decoded messages) and `manifest` is that of the revision that ran.
 * Settlements that people made afterwards are passed in `beside.settlements`, answers that arrived afterwards in
 * `beside.lateAnswers`; `beside.pending` remains null, because it is not known which requests of a closed run are still
 * in flight.
 */
import type { FlowManifest } from '../flow/manifest';
import type { SagaPhase } from '../saga/contract';
import { countsHere, isLeft, ledgerOf, NOTHING_BESIDE, type KnownBeside } from './ledger';
import type { LedgerEntry, RunEvent } from './model';

export interface Remaining {
  /** Effects that are known to have happened and not to have been undone. */
  remains: number;
  /** Effects that may have happened, or may remain although an undo ran, or after an undo whose outcome is unknown. */
  mayRemain: number;
  /** `remains + mayRemain`. */
  left: number;
  /**
   * What `SagaStanding` holds: `left`, but of a completed run only those effects that are not meant to remain
   * (`isMeant`).
   */
  standing: number;
  /**
   * The value of `SagaPhase` of a closed run: 'left-standing' if `standing` is not 0, 'unwound' if all effects were
   * undone; null if there were none, if the run completed and left only what it was meant to, and while it is open.
   */
  phase: Extract<SagaPhase, 'unwound' | 'left-standing'> | null;
  /** The entries that are counted. */
  entries: LedgerEntry[];
}

/**
 * The effects of a completed run are meant to remain if they are known to have happened and the run did not try to undo
 * them.
 */
export const isMeant = ({ state, happened }: Pick<LedgerEntry, 'state' | 'happened'>): boolean =>
  state === 'standing' && happened === 'yes';

/** `completed`: how the run closed. */
export const isLeftBehind = (entry: Pick<LedgerEntry, 'state' | 'happened'>, completed: boolean): boolean =>
  isLeft(entry.state) && !(completed && isMeant(entry));

export function remaining(
  events: readonly RunEvent[],
  manifest: FlowManifest,
  beside: KnownBeside = NOTHING_BESIDE
): Remaining {
  const { entries, remains, mayRemain, left } = ledgerOf(events, manifest, beside);
  const close = events.findLast(({ type }) => CLOSES.has(type))?.type ?? null;
  const completed = close === 'WorkflowExecutionCompleted';
  const leftBehind = entries.filter((entry) => entry.heldBy === null && isLeftBehind(entry, completed));
  // One that continued as new took its undos along.
  const silent = close === null || close === 'WorkflowExecutionContinuedAsNew';
  const standing = silent ? 0 : leftBehind.length;
  // [PON3]
  const passedOn = entries.some(({ state, heldBy }) => isLeft(state) && heldBy !== null);
  const unwound = !completed && !passedOn && entries.some(({ state }) => state === 'undone' || state === 'doneByHand');
  const phase = silent ? null : standing > 0 ? 'left-standing' : unwound ? 'unwound' : null;
  return { remains, mayRemain, left, standing, phase, entries: entries.filter(countsHere) };
}

const CLOSES: ReadonlySet<string> = new Set([
  'WorkflowExecutionCompleted',
  'WorkflowExecutionContinuedAsNew',
  'WorkflowExecutionFailed',
  'WorkflowExecutionCanceled',
  'WorkflowExecutionTerminated',
  'WorkflowExecutionTimedOut',
]);
