'use client';

/**
 * What has the focus in the drawing can go away with an edit: by a revert, or by somebody else. Then the selected step
 * gets it, or the first one, so that the keys remain those of the drawing.
 */
import { useEffect, useRef, type FocusEvent, type RefObject } from 'react';
import type { CanvasHandle } from '@/components/canvas/saga-canvas';
import type { Draft } from '@/engine/flow/edit/draft';

export function useKeptFocus(canvas: RefObject<CanvasHandle | null>, draft: Draft, selected: string | null) {
  const isHere = useRef(false);
  const first = draft.steps[0]?.id ?? null;
  useEffect(() => {
    if (!isHere.current) return;
    // An edit that selects something gives it the focus in the next frame.
    const frame = requestAnimationFrame(() => {
      const to = selected ?? first;
      if (document.activeElement === document.body && to !== null) canvas.current?.focus(to);
    });
    return () => cancelAnimationFrame(frame);
  }, [canvas, draft, selected, first]);
  return {
    onFocus: () => {
      isHere.current = true;
    },
    /** Somebody who presses beside everything wants no focus. What was removed has no say. */
    onBlur: ({ target }: FocusEvent) => {
      if (target.isConnected) isHere.current = false;
    },
  };
}
