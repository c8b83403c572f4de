'use client';

/**
 * Marks on the drawing of two states: what was added, removed, moved and changed. The list beside it says the same in
 * words.
 */
import { cn } from '@/components/ui/cn';
import { kindsOf, type ChangeKind, type StepChange } from '@/engine/flow/edit/comparison';
import type { Box, FlowLayout } from '@/engine/flow/layout/layout';
import { KIND_ICONS } from './differences';
import { KIND_WORDS } from './words';

export function ChangeMarks({ layout, steps }: { layout: FlowLayout; steps: readonly StepChange[] }) {
  const boxes = boxesOf(layout);
  return (
    <div aria-hidden className="pointer-events-none absolute left-0 top-0">
      {steps.map((change) => {
        const box = boxes.get(change.id);
        return box ? <Mark key={change.id} box={box} kinds={kindsOf(change)} /> : null;
      })}
    </div>
  );
}

/** Where each node is drawn, by id. */
export function boxesOf({ cards, frames, diamonds, bars }: FlowLayout): Map<string, Box> {
  return new Map<string, Box>([
    ...bars.filter(({ role }) => role === 'fork').map((box) => [box.id, box] as const),
    ...diamonds.filter(({ role }) => role === 'choice').map((box) => [box.id, box] as const),
    ...frames.map((box) => [box.id, box] as const),
    ...cards.map((box) => [box.id, box] as const),
  ]);
}

const REACH = 5;

function Mark({ box, kinds }: { box: Box; kinds: ChangeKind[] }) {
  const isRemoved = kinds.includes('removed');
  return (
    <div
      data-change={kinds.join(' ')}
      style={{
        left: box.x - REACH,
        top: box.y - REACH,
        width: box.width + 2 * REACH,
        height: box.height + 2 * REACH,
      }}
      className={cn(
        'absolute rounded-xl border-[length:calc(2px/var(--zoom))]',
        isRemoved ? 'border-dashed border-mark bg-paper/35' : kinds.includes('added') ? 'border-ink' : 'border-ink/55'
      )}
    >
      <span className="absolute -top-2.5 right-3 flex gap-1">
        {kinds.map((kind) => {
          const Icon = KIND_ICONS[kind];
          return (
            <span
              key={kind}
              className={cn(
                'inline-flex h-5 items-center gap-1 rounded-sm border px-1.5 text-2xs font-medium small:h-[calc(16px/var(--zoom))] small:text-[length:calc(11px/var(--zoom))]',
                kind === 'added' ? 'border-ink bg-ink text-paper' : 'border-mark bg-card text-ink',
                kind === 'removed' && 'border-dashed'
              )}
            >
              <Icon className="size-3 small:size-[calc(11px/var(--zoom))]" />
              {KIND_WORDS[kind]}
            </span>
          );
        })}
      </span>
    </div>
  );
}
