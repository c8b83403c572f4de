'use client';

/**
 * Keys for a list whose rows have a button or a link marked `data-row`: j and k move the focus, also from other controls
 * of a row that is a list item; Esc removes it.
 */
import { useRef, type RefObject } from 'react';
import { focusHeading } from './focus';
import { usePageKeys, type PageKey } from './page-keys';
import { rowAfter, useListKeys } from './use-list-keys';

export function useRows<E extends HTMLElement = HTMLDivElement>({
  keys,
  search,
}: {
  /** What `?` shows. A constant. */
  keys: readonly PageKey[];
  search?: RefObject<HTMLInputElement | null>;
}) {
  const list = useRef<E>(null);
  useListKeys({
    onMove: (by) => {
      const rows = [...(list.current?.querySelectorAll<HTMLElement>('[data-row]') ?? [])];
      const at = rows.findIndex((row) => (row.closest('li') ?? row).contains(document.activeElement));
      rows[rowAfter(at, by, rows.length)]?.focus();
    },
    onSearch: () => search?.current?.focus(),
    onEscape: () => void focusHeading(),
  });
  usePageKeys(keys);
  return list;
}
