/** Where the undo of a step is drawn, or would be: what is dropped there becomes the undo. Pure. */
import type { Box, CardBox, FlowLayout } from '@/engine/flow/layout/layout';
import { DOWN, SIDEWAYS } from '@/engine/flow/layout/model';
import type { Point } from '@/engine/flow/layout/path';

/** In the right column, or under the face. */
export function undoCellOf(layout: FlowLayout, id: string): Box | null {
  const card = layout.cards.find((each) => each.id === id);
  return card ? cellOf(card, layout.direction) : null;
}

function cellOf({ x, y, width, lining }: CardBox, direction: FlowLayout['direction']): Box {
  if (direction === 'sideways') return { x: x + 4, y: y + SIDEWAYS.face, width: width - 8, height: SIDEWAYS.lining };
  return lining === 'beside'
    ? { x: x + DOWN.faceWidth, y: y + 4, width: DOWN.liningWidth, height: DOWN.face - 8 }
    : { x: x + 4, y: y + DOWN.face, width: DOWN.faceWidth - 8, height: DOWN.band };
}

/**
 * The step of whose undo the place is: the cell that is drawn, or its place in the right column, which steps without an
 * effect have too. Null: none.
 */
export function undoCellAt(layout: FlowLayout, { x, y }: Point, drawn: string | null): string | null {
  if (drawn !== null || layout.direction === 'sideways') return drawn;
  const isIn = (cell: Box) => x > cell.x && x < cell.x + cell.width && y > cell.y && y < cell.y + cell.height;
  return layout.cards.find((card) => card.lining === 'beside' && isIn(cellOf(card, 'down')))?.id ?? null;
}
