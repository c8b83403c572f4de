/**
 * Retry policies: defaults, validation, and whether and when there is another attempt.
 * Semantics of the Temporal server (common/retrypolicy, service/history/workflow/retry.go).
 */
import { temporal } from '../proto';
import type { Failure } from './api';
import { durationMs, toDuration } from '../proto-time';

const { RetryState, TimeoutType } = temporal.api.enums.v1;
type RetryPolicy = temporal.api.common.v1.IRetryPolicy;

const TIMEOUT_PREFIX = 'TemporalTimeout:';
const timeoutNames: Record<number, string> = {
  [TimeoutType.TIMEOUT_TYPE_START_TO_CLOSE]: 'StartToClose',
  [TimeoutType.TIMEOUT_TYPE_SCHEDULE_TO_START]: 'ScheduleToStart',
  [TimeoutType.TIMEOUT_TYPE_SCHEDULE_TO_CLOSE]: 'ScheduleToClose',
  [TimeoutType.TIMEOUT_TYPE_HEARTBEAT]: 'Heartbeat',
};
export const timeoutName = (type: number): string => timeoutNames[type] ?? 'Unspecified';

/** 1 s, doubling, at most a hundred times the first interval, without end. */
export function completePolicy(policy: RetryPolicy | null | undefined): RetryPolicy {
  const initialMs = durationMs(policy?.initialInterval) || 1_000;
  return {
    initialInterval: toDuration(initialMs),
    backoffCoefficient: policy?.backoffCoefficient || 2,
    maximumInterval: toDuration(durationMs(policy?.maximumInterval) || 100 * initialMs),
    maximumAttempts: policy?.maximumAttempts ?? 0,
    nonRetryableErrorTypes: policy?.nonRetryableErrorTypes ?? [],
  };
}

/** What is wrong with a completed policy; null if nothing is wrong. */
export function policyFault(policy: RetryPolicy): string | null {
  if (policy.maximumAttempts === 1) return null;
  if ((policy.maximumAttempts ?? 0) < 0) return 'retryPolicy.maximumAttempts is negative';
  if ((policy.backoffCoefficient ?? 0) < 1) return 'retryPolicy.backoffCoefficient is less than 1';
  if (durationMs(policy.initialInterval) < 0) return 'retryPolicy.initialInterval is negative';
  if (durationMs(policy.maximumInterval) < durationMs(policy.initialInterval)) {
    return 'retryPolicy.maximumInterval is less than initialInterval';
  }
  return null;
}

export function isRetryable(failure: Failure | null, nonRetryableTypes: readonly string[]): boolean {
  if (!failure) return true;
  if (failure.terminatedFailureInfo || failure.canceledFailureInfo) return false;
  if (failure.timeoutFailureInfo) {
    const type = failure.timeoutFailureInfo.timeoutType ?? 0;
    const mayRetry = type === TimeoutType.TIMEOUT_TYPE_START_TO_CLOSE || type === TimeoutType.TIMEOUT_TYPE_HEARTBEAT;
    return mayRetry && !nonRetryableTypes.includes(TIMEOUT_PREFIX + timeoutName(type));
  }
  if (failure.serverFailureInfo) return !failure.serverFailureInfo.nonRetryable;
  if (failure.applicationFailureInfo) {
    const { nonRetryable, type } = failure.applicationFailureInfo;
    return !nonRetryable && !nonRetryableTypes.includes(type ?? '');
  }
  return true;
}

/** How long the next attempt waits after this one, by the policy alone. */
export function backoffMs(policy: RetryPolicy | null, attempt: number): number {
  const maximumMs = durationMs(policy?.maximumInterval);
  const delayMs = durationMs(policy?.initialInterval) * Math.pow(policy?.backoffCoefficient ?? 2, attempt - 1);
  return Math.ceil(maximumMs > 0 && !(delayMs < maximumMs) ? maximumMs : delayMs);
}

export type RetryDecision =
  { state: typeof RetryState.RETRY_STATE_IN_PROGRESS; delayMs: number } | { state: number; delayMs: null };

/** `attempt` is the one that just failed; the next must start by `expirationMs`, null for no bound. */
export function decideRetry(
  policy: RetryPolicy | null | undefined,
  attempt: number,
  failure: Failure | null,
  nowMs: number,
  expirationMs: number | null
): RetryDecision {
  const no = (state: number): RetryDecision => ({ state, delayMs: null });
  if (!policy) return no(RetryState.RETRY_STATE_RETRY_POLICY_NOT_SET);
  if (!isRetryable(failure, policy.nonRetryableErrorTypes ?? []))
    return no(RetryState.RETRY_STATE_NON_RETRYABLE_FAILURE);
  const maximum = policy.maximumAttempts ?? 0;
  if (maximum > 0 && attempt >= maximum) return no(RetryState.RETRY_STATE_MAXIMUM_ATTEMPTS_REACHED);

  const asked = failure?.applicationFailureInfo?.nextRetryDelay;
  const delayMs = asked ? durationMs(asked) : backoffMs(policy, attempt);
  if (expirationMs !== null && nowMs + delayMs > expirationMs) return no(RetryState.RETRY_STATE_TIMEOUT);
  return { state: RetryState.RETRY_STATE_IN_PROGRESS, delayMs };
}
