/**
 * The lining of a card: its undo, or why there is none. Each ledger state has its own shape and words; colour only
 * repeats them. Sizes are those of the drawing; the list on a phone uses the same component at its own width.
 */
import { Anchor, Check, Hand, Lock, TriangleAlert, Undo2 } from 'lucide-react';
import type { ReactNode } from 'react';
import { cn } from '@/components/ui/cn';
import { StatusMark } from '@/components/status/status-mark';
import type { LedgerEntry, NodeView } from '@/engine/run-view/model';
import type { LedgerState } from '@/engine/saga/contract';
import type { StepFacts } from './card-model';

export interface LiningProps {
  facts: StepFacts;
  view: NodeView | null;
  entry: LedgerEntry | null;
  /** The run completed, so its effects are meant to remain. */
  quiet: boolean;
  /** True in the right column of a downward drawing; otherwise the lining is under the face. */
  beside?: boolean;
  /** Number in 'what if this fails'. */
  preview: string | null;
  dimmed: boolean;
}

export const LININGS: Record<LedgerState, string> = {
  notArmed: 'border-mark/45 text-ink-2',
  standing: 'border-dashed border-back text-ink',
  mayStand: 'border-dashed border-back text-ink',
  undoing: 'border-back bg-back-tint text-ink',
  undone: 'border-mark/45 text-back',
  undoFailed: 'border-fail bg-fail text-on-hue border-l-4',
  doneByHand: 'border-mark/45 text-ink-2',
  leftStanding: 'border-fail text-fail',
};

export function Lining({ facts, view, entry, quiet, beside = false, preview, dimmed }: LiningProps) {
  if (facts.lining === 'none' || facts.lining === 'afterPivot') return null;
  if (facts.lining === 'forGood') {
    return (
      <Band
        beside={beside}
        className={cn(
          'border-mark/45 text-ink-2',
          !dimmed && (beside ? 'shadow-[inset_-4px_0_0_var(--mark)]' : 'border-b-4 border-b-mark')
        )}
      >
        <Lock aria-hidden className="size-3 shrink-0" />
        <span className="truncate">Irreversible</span>
      </Band>
    );
  }
  if (facts.lining === 'noUndo') {
    return (
      <Band beside={beside} className="border-dashed border-mark/70 text-ink-2">
        <TriangleAlert aria-hidden className="size-3 shrink-0" />
        <span className="truncate">No undo</span>
      </Band>
    );
  }
  if (preview !== null) {
    return (
      <Band beside={beside} className="border-back bg-back-tint text-ink" knot={null}>
        <Undo2 aria-hidden className="size-3 shrink-0 text-back" />
        <span dir="auto" className="line-clamp-2 min-w-0 flex-1 text-left wrap-anywhere">
          {facts.undoTitle}
        </span>
        <Order text={preview} className="bg-back text-on-hue" />
      </Band>
    );
  }
  const state = entry?.state ?? null;
  if (state === null || dimmed) {
    return (
      <Band
        beside={beside}
        className={cn('text-ink-2', dimmed ? 'border-hairline' : 'border-mark/45')}
        knot={dimmed ? null : facts.armed}
        knotClass="border-mark bg-card"
      >
        <Undo2 aria-hidden className="size-3 shrink-0" />
        <span dir="auto" className="line-clamp-2 text-left wrap-anywhere">
          {facts.undoTitle}
        </span>
      </Band>
    );
  }
  const armed = state === 'standing' || state === 'mayStand';
  const look = armed && quiet ? 'border-dashed border-mark/70 text-ink-2' : LININGS[state];
  return (
    <Band
      beside={beside}
      className={look}
      knot={armed || state === 'undoing' ? facts.armed : null}
      knotClass={armed && quiet ? 'border-mark bg-mark' : 'border-back bg-back'}
      title={entry?.decidedBy ? `${entry.decidedBy.name}: ${entry.decidedBy.reason}` : undefined}
    >
      <LiningIcon state={state} view={view} />
      <span className="line-clamp-2 min-w-0 flex-1 wrap-anywhere">{liningWords(state, facts, view)}</span>
      {entry && entry.undoOrder !== null ? (
        <Order text={String(entry.undoOrder)} className="bg-back text-on-hue" />
      ) : null}
    </Band>
  );
}

function liningWords(state: LedgerState, facts: StepFacts, view: NodeView | null): string {
  switch (state) {
    case 'undoFailed':
      return 'Undo failed';
    case 'undoing':
      return view && view.attempt > 1
        ? `${facts.undoTitle} ${view.attempt}${view.maximumAttempts > 0 ? `/${view.maximumAttempts}` : ''}`
        : `${facts.undoTitle}`;
    case 'doneByHand':
      return 'Undone by hand';
    case 'leftStanding':
      return 'Left as it is';
    default:
      return facts.undoTitle ?? 'Undo';
  }
}

function LiningIcon({ state, view }: { state: LedgerState; view: NodeView | null }): ReactNode {
  const small = 'size-3 shrink-0';
  switch (state) {
    case 'mayStand':
      return <StatusMark state="unknown" size={13} word="none" />;
    case 'undoing':
      return (
        <StatusMark
          state={view && view.attempt > 1 ? 'retrying' : 'running'}
          attempt={view?.attempt}
          maximumAttempts={view?.maximumAttempts}
          size={13}
          word="none"
          className="[&_svg]:text-back"
        />
      );
    case 'undone':
      return <StatusMark state="undone" size={14} word="none" />;
    case 'doneByHand':
      return (
        <span className="flex shrink-0">
          <Check aria-hidden className={small} />
          <Hand aria-hidden className={small} />
        </span>
      );
    case 'leftStanding':
      return <Anchor aria-hidden className={small} />;
    default:
      return <Undo2 aria-hidden className={cn(small, state === 'standing' && 'text-back')} />;
  }
}

export function Order({ text, className }: { text: string; className: string }) {
  return (
    <span
      className={cn(
        'figures grid h-[18px] min-w-[18px] shrink-0 place-items-center rounded-full px-1 text-2xs font-semibold small:h-[calc(14px/var(--zoom))] small:min-w-[calc(14px/var(--zoom))] small:text-[length:calc(10px/var(--zoom))]',
        className
      )}
    >
      {text}
    </span>
  );
}

/** `knot`: at the right end if the undo is armed on completion, at the left end if it is armed on attempt. */
export function Band({
  beside,
  className,
  knot = null,
  knotClass,
  title,
  children,
}: {
  beside: boolean;
  className: string;
  knot?: 'completed' | 'attempted' | null;
  knotClass?: string;
  title?: string;
  children: ReactNode;
}) {
  return (
    <span
      title={title}
      className={cn(
        'relative flex w-full items-center gap-1.5 border bg-card px-2 text-left text-xs leading-4 transition-colors small:border-[length:calc(1px/var(--zoom))] small:text-[length:calc(12px/var(--zoom))] small:leading-[calc(14px/var(--zoom))]',
        beside
          ? 'h-full rounded-r-md border-l-0 pl-2.5 small:border-l-0'
          : 'h-6 rounded-b-md border-t-0 small:border-t-0 small:px-1.5 small:[&>svg]:hidden [&>span]:line-clamp-1',
        className
      )}
    >
      {children}
      {knot ? (
        <span
          aria-hidden
          className={cn(
            'absolute top-1/2 size-2 -translate-y-1/2 rounded-full border',
            knot === 'completed' ? '-right-1' : '-left-1',
            knotClass
          )}
        />
      ) : null}
    </span>
  );
}
