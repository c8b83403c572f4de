/**
 * When the attempts of a call fall, by its retry policy and its timeouts. Pure; times in milliseconds from the first
 * attempt.
 *
 * Rules
 * [ATP1] Pauses grow by the factor up to the longest one; after the last attempt it gives up.
 * [ATP2] An attempt without an answer lasts as long as one attempt may.
 * [ATP3] No attempt begins when the time for all of them would be over, and none lasts longer.
 * [ATP4] Without a limit it never gives up.
 */
import type { ActivityOptions } from '@/engine/flow/activity-options';
import { durationMs } from '@/engine/flow/duration';

export interface Plan {
  /** Begin and longest end of each attempt that is shown, if every attempt fails at its timeout. */
  attempts: { at: number; until: number }[];
  /** When it gives up; null: never. */
  givesUpAt: number | null;
  /** How many attempts there are in all; null: no limit. */
  total: number | null;
  /** What ends it. */
  endedBy: 'attempts' | 'time' | null;
}

const MOST_SHOWN = 12;

/** `how`: every attempt fails at once, or only when its time is over. */
export function planOf(options: ActivityOptions, how: 'atOnce' | 'atTimeout'): Plan {
  const { retry = {} } = options;
  const first = ms(retry.initialInterval) ?? 1_000;
  const coefficient = retry.backoffCoefficient ?? 2;
  const longest = ms(retry.maximumInterval) ?? first * 100;
  const most = retry.maximumAttempts ? retry.maximumAttempts : Infinity;
  const whole = ms(options.scheduleToCloseTimeout) ?? Infinity;
  const longestAttempt = Math.min(ms(options.startToCloseTimeout) ?? whole, whole);
  // Without any timeout an attempt has no longest end, so none is drawn.
  const each = how === 'atTimeout' && Number.isFinite(longestAttempt) ? longestAttempt : 0;
  const attempts: Plan['attempts'] = [];
  let at = 0;
  let count = 0;
  for (let pause = first; count < most && count < 10_000; pause = Math.min(pause * coefficient, longest)) {
    const until = Math.min(at + each, whole);
    if (attempts.length < MOST_SHOWN) attempts.push({ at, until });
    count++;
    const next = until + pause;
    // No attempt begins when the time for all of them would be over.
    if (count < most && next >= whole) return { attempts, givesUpAt: until, total: count, endedBy: 'time' };
    if (count >= most) return { attempts, givesUpAt: until, total: count, endedBy: 'attempts' };
    if (!Number.isFinite(most) && !Number.isFinite(whole) && attempts.length >= MOST_SHOWN) break;
    at = next;
  }
  return { attempts, givesUpAt: null, total: null, endedBy: null };
}

function ms(duration: string | undefined): number | undefined {
  const value = duration === undefined ? Number.NaN : durationMs(duration);
  return Number.isFinite(value) ? value : undefined;
}
