/** How failures are read: what a catch matches, what surely did not happen, what is a bug in an expression. */
import {
  ActivityFailure,
  ApplicationFailure,
  CancelledFailure,
  DeterminismViolationError,
  TemporalFailure,
  TimeoutFailure,
  isCancellation,
} from '@temporalio/workflow';
import type { ExpressionErrorDetail } from './contract';
import { deniesEffect, surelyNotApplied } from './outcome';
import { shortMessage } from './schedule';
import type { Cursor } from './state';

/** What a catch branch reads. */
export interface CaughtFailure {
  type: string;
  message: string;
  /** The node that failed, which may be deep inside the one that catches; of an expression between two nodes, the one before. */
  nodeId: string;
}

/** The failure itself, without the wrapping of the activity that reported it. */
export function rootFailure(error: unknown): unknown {
  return error instanceof ActivityFailure && error.cause ? error.cause : error;
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

/** True when the effect of the step that failed with this surely did not happen (see outcome.ts). */
export function provesNotApplied(error: unknown, maximumAttempts: number): boolean {
  // Refused before anything was scheduled: a cancelled scope, options or input that make no command.
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

/** An event id is a Long, or what is left of one between threads; 0 and nothing mean that there is no such event. */
function isEventId(id: unknown): boolean {
  if (typeof id !== 'object' || id === null) return Number(id ?? 0) !== 0;
  const { low, high } = id as { low: number; high: number };
  return low !== 0 || high !== 0;
}

/**
 * Errors of generated code (a TypeError in an expression) would fail the workflow task for ever. As failures of the run they unwind
 * it. Nondeterminism is passed on: it is never the flow's to handle.
 */
export function asFailure(error: unknown, { nodeId, through }: Cursor): unknown {
  if (error instanceof TemporalFailure || isCancellation(error) || error instanceof DeterminismViolationError)
    return error;
  const message = shortMessage(error instanceof Error ? error.message : String(error));
  const detail: ExpressionErrorDetail = { nodeId, after: through };
  return ApplicationFailure.create({ message, type: 'ExpressionError', nonRetryable: true, details: [detail] });
}
