import type { Box, FlowLayout } from '@/engine/flow/layout/layout';

/** Where the title of a node is drawn: on its card, on that of the fold that hides it, or beside its diamond or bar. Null: the node is not drawn. */
export function titleBoxOf({ cards, folds, frames, labels, direction }: FlowLayout, id: string): Box | null {
  const card = cards.find((each) => each.id === id) ?? folds.find(({ inside }) => inside.includes(id));
  if (card) {
    const width = direction === 'down' ? 240 : card.width;
    return { x: card.x + 36, y: card.y + 8, width: width - 40, height: 32 };
  }
  const frame = frames.find((each) => each.id === id);
  if (frame) return { x: frame.x + 36, y: frame.y + 6, width: Math.min(frame.width - 72, 320), height: 28 };
  const label = labels.find(({ role, owner }) => role === 'title' && owner === id);
  return label ? { x: label.x - 8, y: label.y - 2, width: 200, height: 28 } : null;
}
