'use client';

import { useSyncExternalStore } from 'react';

/** From this width on, pages consist of panels. */
const WIDE = '(min-width: 1280px)';
/** Below this width dialogs are sheets at the lower edge, and there is a bar with the pages. */
const PHONE = '(max-width: 767.98px)';

/** Whether the window matches; null on the server, where nothing is known of it. */
function watch(query: string): () => boolean | null {
  const subscribe = (listener: () => void) => {
    const media = matchMedia(query);
    media.addEventListener('change', listener);
    return () => media.removeEventListener('change', listener);
  };
  const read = () => matchMedia(query).matches;
  return () => useSyncExternalStore<boolean | null>(subscribe, read, () => null);
}
/** True if the window is wide enough for panels. */
export const useWide = watch(WIDE);
export const usePhone = watch(PHONE);
