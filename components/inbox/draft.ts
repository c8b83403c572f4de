'use client';

/**
 * The comment that a person has written for a task and not sent yet, stored in this browser by person and task, and
 * the ids that the two possible decisions would have. An id remains the same until the server has given a final
 * answer, so that sending a decision again never decides twice.
 */
import { useCallback, useEffect, useState } from 'react';
import { newId } from '@/components/live/request-id';

export type Decision = 'approve' | 'reject';
export interface Draft {
  comment: string;
  ids: Partial<Record<Decision, string>>;
}
const EMPTY: Draft = { comment: '', ids: {} };
/** Stored by person: another person who signs in later cannot read it. */
const keyOf = (personId: string, taskId: string) => `backstitch-draft:${personId}:${taskId}`;

export interface DraftState {
  comment: string;
  setComment: (comment: string) => void;
  /** The id under which this decision is sent. */
  idOf: (decision: Decision) => string;
  /** True if this page sent a decision under this id. */
  sentAs: (id: string | null) => boolean;
  /** The server refused this decision: the next try is a new decision with a new id. */
  forget: (decision: Decision) => void;
  /** Removes the stored draft. The ids that this page has sent are remembered until the page is closed. */
  drop: () => void;
}

export function useDraft(personId: string, taskId: string): DraftState {
  const key = keyOf(personId, taskId);
  const [draft, setDraft] = useState<Draft>(EMPTY);
  useEffect(() => setDraft(read(key)), [key]);
  const keep = useCallback(
    (next: Draft) => {
      setDraft(next);
      write(key, next);
    },
    [key]
  );
  const drop = useCallback(() => {
    setDraft(({ ids }) => ({ comment: '', ids }));
    write(key, null);
  }, [key]);
  return {
    comment: draft.comment,
    setComment: (comment) => keep({ ...draft, comment }),
    idOf: (decision) => {
      const known = draft.ids[decision];
      if (known) return known;
      const id = newId();
      keep({ ...draft, ids: { ...draft.ids, [decision]: id } });
      return id;
    },
    sentAs: (id) => id !== null && Object.values(draft.ids).includes(id),
    forget: (decision) => keep({ ...draft, ids: { ...draft.ids, [decision]: undefined } }),
    drop,
  };
}

function read(key: string): Draft {
  try {
    const kept = JSON.parse(localStorage.getItem(key) ?? 'null') as Partial<Draft> | null;
    return { comment: typeof kept?.comment === 'string' ? kept.comment : '', ids: kept?.ids ?? {} };
  } catch {
    return EMPTY;
  }
}
function write(key: string, draft: Draft | null): void {
  try {
    if (draft && (draft.comment || draft.ids.approve || draft.ids.reject)) {
      localStorage.setItem(key, JSON.stringify(draft));
    } else localStorage.removeItem(key);
  } catch {
    /* If the browser forbids storage, the draft is lost with the tab. */
  }
}
