/**
 * What a run left behind, counted: the one function that says so wherever a history can be read. The engine calls it when it settles a
 * run that was closed without running its code (terminated, timed out, replaced), and writes `phase` and `left` into the run's search
 * attributes `SagaPhase` and `SagaStanding`.
 *
 * How to call it on a closed run, without a worker: `remaining(eventsFromHistory({ events }), manifest)`, where `events` is the whole
 * history (proto JSON or decoded messages) and `manifest` is that of the revision that ran. Settlements that a person made afterwards
 * are passed in `beside.settlements`; `beside.pending` stays null: nobody knows which requests of a closed run are still out.
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
  /** `remains + mayRemain`: what `SagaStanding` holds. */
  left: number;
  /**
   * As a closed run's `SagaPhase`: 'left-standing' where something is left, 'unwound' where all that it did was undone; null where it
   * did nothing, where it completed (its effects are meant to remain), and while it is open.
   */
  phase: Extract<SagaPhase, 'unwound' | 'left-standing'> | null;
  /** The effects that are counted. */
  entries: LedgerEntry[];
}

/** @public The engine settles closed runs with it. */
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

/** A completed run's effects are meant to remain; one that continued as new took its undos along. */
const SILENT: ReadonlySet<string> = new Set(['WorkflowExecutionCompleted', 'WorkflowExecutionContinuedAsNew']);
const CLOSES: ReadonlySet<string> = new Set([
  ...SILENT,
  'WorkflowExecutionFailed',
  'WorkflowExecutionCanceled',
  'WorkflowExecutionTerminated',
  'WorkflowExecutionTimedOut',
]);
