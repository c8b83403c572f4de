'use client';

/**
 * The small map of a large drawing: all cards as one path, and the part that is seen. A press beside that part shows
 * what is there; dragging moves the view. It follows an edit after the frame that shows the edit.
 */
import { Panel, useReactFlow, useStore } from '@xyflow/react';
import { memo, useMemo, useRef, type PointerEvent } from 'react';
import { useAfterPaint } from '@/components/ui/use-after-paint';
import type { Box, FlowLayout } from '@/engine/flow/layout/layout';

const SIZES = { down: { width: 48, height: 240 }, sideways: { width: 144, height: 72 } } as const;

export function SmallMap({ layout }: { layout: FlowLayout }) {
  const drawn = useAfterPaint(layout);
  const size = SIZES[drawn.direction];
  const { getViewport, setViewport } = useReactFlow();
  const [x, y, zoom] = useStore((store) => store.transform);
  const width = useStore((store) => store.width);
  const height = useStore((store) => store.height);
  const view: Box = { x: -x / zoom, y: -y / zoom, width: width / zoom, height: height / zoom };
  const whole = around(drawn.bounds, view);
  /** Pixels of the drawing in one of the map. */
  const scale = Math.max(whole.width / size.width, whole.height / size.height);
  const dragged = useRef<{ clientX: number; clientY: number; scale: number } | null>(null);

  const onPointerDown = (event: PointerEvent<SVGSVGElement>) => {
    if (event.button !== 0) return;
    event.preventDefault();
    event.currentTarget.setPointerCapture?.(event.pointerId);
    dragged.current = { clientX: event.clientX, clientY: event.clientY, scale };
    const box = event.currentTarget.getBoundingClientRect();
    const at = {
      x: whole.x + whole.width / 2 + (event.clientX - box.x - box.width / 2) * scale,
      y: whole.y + whole.height / 2 + (event.clientY - box.y - box.height / 2) * scale,
    };
    const isInside = at.x >= view.x && at.x <= view.x + view.width && at.y >= view.y && at.y <= view.y + view.height;
    if (!isInside) void setViewport({ x: width / 2 - at.x * zoom, y: height / 2 - at.y * zoom, zoom });
  };
  const onPointerMove = ({ clientX, clientY }: PointerEvent) => {
    const from = dragged.current;
    if (!from) return;
    dragged.current = { ...from, clientX, clientY };
    const now = getViewport();
    const by = from.scale * now.zoom;
    void setViewport({ ...now, x: now.x - (clientX - from.clientX) * by, y: now.y - (clientY - from.clientY) * by });
  };
  const onPointerUp = () => {
    dragged.current = null;
  };
  return (
    <Panel position="bottom-right" className="overflow-hidden rounded-md border border-hairline bg-card">
      <svg
        {...size}
        viewBox={`${whole.x} ${whole.y} ${whole.width} ${whole.height}`}
        role="img"
        aria-label="Small map of the drawing"
        onPointerDown={onPointerDown}
        onPointerMove={onPointerMove}
        onPointerUp={onPointerUp}
        onPointerCancel={onPointerUp}
        className="nopan nowheel block cursor-grab touch-none"
      >
        <Boxes layout={drawn} />
        <path
          d={`M${whole.x - FAR} ${whole.y - FAR}h${2 * FAR}v${2 * FAR}h${-2 * FAR}z${rectangle(view)}`}
          fillRule="evenodd"
          className="fill-paper/70"
        />
      </svg>
    </Panel>
  );
}
/** Outside of every drawing, in pixels. */
const FAR = 1_000_000;

const Boxes = memo(function Boxes({ layout }: { layout: FlowLayout }) {
  const path = useMemo(() => {
    const { cards, folds, diamonds, bars } = layout;
    return [...cards, ...folds, ...diamonds, ...bars].map(rectangle).join('');
  }, [layout]);
  return <path d={path} className="fill-mark" />;
});

const rectangle = ({ x, y, width, height }: Box) => `M${x} ${y}h${width}v${height}h${-width}z`;

function around(a: Box, b: Box): Box {
  const [x, y] = [Math.min(a.x, b.x), Math.min(a.y, b.y)];
  const right = Math.max(a.x + a.width, b.x + b.width);
  const bottom = Math.max(a.y + a.height, b.y + b.height);
  return { x, y, width: Math.max(1, right - x), height: Math.max(1, bottom - y) };
}
