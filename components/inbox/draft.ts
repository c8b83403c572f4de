'use client';

/**
 * What somebody has written for a task and not sent yet, kept in this browser by person and task, and the id that each of the
 * two decisions would have. An id stays the same until the server has answered it for good, so that sending again never decides twice.
 */
import { useCallback, useEffect, useState } from 'react';

export type Decision = 'approve' | 'reject';
export interface Draft {
  comment: string;
  ids: Partial<Record<Decision, string>>;
}
const EMPTY: Draft = { comment: '', ids: {} };
/** By person: who signs in after them reads none of it. */
const keyOf = (personId: string, taskId: string) => `backstitch-draft:${personId}:${taskId}`;

export interface DraftState {
  comment: string;
  setComment: (comment: string) => void;
  /** The id under which this decision is sent. */
  idOf: (decision: Decision) => string;
  /** Was a decision of this page sent under this id? */
  sentAs: (id: string | null) => boolean;
  /** The server refused this one: the next try is another decision. */
  forget: (decision: Decision) => void;
  /** Nothing is left to keep; this page still knows what it sent. */
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
    /* A browser that forbids storage loses the draft with the tab. */
  }
}

/** A UUID also where the page is not served from a secure context, which has no randomUUID. */
function newId(): string {
  if ('randomUUID' in crypto) return crypto.randomUUID();
  const bytes = new Uint8Array(16);
  (crypto as Crypto).getRandomValues(bytes);
  bytes[6] = (bytes[6]! & 0x0f) | 0x40;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
