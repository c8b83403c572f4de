/** The key that is held for a shortcut: ⌘ on a Mac, Ctrl elsewhere. */
import type { KeyboardEvent as ReactKeyboardEvent } from 'react';

const isMac = () => typeof navigator !== 'undefined' && /mac/i.test(navigator.platform);

/** As it is shown: 'Mod' in a table of keys becomes '⌘' or 'Ctrl'. */
export const shownKeys = (keys: readonly string[]): string[] =>
  keys.map((key) => (key === 'Mod' ? (isMac() ? '⌘' : 'Ctrl') : key));

/** Held alone, without Shift or Alt. */
export const holdsMod = ({
  ctrlKey,
  metaKey,
  shiftKey,
  altKey,
}: Pick<KeyboardEvent | ReactKeyboardEvent, 'ctrlKey' | 'metaKey' | 'shiftKey' | 'altKey'>): boolean =>
  !shiftKey && !altKey && (isMac() ? metaKey && !ctrlKey : ctrlKey && !metaKey);
