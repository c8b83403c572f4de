/**
 * Attempts of what is pending, collected from describes: a Temporal server tells the current attempt and the last failure only.
 * What ran while nobody watched is not known and is not made up.
 */
import type { AttemptView, PendingActivityView } from '@/engine/run-view/model';

const KEPT = 20;

/** Carries the attempts seen before over to what is pending now. Pure. */
export function foldAttempts(
  before: readonly PendingActivityView[],
  now: readonly PendingActivityView[]
): PendingActivityView[] {
  return now.map((activity) => {
    const earlier = before.find((each) => each.activityId === activity.activityId);
    return { ...activity, attempts: attemptsOf(earlier, activity).slice(-KEPT) };
  });
}

function attemptsOf(earlier: PendingActivityView | undefined, now: PendingActivityView): AttemptView[] {
  const attempts = new Map((earlier?.attempts ?? []).map((attempt) => [attempt.attempt, attempt]));
  const running = now.state === 'started' || now.state === 'cancelRequested';
  // While it backs off, the attempt told is the next one: what started last was the one before.
  const started = running ? now.attempt : now.attempt - 1;
  if (started >= 1 && now.lastStartedMs !== null) {
    const seen = attempts.get(started);
    attempts.set(started, {
      attempt: started,
      startedMs: now.lastStartedMs,
      endedMs: seen?.endedMs ?? null,
      failure: seen?.failure ?? null,
    });
  }
  const failed = now.attempt - 1;
  const last = attempts.get(failed);
  if (last && last.failure === null && now.lastFailure) {
    attempts.set(failed, { ...last, failure: now.lastFailure, endedMs: last.endedMs ?? endOf(now, running) });
  }
  return [...attempts.values()].sort((a, b) => a.attempt - b.attempt);
}

/** No server tells when an attempt ended; the start of the next one is the latest that it can have been. */
function endOf(now: PendingActivityView, running: boolean): number | null {
  return running ? now.lastStartedMs : null;
}
