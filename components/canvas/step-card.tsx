'use client';

/**
 * A step and its undo as one card: the face above, the lining below. Face and lining are two buttons, so that the way
 * back can be walked by itself; which one is in the tab order is the canvas's to say.
 */
import { memo, type CSSProperties } from 'react';
import { cn } from '@/components/ui/cn';
import { parseDuration } from '@/engine/flow/values/format';
import { useNow } from '@/components/ui/time';
import { StatusMark } from '@/components/status/status-mark';
import type { LedgerEntry, NodeState, NodeView } from '@/engine/run-view/model';
import type { WhatIfRole } from '@/engine/flow/what-if';
import { faceName, faceState, liningName, runLineOf, subtitleOf, type StepFacts } from './card-model';
import { KindIcon } from './kind-icon';
import { Lining } from './lining';

export interface StepCardProps {
  facts: StepFacts;
  view: NodeView | null;
  entry: LedgerEntry | null;
  quiet: boolean;
  preview: { role: WhatIfRole; order: string | null } | null;
  selected: boolean;
  /** Which part takes the tab stop of the canvas, if any. */
  tabStop: 'face' | 'lining' | null;
  onSelect: (id: string) => void;
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
const PREVIEW_WORDS: Record<WhatIfRole, string> = {
  fails: 'Fails',
  undone: '',
  stays: 'Stays',
  ran: 'Nothing to undo',
  handles: 'Handles it',
  neverStarted: 'Never started',
};

export const StepCard = memo(function StepCard(props: StepCardProps) {
  const { facts, view, entry, quiet, preview, selected, tabStop, onSelect } = props;
  const { node } = facts;
  const dimmed =
    preview !== null && preview.role !== 'undone' && preview.role !== 'fails' && preview.role !== 'handles';
  const line =
    preview && PREVIEW_WORDS[preview.role]
      ? { text: PREVIEW_WORDS[preview.role], trouble: preview.role === 'fails' }
      : view
        ? runLineOf(facts, view)
        : { text: subtitleOf(facts), trouble: false };
  const underName = liningName(facts, entry?.state ?? null, entry?.undoOrder ?? null);
  const state: NodeState | null = preview?.role === 'fails' ? 'failed' : preview ? null : view ? faceState(view) : null;
  const showMark = state !== null && state !== 'notYet';
  return (
    <div className="relative h-full w-full" data-node={node.id}>
      {underName ? (
        <button
          type="button"
          id={`lining-${node.id}`}
          tabIndex={tabStop === 'lining' ? 0 : -1}
          aria-label={`${underName}. Belongs to ${node.title}`}
          onClick={() => onSelect(node.id)}
          className="nodrag absolute inset-x-1 top-14 z-0 h-6 rounded-b-md band:hidden"
        >
          <Lining
            facts={facts}
            view={view}
            entry={entry}
            quiet={quiet}
            preview={preview?.order ?? null}
            dimmed={dimmed}
          />
        </button>
      ) : null}
      <LiningBlock facts={facts} entry={entry} quiet={quiet} preview={preview} />
      <button
        type="button"
        id={`face-${node.id}`}
        tabIndex={tabStop === 'face' ? 0 : -1}
        aria-label={faceName(facts, view)}
        aria-pressed={selected}
        onClick={() => onSelect(node.id)}
        className={cn(
          'nodrag absolute inset-x-0 top-0 z-10 h-14 overflow-hidden rounded-lg border bg-card text-left transition-colors small:border-[length:calc(1px/var(--zoom))]',
          state && BORDERS[state] ? BORDERS[state] : 'border-mark/45 hover:border-mark',
          state === 'notYet' && 'border-hairline',
          dimmed && 'border-hairline bg-paper hover:border-hairline',
          selected && 'ring-2 ring-ink ring-offset-2 ring-offset-paper'
        )}
      >
        <span className="flex h-full items-start gap-2.5 py-2.5 pl-2.5 pr-9 small:px-2 small:py-0.5">
          <span
            className={cn(
              'mt-1 grid size-6 shrink-0 place-items-center rounded-md bg-ink/6 text-ink-2 small:hidden',
              dimmed && 'bg-transparent text-mark'
            )}
          >
            <KindIcon node={node} className="size-3.5" />
          </span>
          <span className="flex min-w-0 flex-1 flex-col">
            <span
              className={cn(
                'truncate text-sm font-semibold leading-[18px] small:line-clamp-2 small:whitespace-normal small:text-[length:calc(11px/var(--zoom))] small:leading-[1.12]',
                showMark && 'small:pr-[calc(15px/var(--zoom))]',
                state === 'notYet' && 'text-ink-2',
                (dimmed || state === 'notTaken') && 'text-ink-2 font-normal'
              )}
            >
              {node.title}
            </span>
            <span className={cn('truncate text-xs leading-4 text-ink-2 small:hidden', line.trouble && 'text-fail')}>
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
              className="small:[&_svg]:size-[calc(13px/var(--zoom))]"
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

/** Far away the lining is a band: what it means, without words. */
function LiningBlock({ facts, entry, quiet, preview }: Pick<StepCardProps, 'facts' | 'entry' | 'quiet' | 'preview'>) {
  if (facts.lining === 'none' || facts.lining === 'afterPivot') return null;
  const state = entry?.state;
  const armed = state === 'standing' || state === 'mayStand';
  return (
    <span
      aria-hidden
      className={cn(
        'absolute inset-x-1 top-[58px] hidden h-[calc(5px/var(--zoom))] max-h-5 rounded-sm border band:block',
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

/** 2 px at the bottom of the face: how much of an attempt's time is gone. */
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

/** Views are made anew with each delta; a card is painted again only when what it shows changed. */
function same(a: StepCardProps, b: StepCardProps): boolean {
  return (
    a.facts === b.facts &&
    a.quiet === b.quiet &&
    a.selected === b.selected &&
    a.tabStop === b.tabStop &&
    a.onSelect === b.onSelect &&
    a.preview?.role === b.preview?.role &&
    a.preview?.order === b.preview?.order &&
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
