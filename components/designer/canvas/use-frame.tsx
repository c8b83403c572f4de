'use client';

/**
 * Selecting with a frame: a mouse that is dragged over the empty drawing with Shift. A finger moves the drawing. Esc
 * ends it, and the selection remains as it was.
 */
import { useCallback, useState, type PointerEvent as ReactPointerEvent, type RefObject } from 'react';
import type { CanvasHandle } from '@/components/canvas/saga-canvas';
import { swallowClick, usePointerDrag } from '@/components/ui/use-pointer-drag';
import type { Box, FlowLayout } from '@/engine/flow/layout/layout';
import type { Point } from '@/engine/flow/layout/path';

const SLOP = 4;

interface Options {
  canvas: RefObject<CanvasHandle | null>;
  layout: RefObject<FlowLayout | null>;
  onSelect: (ids: string[]) => void;
}

/** `box`: in pixels of the window. */
export function useFrame({ canvas, layout, onSelect }: Options): {
  box: Box | null;
  onPointerDown: (event: ReactPointerEvent) => void;
} {
  const [box, setBox] = useState<Box | null>(null);
  const { start: drag } = usePointerDrag(SLOP);
  const onPointerDown = useCallback(
    (event: ReactPointerEvent) => {
      const onEmpty = event.target instanceof Element && event.target.classList.contains('react-flow__pane');
      if (!onEmpty || !event.shiftKey || event.button !== 0 || event.pointerType === 'touch') return;
      event.preventDefault();
      event.stopPropagation();
      const start = { x: event.clientX, y: event.clientY };
      let last: Box | null = null;
      drag(event, {
        onMove(point) {
          last = between(start, point);
          setBox(last);
        },
        onFrame: nothing,
        onEnd(isDropped) {
          setBox(null);
          // The click on the empty drawing would end the selection again.
          swallowClick();
          const drawn = layout.current;
          const handle = canvas.current;
          if (!isDropped || last === null || !drawn || !handle) return;
          const from = handle.at({ x: last.x, y: last.y });
          const to = handle.at({ x: last.x + last.width, y: last.y + last.height });
          onSelect(nodesIn(drawn, between(from, to)));
        },
      });
    },
    [canvas, drag, layout, onSelect]
  );
  return { box, onPointerDown };
}

const nothing = () => {};
const between = (a: Point, b: Point): Box => ({
  x: Math.min(a.x, b.x),
  y: Math.min(a.y, b.y),
  width: Math.abs(a.x - b.x),
  height: Math.abs(a.y - b.y),
});

/**
 * What the frame touches. A frame of a group counts only if it is inside as a whole: otherwise its steps were meant.
 */
export function nodesIn({ cards, folds, diamonds, bars, frames }: FlowLayout, box: Box): string[] {
  const touches = (each: Box) =>
    each.x < box.x + box.width &&
    each.x + each.width > box.x &&
    each.y < box.y + box.height &&
    each.y + each.height > box.y;
  const isInside = (each: Box) =>
    each.x >= box.x &&
    each.y >= box.y &&
    each.x + each.width <= box.x + box.width &&
    each.y + each.height <= box.y + box.height;
  const heads = [
    ...cards,
    ...folds,
    ...diamonds.filter(({ role }) => role === 'choice'),
    ...bars.filter(({ role }) => role === 'fork'),
  ];
  return [...heads.filter(touches), ...frames.filter(isInside)].map(({ id }) => id);
}

/** The frame while it is drawn, in pixels of the window. */
export function SelectionFrame({ box }: { box: Box | null }) {
  if (!box) return null;
  return (
    <span
      aria-hidden
      style={{ left: box.x, top: box.y, width: box.width, height: box.height }}
      className="pointer-events-none fixed z-40 rounded-sm border border-dashed border-ink bg-ink/5"
    />
  );
}
