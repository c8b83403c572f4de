/**
 * The attempts of pending activities, collected from describes, because a Temporal server reports only the current
 * attempt and the last failure. Attempts that ran while nobody watched are unknown and are not invented.
 */
import type { AttemptView, PendingActivityView } from '@/engine/run-view/model';

const KEPT = 20;

/** Adds the attempts seen before to the activities that are pending now. Pure. */
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
  const running = now.state === 'started' || now.state === 'cancelRequested' || now.state === 'pauseRequested';
  // During back-off the reported attempt is the next one: the one that started last is the one before.
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

/** No server reports when an attempt ended. The start of the next attempt is the latest possible time. */
function endOf(now: PendingActivityView, running: boolean): number | null {
  return running ? now.lastStartedMs : null;
}
