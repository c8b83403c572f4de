'use client';

import { useSyncExternalStore } from 'react';

/** The layout of a run's page: panels from 1280 px, a page with a drawer from 768 px, one column below. */
export type Room = 'desk' | 'tablet' | 'phone';
const DESK = '(min-width: 1280px)';
const TABLET = '(min-width: 768px)';

function subscribe(listener: () => void): () => void {
  const queries = [matchMedia(DESK), matchMedia(TABLET)];
  for (const query of queries) query.addEventListener('change', listener);
  return () => {
    for (const query of queries) query.removeEventListener('change', listener);
  };
}
const read = (): Room => (matchMedia(DESK).matches ? 'desk' : matchMedia(TABLET).matches ? 'tablet' : 'phone');

/** Null on the server, where the width is unknown. */
export function useRoom(): Room | null {
  return useSyncExternalStore<Room | null>(subscribe, read, () => null);
}
