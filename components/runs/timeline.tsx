'use client';

/**
 * The timeline of a run: one row for each activity or wait, attempts as ticks, idle gaps folded to a fixed width.
 * Only the visible rows are in the page, because a loop may have a thousand. Zooming stretches the time axis, not the
 * names. The timeline of an open run grows to the right; nothing else moves.
 */
import { useVirtualizer } from '@tanstack/react-virtual';
import { Minus, Plus } from 'lucide-react';
import { useCallback, useMemo, useState } from 'react';
import { IconButton } from '@/components/ui/button';
import { cn } from '@/components/ui/cn';
import { formatClock, formatDuration } from '@/engine/flow/values/format';
import { EmptyState } from '@/components/ui/states';
import { Duration, useNow, useZone } from '@/components/ui/time';
import { StatusMark, stateWord } from '@/components/status/status-mark';
import type { NodeState, TimelineRow } from '@/engine/run-view/model';
import { stretchesOf, type Stretch } from '@/engine/run-view/timeline';

export interface TimelineProps {
  rows: readonly TimelineRow[];
  /** When the run closed; null while it is open. */
  closedMs: number | null;
  selected: string | null;
  onSelect: (nodeId: string | null) => void;
  className?: string;
}

const FOLD_WIDTH = 36;
/** Height of a row, in pixels. */
const ROW = 32;
/** So many rows are all in the page. */
const FEW_ROWS = 60;
const ZOOMS = [1, 2, 4, 8, 16] as const;
const BASE_WIDTH = 100;
const FILLS: Partial<Record<NodeState, string>> = {
  done: 'bg-forward/25 border-forward',
  running: 'bg-work/20 border-work',
  retrying: 'bg-work/20 border-work',
  failed: 'bg-fail/20 border-fail',
  undoFailed: 'bg-fail/20 border-fail',
  unknown: 'bg-fail/10 border-fail border-dashed',
  unwinding: 'bg-back/20 border-back',
  undone: 'bg-back/20 border-back',
};

