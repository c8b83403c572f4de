'use client';

import { useCallback, useState, type RefCallback } from 'react';

/** Is this element at least so wide? The width of the window says nothing: panels are resized. Null until measured. */
export function useRoomFor(pixels: number): [frame: RefCallback<HTMLElement>, isWide: boolean | null] {
  const [isWide, setWide] = useState<boolean | null>(null);
  const frame = useCallback(
    (observed: HTMLElement | null) => {
      if (!observed) return undefined;
      const observer = new ResizeObserver(([entry]) => setWide((entry?.contentRect.width ?? 0) >= pixels));
      observer.observe(observed);
      return () => observer.disconnect();
    },
    [pixels]
  );
  return [frame, isWide];
}
