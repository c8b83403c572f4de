'use client';

/**
 * Tasks, live. While somebody uses the list no row moves: a task that somebody else decided remains, greyed, and new
 * tasks are only counted.
 */
import { CircleCheckBig, History } from 'lucide-react';
import { useEffect, useRef, useState, type ReactNode } from 'react';
import { LISTED, type InboxList, type InboxTask, type InboxView } from '@/app/_contract/inbox';
import { useSteadyRows } from '@/components/live/use-steady-rows';
import { Button } from '@/components/ui/button';
import { cn } from '@/components/ui/cn';
import { useCount } from '@/components/ui/writing';
import { focusHeading } from '@/components/ui/focus';
import { usePageKeys } from '@/components/ui/page-keys';
import { EmptyState } from '@/components/ui/states';
import { RelativeTime } from '@/components/ui/time';
import { rowAfter, useListKeys } from '@/components/ui/use-list-keys';
import { TaskRow } from './task-row';
import { OUTCOMES } from './words';

const KEYS = [
  { keys: ['j', 'k'], does: 'Next task, previous task' },
  { keys: ['Enter'], does: 'Open the task' },
  { keys: ['Esc'], does: 'Leave the row' },
];
/** The list counts as scrolled from this offset on, in pixels. */
const SCROLLED_PX = 4;
const keyOf = ({ taskId }: InboxTask) => taskId;

export interface TaskListProps {
  view: InboxView;
  list: InboxList;
  /** Id of the task that is shown next to the list. */
  chosen: string | null;
  /** The rows are old and are shown greyed. */
  stale: boolean;
}

export function TaskList({ view, list, chosen, stale }: TaskListProps) {
  const [scrolled, setScrolled] = useState(false);
  const [pointed, setPointed] = useState(false);
  const [focused, setFocused] = useState(false);
  const scroller = useRef<HTMLDivElement>(null);
  const { rows, held } = useSteadyRows(view, list.tasks, scrolled || pointed || focused, keyOf);

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
  useListKeys({ onMove: move, onEscape: leave });
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
      className="relative min-h-0 flex-1"
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
        onScroll={(event) => setScrolled(event.currentTarget.scrollTop > SCROLLED_PX)}
        onFocus={(event) => setFocused(overRows(event.target))}
        onBlur={() => setFocused(false)}
        className={cn('relative h-full overflow-auto', stale && 'grayscale')}
      >
        {rows.length === 0 ? <Nothing view={view} list={list} /> : null}
        <ul data-rows aria-label={view === 'waiting' ? 'Tasks that wait' : 'Tasks that were settled'}>
          {rows.map(({ item, gone }, index) => (
            <li key={item.taskId}>
              {index === firstOfOthers ? <OthersHeading mine={index > 0} /> : null}
              <TaskRow task={item} view={view} chosen={item.taskId === chosen} gone={gone} />
            </li>
          ))}
        </ul>
        <CutOff view={view} list={list} />
      </div>
    </div>
  );
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
function CutOff({ view, list: { tasks, waiting, waitingForOthers } }: { view: InboxView; list: InboxList }) {
  const count = useCount();
  const all = waiting + waitingForOthers;
  const words =
    view === 'waiting'
      ? tasks.length < all && `The first ${tasks.length} of ${count(all)}: those due soonest first, then the oldest.`
      : tasks.length >= LISTED && `The last ${LISTED} decisions.`;
  return words ? <p className="figures px-4 py-4 text-center text-xs text-ink-2">{words}</p> : null;
}

function Nothing({ view, list: { lastDecided } }: { view: InboxView; list: InboxList }) {
  if (view === 'done') {
    return (
      <Empty icon={<History aria-hidden />} title="No decisions yet">
        Every decision will be listed here: who decided what, when and why.
      </Empty>
    );
  }
  return (
    <Empty icon={<CircleCheckBig aria-hidden />} title="Nothing waits for you">
      {lastDecided ? (
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

function Empty({ children, ...rest }: { icon: ReactNode; title: string; children: ReactNode }) {
  return (
    <EmptyState className="min-h-64" {...rest}>
      {children}
    </EmptyState>
  );
}