export function Timeline({ rows, closedMs, selected, onSelect, className }: TimelineProps) {
  const now = useNow();
  const zone = useZone();
  const [zoom, setZoom] = useState(0);
  const axis = useWidth();
  const [box, setBox] = useState<HTMLElement | null>(null);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => box,
    estimateSize: () => ROW,
    overscan: 15,
    enabled: rows.length > FEW_ROWS,
  });
  const shown =
    rows.length > FEW_ROWS ? virtual.getVirtualItems() : rows.map((_, index) => ({ index, start: index * ROW }));
  const latest = Math.max(0, ...rows.map((row) => row.endMs ?? row.startMs));
  const untilMs = closedMs ?? Math.max(now ?? latest, latest);
  const scale = useMemo(() => scaleOf(stretchesOf(rows, untilMs)), [rows, untilMs]);
  if (rows.length === 0 && closedMs !== null) {
    return (
      <EmptyState title="No step took time" className={className}>
        Steps that only compute are done at once. They are in the drawing, and in the events.
      </EmptyState>
    );
  }
  if (rows.length === 0) {
    return (
      <EmptyState title="No step has started yet" className={className}>
        Steps appear here as they start.
      </EmptyState>
    );
  }
  const width = `${BASE_WIDTH * ZOOMS[zoom]!}%`;
  const ticks = ticksOf(scale, axis.width)
    .map(({ atMs }) => ({
      atMs,
      label: atMs === scale.startMs ? formatClock(atMs, zone) : `+${formatDuration(atMs - scale.startMs)}`,
    }))
    .filter(({ label }, index, all) => label !== all[index - 1]?.label);
  return (
    <section aria-label="Timeline" className={cn('flex min-h-0 flex-col', className)}>
      <div
        ref={setBox}
        className={cn('min-h-0 flex-1 overflow-auto', rows.length > FEW_ROWS && 'max-h-dvh')}
        tabIndex={0}
        role="region"
        aria-label="Timeline, scrolls"
      >
        <div style={{ width }} className="min-w-full">
          <div className="sticky top-0 z-20 flex h-7 border-b border-hairline bg-card">
            <div className="sticky left-0 z-10 flex w-44 shrink-0 items-center gap-1 border-r border-hairline bg-card px-2 text-xs text-ink-2">
              <span className="flex-1">{rows.length === 1 ? '1 row' : `${rows.length} rows`}</span>
              <IconButton
                label="Shorten the time axis"
                size="sm"
                className="size-6"
                disabled={zoom === 0}
                onClick={() => setZoom(zoom - 1)}
              >
                <Minus aria-hidden />
              </IconButton>
              <IconButton
                label="Stretch the time axis"
                size="sm"
                className="size-6"
                disabled={zoom === ZOOMS.length - 1}
                onClick={() => setZoom(zoom + 1)}
              >
                <Plus aria-hidden />
              </IconButton>
            </div>
            <div ref={axis.ref} className="relative flex-1 overflow-hidden">
              {ticks.map((tick) => (
                <span
                  key={tick.atMs}
                  style={{ left: scale.css(tick.atMs) }}
                  className="figures absolute top-1.5 whitespace-nowrap border-l border-hairline pl-1 text-2xs text-ink-2"
                >
                  {tick.label}
                </span>
              ))}
            </div>
          </div>
          <ul className="relative" style={{ height: rows.length * ROW }}>
            {shown.map(({ index, start }) => {
              const row = rows[index]!;
              return (
                <li
                  key={`${row.nodeId}-${row.role}-${row.startMs}-${index}`}
                  aria-setsize={rows.length}
                  aria-posinset={index + 1}
                  className="absolute inset-x-0 flex border-b border-hairline"
                  style={{ top: start, height: ROW }}
                >
                  <button
                    type="button"
                    aria-pressed={selected === row.nodeId}
                    onClick={() => onSelect(selected === row.nodeId ? null : row.nodeId)}
                    className={cn(
                      'sticky left-0 z-10 flex w-44 shrink-0 items-center gap-2 border-r border-hairline bg-card px-2 text-left text-sm -outline-offset-2',
                      selected === row.nodeId && 'font-medium'
                    )}
                  >
                    <StatusMark state={row.state} size={14} word="hidden" />
                    <span className="min-w-0 truncate">{row.title}</span>
                    {row.item === '' ? null : <span className="figures shrink-0 text-ink-2">{row.item}</span>}
                  </button>
                  <div className={cn('relative flex-1', selected === row.nodeId && 'bg-ink/4')}>
                    {scale.folds.map((fold) => (
                      <Fold
                        key={fold.startMs}
                        left={scale.css(fold.startMs)}
                        ms={fold.endMs - fold.startMs}
                        named={index === shown[0]?.index}
                      />
                    ))}
                    <Bar row={row} scale={scale} untilMs={untilMs} />
                  </div>
                </li>
              );
            })}
          </ul>
        </div>
      </div>
    </section>
  );
}

function Bar({ row, scale, untilMs }: { row: TimelineRow; scale: Scale; untilMs: number }) {
  const end = row.endMs ?? untilMs;
  const waits = row.role === 'wait' || row.role === 'human';
  /* Of a closed activity the history has only the last attempt, with its number. */
  const tries = Math.max(0, ...row.attempts.map(({ attempt }) => attempt));
  const left = scale.css(row.startMs);
  const words = `${stateWord(row.state)}, ${formatDuration(end - row.startMs)}${tries > 1 ? `, ${tries} attempts` : ''}`;
  return (
    <>
      <div
        role="img"
        aria-label={words}
        title={words}
        style={{ left, width: `max(3px, calc(${scale.css(end)} - ${left}))` }}
        className={cn(
          'absolute top-2 h-4 rounded-sm border',
          waits ? 'border-dashed border-mark bg-transparent' : (FILLS[row.state] ?? 'border-mark bg-mark/20')
        )}
      />
      {row.attempts.map((attempt) => (
        <span
          key={attempt.attempt}
          aria-hidden
          title={`Attempt ${attempt.attempt}${attempt.failure ? `: ${attempt.failure.message}` : ''}`}
          style={{ left: scale.css(attempt.startedMs) }}
          className={cn(
            'absolute top-1 h-6 w-0.5',
            attempt.failure ? 'bg-fail' : row.role === 'undo' ? 'bg-back' : 'bg-ink/60'
          )}
        />
      ))}
      <span
        style={{ left: `calc(${scale.css(end)} + 6px)` }}
        // Above the length of a folded gap that begins where the bar ends.
        className="figures absolute top-2 z-[1] whitespace-nowrap rounded-sm bg-card px-0.5 text-2xs leading-4 text-ink-2"
      >
        <Duration startMs={row.startMs} endMs={row.endMs} />
        {tries > 1 ? ` · ${tries} attempts` : null}
      </span>
    </>
  );
}

