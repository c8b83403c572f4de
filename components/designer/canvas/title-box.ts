import type { Box, FlowLayout } from '@/engine/flow/layout/layout';

const known = new WeakMap<FlowLayout, ReadonlyMap<string, Box>>();

/**
 * Where the title of a node is drawn: on its card, on that of the fold that hides it, or beside its diamond or bar.
 * Null: the node is not drawn.
 */
export function titleBoxOf(layout: FlowLayout, id: string): Box | null {
  let boxes = known.get(layout);
  if (!boxes) known.set(layout, (boxes = new Map(titleBoxesOf(layout))));
  return boxes.get(id) ?? null;
}

/** Of a node that is named twice, the last place counts. */
function titleBoxesOf({ cards, folds, frames, labels, direction }: FlowLayout): [id: string, box: Box][] {
  const onCard = (card: Box): Box => {
    const width = direction === 'down' ? 240 : card.width;
    return { x: card.x + 36, y: card.y + 10, width: width - 40, height: 26 };
  };
  return [
    ...labels
      .filter(({ role }) => role === 'title')
      .map((label): [string, Box] => [label.owner, { x: label.x - 8, y: label.y - 2, width: 200, height: 28 }]),
    ...frames.map((frame): [string, Box] => [
      frame.id,
      { x: frame.x + 36, y: frame.y + 6, width: Math.min(frame.width - 72, 320), height: 28 },
    ]),
    ...folds.flatMap((fold) => fold.inside.map((id): [string, Box] => [id, onCard(fold)])),
    ...cards.map((card): [string, Box] => [card.id, onCard(card)]),
  ];
}
