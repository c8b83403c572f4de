/** The standings as filters: which are always offered. */
import { RUN_STANDINGS, type RunsPage, type RunStanding } from '@/app/_contract/runs';

/** These keep their place although no run has them, so that the bar does not move when the first one comes. */
const ALWAYS: readonly RunStanding[] = [
  'running',
  'unwinding',
  'needsHand',
  'completed',
  'failedUndone',
  'failedStanding',
];

/** In their fixed order: those always offered first, then those that some run has or that are chosen. */
export function offeredStandings(counts: RunsPage['counts'], chosen: readonly RunStanding[]): RunStanding[] {
  const rare = RUN_STANDINGS.filter((each) => !ALWAYS.includes(each));
  return [...ALWAYS, ...rare.filter((each) => (counts?.[each] ?? 0) > 0 || chosen.includes(each))];
}
