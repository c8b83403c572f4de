'use client';

/**
 * What of a large drawing the page contains: what is in or near the view. A drawing of 500 steps has thousands of
 * threads, labels and marks; with all of them in the page, an edit that moves them restyles and paints what nobody
 * sees.
 */
import { useStore } from '@xyflow/react';
import { useMemo } from 'react';
import type { FlowLayout } from '@/engine/flow/layout/layout';

/** Is any part of it in or near the view? Pixels of the drawing; a point has no size. */
export type Seen = (place: { x: number; y: number; width?: number; height?: number }) => boolean;

/** From this number of cards on there is a small map, and only what is seen is in the page. */
export const LARGE = 40;

export const isLarge = ({ cards }: FlowLayout): boolean => cards.length >= LARGE;

/** The view is counted in tiles, in pixels of the drawing. Panning within a tile changes nothing. */
const TILE = 600;

const ALL: Seen = () => true;

/** The same function until the view reaches another tile. In a small drawing everything is seen. */
export function useSeen(layout: FlowLayout): Seen {
  const tiles = useStore(({ transform: [x, y, zoom], width, height }) =>
    [-x / zoom, -y / zoom, (width - x) / zoom, (height - y) / zoom].map((edge) => Math.floor(edge / TILE)).join()
  );
  const large = isLarge(layout);
  return useMemo(() => (large ? seenIn(tiles) : ALL), [large, tiles]);
}

function seenIn(tiles: string): Seen {
  const [fromX = 0, fromY = 0, toX = 0, toY = 0] = tiles.split(',').map(Number);
  const [left, top, right, bottom] = [fromX * TILE, fromY * TILE, (toX + 1) * TILE, (toY + 1) * TILE];
  return ({ x, y, width = 0, height = 0 }) => x <= right && y <= bottom && x + width >= left && y + height >= top;
}
