/** The standings as filters: their words, their marks, and which are always offered. */
import { RUN_STANDINGS, type RunsPage, type RunStanding } from '@/app/_contract/runs';
import type { NodeState } from '@/engine/run-view/model';

export const STANDING_VIEWS: Record<RunStanding, { words: string; mark: NodeState }> = {
  running: { words: 'Running', mark: 'running' },
  unwinding: { words: 'Unwinding', mark: 'unwinding' },
  needsHand: { words: 'Needs a hand', mark: 'undoFailed' },
  completed: { words: 'Completed', mark: 'done' },
  failedUndone: { words: 'Failed, all undone', mark: 'undone' },
  failedStanding: { words: 'Failed, some stand', mark: 'failed' },
  failed: { words: 'Failed', mark: 'failed' },
  canceledUndone: { words: 'Cancelled, all undone', mark: 'cancelled' },
  canceledStanding: { words: 'Cancelled, some stand', mark: 'cancelled' },
  canceled: { words: 'Cancelled', mark: 'cancelled' },
  terminated: { words: 'Terminated', mark: 'terminated' },
  timedOut: { words: 'Timed out', mark: 'failed' },
  continuedAsNew: { words: 'Continued as new', mark: 'done' },
};

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
