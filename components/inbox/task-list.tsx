'use client';

/**
 * Tasks, live. While somebody uses the list no row moves: a task that somebody else decided remains, greyed, and new
 * tasks are only counted.
 */
import { CircleCheckBig, History, SearchX } from 'lucide-react';
import { useEffect, useMemo, useRef, useState, type ReactNode, type RefObject } from 'react';
import type { InboxTask, InboxView } from '@/app/_contract/inbox';
import { useSteadyRows } from '@/components/live/use-steady-rows';
import { Button } from '@/components/ui/button';
import { cn } from '@/components/ui/cn';
import { useCount } from '@/components/ui/writing';
import { focusHeading } from '@/components/ui/focus';
import { usePageKeys } from '@/components/ui/page-keys';
import { EmptyState } from '@/components/ui/states';
import { RelativeTime } from '@/components/ui/time';
import { toast } from '@/components/ui/toast';
import { rowAfter, useListKeys } from '@/components/ui/use-list-keys';
import { isFiltered, NO_FILTERS, pageSearchOf, type InboxFilterProps, type InboxFilters } from './filters';
import { BulkBar } from './bulk-bar';
import { mayTick, NOTHING_TICKED, stillOpen, tick, type Selection } from './selection';
import { TaskRow } from './task-row';
import { useClaim } from './use-claim';
import type { TasksState } from './use-tasks';
import { OUTCOMES } from './words';

const KEYS = [
  { keys: ['j', 'k'], does: 'Next task, previous task' },
  { keys: ['Enter'], does: 'Open the task' },
  { keys: ['a'], does: 'Approve it: asks first' },
  { keys: ['r'], does: 'Reject it: asks first' },
  { keys: ['c'], does: 'Claim it' },
  { keys: ['x'], does: 'Tick it, with Shift up to it' },
  { keys: ['/'], does: 'Search' },
  { keys: ['Esc'], does: 'Leave the row' },
];
/** The list counts as scrolled from this offset on, in pixels. */
const SCROLLED_PX = 4;
const keyOf = ({ taskId }: InboxTask) => taskId;

export interface TaskListProps extends InboxFilterProps {
  tasks: TasksState;
  /** Id of the task that is shown next to the list. */
  chosen: string | null;
  /** The rows are old and are shown greyed. */
  stale: boolean;
  onSearch: () => void;
  /** Boxes to tick are shown. */
  ticks: boolean;
  onTicks: (ticks: boolean) => void;
  /** A key asked for an answer to a task; null: to the one that is shown. */
  onWish: (task: InboxTask | null, turnsBack: boolean) => void;
  /** The rows as they are shown, for what comes after a decision. */
  order: RefObject<readonly InboxTask[]>;
  disabledReason: string | null;
}

export function TaskList(props: TaskListProps) {
  const { filters, onFilters, tasks, chosen, stale, onSearch, ticks, onTicks, onWish, order, disabledReason } = props;
  const { view } = filters;
  const [scrolled, setScrolled] = useState(false);
  const [pointed, setPointed] = useState(false);
  const [focused, setFocused] = useState(false);
  const scroller = useRef<HTMLDivElement>(null);
  const { rows, held } = useSteadyRows(tasks.list, tasks.tasks, scrolled || pointed || focused, keyOf);
  const present = useMemo(() => rows.flatMap(({ item, gone }) => (gone ? [] : [item])), [rows]);
  useEffect(() => {
    order.current = present;
  }, [order, present]);
  const [ticked, setTicked] = useState(NOTHING_TICKED);
  const selection = stillOpen(ticked, present);
  const claiming = useClaim(({ message, whatToDo }) => void toast.error(message, { description: whatToDo }));

  // A person who follows a link to a task may find its row far down the list, so the list scrolls to it.
  useEffect(() => {
    scroller.current?.querySelector('[aria-current="page"]')?.scrollIntoView({ block: 'nearest' });
  }, [chosen]);

  const links = () => [...(scroller.current?.querySelectorAll<HTMLElement>('[data-task]') ?? [])];
  const move = (by: 1 | -1) => {
    const all = links();
    const at = all.findIndex((link) => link === document.activeElement);
    const from = at >= 0 ? at : all.findIndex((link) => link.getAttribute('aria-current') === 'page');
    all[rowAfter(from, by, all.length)]?.focus();
  };
  const leave = () => {
    if (scroller.current?.contains(document.activeElement)) focusHeading();
  };
  const tickOne = (taskId: string, range: boolean) => {
    onTicks(true);
    setTicked(tick(selection, present, taskId, range));
  };
  /** The row that has the focus, or else the one that is shown. */
  const current = () => {
    const focusedId = links().find((link) => link === document.activeElement)?.dataset.task;
    return present.find(({ taskId }) => taskId === (focusedId ?? chosen)) ?? null;
  };
  const claimIt = () => {
    const task = current();
    if (task?.mine && !task.claim && disabledReason === null) claiming.claim(task);
  };
  const tickIt = (range: boolean) => {
    const task = current();
    if (task && view !== 'done') tickOne(task.taskId, range);
  };
  useListKeys({
    onMove: move,
    onSearch,
    onEscape: leave,
    others: {
      a: () => onWish(current(), false),
      r: () => onWish(current(), true),
      c: claimIt,
      x: () => tickIt(false),
      X: () => tickIt(true),
    },
  });
  usePageKeys(KEYS);
  const showHeld = () => {
    leave();
    setPointed(false);
    setScrolled(false);
    scroller.current?.scrollTo({ top: 0 });
  };

  const firstOfOthers = view === 'waiting' ? rows.findIndex(({ item }) => !item.mine) : -1;
  return (
    <div
      onPointerMove={(event) => event.pointerType === 'mouse' && setPointed(overRows(event.target))}
      onPointerLeave={() => setPointed(false)}
      className="relative flex min-h-0 flex-1 flex-col"
    >
      {held > 0 ? (
        <div data-held role="status" className="pointer-events-none absolute inset-x-0 top-2 z-30 flex justify-center">
          <Button variant="primary" size="sm" className="figures pointer-events-auto shadow-float" onClick={showHeld}>
            {held} new · show
          </Button>
        </div>
      ) : null}
      <div
        ref={scroller}
        aria-busy={tasks.changing || undefined}
        onScroll={(event) => setScrolled(event.currentTarget.scrollTop > SCROLLED_PX)}
        onFocus={(event) => setFocused(overRows(event.target))}
        onBlur={() => setFocused(false)}
        className={cn('relative min-h-0 flex-1 overflow-auto', stale && 'grayscale', tasks.changing && 'opacity-60')}
      >
        {rows.length === 0 ? <Nothing {...{ filters, tasks, onFilters }} /> : null}
        <ul data-rows aria-label={view === 'done' ? 'Tasks that were settled' : 'Tasks that wait'}>
          {rows.map(({ item, gone }, index) => (
            // A row that is far away costs nothing until it comes near.
            <li key={item.taskId} className="[contain-intrinsic-size:auto_5.5rem] [content-visibility:auto]">
              {index === firstOfOthers ? <OthersHeading mine={index > 0} /> : null}
              <TaskRow
                task={item}
                search={pageSearchOf(filters)}
                chosen={item.taskId === chosen}
                gone={gone}
                tick={
                  ticks && view !== 'done'
                    ? {
                        isTicked: selection.taskIds.includes(item.taskId),
                        disabledReason: whyNoTick(selection, item, gone),
                        onTick: (range) => tickOne(item.taskId, range),
                      }
                    : null
                }
              />
            </li>
          ))}
        </ul>
        {rows.length > 0 ? <More view={view} tasks={tasks} shown={rows.length} /> : null}
      </div>
      {ticks && view !== 'done' ? (
        <BulkBar rows={present} selection={selection} onSelection={setTicked} disabledReason={disabledReason} />
      ) : null}
    </div>
  );
}

