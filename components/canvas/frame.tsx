'use client';

/**
 * The frame around the steps of a group or a loop. Its header is the face of the node; the area below belongs to what
 * is inside.
 */
import { memo } from 'react';
import { cn } from '@/components/ui/cn';
import { StatusMark } from '@/components/status/status-mark';
import { nameOf } from '@/engine/flow/names';
import type { NodeState, NodeView } from '@/engine/run-view/model';
import { faceName, faceState, isDimmed, lineOf, type StepFacts, type StepPreview } from './card-model';
import { KindIcon } from './kind-icon';
import type { SelectPart } from './step-card';

export interface FrameProps {
  facts: StepFacts;
  view: NodeView | null;
  preview: StepPreview | null;
  /** Pixels. */
  header: number;
  selected: boolean;
  tabStop: boolean;
  onSelect: SelectPart;
}

const BORDERS: Partial<Record<NodeState, string>> = {
  running: 'border-work',
  done: 'border-forward/60',
  failed: 'border-fail',
  unwinding: 'border-back',
  notTaken: 'border-dashed border-mark/60',
};

export const Frame = memo(function Frame({ facts, view, preview, header, selected, tabStop, onSelect }: FrameProps) {
  const { node } = facts;
  const state = preview ? null : view ? faceState(view) : null;
  const line = lineOf(facts, view, preview);
  const dimmed = isDimmed(preview);
  const border = (state && BORDERS[state]) ?? 'border-mark/45';
  return (
    <div
      data-node={node.id}
      className={cn(
        'pointer-events-none h-full w-full rounded-lg border bg-ink/[0.02] small:border-[length:calc(1px/var(--zoom))]',
        border,
        dimmed && 'border-hairline'
      )}
    >
      <button
        type="button"
        id={`face-${node.id}`}
        tabIndex={tabStop ? 0 : -1}
        aria-label={faceName(facts, view)}
        aria-pressed={selected}
        onClick={(event) => onSelect(node.id, { part: 'face', extend: event.shiftKey })}
        style={{ height: header }}
        className={cn(
          'nodrag pointer-events-auto -mx-px -mt-px flex w-[calc(100%+2px)] items-center gap-2 overflow-hidden rounded-t-lg border bg-card px-2.5 text-left transition-colors small:border-[length:calc(1px/var(--zoom))]',
          border,
          !state && !dimmed && 'hover:border-mark',
          dimmed && 'border-hairline bg-paper',
          selected && 'ring-2 ring-ink ring-offset-2 ring-offset-paper'
        )}
      >
        <span className="grid size-6 shrink-0 place-items-center rounded-md bg-ink/6 text-ink-2 band:hidden">
          <KindIcon node={node} className="size-3.5" />
        </span>
        <span className="flex min-w-0 flex-1 flex-col">
          <span
            title={nameOf(node)}
            dir="auto"
            className={cn(
              'truncate text-sm leading-[18px] font-semibold small:text-[length:calc(12px/var(--zoom))] small:leading-[calc(14px/var(--zoom))]',
              (dimmed || state === 'notYet' || state === 'notTaken') && 'font-normal text-ink-2'
            )}
          >
            {nameOf(node)}
          </span>
          <span
            title={line.text}
            className={cn(
              'figures truncate text-xs leading-4 text-ink-2 small:text-[length:calc(12px/var(--zoom))] small:leading-[calc(14px/var(--zoom))] band:hidden',
              line.trouble && 'text-fail'
            )}
          >
            {line.text}
          </span>
        </span>
        {state && state !== 'notYet' ? (
          <StatusMark
            state={state}
            face
            size={20}
            word="none"
            className="small:[&_svg]:size-[calc(14px/var(--zoom))]"
          />
        ) : null}
      </button>
    </div>
  );
});
