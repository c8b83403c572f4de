'use client';

/**
 * Moving a step, a selection, a branch, the point of no return or an item of the palette: by dragging it, or by
 * choosing 'Move…' and then the place. A touch does not drag, because it scrolls.
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
import { swallowClick, usePointerDrag } from '@/components/ui/use-pointer-drag';
import type { FlowLayout, SlotPlace } from '@/engine/flow/layout/layout';
import type { Point } from '@/engine/flow/layout/path';
import type { PaletteItem } from '../palette';
import { markKey, type BranchMark, type BranchRef } from './branch-places';
import { pivotSlots } from './pivot-moves';
import { slotKey } from './slot-places';
import { undoCellAt } from './undo-cell';

export type Moved =
  | { kind: 'nodes'; ids: readonly string[] }
  | { kind: 'item'; item: PaletteItem }
  /** A whole branch, or its steps if it is dropped at a slot. */
  | { kind: 'branch'; branch: BranchRef }
  /** The point of no return, by its step. */
  | { kind: 'pivot'; id: string };
export interface Moving {
  moved: Moved;
  /** In pixels of the window, while it is dragged; null: the slot is chosen by a click or a key. */
  pointer: Point | null;
  aimed: SlotPlace | null;
  /** A place for the branch that is moved. */
  mark: BranchMark | null;
  overTray: boolean;
  /** An operation is over the right column of this step, to become its undo. */
  lining: string | null;
}

/** Until the pointer has gone this far, it is a click. */
const SLOP = 5;
/** A slot is aimed at from this distance, in pixels of the screen. */
const REACH = 140;
/** A place for a branch, from this distance. */
const BRANCH_REACH = 140;
/** A slot for the steps of a branch: nearer, because branches are meant to go beside branches. */
const STEPS_REACH = 48;
/** Near the edges of the drawing it moves under the pointer. */
const EDGE = 36;
const PAN = 10;

interface Options {
  canvas: RefObject<CanvasHandle | null>;
  /** The element of the drawing. */
  frame: RefObject<HTMLElement | null>;
  layout: RefObject<FlowLayout | null>;
  /** The places for a branch. */
  marksFor: (branch: BranchRef) => readonly BranchMark[];
  onDrop: (moved: Moved, slot: SlotPlace) => void;
  onBranch: (branch: BranchRef, mark: BranchMark) => void;
  onAside: (moved: Moved) => void;
  onUndo: (item: PaletteItem, id: string) => void;
}

export function useMoving({ canvas, frame, layout, ...told }: Options) {
  const [moving, setMoving] = useState<Moving | null>(null);
  const now = useRef<Moving | null>(null);
  const set = useCallback((next: Moving | null) => {
    now.current = next;
    setMoving(next);
  }, []);
  const handlers = useRef(told);
  useEffect(() => {
    handlers.current = told;
  });
  const { start, stop } = usePointerDrag(SLOP);

  const begin = useCallback((moved: Moved) => set({ moved, pointer: null, ...NOWHERE }), [set]);
  const cancel = useCallback(() => {
    stop();
    set(null);
  }, [set, stop]);

  const onPointerDown = useCallback(
    (event: ReactPointerEvent, moved: Moved) => {
      if (event.button !== 0 || event.pointerType === 'touch') return;
      const aim = (point: Point) => {
        const at = canvas.current?.at(point);
        const reach = REACH / (canvas.current?.zoom() ?? 1);
        const bounds = frame.current?.getBoundingClientRect();
        const inside =
          bounds && point.x > bounds.left && point.x < bounds.right && point.y > bounds.top && point.y < bounds.bottom;
        const under = document.elementFromPoint(point.x, point.y);
        const overTray = (under?.closest('[data-tray]') ?? null) !== null;
        const drawn = layout.current;
        if (!at || !drawn || !inside || overTray) return set({ moved, pointer: point, ...NOWHERE, overTray });
        const mark = moved.kind === 'branch' ? nearestMark(handlers.current.marksFor(moved.branch), at, reach) : null;
        const cell = under?.closest('[data-lining]')?.getAttribute('data-lining') ?? null;
        const isStep = moved.kind === 'item' && moved.item.activity !== null;
        const lining = isStep ? undoCellAt(drawn, at, cell) : moved.kind === 'item' ? cell : null;
        const slotReach = moved.kind === 'branch' ? (reach * STEPS_REACH) / REACH : reach;
        const aimed =
          moved.kind === 'pivot'
            ? nearestAlong(drawn, pivotSlots(drawn, moved.id), at)
            : mark || lining !== null
              ? null
              : nearest(drawn.slots, at, slotReach);
        set({ moved, pointer: point, aimed, mark, overTray, lining });
      };
      const pan = () => {
        const pointer = now.current?.pointer;
        const bounds = frame.current?.getBoundingClientRect();
        // Over the tray the drawing is not what is aimed at.
        if (!pointer || !bounds || now.current?.overTray) return;
        const push = (place: number, from: number, to: number) =>
          place < from + EDGE && place > from - EDGE ? PAN : place > to - EDGE && place < to + EDGE ? -PAN : 0;
        const by = { x: push(pointer.x, bounds.left, bounds.right), y: push(pointer.y, bounds.top, bounds.bottom) };
        if (by.x === 0 && by.y === 0) return;
        canvas.current?.pan(by);
        aim(pointer);
      };
      const end = (isDropped: boolean) => {
        const last = now.current;
        set(null);
        swallowClick();
        if (!last || !isDropped) return;
        if (last.overTray) handlers.current.onAside(last.moved);
        else if (last.lining !== null && last.moved.kind === 'item')
          handlers.current.onUndo(last.moved.item, last.lining);
        else if (last.mark && last.moved.kind === 'branch') handlers.current.onBranch(last.moved.branch, last.mark);
        else if (last.aimed) handlers.current.onDrop(last.moved, last.aimed);
      };
      start(event, { onMove: aim, onFrame: pan, onEnd: end }, now.current !== null);
    },
    [canvas, frame, layout, set, start]
  );
  return { moving, begin, cancel, onPointerDown };
}

const NOWHERE = { aimed: null, mark: null, overTray: false, lining: null };
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
/** Slots of one sequence, by the distance along it: how far the pointer is beside it does not count. */
function nearestAlong({ direction }: FlowLayout, slots: readonly SlotPlace[], at: Point): SlotPlace | null {
  const [first] = slots;
  if (!first) return null;
  return nearest(slots, direction === 'down' ? { ...at, x: first.at.x } : { ...at, y: first.at.y }, Infinity);
}
/** The length of a mark beside a branch, and half the width of one above it. */
export const MARK = { upright: 84, across: 120 };
function nearestMark(marks: readonly BranchMark[], { x, y }: Point, reach: number): BranchMark | null {
  let best: BranchMark | null = null;
  let distance = (reach * BRANCH_REACH) / REACH;
  for (const mark of marks) {
    const { at, lies } = mark;
    const outside = (place: number, from: number, to: number) => Math.max(from - place, 0, place - to);
    const away =
      lies === 'upright'
        ? Math.hypot(at.x - x, outside(y, at.y, at.y + MARK.upright))
        : Math.hypot(outside(x, at.x - MARK.across, at.x + MARK.across), at.y - y);
    if (away >= distance) continue;
    best = mark;
    distance = away;
  }
  return best;
}
/** The slot or the place for a branch that is aimed at, by its key. */
export const isAimed = (moving: Moving | null): string | null =>
  moving?.mark ? markKey(moving.mark) : moving?.aimed ? slotKey(moving.aimed) : null;
