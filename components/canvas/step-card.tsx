'use client';

/**
 * A step and its undo as one card: the face, and the lining beside or under it. Face and lining are two buttons, so
 * that the keyboard can move along the undos; the canvas decides which of them is in the tab order.
 */
import { memo, type CSSProperties } from 'react';
import { cn } from '@/components/ui/cn';
import { nameOf } from '@/engine/flow/names';
import { parseDuration } from '@/engine/flow/values/format';
import { useNow } from '@/components/ui/time';
import { StatusMark } from '@/components/status/status-mark';
import type { LedgerEntry, NodeState, NodeView } from '@/engine/run-view/model';
import { faceName, faceState, isDimmed, liningName, lineOf, type StepFacts, type StepPreview } from './card-model';
import { KindIcon } from './kind-icon';
import { Lining } from './lining';

/** Sideways; or downward, with the lining in the right column or as a band under the face. */
export type CardShape = 'sideways' | 'beside' | 'below';
const FACES: Record<CardShape, string> = {
  sideways: 'h-14 w-full',
  beside: 'h-16 w-60',
  below: 'h-16 w-full',
};
const LININGS: Record<CardShape, string> = {
  sideways: 'inset-x-1 top-14 h-6',
  beside: 'bottom-1 left-60 right-0 top-1',
  below: 'inset-x-1 top-16 h-6',
};
/** At a small zoom: a band without words. */
const BLOCKS: Record<CardShape, string> = {
  sideways: 'inset-x-1 top-[58px] h-[calc(5px/var(--zoom))] max-h-5',
  beside: 'bottom-1 left-60 right-0 top-1 rounded-l-none',
  below: 'inset-x-1 top-[66px] h-[calc(5px/var(--zoom))] max-h-5',
};

/** `extend`: the person held Shift. */
export type SelectPart = (id: string, how: { part: 'face' | 'lining'; extend: boolean }) => void;

export interface StepCardProps {
  facts: StepFacts;
  view: NodeView | null;
  entry: LedgerEntry | null;
  quiet: boolean;
  shape: CardShape;
  preview: StepPreview | null;
  selected: boolean;
  /** The part with the tab stop of the canvas, if any. */
  tabStop: 'face' | 'lining' | null;
  onSelect: SelectPart;
}

const BORDERS: Partial<Record<NodeState, string>> = {
  running: 'border-work',
  retrying: 'border-work',
  failed: 'border-fail',
  undoFailed: 'border-fail',
  unknown: 'border-fail border-dashed',
  noWorker: 'border-fail',
  waitsForPerson: 'border-ink',
  notTaken: 'border-dashed border-mark/60',
};
export const StepCard = memo(function StepCard(props: StepCardProps) {
  const { facts, view, entry, quiet, shape, preview, selected, tabStop, onSelect } = props;
  const { node } = facts;
  const dimmed = isDimmed(preview);
  const line = lineOf(facts, view, preview);
  const underName = liningName(facts, entry?.state ?? null, entry?.undoOrder ?? null);
  const state: NodeState | null = preview?.fails ? 'failed' : preview ? null : view ? faceState(view) : null;
  const showMark = state !== null && state !== 'notYet';
  return (
    <div className="relative h-full w-full" data-node={node.id}>
      {underName ? (
        <button
          type="button"
          id={`lining-${node.id}`}
          data-lining={node.id}
          tabIndex={tabStop === 'lining' ? 0 : -1}
          aria-label={`${underName}. Belongs to ${nameOf(node)}`}
          onClick={(event) => onSelect(node.id, { part: 'lining', extend: event.shiftKey })}
          className={cn(
            'nodrag absolute z-0 band:hidden',
            shape === 'beside' ? 'rounded-r-md' : 'rounded-b-md',
            LININGS[shape]
          )}
        >
          <Lining
            facts={facts}
            view={view}
            entry={entry}
            quiet={quiet}
            beside={shape === 'beside'}
            preview={preview?.order ?? null}
            dimmed={dimmed}
          />
        </button>
      ) : null}
      <LiningBlock facts={facts} entry={entry} quiet={quiet} shape={shape} preview={preview} />
      <button
        type="button"
        id={`face-${node.id}`}
        tabIndex={tabStop === 'face' ? 0 : -1}
        aria-label={faceName(facts, view)}
        aria-pressed={selected}
        onClick={(event) => onSelect(node.id, { part: 'face', extend: event.shiftKey })}
        className={cn(
          'nodrag absolute left-0 top-0 z-10 overflow-hidden rounded-lg border bg-card text-left transition-colors small:border-[length:calc(1px/var(--zoom))]',
          FACES[shape],
          // A run of its own is behind it.
          node.kind === 'child' && 'border-[3px] border-double small:border-[length:calc(3px/var(--zoom))]',
          state && BORDERS[state] ? BORDERS[state] : 'border-mark/45 hover:border-mark',
          state === 'notYet' && 'border-hairline',
          dimmed && 'border-hairline bg-paper hover:border-hairline',
          selected && 'ring-2 ring-ink ring-offset-2 ring-offset-paper'
        )}
      >
        <span
          className={cn(
            'flex h-full gap-2.5 pl-2.5 pr-9 small:pl-2',
            shape === 'sideways' ? 'items-start py-2.5 small:py-0.5' : 'items-center'
          )}
        >
          <span
            className={cn(
              'grid size-6 shrink-0 place-items-center rounded-md bg-ink/6 text-ink-2',
              shape === 'sideways' ? 'mt-1 small:hidden' : 'band:hidden',
              dimmed && 'bg-transparent text-mark'
            )}
          >
            <KindIcon node={node} className="size-3.5" />
          </span>
          <span className="flex min-w-0 flex-1 flex-col small:max-h-[calc(28px/var(--zoom))] small:overflow-hidden">
            <span
              title={nameOf(node)}
              // A title from right to left is cut at its end, which is at the left.
              dir="auto"
              className={cn(
                'shrink-0 text-left text-sm font-semibold leading-[18px] small:line-clamp-2 small:whitespace-normal small:wrap-anywhere small:text-[length:calc(12px/var(--zoom))] small:leading-[calc(14px/var(--zoom))] band:leading-[calc(12.5px/var(--zoom))]',
                shape === 'sideways' ? 'truncate' : 'line-clamp-2 wrap-anywhere',
                state === 'notYet' && 'text-ink-2',
                (dimmed || state === 'notTaken') && 'text-ink-2 font-normal'
              )}
            >
              {nameOf(node)}
            </span>
            <span
              className={cn(
                // Where a mark is in the corner of the face, the drawing says how much room it takes.
                'mr-[var(--corner,0px)] truncate text-xs leading-4 text-ink-2 small:text-[length:calc(12px/var(--zoom))] small:leading-[calc(14px/var(--zoom))] band:hidden',
                shape === 'sideways' && 'small:hidden',
                line.trouble && 'text-fail'
              )}
            >
              {line.text}
            </span>
          </span>
        </span>
        {showMark ? (
          <span className="absolute right-2 top-2 small:right-1.5 small:top-1.5">
            <StatusMark
              state={state}
              face
              attempt={view?.attempt}
              maximumAttempts={view?.maximumAttempts}
              size={20}
              word="none"
              className="small:[&_svg]:size-[calc(14px/var(--zoom))]"
            />
          </span>
        ) : null}
        {view?.state === 'running' &&
        node.kind === 'action' &&
        node.options?.startToCloseTimeout &&
        view.startedMs !== null ? (
          <TimeoutProgress startMs={view.startedMs} timeout={node.options.startToCloseTimeout} />
        ) : null}
      </button>
    </div>
  );
}, same);

