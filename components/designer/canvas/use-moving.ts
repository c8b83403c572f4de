'use client';

/**
 * Moving a step, a selection or an item of the palette to a slot: by dragging it, or by choosing 'Move…' and then the slot.
 * A touch does not drag, because it scrolls.
 */
import {
  useCallback,
  useEffect,
  useRef,
  useState,
  type PointerEvent as ReactPointerEvent,
  type RefObject,
} from 'react';
import type { CanvasHandle } from '@/components/canvas/saga-canvas';
import type { FlowLayout, SlotPlace } from '@/engine/flow/layout/layout';
import type { Point } from '@/engine/flow/layout/path';
import type { PaletteItem } from '../palette';
import { slotKey } from './slot-places';

export type Moved = { kind: 'nodes'; ids: readonly string[] } | { kind: 'item'; item: PaletteItem };
export interface Moving {
  moved: Moved;
  /** In pixels of the window, while it is dragged; null: the slot is chosen by a click or a key. */
  pointer: Point | null;
  aimed: SlotPlace | null;
  overTray: boolean;
  /** An operation is over the right column of this step, to become its undo. */
  lining: string | null;
}

/** Until the pointer has gone this far, it is a click. */
const SLOP = 5;
/** A slot is aimed at from this distance, in pixels of the screen. */
const REACH = 140;
/** Near the edges of the drawing it moves under the pointer. */
const EDGE = 36;
const PAN = 10;

interface Options {
  canvas: RefObject<CanvasHandle | null>;
  /** The element of the drawing. */
  frame: RefObject<HTMLElement | null>;
  layout: RefObject<FlowLayout | null>;
  onDrop: (moved: Moved, slot: SlotPlace) => void;
  onAside: (moved: Moved) => void;
  onUndo: (item: PaletteItem, id: string) => void;
}

export function useMoving({ canvas, frame, layout, onDrop, onAside, onUndo }: Options) {
  const [moving, setMoving] = useState<Moving | null>(null);
  const now = useRef<Moving | null>(null);
  const set = useCallback((next: Moving | null) => {
    now.current = next;
    setMoving(next);
  }, []);
  const handlers = useRef({ onDrop, onAside, onUndo });
  useEffect(() => {
    handlers.current = { onDrop, onAside, onUndo };
  });
  const stopDrag = useRef(() => {});
  useEffect(() => () => stopDrag.current(), []);

  const begin = useCallback(
    (moved: Moved) => set({ moved, pointer: null, aimed: null, overTray: false, lining: null }),
    [set]
  );
  const cancel = useCallback(() => {
    stopDrag.current();
    set(null);
  }, [set]);

  const onPointerDown = useCallback(
    (event: ReactPointerEvent, moved: Moved) => {
      if (event.button !== 0 || event.pointerType === 'touch') return;
      const start = { x: event.clientX, y: event.clientY };
      let frames = 0;
      const aim = (point: Point) => {
        const at = canvas.current?.at(point);
        const reach = REACH / (canvas.current?.zoom() ?? 1);
        const bounds = frame.current?.getBoundingClientRect();
        const inside =
          bounds && point.x > bounds.left && point.x < bounds.right && point.y > bounds.top && point.y < bounds.bottom;
        const aimed = at && inside ? nearest(layout.current?.slots ?? [], at, reach) : null;
        const under = document.elementFromPoint(point.x, point.y);
        const overTray = under?.closest('[data-tray]') !== null;
        const over = moved.kind === 'item' && inside ? under?.closest('[data-lining]') : null;
        const lining = over?.getAttribute('data-lining') ?? null;
        set({ moved, pointer: point, aimed: overTray || lining !== null ? null : aimed, overTray, lining });
      };
      const pan = () => {
        const pointer = now.current?.pointer;
        const bounds = frame.current?.getBoundingClientRect();
        if (pointer && bounds) {
          const push = (place: number, from: number, to: number) =>
            place < from + EDGE && place > from - EDGE ? PAN : place > to - EDGE && place < to + EDGE ? -PAN : 0;
          const by = { x: push(pointer.x, bounds.left, bounds.right), y: push(pointer.y, bounds.top, bounds.bottom) };
          if (by.x !== 0 || by.y !== 0) {
            canvas.current?.pan(by);
            aim(pointer);
          }
        }
        frames = requestAnimationFrame(pan);
      };
      const move = (each: PointerEvent) => {
        const point = { x: each.clientX, y: each.clientY };
        if (!now.current && Math.hypot(point.x - start.x, point.y - start.y) < SLOP) return;
        if (!now.current) frames = requestAnimationFrame(pan);
        each.preventDefault();
        aim(point);
      };
      const end = (each: PointerEvent) => {
        const last = now.current;
        stopDrag.current();
        if (!last) return;
        set(null);
        swallowClick();
        if (each.type === 'pointercancel') return;
        if (last.overTray) handlers.current.onAside(last.moved);
        else if (last.lining !== null && last.moved.kind === 'item')
          handlers.current.onUndo(last.moved.item, last.lining);
        else if (last.aimed) handlers.current.onDrop(last.moved, last.aimed);
      };
      const key = (each: KeyboardEvent) => {
        if (each.key !== 'Escape' || !now.current) return;
        each.preventDefault();
        each.stopPropagation();
        stopDrag.current();
        set(null);
        swallowClick();
      };
      stopDrag.current = () => {
        cancelAnimationFrame(frames);
        removeEventListener('pointermove', move);
        removeEventListener('pointerup', end);
        removeEventListener('pointercancel', end);
        removeEventListener('keydown', key, true);
      };
      addEventListener('pointermove', move, { passive: false });
      addEventListener('pointerup', end);
      addEventListener('pointercancel', end);
      addEventListener('keydown', key, true);
    },
    [canvas, frame, layout, set]
  );
  return { moving, begin, cancel, onPointerDown };
}

/** The button on which a drag ends is not pressed by it. */
export function swallowClick(): void {
  const swallow = (event: Event) => {
    event.preventDefault();
    event.stopPropagation();
  };
  addEventListener('click', swallow, { capture: true, once: true });
  setTimeout(() => removeEventListener('click', swallow, true), 50);
}

export function nearest(slots: readonly SlotPlace[], { x, y }: Point, reach: number): SlotPlace | null {
  let best: SlotPlace | null = null;
  let distance = reach;
  for (const slot of slots) {
    const away = Math.hypot(slot.at.x - x, slot.at.y - y);
    if (away >= distance) continue;
    best = slot;
    distance = away;
  }
  return best;
}
export const isAimed = (moving: Moving | null): string | null => (moving?.aimed ? slotKey(moving.aimed) : null);
