'use client';

import { useMemo, useState } from 'react';
import { arrange, type Arranged, type SteadyRow } from './steady-rows';

/**
 * The rows of a live list. While `hold` is set no row moves. `question` names what `latest` answers: another one starts anew.
 * Give `keyOf` and `latest` as stable values.
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
  // What is shown now is what the next answer must not move.
  if (arranged.rows !== kept.rows || question !== kept.question) setKept({ question, rows: arranged.rows });
  return arranged;
}
