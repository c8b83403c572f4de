/** The words for effects that remain or may remain: their number, and their names if there are few. */
import { isLeft, surelyRemains } from './ledger';
import type { Ledger, LedgerEntry } from './model';

const NAMED = 3;

/** '2 effects remain, 1 may remain'; null if there are none. */
export function leftWords({ remains, mayRemain }: Pick<Ledger, 'remains' | 'mayRemain'>): string | null {
  const known = remains === 0 ? null : remains === 1 ? '1 effect remains' : `${remains} effects remain`;
  const maybe =
    mayRemain === 0
      ? null
      : known
        ? `${mayRemain} may remain`
        : `${mayRemain} ${mayRemain === 1 ? 'effect' : 'effects'} may remain`;
  return known && maybe ? `${known}, ${maybe}` : (known ?? maybe);
}

/** '2 effects remain: Reserve inventory, Charge payment. 1 may remain: Create shipment'; no full stop. */
export function namedLeft(ledger: Ledger): string {
  const left = ledger.entries.filter(({ state }) => isLeft(state));
  const known = named(left.filter(surelyRemains));
  const maybe = named(left.filter((entry) => !surelyRemains(entry)));
  const parts = [
    known && `${leftWords({ remains: ledger.remains, mayRemain: 0 })}: ${known}`,
    maybe && `${known ? `${ledger.mayRemain} may remain` : leftWords({ ...ledger, remains: 0 })}: ${maybe}`,
  ].filter(Boolean);
  return parts.length > 0 ? parts.join('. ') : 'No effect remains';
}

function named(entries: readonly LedgerEntry[]): string {
  const titles = entries.map(({ title }) => title);
  const more = titles.length > NAMED ? ` and ${titles.length - NAMED} more` : '';
  return `${titles.slice(0, NAMED).join(', ')}${more}`;
}

/** The effects that a run left behind if it did not complete, as a sentence. */
export function leftBehind(ledger: Ledger): string {
  if (ledger.left > 0) return `${namedLeft(ledger)}.`;
  const acted = ledger.entries.some(({ state }) => state === 'undone' || state === 'doneByHand');
  return acted ? 'All its effects were undone.' : 'It had no effects to undo.';
}
