'use client';

/**
 * The open dialog of a run page. It belongs to the page and not to its button: if somebody else decides first, the
 * button goes, and the dialog remains with what was typed and says so.
 */
import { createContext, useCallback, useContext, useState, type ReactElement, type ReactNode } from 'react';
import { PlainText } from '@/components/ui/plain-text';
import { effectWords } from '@/components/words';
import type { RunView } from './run-view';

/** Called with the newest view of the run whenever it is drawn. */
type MakeDialog = (view: RunView, close: () => void) => ReactElement;
const Opening = createContext<(make: MakeDialog) => void>(() => {
  throw new Error('a dialog was opened outside of the page of a run');
});

export function RunDialogs({ view, children }: { view: RunView; children: ReactNode }) {
  const [make, setMake] = useState<MakeDialog | null>(null);
  const open = useCallback((dialog: MakeDialog) => setMake(() => dialog), []);
  return (
    <Opening value={open}>
      {children}
      {make?.(view, () => setMake(null))}
    </Opening>
  );
}

/** Opens a dialog in the place of the one that is open. */
export const useRunDialog = () => useContext(Opening);

/** That a question is no longer asked, with what the ledger says about the effect of the step now. */
export function answeredMeanwhile({ projection, live }: RunView, stepId: string): string {
  const entry = projection.ledger.entries.find(({ activityId }) => activityId === stepId);
  const over =
    live.summary.closeMs === null ? 'The run no longer asks this.' : 'The run has ended and no longer asks this.';
  if (!entry) return over;
  const by = entry.decidedBy ? ` ${entry.decidedBy.name} has decided.` : '';
  return `${over}${by} ${entry.title}: ${effectWords(entry)}.`;
}

/** In a dialog about something that was decided while it was open. */
export function Meanwhile({ text }: { text: string | null }) {
  return text === null ? null : (
    <p role="status" className="rounded-md border border-hairline bg-sunken px-3 py-2 text-sm">
      <PlainText text={text} />
    </p>
  );
}
