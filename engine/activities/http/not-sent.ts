/**
 * A failure that proves that the effect of the step did not happen, because no attempt of the step sent anything
 * (engine/saga/outcome.ts, O2).
 *
 * The current attempt has this information itself. For earlier attempts it comes from the last heartbeat, which
 * covers all attempts up to one. If a heartbeat is lost, the proof is lost too; a wrong proof is never given.
 */
import { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';

interface Noted {
  /** No attempt up to this one sent anything. */
  sentNothingIn: number;
}

/**
 * The failure of an attempt that sent nothing: `failure`, with `applied: false` if it is certain that no attempt sent
 * anything.
 */
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
