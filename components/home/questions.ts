/** The queries of Home: the server runs them before it serves the page, the browser when the list of runs changes. */
/** Closed runs whose effects remain: somebody must handle them. */
export const LEFT_BEHIND = [
  'completedStanding',
  'failedStanding',
  'canceledStanding',
  'terminatedStanding',
  'timedOutStanding',
] as const;
/** The same as the filter of the list of runs. */
export const NEEDS_A_PERSON_FILTER = `standing=needsHand,${LEFT_BEHIND.join(',')}`;
export const NEEDS_A_PERSON = `${NEEDS_A_PERSON_FILTER}&pageSize=8`;
export const LATEST_RUNS = 'pageSize=8';

const DAY_MS = 24 * 60 * 60 * 1_000;
const MINUTE_MS = 60_000;
/** Whole minutes, so that a reload sends the same query. */
export function lastDay(nowMs: number): string {
  return `startedAfterMs=${Math.floor((nowMs - DAY_MS) / MINUTE_MS) * MINUTE_MS}&pageSize=1`;
}
