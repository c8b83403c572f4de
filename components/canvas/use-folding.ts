'use client';

/**
 * Folding by hand: '-' folds what has the focus (or the selection), '+' unfolds it. What is selected from elsewhere (a
 * search, a problem, a link) is unfolded on the way.
 */
import { useCallback, useEffect, useMemo, useRef, type KeyboardEvent } from 'react';
import type { FlowDocument } from '@/engine/flow/document';
import { foldableIn, foldFor } from '@/engine/flow/layout/folds';
import type { FlowLayout } from '@/engine/flow/layout/layout';
import type { Folds } from './use-folds';
import type { TabStop } from './use-structure-keys';

interface Options {
  document: FlowDocument;
  layout: FlowLayout;
  folds: Folds | undefined;
  selected: string | null;
  onSelect: (id: string) => void;
  /** Gives a node the focus after the next drawing. */
  focus: (stop: TabStop) => void;
}

export interface Folding {
  fold: (ids: readonly string[]) => void;
  /** By the key of a fold. */
  unfold: (key: string) => void;
  unfoldAt: (id: string) => void;
  foldAll: () => void;
  unfoldAll: () => void;
  /** False: the key is another one, or this drawing cannot be folded. */
  onKey: (event: KeyboardEvent, stop: TabStop | null) => boolean;
}

export function useFolding({ document, layout, folds, selected, onSelect, focus }: Options): Folding {
  const { steps } = document;
  const before = useRef<string | null>(null);
  useEffect(() => {
    const isNew = before.current !== selected;
    before.current = selected;
    if (selected === null || !folds) return;
    const hides = layout.folds.find(({ id, inside }) => id !== selected && inside.includes(selected));
    if (!hides) return;
    // Either the selection went into a fold, or what is selected was folded.
    if (isNew) folds.reveal(steps, selected);
    else onSelect(hides.id);
  }, [selected, folds, steps, layout, onSelect]);

  const fold = useCallback(
    (ids: readonly string[]) => {
      const choice = foldFor(steps, ids);
      if (!folds || choice.key === null) return;
      folds.fold(choice.key);
      onSelect(choice.first);
      afterPaint(() => focus({ id: choice.first, part: 'face' }));
    },
    [steps, folds, onSelect, focus]
  );
  const unfold = useCallback(
    (key: string) => {
      const box = layout.folds.find((each) => each.key === key);
      folds?.unfold(key);
      if (box) afterPaint(() => focus({ id: box.id, part: 'face' }));
    },
    [folds, layout, focus]
  );
  return useMemo(() => {
    const unfoldAt = (id: string) => {
      const box = layout.folds.find((each) => each.id === id);
      if (box) unfold(box.key);
    };
    return {
      fold,
      unfold,
      unfoldAt,
      foldAll: () => folds?.fold(...foldableIn(steps)),
      unfoldAll: () => folds?.unfoldAll(),
      onKey(event, stop) {
        if (!folds || !stop || event.ctrlKey || event.metaKey || event.altKey) return false;
        if (event.key === '-') fold([stop.id]);
        else if (event.key === '+' || event.key === '=') unfoldAt(stop.id);
        else return false;
        event.preventDefault();
        event.stopPropagation();
        return true;
      },
    };
  }, [folds, fold, unfold, layout, steps]);
}

/** Until then the element that is replaced, which has the same id, would get the focus and lose it. */
function afterPaint(run: () => void): void {
  requestAnimationFrame(() => requestAnimationFrame(run));
}
