'use client';

import { useEffect, useState } from 'react';
import type { ColumnChoice } from './columns';

const KEY = 'backstitch-run-columns';

/**
 * Which columns are shown, stored in this browser. The first paint comes from the server, which does not have the
 * selection.
 */
export function useColumns(): [ColumnChoice, (columns: ColumnChoice) => void] {
  const [columns, setColumns] = useState<ColumnChoice>({});
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
  return [columns, choose];
}

function read(): ColumnChoice | null {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(KEY) ?? 'null');
    if (typeof kept !== 'object' || kept === null) return null;
    return Object.fromEntries(Object.entries(kept).filter(([, shown]) => typeof shown === 'boolean'));
  } catch {
    return null;
  }
}
