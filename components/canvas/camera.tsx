'use client';

/**
 * The visible part of the drawing. Only the person moves the camera. It is set by code only when the drawing first
 * gets a size, when the drawing is turned, and to show a node that was reached by the keyboard.
 */
import { Panel, useReactFlow, useStore } from '@xyflow/react';
import { ArrowDown, ArrowRight, ChevronsDownUp, ChevronsUpDown, Maximize, Minus, Plus } from 'lucide-react';
import { memo, useCallback, useEffect, useLayoutEffect, useRef } from 'react';
import { Button, IconButton } from '@/components/ui/button';
import type { Box, DrawingDirection, FlowLayout, FrameBox } from '@/engine/flow/layout/layout';
import type { Point } from '@/engine/flow/layout/path';

/** Titles keep 12 px at every zoom. From this zoom on all texts of a card have their full size. */
const FULL = 0.92;
/** 'Fit' never zooms out further: below it undos are bands without words. */
const SMALLEST_FIT = 0.6;
/**
 * Below this zoom a card has no room for a title. A long flow is seen as a whole on the small map, not as blank
 * cards.
 */
export const SMALLEST_ZOOM = 0.4;
const PADDING = 24;
/** Space for the controls, in pixels. */
const BELOW = 52;

export type Level = 'full' | 'half' | 'middle';
/** A move of the view changes the zoom by rounding: a drawing at the limit keeps its level. */
const ROUNDING = 0.001;
export const levelOf = (zoom: number): Level =>
  zoom > FULL - ROUNDING ? 'full' : zoom > SMALLEST_FIT - ROUNDING ? 'half' : 'middle';
/**
 * Elements with a constant size on screen change in steps of a tenth of the zoom, because each change of the variable
 * restyles every card.
 */
export function stepOf(zoom: number): number {
  return Number((1.1 ** Math.round(Math.log(zoom) / Math.log(1.1))).toFixed(4));
}

interface Viewport {
  x: number;
  y: number;
  zoom: number;
}
export interface Size {
  width: number;
  height: number;
}

/**
 * The view that shows the whole drawing, but never so small that it cannot be read: of a longer flow it shows the
 * start, or the node that matters now. `focus`: id of a node.
 */
export function viewOf(layout: FlowLayout, { width, height }: Size, focus: string | null): Viewport {
  const { bounds, cards } = layout;
  const wide = (width - 2 * PADDING) / bounds.width;
  const high = (height - PADDING - BELOW) / Math.max(bounds.height, 1);
  /* If the whole drawing does not fit, it should at least fit across. */
  const whole = Math.min(wide, high);
  const zoom = Math.min(
    1,
    Math.max(SMALLEST_FIT, whole >= SMALLEST_FIT ? whole : layout.direction === 'down' ? wide : high)
  );
  const box = focus === null ? undefined : cards.find((card) => card.id === focus);
  const along = (from: number, size: number, length: number, at: number | null, startsAt: number) => {
    const begin = PADDING - from * zoom;
    const end = size - PADDING - (from + length) * zoom;
    if (end >= begin) return (begin + end) / 2;
    const aim = at === null ? PADDING - startsAt * zoom : size / 2 - at * zoom;
    return Math.min(begin, Math.max(end, aim));
  };
  const start = layout.direction === 'down' ? { x: startOf(layout, width, height, zoom), y: bounds.y } : bounds;
  return {
    x: along(bounds.x, width, bounds.width, box ? box.x + box.width / 2 : null, start.x),
    y: along(bounds.y, height - (BELOW - PADDING), bounds.height, box ? box.y + box.height / 2 : null, start.y),
    zoom,
  };
}
/** The width of the view, in pixels, that shows a downward drawing from side to side and large enough to be read. */
export const widthToRead = ({ bounds }: FlowLayout): number => Math.ceil(bounds.width * SMALLEST_FIT + 2 * PADDING);

/** The most that a drawing may have across its direction to be seen from side to side and read. In pixels of it. */
export function roomIn({ width, height }: Size, direction: FlowLayout['direction']): number {
  return (direction === 'down' ? width - 2 * PADDING : height - PADDING - BELOW) / SMALLEST_FIT;
}

