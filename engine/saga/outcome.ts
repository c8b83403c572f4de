/**
 * Did a step's effect happen? What a closed activity tells of it, for the saga library and for the screens alike, so that both say
 * the same of one history. Pure, imports nothing.
 *
 * Rules
 * [O1] Completed: it happened. What was never scheduled did not.
 * [O2] A failure of type `NotApplied`, or one whose first detail says `{ applied: false }`, speaks for all attempts, not only for the
 *      last: whoever throws it knows that none of them had its effect. A service says so of an idempotency key, which all attempts
 *      share. A worker that sent nothing says so only while it knows the same of the attempts before (activities/http/not-sent.ts).
 * [O3] Closed without a Started event: timed out without a cause, it never began; with one, the cause is the last failure, see O2.
 *      Cancelled, it waited to begin or for its next attempt; only where the policy has a single attempt is it known which.
 * [O4] Anything else is unknown: a request that nobody answered may have been heard.
 */

/** An activity that throws this type says: nothing happened in any attempt, there is nothing to undo. */
export const NOT_APPLIED = 'NotApplied';

/** Does a failure of this type and with these details prove it? [O2] */
export function deniesEffect(type: string | null | undefined, details: readonly unknown[] | null | undefined): boolean {
  const said = details?.[0] as { applied?: unknown } | null | undefined;
  return type === NOT_APPLIED || said?.applied === false;
}

export interface Closing {
  kind: 'failed' | 'timedOut' | 'canceled';
  /** False: the schedule command was taken back before it left the workflow. */
  scheduled: boolean;
  /** Is there a Started event? An attempt that failed before the last one leaves none. */
  started: boolean;
  /** What the failure that closed it says of the effect (`deniesEffect`); of a timeout, what its cause says. Null: there is none. */
  denied: boolean | null;
  /** As in the retry policy; 0: without end. */
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
