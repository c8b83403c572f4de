'use client';

/** A slider over the history: drag it, or use its keys, to see the run as it was after each event. */
import { ChevronLeft, ChevronRight, Radio, SkipForward } from 'lucide-react';
import { useEffect, useMemo, useRef, useState, useTransition } from 'react';
import { Button, IconButton } from '@/components/ui/button';
import { cn } from '@/components/ui/cn';
import { usePageKeys } from '@/components/ui/page-keys';
import { Instant } from '@/components/ui/time';
import { useListKeys } from '@/components/ui/use-list-keys';
import { useCount } from '@/components/ui/writing';
import { eventLinesOf } from './event-words';
import type { RunView } from './run-view';
import type { MomentView } from './use-moment';

const KEYS = [
  { keys: ['[', ']'], does: 'The run one event earlier, one event later' },
  { keys: ['n'], does: 'The run as it is now' },
];

/** `live`: the run of now. */
export function MomentBar({ moment, live }: { moment: MomentView; live: RunView }) {
  const { events } = moment;
  const count = useCount();
  const { at, move, isChanging } = useSlider(moment);
  const step = (by: number) => {
    const next = (at ?? events) + by;
    if (next >= 1) move(next >= events ? null : next);
  };
  useListKeys({ others: { '[': () => step(-1), ']': at === null ? undefined : () => step(1), n: () => move(null) } });
  usePageKeys(KEYS);
  const event = at === null ? null : (live.live.events[at - 1] ?? null);
  const what = useWhat(live, at);
  return (
    <section
      aria-label="The run over time"
      aria-busy={isChanging || undefined}
      className={cn(
        'flex shrink-0 flex-wrap items-center gap-x-2 gap-y-1 border-t border-hairline px-4 py-1',
        at !== null && 'bg-ink/4'
      )}
    >
      <IconButton label="One event earlier" size="sm" disabled={(at ?? events) <= 1} onClick={() => step(-1)}>
        <ChevronLeft aria-hidden />
      </IconButton>
      <input
        type="range"
        min={1}
        max={Math.max(1, events)}
        disabled={events < 2}
        value={at ?? events}
        aria-label="Moment of the run"
        aria-valuetext={
          at === null ? (live.isFile ? 'its last event' : 'now') : `after event ${at} of ${events}: ${what}`
        }
        onChange={({ target }) => move(Number(target.value) >= events ? null : Number(target.value))}
        className="h-7 min-w-32 flex-1 cursor-pointer accent-(--ink) pointer-coarse:h-11"
      />
      <IconButton label="One event later" size="sm" disabled={at === null} onClick={() => step(1)}>
        <ChevronRight aria-hidden />
      </IconButton>
      <Button
        size="sm"
        variant={at === null ? 'ghost' : 'primary'}
        disabled={at === null}
        onClick={() => move(null)}
        className="md:order-last"
      >
        {live.isFile ? <SkipForward aria-hidden /> : <Radio aria-hidden />}
        {live.isFile ? 'Its end' : 'Now'}
      </Button>
      <p className="figures flex min-w-0 items-baseline gap-x-2 text-xs text-ink-2 max-md:w-full md:w-[26rem]">
        {event ? (
          <>
            <span className="shrink-0 font-medium text-ink">
              {count(event.id)} of {count(events)}
            </span>
            <Instant atMs={event.timeMs} />
            <span className="truncate" title={what}>
              {what}
            </span>
          </>
        ) : (
          <span>
            {live.isFile ? 'At its last event' : 'Now'}, after {count(events)} events
          </span>
        )}
      </p>
    </section>
  );
}

/** From so many events on, the parts of the page follow when the slider rests. */
const LONG = 5_000;
const REST_MS = 120;

/** The slider moves at once; the parts of the page follow, and leave out moments that are past already. */
function useSlider({ at, go, events }: MomentView) {
  /** Where the slider is, while the page is still at another moment. */
  const [ahead, setAhead] = useState<{ at: number | null } | null>(null);
  const [isFollowing, startTransition] = useTransition();
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  const move = (next: number | null) => {
    setAhead({ at: next });
    clearTimeout(timer.current);
    const follow = () =>
      startTransition(() => {
        go(next);
        setAhead(null);
      });
    if (events < LONG) follow();
    else timer.current = setTimeout(follow, REST_MS);
  };
  return { at: ahead ? ahead.at : at, move, isChanging: ahead !== null || isFollowing };
}

/** What the event of the moment is about. Events are looked up by their number, so that a move reads few of them. */
function useWhat({ live: { events }, readBy }: RunView, at: number | null): string {
  return useMemo(() => {
    const event = at === null ? undefined : events[at - 1];
    if (!event) return '';
    const { scheduledEventId, startedEventId, acceptedEventId } = event.attributes;
    const begun = [scheduledEventId, startedEventId, acceptedEventId].flatMap((id) => events[Number(id) - 1] ?? []);
    const what = eventLinesOf([...begun, event], readBy).at(-1)?.what;
    return [event.type, what].filter(Boolean).join(' · ');
  }, [events, readBy, at]);
}
