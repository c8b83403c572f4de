'use client';

import { useSyncExternalStore } from 'react';

/** From here on pages are made of panels. */
const WIDE = '(min-width: 1280px)';
function subscribe(listener: () => void): () => void {
  const query = matchMedia(WIDE);
  query.addEventListener('change', listener);
  return () => query.removeEventListener('change', listener);
}
/** Is there room for panels? Null on the server, where nobody knows. */
export function useWide(): boolean | null {
  return useSyncExternalStore<boolean | null>(
    subscribe,
    () => matchMedia(WIDE).matches,
    () => null
  );
}
