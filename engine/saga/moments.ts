/**
 * When something happens to an approval that nobody decides: reminders, others who are asked, the end of its time. Pure;
 * the run waits for one moment after the other with durable timers.
 *
 * Rules
 * [AMO1] The times of the escalation chain and the time to decide count from the moment when the step began. What would
 *        come at the end of the time to decide, or after it, does not happen.
 * [AMO2] Reminders come before the due time, and after it at regular intervals; without a due time at intervals from the
 *        beginning. One whose time was over when the step began is left out. There are at most 50.
 * [AMO3] A due time that is computed is an instant with its offset, or a time from the beginning: '2d'.
 * [AMO4] Of what happens at the same moment, others are asked first, and are reminded too.
 */
import { ApplicationFailure } from '@temporalio/workflow';
import { milliseconds, type Duration } from './duration';
import { instantMs } from './instant';

export interface Reminders {
  /** Before it is due. */
  before?: readonly Duration[];
  /** After it is due; without a due time after it was asked. Again and again. */
  every?: Duration;
}
export interface Escalation {
  /** From the beginning of the step. */
  after: Duration;
  /** Groups or e-mail addresses. */
  to: readonly string[];
  /** Those who were asked before are asked no more. */
  instead?: boolean;
}
export interface Times {
  beganMs: number;
  dueAtMs: number | null;
  endsAtMs: number | null;
  remind?: Reminders | undefined;
  escalate?: readonly Escalation[] | undefined;
}
export type Moment = { atMs: number } & (
  { kind: 'reminded' } | { kind: 'escalated'; to: readonly string[]; instead: boolean }
);

export const MOST_REMINDERS = 50;

/** In the order in which they happen. */
export function momentsOf({ beganMs, dueAtMs, endsAtMs, remind, escalate = [] }: Times): Moment[] {
  const escalations = escalate.map(({ after, to, instead = false }): Moment => {
    return { kind: 'escalated', atMs: beganMs + milliseconds(after), to, instead };
  });
  const all = [...escalations, ...remindersOf(beganMs, dueAtMs, endsAtMs, remind)];
  // [AMO4] The sort is stable.
  return all.filter(({ atMs }) => endsAtMs === null || atMs < endsAtMs).sort((a, b) => a.atMs - b.atMs);
}

/** [AMO2] */
function remindersOf(
  beganMs: number,
  dueAtMs: number | null,
  endsAtMs: number | null,
  { before = [], every }: Reminders = {}
): Moment[] {
  const ahead = dueAtMs === null ? [] : before.map((time) => dueAtMs - milliseconds(time));
  const after: number[] = [];
  if (every !== undefined) {
    const everyMs = milliseconds(every);
    const from = dueAtMs ?? beganMs;
    // A due time may be long over when the step begins.
    const skipped = Math.max(0, Math.floor((beganMs - from) / everyMs));
    for (let round = skipped + 1; after.length < MOST_REMINDERS; round++) {
      const atMs = from + round * everyMs;
      if (endsAtMs !== null && atMs >= endsAtMs) break;
      after.push(atMs);
    }
  }
  const all = [...new Set([...ahead, ...after])].filter((atMs) => atMs > beganMs).sort((a, b) => a - b);
  return all.slice(0, MOST_REMINDERS).map((atMs): Moment => ({ kind: 'reminded', atMs }));
}

/** [AMO3] Fails the step if it is neither: an approval whose due time is unknown would be reminded of at random. */
export function dueAtMs(due: Duration | null | undefined, beganMs: number): number | null {
  if (due === undefined || due === null) return null;
  const timeMs = milliseconds(due);
  const atMs = Number.isNaN(timeMs) ? instantMs(due) : beganMs + timeMs;
  if (atMs !== null && Number.isFinite(atMs)) return atMs;
  const message = `Its due time is '${String(due).slice(0, 100)}', and that is neither a time such as '2d' nor an instant with its offset.`;
  throw ApplicationFailure.nonRetryable(message, 'NoInstant');
}
