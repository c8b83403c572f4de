'use client';

/**
 * A drag with the pointer, from the press to the drop. Esc ends it without a drop. The pointer passes over texts, which
 * it does not select.
 */
import { useCallback, useEffect, useRef, type PointerEvent as ReactPointerEvent } from 'react';

/** In pixels of the window. */
interface Point {
  x: number;
  y: number;
}

export interface PointerDrag {
  /** The first call begins the drag: before that it may be a click. */
  onMove: (point: Point) => void;
  /** Once a frame while it is dragged: near an edge, what is there moves under the pointer. */
  onFrame: () => void;
  onEnd: (isDropped: boolean) => void;
}

/**
 * `slop`: until the pointer has gone this far, it is a click. `begun`: something is being moved already, so a press alone
 * ends it too. `stop` ends a drag without calling `onEnd`.
 */
export function usePointerDrag(slop: number) {
  const release = useRef(() => {});
  useEffect(() => () => release.current(), []);
  const stop = useCallback(() => release.current(), []);
  const start = useCallback(
    (event: ReactPointerEvent, drag: PointerDrag, begun = false) => {
      const from = { x: event.clientX, y: event.clientY };
      let isDragged = begun;
      let frame = 0;
      const onFrame = () => {
        drag.onFrame();
        frame = requestAnimationFrame(onFrame);
      };
      const move = (each: PointerEvent) => {
        const point = { x: each.clientX, y: each.clientY };
        if (!isDragged && Math.hypot(point.x - from.x, point.y - from.y) < slop) return;
        if (frame === 0) frame = requestAnimationFrame(onFrame);
        isDragged = true;
        each.preventDefault();
        drag.onMove(point);
      };
      const end = (isDropped: boolean) => {
        release.current();
        if (!isDragged) return;
        drag.onEnd(isDropped);
      };
      const up = () => end(true);
      const cancel = () => end(false);
      const key = (each: KeyboardEvent) => {
        if (each.key !== 'Escape' || !isDragged) return;
        each.preventDefault();
        each.stopPropagation();
        end(false);
      };
      release.current = () => {
        cancelAnimationFrame(frame);
        removeEventListener('pointermove', move);
        removeEventListener('pointerup', up);
        removeEventListener('pointercancel', cancel);
        removeEventListener('keydown', key, true);
        removeEventListener('selectstart', prevent);
      };
      addEventListener('pointermove', move, { passive: false });
      addEventListener('pointerup', up);
      addEventListener('pointercancel', cancel);
      addEventListener('keydown', key, true);
      addEventListener('selectstart', prevent);
    },
    [slop]
  );
  return { start, stop };
}

const prevent = (event: Event) => event.preventDefault();

/** The button on which a drag ends is not pressed by it. */
export function swallowClick(): void {
  const swallow = (event: Event) => {
    event.preventDefault();
    event.stopPropagation();
  };
  const over = new AbortController();
  addEventListener('click', swallow, { capture: true, once: true, signal: over.signal });
  setTimeout(() => over.abort(), 50);
}
