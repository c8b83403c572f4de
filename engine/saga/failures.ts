/**
 * Reads failures: which catch matches, whether an effect certainly did not happen, and which errors come from
 * expressions.
 */
import {
  ActivityFailure,
  ApplicationFailure,
  CancelledFailure,
  ChildWorkflowFailure,
  DeterminismViolationError,
  TemporalFailure,
  TimeoutFailure,
  isCancellation,
} from '@temporalio/workflow';
import type { ExpressionErrorDetail } from './contract';
import { LEFT_STANDING } from './handed';
import { deniesEffect, surelyNotApplied } from './outcome';
import { shortMessage } from './schedule';
import type { Cursor } from './state';

/** The failure as a catch branch reads it. */
export interface CaughtFailure {
  type: string;
  message: string;
  /**
   * The node that failed, which may be deep inside the node with the catch; for an expression between two nodes, the
   * node before it.
   */
  nodeId: string;
}

/** The failure itself, without those of the activity or of the child that wrap it. */
export function rootFailure(error: unknown): unknown {
  if (error instanceof ActivityFailure && error.cause) return error.cause;
  if (!(error instanceof ChildWorkflowFailure) || !error.cause) return error;
  // What a child has left is in the ledger; what failed in it is the cause.
  const { cause } = error;
  const leaves = cause instanceof ApplicationFailure && cause.type === LEFT_STANDING && cause.cause;
  return rootFailure(leaves || cause);
}

export function failureType(error: unknown): string {
  const root = rootFailure(error);
  if (root instanceof ApplicationFailure) return root.type ?? 'Error';
  if (root instanceof TimeoutFailure) return 'Timeout';
  if (root instanceof CancelledFailure) return 'Cancelled';
  return root instanceof Error ? root.name : 'Error';
}

export function failureMessage(error: unknown): string {
  const root = rootFailure(error);
  return root instanceof Error ? root.message : String(root);
}

/** True if the effect of the step that failed with this certainly did not happen (see outcome.ts). */
export function provesNotApplied(error: unknown, maximumAttempts: number): boolean {
  // Refused before anything was scheduled: a cancelled scope, or options or input that make no valid command.
  if (!(error instanceof ActivityFailure)) return true;
  const { cause } = error;
  const info = error.failure?.activityFailureInfo;
  const timeout = cause instanceof TimeoutFailure;
  const told = timeout ? cause.cause : cause;
  return surelyNotApplied({
    kind: timeout ? 'timedOut' : cause instanceof CancelledFailure ? 'canceled' : 'failed',
    scheduled: isEventId(info?.scheduledEventId),
    started: isEventId(info?.startedEventId),
    denied: told === undefined ? null : told instanceof ApplicationFailure && deniesEffect(told.type, told.details),
    maximumAttempts,
  });
}

/**
 * An event id is a Long, or a plain object after a transfer between threads; 0 or nothing means that there is no such
 * event.
 */
function isEventId(id: unknown): boolean {
  if (typeof id !== 'object' || id === null) return Number(id ?? 0) !== 0;
  const { low, high } = id as { low: number; high: number };
  return low !== 0 || high !== 0;
}

/**
 * An error of generated code (a TypeError in an expression) would fail the workflow task for ever. So it is converted
 * to a failure of the run, which unwinds. Nondeterminism is not converted: a flow must never handle it.
 */
export function asFailure(error: unknown, { nodeId, through }: Cursor): unknown {
  if (error instanceof TemporalFailure || isCancellation(error) || error instanceof DeterminismViolationError)
    return error;
  const message = shortMessage(error instanceof Error ? error.message : String(error));
  const detail: ExpressionErrorDetail = { nodeId, after: through };
  return ApplicationFailure.create({ message, type: 'ExpressionError', nonRetryable: true, details: [detail] });
}
