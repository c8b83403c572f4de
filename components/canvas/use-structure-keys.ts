'use client';

/**
 * The canvas has one tab stop; the arrow keys follow the structure of the flow. Alt+↓ goes from a step to its undo,
 * and from there the arrow keys along the flow go from undo to undo; Alt+↑ or Esc goes back to the steps. During a
 * preview, the page handles Esc and ends the preview. The focus moves only when a person presses a key, so the camera
 * may follow it.
 *
 * Rules
 * [SK5] The order of the tree is made when a key asks for it: an edit of a large flow does not wait for it.
 * [SK6] Whoever selects a node moves the tab stop to it, so the focus that follows changes nothing.
 * [SK7] An edit that removes what has the focus gives it to the next node before the drawing changes, if that node is
 *       drawn: removing an element with the focus forces a layout, and a focus after the edit forces another rendering.
 *       An element that the edit moved in the page has lost the focus: it gets it back in the next frame.
 * [SK8] A focus that waits until its node is drawn is given up when a person puts the focus elsewhere meanwhile.
 * [SK9] The drawing does not take the focus while a dialog is above it: what somebody types there would act on a step.
 */
import { useCallback, useMemo, useState, type KeyboardEvent } from 'react';
import { useLatest } from '@/components/ui/use-latest';
import type { FlowDocument } from '@/engine/flow/document';
import type { Folded } from '@/engine/flow/layout/folds';
import type { DrawingDirection } from '@/engine/flow/layout/layout';
import { structureOf, type Direction, type Structure } from '@/engine/flow/layout/structure';

export interface TabStop {
  id: string;
  part: 'face' | 'lining';
}
/** In a downward drawing the keys are turned: down is along the flow, right is to the next branch. */
const TURNED: Record<string, Direction> = { ArrowLeft: 'up', ArrowRight: 'down', ArrowUp: 'left', ArrowDown: 'right' };
const ARROWS: Record<string, Direction> = { ArrowLeft: 'left', ArrowRight: 'right', ArrowUp: 'up', ArrowDown: 'down' };

export function useStructureKeys({
  document: flow,
  direction: drawn,
  folded,
  linings,
  isDrawn,
  selected,
  previewing,
  onSelect,
  onWhatIf,
  onShow,
  onMove,
}: {
  document: FlowDocument;
  direction: DrawingDirection;
  /** What is drawn as one card: the keys do not go into it. */
  folded?: Folded;
  /** Nodes whose lining can be focused. */
  linings: ReadonlySet<string>;
  /** Is there a card, or another mark, of this node? */
  isDrawn: (id: string) => boolean;
  selected: string | null;
  /** True during the preview 'what if this fails'. */
  previewing: boolean;
  onSelect: (id: string | null) => void;
  onWhatIf?: (id: string) => void;
  /** Brings a node into view if it is outside. */
  onShow: (id: string) => void;
  /** Called when a key moved the focus. */
  onMove?: (to: TabStop) => void;
}) {
  const structure = useMemo(() => {
    let made: Structure | undefined;
    return () => (made ??= structureOf(flow, folded));
  }, [flow, folded]);
  const [moved, setMoved] = useState<{ stop: TabStop; selected: string | null } | null>(null);
  const last = moved !== null && isDrawn(moved.stop.id) ? moved : null;
  const chosen = selected !== null && isDrawn(selected) ? selected : null;
  const isOlder = last !== null && chosen !== null && last.selected !== selected && last.stop.id !== chosen;
  const first = chosen ?? flow.steps[0]?.id;
  const stop: TabStop | null = last && !isOlder ? last.stop : first === undefined ? null : { id: first, part: 'face' };
  const moveStop = useLatest((next: TabStop) => {
    if (next.id !== stop?.id || next.part !== stop.part) setMoved({ stop: next, selected });
  });

  const go = useCallback(
    (next: TabStop | null) => {
      if (!next) return;
      moveStop(next);
      onShow(next.id);
      focusSoon(`${next.part}-${next.id}`);
    },
    [onShow, moveStop]
  );

  // The next frame uses the drawing of that frame.
  const [goNow, showNow] = [useLatest(go), useLatest(onShow)];
  /** [SK7] */
  const goThrough = useCallback(
    (next: TabStop) => {
      const elementId = `${next.part}-${next.id}`;
      focusNode(globalThis.document.getElementById(elementId));
      requestAnimationFrame(() => {
        if (globalThis.document.activeElement?.id === elementId) showNow(next.id);
        else goNow(next);
      });
    },
    [showNow, goNow]
  );

  const move = (next: TabStop | null) => {
    go(next);
    if (next) onMove?.(next);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (!stop || event.ctrlKey || event.metaKey) return;
    const direction = (drawn === 'down' ? TURNED : ARROWS)[event.key];
    const done = () => {
      event.preventDefault();
      event.stopPropagation();
    };
    if (direction && event.altKey) {
      if (event.key === 'ArrowDown' && stop.part === 'face') {
        const id = linings.has(stop.id) ? stop.id : nearestBefore(structure().order, stop.id, linings);
        if (id) move({ id, part: 'lining' });
        done();
      } else if (event.key === 'ArrowUp' && stop.part === 'lining') {
        move({ id: stop.id, part: 'face' });
        done();
      }
      return;
    }
    if (direction) {
      if (stop.part === 'lining') {
        const way = structure().order.filter((id) => linings.has(id));
        const at = way.indexOf(stop.id);
        const next = direction === 'left' ? way[at - 1] : direction === 'right' ? way[at + 1] : undefined;
        if (next) move({ id: next, part: 'lining' });
        if (direction === 'up') move({ id: stop.id, part: 'face' });
      } else {
        const next = structure().neighbours[stop.id]?.[direction];
        if (next) move({ id: next, part: 'face' });
      }
      done();
      return;
    }
    switch (event.key) {
      case 'Home':
        move({ id: structure().order[0]!, part: 'face' });
        return done();
      case 'End':
        move({ id: structure().order.at(-1)!, part: 'face' });
        return done();
      case 'Escape':
        if (previewing) return;
        if (stop.part === 'lining') move({ id: stop.id, part: 'face' });
        else onSelect(null);
        return done();
      case 'f':
      case 'F':
        if (!onWhatIf) return;
        onWhatIf(stop.id);
        return done();
    }
  };
  const onFocusPart = (id: string, part: TabStop['part']) => moveStop({ id, part });
  return { stop, go, goThrough, onKeyDown, onFocusPart };
}

/** [SK9] An open dialog hides all that is below it from assistive technology; so that is how it is known here. */
function focusNode(node: HTMLElement | null): void {
  if (!node?.closest('[aria-hidden="true"]')) node?.focus({ preventScroll: true });
}

/**
 * A node that was outside of a large drawing's view is rendered a few frames after the camera has moved. [SK8] Whoever
 * has put the focus elsewhere by then keeps it there.
 */
function focusSoon(elementId: string): void {
  const page = globalThis.document;
  const before = page.activeElement;
  const look = (frames: number) => {
    const found = page.getElementById(elementId);
    if (found) focusNode(found);
    else if (frames > 0)
      requestAnimationFrame(() => {
        const now = page.activeElement;
        if (now === before || now === page.body) look(frames - 1);
      });
  };
  look(30);
}

function nearestBefore(order: readonly string[], id: string, among: ReadonlySet<string>): string | undefined {
  return order.slice(0, order.indexOf(id) + 1).findLast((each) => among.has(each));
}
