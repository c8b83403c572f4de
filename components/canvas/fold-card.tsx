'use client';

/** What was folded, as one card on a small pile. It is selected like a step; its own button unfolds it. */
import { ChevronsUpDown, CircleAlert, Layers, TriangleAlert } from 'lucide-react';
import { memo } from 'react';
import { cn } from '@/components/ui/cn';
import { StatusMark, STATE_WORDS } from '@/components/status/status-mark';
import type { FoldFacts } from './fold-model';
import { KindIcon } from './kind-icon';
import type { SelectPart } from './step-card';

export interface FoldCardProps {
  fold: FoldFacts;
  selected: boolean;
  tabStop: boolean;
  onSelect: SelectPart;
  onUnfold: (key: string) => void;
}

export const FoldCard = memo(function FoldCard({ fold, selected, tabStop, onSelect, onUnfold }: FoldCardProps) {
  const { id, key, node, title, line, state, problems, dimmed } = fold;
  const bad = problemWords(fold);
  const border = state === 'failed' || state === 'undoFailed' || state === 'unknown' ? 'border-fail' : 'border-mark/60';
  return (
    <div
      data-node={id}
      data-fold={key}
      className="group/fold relative h-full w-full"
      onDoubleClick={() => onUnfold(key)}
    >
      {[4, 2].map((offset) => (
        <span
          key={offset}
          aria-hidden
          style={{ inset: `${offset}px ${offset * 2}px -${offset}px` }}
          className={cn(
            'absolute rounded-lg border bg-card band:hidden',
            dimmed ? 'border-hairline' : 'border-mark/45'
          )}
        />
      ))}
      <button
        type="button"
        id={`face-${id}`}
        tabIndex={tabStop ? 0 : -1}
        aria-label={`Folded: ${title}. ${line}${bad === '' ? '' : `. ${bad}`}${state && state !== 'notYet' ? `. ${STATE_WORDS[state]}` : ''}`}
        aria-pressed={selected}
        aria-expanded={false}
        onClick={(event) => onSelect(id, { part: 'face', extend: event.shiftKey })}
        className={cn(
          'nodrag absolute inset-0 z-10 flex items-center gap-2.5 overflow-hidden rounded-lg border bg-card pl-2.5 pr-9 text-left transition-colors small:border-[length:calc(1px/var(--zoom))] small:pl-2',
          dimmed ? 'border-hairline bg-paper' : `${border} hover:border-mark`,
          selected && 'ring-2 ring-ink ring-offset-2 ring-offset-paper'
        )}
      >
        <span className="grid size-6 shrink-0 place-items-center rounded-md bg-ink/6 text-ink-2 band:hidden">
          {node ? (
            <KindIcon node={node} className="size-3.5" />
          ) : (
            <Layers aria-hidden strokeWidth={1.75} className="size-3.5" />
          )}
        </span>
        <span className="flex min-w-0 flex-1 flex-col small:max-h-[calc(28px/var(--zoom))] small:overflow-hidden">
          <span
            title={title}
            className={cn(
              'line-clamp-2 shrink-0 text-sm font-semibold leading-[18px] wrap-anywhere small:text-[length:calc(12px/var(--zoom))] small:leading-[calc(14px/var(--zoom))] band:leading-[calc(12.5px/var(--zoom))]',
              (dimmed || state === 'notYet') && 'font-normal text-ink-2'
            )}
          >
            {title}
          </span>
          <span
            title={bad === '' ? line : `${line}. ${bad}`}
            className={cn(
              'figures flex items-center gap-1 truncate text-xs leading-4 text-ink-2 small:text-[length:calc(12px/var(--zoom))] small:leading-[calc(14px/var(--zoom))] band:hidden',
              fold.trouble && 'text-fail'
            )}
          >
            <span className="truncate">{line}</span>
            {problems.errors > 0 ? (
              <span className="flex shrink-0 items-center gap-0.5 text-fail">
                <CircleAlert aria-hidden className="size-3" /> {problems.errors}
              </span>
            ) : null}
            {problems.warnings > 0 ? (
              <span className="flex shrink-0 items-center gap-0.5 text-back">
                <TriangleAlert aria-hidden className="size-3" /> {problems.warnings}
              </span>
            ) : null}
          </span>
        </span>
      </button>
      {state && state !== 'notYet' ? (
        <span className="pointer-events-none absolute right-2 top-2 z-20 small:right-1.5 small:top-1.5">
          <StatusMark
            state={state}
            face
            size={20}
            word="none"
            className="small:[&_svg]:size-[calc(14px/var(--zoom))]"
          />
        </span>
      ) : null}
      <button
        type="button"
        tabIndex={-1}
        aria-label={`Unfold ${title}`}
        title="Unfold"
        onClick={() => onUnfold(key)}
        onPointerDown={(event) => event.stopPropagation()}
        className="nodrag nopan absolute bottom-1.5 right-1.5 z-20 grid size-6 place-items-center rounded-md text-ink-2 hover:bg-ink/8 hover:text-ink band:hidden"
      >
        <ChevronsUpDown aria-hidden className="size-3.5" />
      </button>
    </div>
  );
});

function problemWords({ problems: { errors, warnings } }: FoldFacts): string {
  const count = (number: number, word: string) => (number === 1 ? `1 ${word}` : `${number} ${word}s`);
  return [errors > 0 ? count(errors, 'error') : null, warnings > 0 ? count(warnings, 'warning') : null]
    .filter((each) => each !== null)
    .join(', ');
}
