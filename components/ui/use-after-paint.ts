'use client';

import { startTransition, useEffect, useState } from 'react';

/** A page that is hidden is not painted. */
const HIDDEN_MS = 300;

/**
 * A value that follows another one after the frame that shows it: what is computed from it does not delay that frame.
 */
export function useAfterPaint<T>(value: T): T {
  const [painted, setPainted] = useState(value);
  useEffect(() => afterPaint(() => startTransition(() => setPainted(value))), [value]);
  return painted;
}

/** False until something was painted. */
export function usePainted(): boolean {
  const [isPainted, setPainted] = useState(false);
  useEffect(() => afterPaint(() => startTransition(() => setPainted(true))), []);
  return isPainted;
}

/** Calls once after the next frame is painted. Returns what cancels it. */
export function afterPaint(run: () => void): () => void {
  let isOver = false;
  const once = () => {
    if (isOver) return;
    cancel();
    run();
  };
  let soon: ReturnType<typeof setTimeout> | undefined;
  const frame = requestAnimationFrame(() => (soon = setTimeout(once)));
  const late = setTimeout(once, HIDDEN_MS);
  const cancel = () => {
    isOver = true;
    cancelAnimationFrame(frame);
    clearTimeout(soon);
    clearTimeout(late);
  };
  return cancel;
}
