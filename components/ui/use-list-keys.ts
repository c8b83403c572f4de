'use client';

import { useEffect, useRef } from 'react';

export interface ListKeys {
  /** j, k and, while the focus is in the rows, the arrow keys. Undefined for a page without a list. */
  onMove?: (by: 1 | -1) => void;
  /** `/` */
  onSearch?: () => void;
  /** Esc, outside of fields and floating elements. */
  onEscape?: () => void;
  /** `?` */
  onHelp?: () => void;
  /** Keys of this list alone. */
  others?: Readonly<Record<string, (() => void) | undefined>>;
}

/**
 * The keys that every list has. They do nothing while somebody types, with a modifier, or while a dialog or a menu is
 * open.
 */
export function useListKeys(keys: ListKeys): void {
  const now = useRef(keys);
  useEffect(() => {
    now.current = keys;
  });
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
      if (isTyping(event.target) || floats()) return;
      const act = actOf(event.key, now.current);
      if (!act) return;
      event.preventDefault();
      act();
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, []);
}

/** The row that a move leads to; `at`: the present row, negative if there is none. */
export const rowAfter = (at: number, by: 1 | -1, rows: number): number =>
  at < 0 ? 0 : Math.min(rows - 1, Math.max(0, at + by));

function actOf(key: string, { onMove, onSearch, onEscape, onHelp, others = {} }: ListKeys): (() => void) | undefined {
  switch (key) {
    case 'j':
    case 'ArrowDown':
      return onMove && (key === 'j' || insideRows()) ? () => onMove(1) : undefined;
    case 'k':
    case 'ArrowUp':
      return onMove && (key === 'k' || insideRows()) ? () => onMove(-1) : undefined;
    case '/':
      return onSearch;
    case '?':
      return onHelp;
    case 'Escape':
      return onEscape;
    default:
      return Object.hasOwn(others, key) ? others[key] : undefined;
  }
}

/** Rows that the arrow keys move through are in an element with `data-rows`; elsewhere the arrow keys scroll. */
const insideRows = () => Boolean(document.activeElement?.closest('[data-rows]'));
const floats = () => document.querySelector('[role="dialog"], [role="menu"], [role="listbox"]') !== null;

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName))
  );
}
