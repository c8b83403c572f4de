/**
 * Counts the effects that a run left behind, from its history alone. The engine calls it for a run that was closed
 * without running its code (terminated, timed out, replaced), and writes `phase` and `left` into the run's search
 * attributes `SagaPhase` and `SagaStanding`.
 *
 * How to call it on a closed run, without a worker: `remaining(eventsFromHistory({ events }), manifest)`, where
 * `events` is the whole history (proto JSON or decoded messages) and `manifest` is that of the revision that ran.
 * Settlements that people made afterwards are passed in `beside.settlements`; `beside.pending` remains null, because
 * it is not known which requests of a closed run are still in flight.
 */
import type { FlowManifest } from '../flow/manifest';
import type { SagaPhase } from '../saga/contract';
import { isLeft, ledgerOf, NOTHING_BESIDE, type KnownBeside } from './ledger';
import type { LedgerEntry, RunEvent } from './model';

export interface Remaining {
  /** Effects that are known to have happened and were not undone. */
  remains: number;
  /** Effects that may have happened, or may remain although an undo ran. */
  mayRemain: number;
  /** `remains + mayRemain`: the value of `SagaStanding`. */
  left: number;
  /**
   * The value of `SagaPhase` of a closed run: 'left-standing' if effects are left, 'unwound' if all were undone; null
   * if there were none, if the run completed (its effects are meant to remain), and while it is open.
   */
  phase: Extract<SagaPhase, 'unwound' | 'left-standing'> | null;
  /** The entries that are counted. */
  entries: LedgerEntry[];
}

/** @public The engine calls it for closed runs. */
export function remaining(
  events: readonly RunEvent[],
  manifest: FlowManifest,
  beside: KnownBeside = NOTHING_BESIDE
): Remaining {
  const { entries, remains, mayRemain, left } = ledgerOf(events, manifest, beside);
  const close = events.findLast(({ type }) => CLOSES.has(type))?.type ?? null;
  const unwound = entries.some(({ state }) => state === 'undone' || state === 'doneByHand');
  const silent = close === null || SILENT.has(close);
  const phase = silent ? null : left > 0 ? 'left-standing' : unwound ? 'unwound' : null;
  return { remains, mayRemain, left, phase, entries: entries.filter(({ state }) => isLeft(state)) };
}

/**
 * The effects of a completed run are meant to remain; a run that continued as new handed its undos to the next run.
 */
const SILENT: ReadonlySet<string> = new Set(['WorkflowExecutionCompleted', 'WorkflowExecutionContinuedAsNew']);
const CLOSES: ReadonlySet<string> = new Set([
  ...SILENT,
  'WorkflowExecutionFailed',
  'WorkflowExecutionCanceled',
  'WorkflowExecutionTerminated',
  'WorkflowExecutionTimedOut',
]);
