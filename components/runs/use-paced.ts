'use client';

import { useEffect, useRef, useState } from 'react';

/**
 * The value, updated at most once in `everyMs`: the first change at once, later changes within that time merged into
 * one.
 */
export function usePaced<T>(value: T, everyMs: number): T {
  const [shown, setShown] = useState(value);
  const lastMs = useRef(0);
  useEffect(() => {
    if (value === shown) return;
    const show = () => {
      lastMs.current = performance.now();
      setShown(value);
    };
    const timer = setTimeout(show, Math.max(0, lastMs.current + everyMs - performance.now()));
    return () => clearTimeout(timer);
  }, [value, shown, everyMs]);
  return shown;
}
