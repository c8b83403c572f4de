/** What Home asks the list of runs: the page before it is served, and the browser when the list changes. */
export const NEEDS_A_HAND = 'standing=needsHand,failedStanding,canceledStanding&pageSize=8';
export const LATEST_RUNS = 'pageSize=8';

const DAY_MS = 24 * 60 * 60 * 1_000;
const MINUTE_MS = 60_000;
/** Whole minutes, so that a reload asks the same question. */
export function lastDay(nowMs: number): string {
  return `startedAfterMs=${Math.floor((nowMs - DAY_MS) / MINUTE_MS) * MINUTE_MS}&pageSize=1`;
}
