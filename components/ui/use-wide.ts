'use client';

import { useSyncExternalStore } from 'react';

/** From this width on, pages consist of panels. */
const WIDE = '(min-width: 1280px)';
function subscribe(listener: () => void): () => void {
  const query = matchMedia(WIDE);
  query.addEventListener('change', listener);
  return () => query.removeEventListener('change', listener);
}
/** True if the window is wide enough for panels; null on the server, where the width is unknown. */
export function useWide(): boolean | null {
  return useSyncExternalStore<boolean | null>(
    subscribe,
    () => matchMedia(WIDE).matches,
    () => null
  );
}
