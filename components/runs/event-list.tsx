'use client';

/**
 * The history, event by event: filtered by a regular expression, each event unfolded in place, only visible rows
 * rendered.
 */
import { useVirtualizer } from '@tanstack/react-virtual';
import { ArrowDown, ChevronRight } from 'lucide-react';
import { useEffect, useMemo, useRef, useState, type RefObject } from 'react';
import { Button } from '@/components/ui/button';
import { cn } from '@/components/ui/cn';
import { Input } from '@/components/ui/field';
import { formatClock } from '@/engine/flow/values/format';
import { JsonTree } from '@/components/ui/json-tree';
import { EmptyState } from '@/components/ui/states';
import { Instant, useZone } from '@/components/ui/time';
import { eventLinesOf, filterOf, type EventLine } from './event-words';
import type { RunView } from './run-view';

const ROW_PX = 28;
/** The list counts as scrolled to the end within this distance, in pixels. */
const END_PX = 8;

export function EventList({
  view,
  selected,
  onSelect,
  at,
  onAt,
}: {
  view: RunView;
  selected: string | null;
  onSelect: (nodeId: string | null) => void;
  /** The number of the event after which the run is shown; null: now. */
  at: number | null;
  onAt: (at: number | null) => void;
}) {
  const { live, readBy } = view;
  const [filter, setFilter] = useState('');
  const [only, setOnly] = useState(false);
  const [open, setOpen] = useState<ReadonlySet<number>>(new Set());
  const scroller = useRef<HTMLDivElement>(null);
  const lines = useMemo(() => eventLinesOf(live.events, readBy), [live.events, readBy]);
  const narrowed = only && selected !== null;
  const shown = useMemo(() => {
    const matches = filterOf(filter);
    return lines.filter((line) => (!narrowed || line.nodeId === selected) && (matches?.(line) ?? true));
  }, [lines, filter, narrowed, selected]);
  const virtual = useVirtualizer({
    count: shown.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX,
    getItemKey: (index) => shown[index]?.event.id ?? index,
    overscan: 12,
  });
  const tail = useTail(scroller, shown.length);
  const toggle = (id: number) => {
    const next = new Set(open);
    if (!next.delete(id)) next.add(id);
    setOpen(next);
  };
  const title = selected ? (readBy.nodes[selected]?.title ?? selected) : null;
  return (
    <div className="flex h-full min-h-0 flex-col">
      <div className="flex shrink-0 flex-wrap items-center gap-2 border-b border-hairline px-3 py-1.5">
        <Input
          value={filter}
          onChange={({ target }) => setFilter(target.value)}
          placeholder="Filter: a regular expression"
          aria-label="Filter events"
          spellCheck={false}
          className="h-7 w-64 max-w-full font-mono text-xs md:h-7"
        />
        {title ? (
          <Button
            size="sm"
            variant="ghost"
            aria-pressed={only}
            onClick={() => setOnly(!only)}
            className="min-w-0 shrink"
          >
            <span className="truncate">{only ? `Only ‘${title}’ ✕` : `Only ‘${title}’`}</span>
          </Button>
        ) : null}
        <p className="figures ml-auto text-xs text-ink-2">
          {shown.length === lines.length ? eventCount(lines.length) : `${shown.length} of ${eventCount(lines.length)}`}
        </p>
      </div>
      <div className="relative min-h-0 flex-1">
        <div
          ref={scroller}
          tabIndex={0}
          role="region"
          aria-label="Events"
          className="h-full overflow-auto -outline-offset-2"
        >
          {shown.length === 0 ? (
            <EmptyState
              title="No event matches"
              action={
                <Button
                  onClick={() => {
                    setFilter('');
                    setOnly(false);
                  }}
                >
                  Show all
                </Button>
              }
            />
          ) : null}
          <ol style={{ height: virtual.getTotalSize() }} className="relative">
            {virtual.getVirtualItems().map((item) => {
              const line = shown[item.index]!;
              return (
                <li
                  key={item.key}
                  ref={virtual.measureElement}
                  data-index={item.index}
                  data-event={line.event.id}
                  style={{ transform: `translateY(${item.start}px)` }}
                  aria-current={line.event.id === at ? 'step' : undefined}
                  className={cn(
                    'absolute inset-x-0 top-0 border-b border-hairline',
                    line.event.id === at && 'border-b-2 border-b-ink',
                    at !== null && line.event.id > at && 'bg-sunken'
                  )}
                >
                  <Row
                    line={line}
                    open={open.has(line.event.id)}
                    lit={line.nodeId !== null && line.nodeId === selected}
                    onToggle={() => toggle(line.event.id)}
                    onSelect={onSelect}
                    onAt={onAt}
                  />
                </li>
              );
            })}
          </ol>
        </div>
        {tail.unseen > 0 ? (
          <Button size="sm" onClick={tail.toEnd} className="absolute bottom-3 left-1/2 -translate-x-1/2 shadow-float">
            <ArrowDown aria-hidden />
            {tail.unseen} new
          </Button>
        ) : null}
      </div>
    </div>
  );
}

