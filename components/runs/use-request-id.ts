'use client';

import { useCallback, useRef } from 'react';

/**
 * One id for each request that a person makes. A request that is sent again because its answer was lost has the same
 * id and takes effect once. A request that was changed, or that is made again after an answer, has a new id.
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
