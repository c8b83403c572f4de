/** The words for effects that remain or may remain: their number, and their names if there are few. */
import { countsHere, isLeft, surelyRemains } from './ledger';
import type { HeldBy, Ledger, LedgerEntry } from './model';

export const NO_EFFECTS = 'It had no effects to undo.';

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
  const left = ledger.entries.filter(countsHere);
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

const HOLDERS = { parent: 'the run that started it', newRun: 'the newer run', nextRun: 'the next run' } as const;
export const holderWords = (heldBy: HeldBy): string => HOLDERS[heldBy];

/** '2 effects belong to the newer run now: Reserve inventory, Charge payment'; '' if there are none. No full stop. */
export function passedOnWords({ entries }: Pick<Ledger, 'entries'>): string {
  const all = (['newRun', 'nextRun', 'parent'] as const).map((holder) => {
    const held = entries.filter(({ state, heldBy }) => isLeft(state) && heldBy === holder);
    const belong = held.length === 1 ? '1 effect belongs' : `${held.length} effects belong`;
    return held.length > 0 ? `${belong} to ${HOLDERS[holder]} now: ${named(held)}` : '';
  });
  return all.filter(Boolean).join('. ');
}

/** The effects that a run left behind if it did not complete, as a sentence. */
export function leftBehind(ledger: Ledger): string {
  const own = ledger.left > 0 ? `${namedLeft(ledger)}.` : '';
  const passed = passedOnWords(ledger);
  if (passed) return `${own} ${passed}.`.trim();
  if (own) return own;
  const acted = ledger.entries.some(({ state }) => state === 'undone' || state === 'doneByHand');
  return acted ? 'All its effects were undone.' : NO_EFFECTS;
}
