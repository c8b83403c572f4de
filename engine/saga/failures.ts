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

/** An activity that throws this type says: nothing happened, there is nothing to undo. */
export const NOT_APPLIED = 'NotApplied';

/** What a catch branch reads. */
export interface CaughtFailure {
  type: string;
  message: string;
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

/** True when the step's effect surely did not happen: it said so, or no attempt ever started. */
export function surelyNotApplied(error: unknown): boolean {
  const root = rootFailure(error);
  if (root instanceof ApplicationFailure) return root.type === NOT_APPLIED;
  return root instanceof TimeoutFailure && root.timeoutType === 'SCHEDULE_TO_START' && root.cause === undefined;
}

/**
 * Errors of generated code (a TypeError in an expression) would fail the workflow task for ever. As failures of the run they unwind
 * it. Nondeterminism is passed on: it is never the flow's to handle.
 */
export function asFailure(error: unknown, nodeId: string): unknown {
  if (error instanceof TemporalFailure || isCancellation(error) || error instanceof DeterminismViolationError)
    return error;
  const message = error instanceof Error ? error.message : String(error);
  return ApplicationFailure.create({ message, type: 'ExpressionError', nonRetryable: true, details: [{ nodeId }] });
}
