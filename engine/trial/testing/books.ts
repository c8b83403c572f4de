/** Compares what the ledger of a trial claims with the books of the services that it called. */
import { ledgerOf } from '../../run-view/ledger';
import type { TrialResult } from '../result';

/** In words, what contradicts; empty if the ledger and the books agree. */
export function claimsAgainstBooks({ events, manifest, books, moments, calls }: TrialResult): string[] {
  const pending = moments.at(-1)?.pending ?? [];
  const { entries } = ledgerOf(events, manifest, { pending, settlements: [] });
  const claims = new Map(entries.map((entry) => [entry.activityId, entry]));
  return books.flatMap(({ activityId, applied, undone }) => {
    const entry = claims.get(activityId);
    // Steps without an effect have no entry.
    if (!entry) return [];
    const remains = applied && !undone;
    const wrong = (says: string) => [
      `${activityId}: the ledger says ${says}, the books: ${remains ? 'remains' : 'does not remain'}`,
    ];
    // What an operator says is not in the books.
    if (calls.some(({ nodeId, role }) => role === 'operator' && nodeId === entry.nodeId)) return [];
    switch (entry.state) {
      case 'standing':
        return remains ? [] : wrong('it remains');
      case 'notArmed':
      case 'undone':
        return remains ? wrong('it does not remain') : [];
      case 'undoFailed':
      case 'leftStanding':
        return remains || entry.happened === 'maybe' ? [] : wrong(entry.state);
      default:
        return [];
    }
  });
}
