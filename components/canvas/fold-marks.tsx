'use client';

/** At the head of everything that can be folded: a small mark that folds it. The keyboard has '-'. */
import { ChevronsDownUp } from 'lucide-react';
import { memo } from 'react';
import { isFoldable } from '@/engine/flow/layout/folds';
import type { FlowLayout } from '@/engine/flow/layout/layout';
import type { Point } from '@/engine/flow/layout/path';
import type { StepFacts } from './card-model';
import { useSeen } from './seen';

const SIZE = 20;

export const FoldMarks = memo(function FoldMarks({
  layout,
  facts,
  onFold,
}: {
  layout: FlowLayout;
  facts: ReadonlyMap<string, StepFacts>;
  onFold: (ids: readonly string[]) => void;
}) {
  const isSeen = useSeen(layout);
  return placesOf(layout).map(({ id, x, y }) => {
    const node = isSeen({ x, y }) ? facts.get(id)?.node : undefined;
    if (!node || !isFoldable(node)) return null;
    return (
      <button
        key={id}
        type="button"
        tabIndex={-1}
        data-fold-mark={id}
        aria-label={`Fold ${node.title}`}
        title="Fold"
        style={{ left: x - SIZE / 2, top: y - SIZE / 2, width: SIZE, height: SIZE }}
        onPointerDown={(event) => event.stopPropagation()}
        onClick={() => onFold([id])}
        className="nodrag nopan pointer-events-auto absolute z-10 grid place-items-center rounded-full border border-hairline bg-card text-ink-2 hover:border-ink hover:text-ink band:hidden"
      >
        <ChevronsDownUp aria-hidden className="size-3" />
      </button>
    );
  });
});

/** The middle of the mark of every head, where no thread leaves it. */
function placesOf({ direction, cards, frames, diamonds, bars }: FlowLayout): (Point & { id: string })[] {
  const down = direction === 'down';
  return [
    ...cards.map(({ id, x, y }) => ({ id, x, y: y + 52 })),
    ...frames.map(({ id, x, y }) => ({ id, x, y: y + 10 })),
    ...diamonds
      .filter(({ role }) => role === 'choice')
      .map(({ id, x, y }) => ({ id, x: x - (down ? 6 : 0), y: y + (down ? 2 : 44) })),
    ...bars
      .filter(({ role }) => role === 'fork')
      .map(({ id, x, y }) => (down ? { id, x: x + 14, y: y - 16 } : { id, x: x - 2, y: y - 8 })),
  ];
}
