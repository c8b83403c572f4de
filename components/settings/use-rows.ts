'use client';

/** Keys for a list whose rows are buttons or links marked `data-row`: j and k move the focus, Esc removes it. */
import { useRef, type RefObject } from 'react';
import { focusHeading } from '@/components/ui/focus';
import { usePageKeys, type PageKey } from '@/components/ui/page-keys';
import { rowAfter, useListKeys } from '@/components/ui/use-list-keys';

export function useRows({
  keys,
  search,
}: {
  /** What `?` shows. A constant. */
  keys: readonly PageKey[];
  search?: RefObject<HTMLInputElement | null>;
}) {
  const list = useRef<HTMLDivElement>(null);
  useListKeys({
    onMove: (by) => {
      const rows = [...(list.current?.querySelectorAll<HTMLElement>('[data-row]') ?? [])];
      const at = rows.findIndex((row) => row === document.activeElement);
      rows[rowAfter(at, by, rows.length)]?.focus();
    },
    onSearch: () => search?.current?.focus(),
    onEscape: () => void focusHeading(),
  });
  usePageKeys(keys);
  return list;
}
