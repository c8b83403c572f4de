/** What Home asks the list of runs: the page before it is served, and the browser when the list changes. */
/** Ended, and left effects behind: somebody has to see to them. */
export const LEFT_BEHIND = ['failedStanding', 'canceledStanding', 'terminatedStanding', 'timedOutStanding'] as const;
export const NEEDS_A_PERSON = `standing=needsHand,${LEFT_BEHIND.join(',')}&pageSize=8`;
export const LATEST_RUNS = 'pageSize=8';

const DAY_MS = 24 * 60 * 60 * 1_000;
const MINUTE_MS = 60_000;
/** Whole minutes, so that a reload asks the same question. */
export function lastDay(nowMs: number): string {
  return `startedAfterMs=${Math.floor((nowMs - DAY_MS) / MINUTE_MS) * MINUTE_MS}&pageSize=1`;
}
