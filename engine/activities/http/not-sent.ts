/**
 * A failure that proves that the step's effect did not happen: no attempt of it sent anything (engine/saga/outcome.ts, O2).
 *
 * An attempt knows that of itself. Of the attempts before it knows it only from the last heartbeat, which says so of every attempt
 * up to one; a heartbeat that got lost costs the proof and never gives a wrong one.
 */
import { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';

interface Noted {
  /** No attempt up to this one sent anything. */
  sentNothingIn: number;
}

/** What an attempt fails with that sent nothing: `failure`, which says `applied: false` where that is known of all attempts. */
export function notSent(failure: ApplicationFailure): ApplicationFailure {
  const context = Context.current();
  const { attempt } = context.info;
  const before = context.info.heartbeatDetails as Partial<Noted> | null | undefined;
  if (attempt > 1 && before?.sentNothingIn !== attempt - 1) return failure;
  const noted: Noted = { sentNothingIn: attempt };
  context.heartbeat(noted);
  const [said, ...more] = failure.details ?? [];
  return ApplicationFailure.create({
    type: failure.type ?? undefined,
    message: failure.message,
    nonRetryable: Boolean(failure.nonRetryable),
    nextRetryDelay: failure.nextRetryDelay ?? undefined,
    cause: failure.cause,
    details: [{ ...(said as object | undefined), applied: false }, ...more],
  });
}
