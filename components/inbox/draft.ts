'use client';

/**
 * The comment that a person has written for a task and not sent yet, stored in this browser by person and task, and
 * the ids that its decisions would have. An id remains the same until the server has given a final
 * answer, so that sending a decision again never decides twice.
 */
import { useCallback, useEffect, useState } from 'react';
import { newId } from '@/components/live/request-id';

/** A decision as it is sent: its key, and the values of its form. */
export interface Decision {
  key: string;
  values?: unknown;
  /** Of a vote in sequence: a person may have two turns. */
  turn?: number;
}
export interface Draft {
  comment: string;
  ids: Record<string, string>;
}
/** Other values are another decision, and so is another turn. */
const nameOf = ({ key, values, turn }: Decision): string =>
  [key, ...(values === undefined ? [] : [JSON.stringify(values)]), ...(turn ? [`turn ${turn}`] : [])].join(' ');
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
      const name = nameOf(decision);
      const known = draft.ids[name];
      if (known) return known;
      const id = newId();
      keep({ ...draft, ids: { ...draft.ids, [name]: id } });
      return id;
    },
    sentAs: (id) => id !== null && Object.values(draft.ids).includes(id),
    forget: (decision) => {
      const { [nameOf(decision)]: _, ...ids } = draft.ids;
      keep({ ...draft, ids });
    },
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
    if (draft && (draft.comment || Object.keys(draft.ids).length > 0)) {
      localStorage.setItem(key, JSON.stringify(draft));
    } else localStorage.removeItem(key);
  } catch {
    /* If the browser forbids storage, the draft is lost with the tab. */
  }
}
