/** How sentences tell what stands: counted, and by name as long as that can be read. */
import { isLeft } from './ledger';
import type { Ledger } from './model';

const NAMED = 3;

/** '2 effects still stand: Charge payment, Reserve inventory'; with `verb` 'stay' what a kill leaves. No full stop. */
export function standingWords(ledger: Ledger, verb: 'still stand' | 'stay' = 'still stand'): string {
  const titles = ledger.entries.filter((entry) => isLeft(entry.state)).map(({ title }) => title);
  const count = titles.length;
  const said = `${count} ${count === 1 ? `effect ${verb}s` : `effects ${verb}`}`;
  if (count === 0) return `No ${said.slice(2)}`;
  const more = count > NAMED ? ` and ${count - NAMED} more` : '';
  return `${said}: ${titles.slice(0, NAMED).join(', ')}${more}`;
}

/** What a run that did not go through left behind, as a sentence. */
export function leftBehind(ledger: Ledger): string {
  if (ledger.left > 0) return `${standingWords(ledger)}.`;
  const acted = ledger.entries.some(({ state }) => state === 'undone' || state === 'doneByHand');
  return acted ? 'Everything it did was taken back.' : 'It had done nothing that must be taken back.';
}
