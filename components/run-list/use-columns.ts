'use client';

import { useEffect, useState } from 'react';
import { HIDDEN_AT_FIRST, OPTIONAL_COLUMNS, type ColumnId } from './columns';

export type ColumnChoice = Partial<Record<ColumnId, boolean>>;
const KEY = 'backstitch-run-columns';

/**
 * Which columns are shown, stored in this browser. The first paint comes from the server, which does not have the
 * selection.
 */
export function useColumns(): [Record<string, boolean>, (columns: ColumnChoice) => void] {
  const [columns, setColumns] = useState<ColumnChoice>(HIDDEN_AT_FIRST);
  useEffect(() => {
    const kept = read();
    if (kept) setColumns(kept);
  }, []);
  const choose = (next: ColumnChoice) => {
    setColumns(next);
    try {
      localStorage.setItem(KEY, JSON.stringify(next));
    } catch {
      /* If the browser forbids storage, the usual columns are shown next time. */
    }
  };
  return [columns as Record<string, boolean>, choose];
}

function read(): ColumnChoice | null {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(KEY) ?? 'null');
    if (typeof kept !== 'object' || kept === null) return null;
    const entries = OPTIONAL_COLUMNS.map(({ id }) => [id, (kept as ColumnChoice)[id] !== false] as const);
    return Object.fromEntries(entries);
  } catch {
    return null;
  }
}
