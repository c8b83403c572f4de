'use client';

/** Heads of forks that are not cards: the diamond of a choice, the bars of a parallel. */
import { memo } from 'react';
import { cn } from '@/components/ui/cn';
import { StatusMark } from '@/components/status/status-mark';
import type { NodeState, NodeView } from '@/engine/run-view/model';
import { faceName, type StepFacts } from './card-model';
import { KindIcon } from './kind-icon';
import type { SelectPart } from './step-card';

export interface ForkProps {
  facts: StepFacts;
  view: NodeView | null;
  dimmed: boolean;
  /** The direction of its bars and of a choice's icon. */
  lies: 'across' | 'upright';
  selected: boolean;
  tabStop: boolean;
  onSelect: SelectPart;
}

const STROKES: Partial<Record<NodeState, string>> = {
  done: 'border-forward',
  running: 'border-work',
  failed: 'border-fail',
  notTaken: 'border-dashed border-mark/60',
};

export const ChoiceDiamond = memo(function ChoiceDiamond({
  facts,
  view,
  dimmed,
  lies,
  selected,
  tabStop,
  onSelect,
}: ForkProps) {
  const { node } = facts;
  const state = dimmed ? null : (view?.state ?? null);
  return (
    <button
      type="button"
      id={`face-${node.id}`}
      data-node={node.id}
      tabIndex={tabStop ? 0 : -1}
      aria-label={faceName(facts, view)}
      aria-pressed={selected}
      onClick={(event) => onSelect(node.id, { part: 'face', extend: event.shiftKey })}
      className="nodrag group/diamond relative grid size-10 place-items-center rounded-md"
    >
      <span
        aria-hidden
        className={cn(
          'absolute inset-[6px] rotate-45 rounded-[4px] border bg-card transition-colors',
          (state && STROKES[state]) ?? 'border-mark/60 group-hover/diamond:border-mark',
          selected && 'ring-2 ring-ink ring-offset-2 ring-offset-paper'
        )}
      />
      <span className="relative grid place-items-center">
        {state && state !== 'notYet' && state !== 'running' && state !== 'notTaken' ? (
          <StatusMark state={state} size={14} word="none" className="small:[&_svg]:size-[calc(10px/var(--zoom))]" />
        ) : (
          <KindIcon node={node} className={cn('size-3.5 text-ink-2', lies === 'across' ? 'rotate-180' : 'rotate-90')} />
        )}
      </span>
    </button>
  );
});

const FILLS: Partial<Record<NodeState, string>> = {
  done: 'bg-forward',
  running: 'bg-work',
  failed: 'bg-fail',
  notTaken: 'bg-transparent border border-dashed border-mark/60',
};
export const ParallelBar = memo(function ParallelBar({
  facts,
  view,
  role,
  dimmed,
  lies,
  selected,
  tabStop,
  onSelect,
}: ForkProps & { role: 'fork' | 'join' }) {
  const { node } = facts;
  const state = dimmed ? null : (view?.state ?? null);
  const passed = role === 'fork' && state === 'running' ? 'bg-forward' : null;
  const look = cn(
    'block h-full w-full rounded-full transition-colors',
    passed ?? (state && FILLS[state]) ?? 'bg-mark/70',
    role === 'join' && state === 'running' && 'bg-mark/70',
    selected && 'ring-2 ring-ink ring-offset-2 ring-offset-paper'
  );
  if (role === 'join') return <span aria-hidden className={look} />;
  return (
    <button
      type="button"
      id={`face-${node.id}`}
      data-node={node.id}
      tabIndex={tabStop ? 0 : -1}
      aria-label={faceName(facts, view)}
      aria-pressed={selected}
      onClick={(event) => onSelect(node.id, { part: 'face', extend: event.shiftKey })}
      className={cn(
        'nodrag relative block h-full w-full rounded-full before:absolute',
        lies === 'across' ? 'before:-inset-y-2 before:inset-x-0' : 'before:-inset-x-2 before:inset-y-0'
      )}
    >
      <span className={look} />
    </button>
  );
});