function whyNoTick(selection: Selection, task: InboxTask, gone: boolean): string | null {
  if (gone) return 'It is no longer waiting.';
  return mayTick(selection, task) ? null : 'It asks another question than those that are ticked.';
}

/**
 * The pointer may also be above the rows: if the button disappeared under the pointer, the next click would open a
 * row.
 */
const overRows = (target: EventTarget) =>
  target instanceof Element && target.closest('[data-rows], [data-held]') !== null;

/** The heading between the tasks of this person and those of others. If this person has none, the heading says so. */
function OthersHeading({ mine }: { mine: boolean }) {
  return (
    <p className={cn('px-4 pb-1.5 text-xs text-ink-2', mine ? 'pt-5' : 'pt-3')}>
      {mine ? 'For others to decide' : 'Nothing waits for you. For others to decide:'}
    </p>
  );
}

/** The list has more tasks than are shown. */
function More({ view, tasks, shown }: { view: InboxView; tasks: TasksState; shown: number }) {
  const count = useCount();
  if (!tasks.more) return null;
  const all = view === 'done' ? null : tasks.counts?.[view];
  return (
    <div className="figures flex flex-col items-center gap-2 px-4 py-4 text-xs text-ink-2">
      <p>
        {all === null || all === undefined
          ? `The last ${count(shown)} decisions.`
          : `${count(shown)} of ${count(all)}: those due soonest first, then the oldest.`}
      </p>
      <Button size="sm" pending={tasks.loadingMore} onClick={tasks.more}>
        Show more
      </Button>
    </div>
  );
}

const NOTHING: Record<Exclude<InboxView, 'done'>, string> = {
  waiting: 'Nothing waits for you',
  mine: 'You have claimed nothing',
  groups: 'Nothing waits for your groups',
  unassigned: 'Everything is claimed',
  delegated: 'Nothing waits for those for whom you decide',
};

function Nothing({
  filters,
  onFilters,
  tasks: { lastDecided },
}: InboxFilterProps & { filters: InboxFilters; tasks: TasksState }) {
  const { view } = filters;
  if (isFiltered(filters)) {
    return (
      <Empty
        icon={<SearchX aria-hidden />}
        title="No approval matches"
        action={<Button onClick={() => onFilters(NO_FILTERS)}>Clear the filters</Button>}
      >
        Search finds words of the question, the flow, ids and the data.
      </Empty>
    );
  }
  if (view === 'done') {
    return (
      <Empty icon={<History aria-hidden />} title="No decisions yet">
        Every decision will be listed here: who decided what, when and why.
      </Empty>
    );
  }
  return (
    <Empty icon={<CircleCheckBig aria-hidden />} title={NOTHING[view]}>
      {view === 'mine' ? (
        'A task that you claim, or that asks you by name, is listed here.'
      ) : lastDecided ? (
        <>
          Last decided: {lastDecided.title}, {OUTCOMES[lastDecided.outcome].words.toLowerCase()}{' '}
          <RelativeTime atMs={lastDecided.atMs} />.
        </>
      ) : (
        'When a run needs a decision, its task appears here and the run waits.'
      )}
    </Empty>
  );
}

function Empty({ children, ...rest }: { icon: ReactNode; title: string; action?: ReactNode; children: ReactNode }) {
  return (
    <EmptyState className="min-h-64" {...rest}>
      {children}
    </EmptyState>
  );
}
