/**
 * Did the effect of a step happen? Decides it from the close of the activity, for both the saga library and the
 * screens, so that they agree about every history. Pure, imports nothing.
 *
 * Rules
 * [OU1] Completed: it happened. An activity that was never scheduled did not happen.
 * [OU2] A failure of type `NotApplied`, or one whose first detail says `{ applied: false }`, holds for all attempts,
 *      not only for the last: it means that none of them had its effect. A service returns it for an idempotency key,
 *      which all attempts share. A worker that sent nothing throws it only if it can prove the same for the earlier
 *      attempts (activities/http/not-sent.ts).
 * [OU3] Closed without a Started event. If it timed out without a cause, it never began; with a cause, the cause is
 *      the last failure, see O2. If it was cancelled, it waited for its start or for its next attempt; only a policy
 *      with a single attempt shows which.
 * [OU4] Anything else is unknown: a request without an answer may have arrived.
 */

/** An activity throws this type to state that nothing happened in any attempt, so that there is nothing to undo. */
export const NOT_APPLIED = 'NotApplied';

/** True if a failure of this type and with these details proves it. [OU2] */
export function deniesEffect(type: string | null | undefined, details: readonly unknown[] | null | undefined): boolean {
  const said = details?.[0] as { applied?: unknown } | null | undefined;
  return type === NOT_APPLIED || said?.applied === false;
}

export interface Closing {
  kind: 'failed' | 'timedOut' | 'canceled';
  /** False: the schedule command was withdrawn before it left the workflow. */
  scheduled: boolean;
  /** True if there is a Started event. An attempt that failed before the last one leaves none. */
  started: boolean;
  /**
   * What the failure that closed the activity proves about the effect (`deniesEffect`); for a timeout, what its cause
   * proves. Null: there is no failure.
   */
  denied: boolean | null;
  /** As in the retry policy; 0: no limit. */
  maximumAttempts: number;
}

export function surelyNotApplied({ kind, scheduled, started, denied, maximumAttempts }: Closing): boolean {
  if (!scheduled) return true;
  switch (kind) {
    case 'failed':
      return denied === true;
    case 'timedOut':
      return !started && denied !== false;
    case 'canceled':
      return !started && maximumAttempts === 1;
  }
}