function Fold({ left, ms, named }: { left: string; ms: number; named: boolean }) {
  return (
    <span
      aria-hidden={!named}
      title={`Nothing happened for ${formatDuration(ms)}`}
      style={{ left, width: FOLD_WIDTH }}
      className="absolute inset-y-0 flex items-center justify-center bg-[repeating-linear-gradient(135deg,var(--hairline)_0_1px,transparent_1px_5px)] text-2xs"
    >
      {named ? <span className="figures whitespace-nowrap bg-card px-0.5 text-ink-2">{formatDuration(ms)}</span> : null}
    </span>
  );
}

interface Scale {
  startMs: number;
  folds: Stretch[];
  stretches: Stretch[];
  /**
   * The left edge of an instant as a CSS length: its share of the width that the folds leave, plus the widths of the
   * folds before it.
   */
  css: (ms: number) => string;
}
/** Space at the right for the duration of the last bar, in pixels. */
const TAIL = 112;
/** The width of a tick's text, in pixels. */
const TICK_WIDTH = 84;
function scaleOf(stretches: Stretch[]): Scale {
  const folds = stretches.filter((each) => each.folded);
  const live = stretches.filter((each) => !each.folded).reduce((sum, each) => sum + each.endMs - each.startMs, 0) || 1;
  const rest = `(100% - ${folds.length * FOLD_WIDTH + TAIL}px)`;
  const css = (ms: number): string => {
    let before = 0;
    let pixels = 0;
    for (const each of stretches) {
      if (ms >= each.endMs) {
        if (each.folded) pixels += FOLD_WIDTH;
        else before += each.endMs - each.startMs;
        continue;
      }
      const into = Math.max(0, ms - each.startMs);
      if (each.folded) pixels += (FOLD_WIDTH * into) / (each.endMs - each.startMs);
      else before += into;
      break;
    }
    return `calc(${rest} * ${(before / live).toFixed(6)} + ${pixels.toFixed(2)}px)`;
  };
  return { startMs: stretches[0]?.startMs ?? 0, folds, stretches, css };
}

/** The start of each stretch between folds, and regular steps in long ones: as many ticks as fit side by side. */
function ticksOf({ stretches, folds }: Scale, width: number): { atMs: number }[] {
  const live = stretches.filter((each) => !each.folded);
  const total = live.reduce((sum, each) => sum + each.endMs - each.startMs, 0) || 1;
  const room = Math.max(0, width - folds.length * FOLD_WIDTH - TAIL);
  return live.flatMap((each, index) => {
    const pixels = ((each.endMs - each.startMs) / total) * room;
    const count = Math.floor(pixels / TICK_WIDTH);
    if (count === 0) return index === 0 ? [{ atMs: each.startMs }] : [];
    return Array.from({ length: count }, (_, at) => ({
      atMs: each.startMs + ((each.endMs - each.startMs) * at) / count,
    }));
  });
}

/** The width of an element, kept current; 0 before it is rendered. */
function useWidth(): { ref: (element: HTMLElement | null) => (() => void) | undefined; width: number } {
  const [width, setWidth] = useState(0);
  const ref = useCallback((element: HTMLElement | null) => {
    if (!element) return;
    const observer = new ResizeObserver(([entry]) => setWidth(entry?.contentRect.width ?? 0));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return { ref, width };
}