/** Left edge of the faces of the outermost sequence, with a small margin. */
const FACE_LEFT = 144;

/**
 * The left edge of a downward drawing that is too wide: what handles failures is to the left of the first steps, and is
 * seen as a whole, unless these steps would then be outside.
 */
function startOf({ bounds, cards, folds, frames, labels }: FlowLayout, width: number, height: number, zoom: number) {
  const bottom = bounds.y + height / zoom;
  const seen = [...cards, ...folds, ...frames, ...labels].filter(({ y }) => y < bottom);
  const left = Math.min(-FACE_LEFT, ...seen.map(({ x }) => x));
  const right = Math.max(
    FACE_LEFT,
    ...seen.filter(({ x }) => x >= -FACE_LEFT && x < 0).map((box) => box.x + box.width)
  );
  return Math.max(left, Math.min(-FACE_LEFT, right - (width - 2 * PADDING) / zoom));
}

/** Of the view; 0 until it is measured. */
export function useSize(): Size {
  const width = useStore((store) => store.width);
  const height = useStore((store) => store.height);
  return { width, height };
}

/** What the person asked for takes a moment. */
const QUICK = { duration: 140 };

/**
 * Shows the drawing when it first gets a size, when it is turned, and when the person asks for it (`asked`: how often).
 * `grows`: a drawing that is edited begins at the top, because it becomes longer.
 */
export function FirstView({
  layout,
  focus,
  grows,
  asked,
}: {
  layout: FlowLayout;
  focus: string | null;
  grows: boolean;
  asked: number;
}) {
  const { width, height } = useSize();
  const { setViewport } = useReactFlow();
  const seen = useRef<{ direction: FlowLayout['direction'] | null; asked: number }>({ direction: null, asked });
  useEffect(() => {
    const before = seen.current;
    if ((before.direction === layout.direction && before.asked === asked) || width === 0 || height === 0) return;
    seen.current = { direction: layout.direction, asked };
    if (before.asked !== asked) return void setViewport(viewOf(layout, { width, height }, null), QUICK);
    const view = viewOf(layout, { width, height }, focus);
    const top = PADDING - layout.bounds.y * view.zoom;
    void setViewport(grows && layout.direction === 'down' && view.y > top ? { ...view, y: top } : view);
  }, [layout, width, height, focus, grows, asked, setViewport]);
  return null;
}

/** `id`: of a node, or the key of a branch. */
const boxOf = ({ cards, folds, frames, diamonds, bars, labels }: FlowLayout, id: string): Box | undefined =>
  cards.find((each) => each.id === id) ??
  folds.find(({ inside }) => inside.includes(id)) ??
  headerOf(frames.find((each) => each.id === id)) ??
  diamonds.find((each) => each.id === id && each.role === 'choice') ??
  bars.find((each) => each.id === id) ??
  labels.find(({ branch, role }) => branch === id && (role === 'branch' || role === 'catch'));

/** A frame may be larger than the view; its header is what is shown of it. */
const headerOf = (frame: FrameBox | undefined): Box | undefined => frame && { ...frame, height: frame.header };

/** Pans as little as possible, so that a node is inside the view. */
export function useShow(layout: FlowLayout): (id: string) => void {
  const flow = useReactFlow();
  const { width, height } = useSize();
  return useCallback(
    (id: string) => {
      const box = boxOf(layout, id);
      if (!box) return;
      const { x, y, zoom } = flow.getViewport();
      const nudge = (from: number, to: number, size: number) =>
        from < PADDING ? PADDING - from : to > size - PADDING ? size - PADDING - to : 0;
      const dx = nudge(box.x * zoom + x, (box.x + box.width) * zoom + x, width);
      const dy = nudge(box.y * zoom + y, (box.y + box.height) * zoom + y, height);
      if (dx !== 0 || dy !== 0) void flow.setViewport({ x: x + dx, y: y + dy, zoom }, QUICK);
    },
    [flow, layout, width, height]
  );
}

/**
 * How far a drawing has moved under a node that keeps its place on the screen, because somebody works on it. Of these
 * nodes, the first that both drawings have. Null: nothing has moved.
 */
