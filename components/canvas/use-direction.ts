'use client';

/** The direction of drawings: downward, unless the person chose sideways in this browser. */
import { useCallback, useSyncExternalStore } from 'react';
import type { DrawingDirection } from '@/engine/flow/layout/layout';

const KEY = 'drawing-direction';
const CHANGED = 'drawing-direction-changed';

export function useDirection(): { direction: DrawingDirection; turn: () => void } {
  const direction = useSyncExternalStore(subscribe, read, () => 'down' as const);
  const turn = useCallback(() => {
    try {
      localStorage.setItem(KEY, read() === 'down' ? 'sideways' : 'down');
    } catch {
      // Without storage the drawing has its default direction.
    }
    globalThis.dispatchEvent(new Event(CHANGED));
  }, []);
  return { direction, turn };
}

function read(): DrawingDirection {
  try {
    return localStorage.getItem(KEY) === 'sideways' ? 'sideways' : 'down';
  } catch {
    return 'down';
  }
}

function subscribe(onChange: () => void): () => void {
  globalThis.addEventListener(CHANGED, onChange);
  globalThis.addEventListener('storage', onChange);
  return () => {
    globalThis.removeEventListener(CHANGED, onChange);
    globalThis.removeEventListener('storage', onChange);
  };
}
