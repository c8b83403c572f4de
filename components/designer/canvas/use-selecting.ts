'use client';

/** Selecting in the drawing of a draft: by a click, with Shift, or with Shift and an arrow key. */
import { useCallback, type RefObject } from 'react';
import type { CanvasHandle, SagaCanvasProps } from '@/components/canvas/saga-canvas';
import type { FlowDocument } from '@/engine/flow/document';
import type { Draft } from '@/engine/flow/edit/draft';
import type { Folded } from '@/engine/flow/layout/folds';
import { extended, outermost } from './node-actions';
import { withFolded, type Selection } from './selection';

interface Options {
  draft: Draft;
  flow: FlowDocument;
  folded: Folded;
  canvas: RefObject<CanvasHandle | null>;
  selection: Selection;
  /** What is moved, copied or deleted together (selectedIn). */
  selected: readonly string[];
  onSelection: (selection: Selection) => void;
}
type How = Parameters<SagaCanvasProps['onSelect']>[1];

export function useSelecting({ draft, flow, folded, canvas, selection, selected, onSelection }: Options) {
  const { primary, also } = selection;
  return {
    /** What is moved with the node that is dragged: all that is selected, or it alone. */
    movedWith: (id: string) => (selected.includes(id) ? selected : withFolded(flow, folded, [id])),
    /** False: nothing is selected yet. */
    extend(by: 1 | -1): boolean {
      if (primary === null) return false;
      const next = extended(draft, withFolded(flow, folded, [primary, ...also]), by);
      if (!next) return true;
      onSelection({ ...selection, also: next.slice(1) });
      canvas.current?.show(next.at(-1)!);
      return true;
    },
    /** The part that is selected; null: it was added to the selection, or taken out of it. */
    choose(id: string, how: How): Selection['part'] | null {
      if (how?.extend && primary !== null && primary !== id) {
        const others = also.includes(id) ? also.filter((each) => each !== id) : [...also, id];
        onSelection({ ...selection, also: others });
        return null;
      }
      const part = how?.part === 'lining' ? 'undo' : 'step';
      onSelection({ primary: id, part, also: [] });
      return part;
    },
    /** Those that a frame touches. */
    chooseAll: useCallback(
      (ids: readonly string[]) => {
        const [first = null, ...others] = outermost(draft, ids);
        onSelection({ primary: first, part: 'step', also: others });
      },
      [draft, onSelection]
    ),
  };
}
