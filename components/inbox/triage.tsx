'use client';

/**
 * Deciding one task after another by keys. The list knows which task is meant and which comes next; the page of the task
 * asks for the confirmation. Both are beside each other in the frame, so that this connects them.
 *
 * [TRG1] A key decides nothing: it opens the dialog of the task that it is about, where the consequences are.
 * [TRG2] After a decision that began with a key the next task for this person is opened. What was decided is shown beside
 *        it, with a way back.
 */
import { createContext, use } from 'react';
import type { InboxTask } from '@/app/_contract/inbox';

export interface Wish {
  taskId: string;
  /** A: approve, or what goes on. R: reject, or what turns back. */
  turnsBack: boolean;
}
export interface Triage {
  wish: Wish | null;
  /** The page has it. */
  taken: () => void;
  /** [TRG2] `words`: 'You approved €120.00.' `goesOnAtMs`: until then it can be taken back. */
  decided: (task: InboxTask, words: string, goesOnAtMs: number | null) => void;
}

const Context = createContext<Triage>({ wish: null, taken: () => undefined, decided: () => undefined });
export const TriageProvider = Context.Provider;
export const useTriage = (): Triage => use(Context);

/** The task that comes next: the first one after this task that the person may decide now, or else before it. */
export function nextAfter(rows: readonly InboxTask[], taskId: string): InboxTask | null {
  const at = rows.findIndex((row) => row.taskId === taskId);
  const ahead = [...rows.slice(at + 1), ...rows.slice(0, Math.max(0, at))];
  return ahead.find(({ mine, settled, claim }) => mine && settled === null && (claim === null || claim.own)) ?? null;
}
