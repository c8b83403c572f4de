'use client';

import { useCallback, useRef } from 'react';

/**
 * One id a thing that is asked for: what is sent twice, because its answer was lost, happens once; what was changed in between,
 * or is asked again after an answer, is another thing.
 */
export function useRequestId(): { of: (body: unknown) => string; answered: () => void } {
  const last = useRef<{ body: string; id: string } | null>(null);
  const of = useCallback((body: unknown) => {
    const text = JSON.stringify(body) ?? '';
    if (last.current?.body !== text) last.current = { body: text, id: crypto.randomUUID() };
    return last.current.id;
  }, []);
  const answered = useCallback(() => {
    last.current = null;
  }, []);
  return { of, answered };
}
