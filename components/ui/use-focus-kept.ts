'use client';

import { usePathname } from 'next/navigation';
import { useEffect, useRef } from 'react';
import { keepFocus, type FocusKeeper } from './focus';

/** Mounted once, around everything. */
export function useFocusKept(): void {
  const path = usePathname();
  const shown = useRef(path);
  const keeper = useRef<FocusKeeper | null>(null);
  useEffect(() => {
    keeper.current = keepFocus(document);
    return () => keeper.current?.stop();
  }, []);
  useEffect(() => {
    if (shown.current === path) return;
    shown.current = path;
    keeper.current?.arrived();
  }, [path]);
}
