/** Failures as screens show them: the type and message that matter, without Temporal's wrapping failures. */
import { LEFT_STANDING } from '../saga/handed';
import { deniesEffect } from '../saga/outcome';
import { fieldsOrNull } from './fields';
import type { FailureView } from './model';

const TIMEOUTS: Record<string, string> = {
  TIMEOUT_TYPE_START_TO_CLOSE: 'took longer than allowed for one attempt',
  TIMEOUT_TYPE_SCHEDULE_TO_START: 'was not started by a worker in time',
  TIMEOUT_TYPE_SCHEDULE_TO_CLOSE: 'took longer than allowed in total',
  TIMEOUT_TYPE_HEARTBEAT: 'sent no heartbeat in time',
};
/** As `TimeoutFailure.message` of the SDK in a workflow, which reports the failures of its own steps. */
const TIMEOUT_MESSAGES: Record<string, string> = {
  'activity StartToClose timeout': TIMEOUTS.TIMEOUT_TYPE_START_TO_CLOSE!,
  'activity ScheduleToStart timeout': TIMEOUTS.TIMEOUT_TYPE_SCHEDULE_TO_START!,
  'activity ScheduleToClose timeout': TIMEOUTS.TIMEOUT_TYPE_SCHEDULE_TO_CLOSE!,
  'activity Heartbeat timeout': TIMEOUTS.TIMEOUT_TYPE_HEARTBEAT!,
};
/** As in temporal.api.enums.v1.TimeoutType, for histories with numeric enums. */
const TIMEOUT_NUMBERS = [
  '',
  'TIMEOUT_TYPE_START_TO_CLOSE',
  'TIMEOUT_TYPE_SCHEDULE_TO_START',
  'TIMEOUT_TYPE_SCHEDULE_TO_CLOSE',
  'TIMEOUT_TYPE_HEARTBEAT',
];

/** Reads a Failure message from an event's attributes (already converted by events-from-history). */
export function failureOf(value: unknown): FailureView | null {
  const failure = fieldsOrNull(value);
  if (!failure) return null;
  const cause = failureOf(failure.cause);
  const message = typeof failure.message === 'string' ? failure.message : '';
  const application = fieldsOrNull(failure.applicationFailureInfo);
  if (application) {
    const type = typeof application.type === 'string' && application.type ? application.type : 'ApplicationFailure';
    const details = Array.isArray(application.details) ? application.details : null;
    return {
      type,
      message,
      nonRetryable: application.nonRetryable === true,
      ...(deniesEffect(type, details) ? { notApplied: true } : {}),
      ...(cause ? { cause } : {}),
    };
  }
  const timeout = fieldsOrNull(failure.timeoutFailureInfo);
  if (timeout) {
    const kind = typeof timeout.timeoutType === 'number' ? TIMEOUT_NUMBERS[timeout.timeoutType] : timeout.timeoutType;
    return {
      type: 'Timeout',
      message: TIMEOUTS[String(kind)] ?? (message || 'timed out'),
      ...(cause ? { cause } : {}),
    };
  }
  if (failure.canceledFailureInfo) return { type: 'Cancelled', message: message || 'was cancelled' };
  if (failure.terminatedFailureInfo) return { type: 'Terminated', message: message || 'was terminated' };
  /* Wrappers (activity, child) only say that something failed; the actual failure is their cause. */
  if (failure.activityFailureInfo) return cause ?? { type: 'Failure', message };
  if (failure.childWorkflowExecutionFailureInfo)
    // What the child has left is in the ledger; what failed in it is the cause.
    return (cause?.type === LEFT_STANDING && cause.cause) || cause || { type: 'Failure', message };
  if (failure.serverFailureInfo) return { type: 'ServerFailure', message };
  return { type: 'Failure', message, ...(cause ? { cause } : {}) };
}

/** One clause without a full stop at the end: 'card network answered 503'. */
export function clauseOf(failure: FailureView | null): string {
  if (!failure) return 'no reason was given';
  const text = (failure.message || failure.type).trim().replace(/\s+/g, ' ').replace(/\.$/, '');
  if (TIMEOUT_MESSAGES[text] !== undefined) return TIMEOUT_MESSAGES[text];
  return text.length > 160 ? `${text.slice(0, 159)}…` : text;
}
