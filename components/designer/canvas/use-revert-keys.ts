'use client';

/**
 * Ctrl+Z and Ctrl+Y anywhere on the page revert an edit of the draft: whoever dragged from the palette or pressed a
 * switch of the inspector means the draft. In a text they mean the text, and in a dialog nothing of the draft.
 */
import { useEffect, useRef } from 'react';

const OWN_KEYS =
  'input:not([type="checkbox"], [type="radio"]), textarea, [contenteditable], .cm-editor, [role="dialog"]';

export function useRevertKeys(onRevert: () => void, onAgain: () => void): void {
  const now = useRef({ onRevert, onAgain });
  useEffect(() => {
    now.current = { onRevert, onAgain };
  });
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const { target, defaultPrevented, ctrlKey, metaKey, altKey, shiftKey } = event;
      if (defaultPrevented || altKey || !(ctrlKey || metaKey)) return;
      if (target instanceof Element && target.closest(OWN_KEYS)) return;
      const key = event.key.toLowerCase();
      if (key !== 'z' && key !== 'y') return;
      event.preventDefault();
      (key === 'y' || shiftKey ? now.current.onAgain : now.current.onRevert)();
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, []);
}
