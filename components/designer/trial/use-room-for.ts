'use client';

import { useEffect, useRef, useState, type RefObject } from 'react';

/**
 * Is this element at least so wide? The width of the window says nothing: panels are resized. False until it is known.
 */
export function useRoomFor(pixels: number): [frame: RefObject<HTMLElement | null>, isWide: boolean] {
  const frame = useRef<HTMLElement | null>(null);
  const [isWide, setWide] = useState(false);
  useEffect(() => {
    const observed = frame.current;
    if (!observed) return;
    const observer = new ResizeObserver(([entry]) => setWide((entry?.contentRect.width ?? 0) >= pixels));
    observer.observe(observed);
    return () => observer.disconnect();
  }, [pixels]);
  return [frame, isWide];
}
