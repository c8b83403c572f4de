'use client';

import { useMemo, useState } from 'react';
import { arrange, type Arranged, type SteadyRow } from './steady-rows';

/**
 * The rows of a live list. While `hold` is true no row moves. `question` names the query that `latest` answers: if it
 * changes, all rows are replaced. `keyOf` and `latest` must be stable values.
 */
export function useSteadyRows<T>(
  question: string,
  latest: readonly T[],
  hold: boolean,
  keyOf: (item: T) => string
): Arranged<T> {
  const [kept, setKept] = useState<{ question: string; rows: readonly SteadyRow<T>[] }>({ question, rows: [] });
  const arranged = useMemo(
    () => arrange(kept.rows, latest, hold && kept.question === question, keyOf),
    [kept, latest, hold, question, keyOf]
  );
  // The rows that are shown now; the next answer must not move them.
  if (arranged.rows !== kept.rows || question !== kept.question) setKept({ question, rows: arranged.rows });
  return arranged;
}
