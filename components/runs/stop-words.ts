/** The words for the two ways to end a run. */
import { countOf } from '@/components/words';
import { leftWords } from '@/engine/run-view/left-words';
import type { Ledger } from '@/engine/run-view/model';
import type { Stopping } from '@/engine/run-view/stopping';

export function stopLabel({ undone, waitsFor }: Pick<Stopping, 'undone' | 'waitsFor'>): string {
  if (undone.length > 0) return `Stop and undo ${countOf(undone.length, 'step')}`;
  return waitsFor.length > 0 ? `Stop after ${countOf(waitsFor.length, 'answer')}` : 'Stop, nothing to undo';
}
export const killConsequence = (ledger: Pick<Ledger, 'remains' | 'mayRemain'>): string =>
  leftWords(ledger) ?? 'No effect remains';
