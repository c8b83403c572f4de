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
    if (last.current?.body !== text) last.current = { body: text, id: newId() };
    return last.current.id;
  }, []);
  const answered = useCallback(() => {
    last.current = null;
  }, []);
  return { of, answered };
}

/** A UUID. `randomUUID` does not exist on pages that are not served from a secure context, so there is another way. */
export function newId(): string {
  if ('randomUUID' in crypto) return crypto.randomUUID();
  const bytes = new Uint8Array(16);
  (crypto as Crypto).getRandomValues(bytes);
  bytes[6] = (bytes[6]! & 0x0f) | 0x40;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
