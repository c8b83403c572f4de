'use client';

/** The direction of drawings: downward, unless the person chose sideways. */
import { useCallback, useSyncExternalStore } from 'react';
import type { DrawingDirection } from '@/engine/flow/layout/layout';

const KEY = 'drawing-direction';
const CHANGED = 'drawing-direction-changed';

export function useDirection(): { direction: DrawingDirection; turn: () => void } {
  const direction = useSyncExternalStore(subscribe, readDirection, () => 'down' as const);
  const turn = useCallback(() => chooseDirection(readDirection() === 'down' ? 'sideways' : 'down'), []);
  return { direction, turn };
}

export function readDirection(): DrawingDirection {
  try {
    return localStorage.getItem(KEY) === 'sideways' ? 'sideways' : 'down';
  } catch {
    return 'down';
  }
}
export function chooseDirection(direction: DrawingDirection): void {
  try {
    localStorage.setItem(KEY, direction);
  } catch {
    // Without storage the drawing has its default direction.
  }
  globalThis.dispatchEvent(new Event(CHANGED));
}

/** After it was chosen in this tab. Returns how to stop. */
export function onDirection(onChange: () => void): () => void {
  globalThis.addEventListener(CHANGED, onChange);
  return () => globalThis.removeEventListener(CHANGED, onChange);
}

function subscribe(onChange: () => void): () => void {
  const stop = onDirection(onChange);
  globalThis.addEventListener('storage', onChange);
  return () => {
    stop();
    globalThis.removeEventListener('storage', onChange);
  };
}