function Row({
  line: { event, what, trouble, nodeId },
  open,
  lit,
  onToggle,
  onSelect,
  onAt,
}: {
  line: EventLine;
  open: boolean;
  lit: boolean;
  onToggle: () => void;
  onSelect: (nodeId: string) => void;
  onAt: (at: number) => void;
}) {
  const zone = useZone();
  return (
    <div className={cn('border-l-2 border-transparent', lit && 'border-ink bg-ink/4')}>
      <button
        type="button"
        aria-expanded={open}
        onClick={onToggle}
        className="grid h-7 w-full grid-cols-[1rem_2rem_minmax(0,1fr)] items-center gap-x-2 px-2 text-left text-xs -outline-offset-2 hover:bg-ink/3 sm:grid-cols-[1rem_2.5rem_5.5rem_minmax(8rem,17rem)_minmax(0,1fr)]"
      >
        <ChevronRight aria-hidden className={cn('size-3.5 text-mark transition-transform', open && 'rotate-90')} />
        <span className="figures text-right text-ink-2">{event.id}</span>
        <span className="figures text-ink-2 max-sm:hidden">{formatClock(event.timeMs, zone)}</span>
        <span className="truncate font-mono">{event.type}</span>
        <span className={cn('truncate max-sm:hidden', trouble ? 'text-fail' : 'text-ink-2')}>{what}</span>
      </button>
      {open ? (
        <div className="border-t border-hairline bg-sunken px-4 py-2">
          <p className="mb-2 flex flex-wrap items-baseline gap-x-3 text-xs text-ink-2">
            <Instant atMs={event.timeMs} />
            {what ? <span className={cn(trouble && 'text-fail')}>{what}</span> : null}
            {nodeId ? (
              <button
                type="button"
                onClick={() => onSelect(nodeId)}
                className="rounded-sm underline underline-offset-2"
              >
                Show in the drawing
              </button>
            ) : null}
          </p>
          <p className="mb-2 text-xs">
            <button type="button" onClick={() => onAt(event.id)} className="rounded-sm underline underline-offset-2">
              The run after this event
            </button>
          </p>
          <JsonTree value={event.attributes} />
        </div>
      ) : null}
    </div>
  );
}

/** Follows the end while the list is scrolled to it; otherwise counts the new events. */
function useTail(scroller: RefObject<HTMLDivElement | null>, count: number) {
  const [atEnd, setAtEnd] = useState(false);
  const [seen, setSeen] = useState(count);
  useEffect(() => {
    const box = scroller.current;
    if (!box) return;
    const look = () => setAtEnd(box.scrollHeight - box.scrollTop - box.clientHeight <= END_PX);
    look();
    box.addEventListener('scroll', look, { passive: true });
    return () => box.removeEventListener('scroll', look);
  }, [scroller]);
  useEffect(() => {
    if (atEnd) scroller.current?.scrollTo({ top: scroller.current.scrollHeight });
    setSeen((now) => (atEnd ? count : Math.min(now, count)));
  }, [scroller, atEnd, count]);
  const toEnd = () => scroller.current?.scrollTo({ top: scroller.current.scrollHeight });
  return { unseen: count - Math.min(seen, count), toEnd };
}

const eventCount = (count: number): string => (count === 1 ? '1 event' : `${count} events`);