export function movedUnder(old: FlowLayout, now: FlowLayout, ids: readonly string[]): Point | null {
  if (old === now || old.direction !== now.direction) return null;
  for (const id of ids) {
    const [from, to] = [boxOf(old, id), boxOf(now, id)];
    if (!from || !to) continue;
    const [x, y] = [to.x - from.x, to.y - from.y];
    return x === 0 && y === 0 ? null : { x, y };
  }
  return null;
}

const MOST_ANCHORS = 4;

/**
 * `id`: the node that is selected. If an edit has inserted it, or removed it, one that was selected before keeps its
 * place: an edit and its revert leave the view as it was.
 */
export function useAnchor(layout: FlowLayout, id: string | null): void {
  const { getViewport, setViewport } = useReactFlow();
  const before = useRef<{ layout: FlowLayout; ids: readonly string[] }>({ layout, ids: [] });
  useLayoutEffect(() => {
    const old = before.current;
    const ids = id === null ? old.ids : [id, ...old.ids.filter((each) => each !== id)].slice(0, MOST_ANCHORS);
    before.current = { layout, ids };
    const moved = movedUnder(old.layout, layout, ids);
    if (!moved) return;
    const { x, y, zoom } = getViewport();
    void setViewport({ x: x - moved.x * zoom, y: y - moved.y * zoom, zoom });
  }, [layout, id, getViewport, setViewport]);
}

/**
 * The page contains only the visible part of a large drawing. If the step with the tab stop is outside, this button
 * takes the tab stop and brings the step back into view.
 */
export function WayToStop({
  layout,
  id,
  title,
  onGo,
}: {
  layout: FlowLayout;
  id: string;
  title: string;
  onGo: () => void;
}) {
  const { width, height } = useSize();
  const isOutside = useStore(({ transform: [x, y, zoom] }) => {
    const box = boxOf(layout, id);
    if (!box || width === 0) return false;
    const [left, top] = [box.x * zoom + x, box.y * zoom + y];
    return left > width || top > height || left + box.width * zoom < 0 || top + box.height * zoom < 0;
  });
  if (!isOutside) return null;
  return (
    <Panel position="top-left" className="sr-only focus-within:not-sr-only">
      <Button size="sm" onClick={onGo}>
        Go to {title}
      </Button>
    </Panel>
  );
}

/** An edit changes nothing of it: it is not drawn again then. */
export const Controls = memo(function Controls({
  direction,
  onFit,
  onTurn,
  folds,
  onFoldAll,
  onUnfoldAll,
}: {
  direction: DrawingDirection;
  onFit: () => void;
  onTurn: () => void;
  /** Whether anything is folded; null: nothing of this drawing can be. */
  folds: 'some' | 'none' | null;
  onFoldAll: () => void;
  onUnfoldAll: () => void;
}) {
  const { zoomIn, zoomOut } = useReactFlow();
  const down = direction === 'down';
  return (
    <div
      role="group"
      aria-label="View of the drawing"
      // A narrow drawing has no corner to spare: there they are below it.
      className="absolute bottom-2 left-2 z-10 flex rounded-md border border-hairline bg-card max-sm:static max-sm:rounded-none max-sm:border-x-0 max-sm:border-b-0 max-sm:px-1 max-sm:py-0.5"
    >
      <IconButton label="Zoom out" size="sm" onClick={() => void zoomOut(QUICK)}>
        <Minus aria-hidden />
      </IconButton>
      <IconButton label="Zoom in" size="sm" onClick={() => void zoomIn(QUICK)}>
        <Plus aria-hidden />
      </IconButton>
      <IconButton label="Fit the drawing" size="sm" onClick={onFit}>
        <Maximize aria-hidden />
      </IconButton>
      <IconButton label={down ? 'Draw from left to right' : 'Draw downward'} size="sm" onClick={onTurn}>
        {down ? <ArrowRight aria-hidden /> : <ArrowDown aria-hidden />}
      </IconButton>
      {folds === 'some' ? (
        <IconButton label="Unfold all" size="sm" onClick={onUnfoldAll}>
          <ChevronsUpDown aria-hidden />
        </IconButton>
      ) : folds === 'none' ? (
        <IconButton label="Fold all" size="sm" onClick={onFoldAll}>
          <ChevronsDownUp aria-hidden />
        </IconButton>
      ) : null}
    </div>
  );
});