/** At a small zoom the lining is a band that shows the state without words. */
function LiningBlock({
  facts,
  entry,
  quiet,
  shape,
  preview,
}: Pick<StepCardProps, 'facts' | 'entry' | 'quiet' | 'shape' | 'preview'>) {
  if (facts.lining === 'none' || facts.lining === 'afterPivot') return null;
  const state = entry?.state;
  const armed = state === 'standing' || state === 'mayStand';
  return (
    <span
      aria-hidden
      className={cn(
        'absolute hidden rounded-sm border band:block',
        BLOCKS[shape],
        facts.lining === 'forGood' ? 'border-mark bg-mark' : 'border-mark/60',
        facts.lining === 'noUndo' && 'border-dashed',
        preview?.order && 'border-back bg-back',
        !preview && armed && !quiet && 'border-dashed border-back bg-back-tint',
        !preview && state === 'undoing' && 'border-back bg-back/50',
        !preview && state === 'undone' && 'border-back bg-card',
        !preview && state === 'undoFailed' && 'border-fail bg-fail',
        !preview && state === 'leftStanding' && 'border-fail bg-fail-tint'
      )}
    />
  );
}

/** 2 px at the bottom of the face: the elapsed share of an attempt's timeout. */
function TimeoutProgress({ startMs, timeout }: { startMs: number; timeout: string }) {
  const now = useNow();
  const length = parseDuration(timeout);
  if (now === null || length === null || length === 0) return null;
  const gone = Math.min(1, Math.max(0, (now - startMs) / length));
  const style: CSSProperties = { width: `${gone * 100}%` };
  return (
    <span
      aria-hidden
      style={style}
      className="absolute bottom-0 left-0 h-0.5 bg-work transition-[width] duration-1000 ease-linear"
    />
  );
}

/** Views are new objects after each delta, so a card is rendered again only if its content changed. */
function same(a: StepCardProps, b: StepCardProps): boolean {
  return (
    a.facts === b.facts &&
    a.quiet === b.quiet &&
    a.shape === b.shape &&
    a.selected === b.selected &&
    a.tabStop === b.tabStop &&
    a.onSelect === b.onSelect &&
    a.preview?.role === b.preview?.role &&
    a.preview?.order === b.preview?.order &&
    a.preview?.fails === b.preview?.fails &&
    sameView(a.view, b.view) &&
    a.entry?.state === b.entry?.state &&
    a.entry?.undoOrder === b.entry?.undoOrder &&
    a.entry?.decidedBy?.name === b.entry?.decidedBy?.name
  );
}
function sameView(a: NodeView | null, b: NodeView | null): boolean {
  if (a === null || b === null) return a === b;
  return (
    a.state === b.state &&
    a.fault === b.fault &&
    a.attempt === b.attempt &&
    a.maximumAttempts === b.maximumAttempts &&
    a.note === b.note &&
    a.startedMs === b.startedMs &&
    a.failure?.message === b.failure?.message
  );
}
