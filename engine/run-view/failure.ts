/** Failures as screens tell them: the type and message that matter, without Temporal's wrapping. */
import { deniesEffect } from '../saga/outcome';
import { fieldsOrNull } from './fields';
import type { FailureView } from './model';

const TIMEOUTS: Record<string, string> = {
  TIMEOUT_TYPE_START_TO_CLOSE: 'took longer than allowed for one attempt',
  TIMEOUT_TYPE_SCHEDULE_TO_START: 'was not picked up in time',
  TIMEOUT_TYPE_SCHEDULE_TO_CLOSE: 'took longer than allowed in all',
  TIMEOUT_TYPE_HEARTBEAT: 'stopped giving a sign of life',
};
/** As in temporal.api.enums.v1.TimeoutType, where enums came as numbers. */
const TIMEOUT_NUMBERS = [
  '',
  'TIMEOUT_TYPE_START_TO_CLOSE',
  'TIMEOUT_TYPE_SCHEDULE_TO_START',
  'TIMEOUT_TYPE_SCHEDULE_TO_CLOSE',
  'TIMEOUT_TYPE_HEARTBEAT',
];

/** Reads a Failure message of an event's attributes (already plain, see events-from-history). */
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
  /* Wrappers (activity, child) say only that something failed; what failed is their cause. */
  if (failure.activityFailureInfo || failure.childWorkflowExecutionFailureInfo)
    return cause ?? { type: 'Failure', message };
  if (failure.serverFailureInfo) return { type: 'ServerFailure', message };
  return { type: 'Failure', message, ...(cause ? { cause } : {}) };
}

/** One clause without a closing full stop: 'card network answered 503'. */
export function clauseOf(failure: FailureView | null): string {
  if (!failure) return 'no reason was given';
  const text = (failure.message || failure.type).trim().replace(/\s+/g, ' ').replace(/\.$/, '');
  return text.length > 160 ? `${text.slice(0, 159)}…` : text;
}
