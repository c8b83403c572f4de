/** The statuses as filters, and which of them are always offered. */
import { RUN_STANDINGS, type RunsPage, type RunStanding } from '@/app/_contract/runs';

/** These are always shown, also with no run, so that the bar does not move when the first run appears. */
const ALWAYS: readonly RunStanding[] = [
  'running',
  'unwinding',
  'needsHand',
  'completed',
  'failedUndone',
  'failedStanding',
];

/** In a fixed order: those always offered first, then those that some run has or that are selected. */
export function offeredStandings(counts: RunsPage['counts'], chosen: readonly RunStanding[]): RunStanding[] {
  const rare = RUN_STANDINGS.filter((each) => !ALWAYS.includes(each));
  return [...ALWAYS, ...rare.filter((each) => (counts?.[each] ?? 0) > 0 || chosen.includes(each))];
}
