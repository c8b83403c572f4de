'use client';

/**
 * The list of tasks next to the selected task; on narrow screens, one of the two. The list is kept while a person
 * moves from task to task, with its scroll position, its tab, its filters and its rows.
 */
import { CalendarOff, ListChecks } from 'lucide-react';
import { useParams, useRouter } from 'next/navigation';
import { useQueryStates } from 'nuqs';
import { useCallback, useRef, useState, type ReactNode } from 'react';
import { fromPart } from '@/app/_contract/address-part';
import { INBOX_VIEWS, type InboxList, type InboxTask, type InboxView } from '@/app/_contract/inbox';
import type { Prefetched } from '@/app/_contract/prefetched';
import { pages } from '@/app/_contract/routes';
import { FailureBand } from '@/components/live/failure-band';
import { useWhyNotAnywhere } from '@/components/people/person';
import { AwayBand } from '@/components/runs/away-band';
import { useAway } from '@/components/runs/use-away';
import { Button } from '@/components/ui/button';
import { cn } from '@/components/ui/cn';
import { Tabs } from '@/components/ui/tabs';
import { AwayDialog } from './away-dialog';
import { FilterBar } from './filter-bar';
import { filterParsers, pageSearchOf, searchOf, type InboxFilters } from './filters';
import { AskedOfMe } from './asked-of-me';
import { toastDecided } from './take-back';
import { TaskList } from './task-list';
import { nextAfter, TriageProvider, type Triage, type Wish } from './triage';
import { useTasks } from './use-tasks';

export interface InboxFrameProps {
  prefetched: Prefetched<InboxList>;
  /** The query that `prefetched` answers. */
  prefetchedSearch: string;
  /** The selected task, or what is shown without one. */
  children: ReactNode;
}

const VIEW_WORDS: Record<InboxView, string> = {
  waiting: 'Waiting',
  mine: 'Mine',
  groups: 'My groups',
  unassigned: 'Unassigned',
  delegated: 'Delegated',
  done: 'Done',
};

export function InboxFrame({ prefetched, prefetchedSearch, children }: InboxFrameProps) {
  const [filters, setFilters] = useQueryStates(filterParsers, { history: 'replace' });
  const change = useCallback((next: Partial<InboxFilters>) => void setFilters(next), [setFilters]);
  const chosen = useChosenTask();
  const asked = searchOf(filters);
  const tasks = useTasks(asked, prefetched, prefetchedSearch);
  const search = useRef<HTMLInputElement>(null);
  const list = useRef<HTMLDivElement>(null);
  const away = useAway();
  const router = useRouter();
  const order = useRef<readonly InboxTask[]>([]);
  const [ticks, setTicks] = useState(false);
  const [wish, setWish] = useState<Wish | null>(null);
  const open = (taskId: string) => router.push(pages.task(taskId, pageSearchOf(filters)));
  const triage: Triage = {
    wish,
    taken: () => setWish(null),
    decided: (task, words, goesOnAtMs) => {
      toastDecided(words, task.taskId, goesOnAtMs, task.question || task.title);
      const next = nextAfter(order.current, task.taskId);
      if (!next) return;
      list.current?.querySelector<HTMLElement>(`[data-task="${CSS.escape(next.taskId)}"]`)?.focus();
      open(next.taskId);
    },
  };
  const onWish = (task: InboxTask | null, turnsBack: boolean) => {
    const taskId = task?.taskId ?? chosen;
    if (taskId === null || filters.view === 'done') return;
    setWish({ taskId, turnsBack });
    if (taskId !== chosen) open(taskId);
  };
  const whyNot = useWhyNotAnywhere('inbox.decide');
  // Nobody has this view who decides for nobody.
  const delegated = filters.view === 'delegated' || (tasks.counts?.delegated ?? 0) > 0;
  const [isLeaving, setLeaving] = useState(false);
  const Heading = chosen === null ? 'h1' : 'h2';
  const content = (
    <div ref={list} className="flex h-full min-h-0 flex-col">
      <FilterBar
        {...{ filters, search }}
        onFilters={change}
        onRows={() => list.current?.querySelector<HTMLElement>('[data-task]')?.focus()}
      />
      {tasks.failure ? (
        <FailureBand
          failure={tasks.failure}
          asOfMs={tasks.answered ? tasks.readAtMs : null}
          onRetry={tasks.retry}
          className="mx-4 mt-2 mb-1"
        />
      ) : null}
      {tasks.answered ? (
        <TaskList
          {...{ filters, tasks, chosen, ticks, onWish, order }}
          onTicks={setTicks}
          disabledReason={whyNot ?? away?.reason ?? null}
          stale={tasks.failure !== null}
          onFilters={change}
          onSearch={() => search.current?.focus()}
        />
      ) : null}
    </div>
  );
  return (
    <div className="flex h-full min-h-0 flex-col">
      {away && tasks.readAtMs ? <AwayBand away={away} asOfMs={tasks.readAtMs} /> : null}
      {isLeaving ? <AwayDialog onClose={() => setLeaving(false)} /> : null}
      <div className="flex min-h-0 flex-1">
        <section
          aria-label="Tasks"
          className={cn(
            'flex min-h-0 w-full flex-col xl:w-104 xl:shrink-0 xl:border-r xl:border-hairline',
            chosen !== null && 'max-xl:hidden'
          )}
        >
          <header className="flex min-h-12 shrink-0 items-center px-4 pt-2">
            <Heading className="text-xl font-semibold">Approvals</Heading>
            {whyNot ? null : (
              <Button size="sm" variant="ghost" className="ml-auto" onClick={() => setLeaving(true)}>
                <CalendarOff aria-hidden />
                Away
              </Button>
            )}
            {whyNot || filters.view === 'done' ? null : (
              <Button size="sm" variant="ghost" aria-pressed={ticks} onClick={() => setTicks((now) => !now)}>
                <ListChecks aria-hidden />
                {ticks ? 'Hide the boxes' : 'Tick several'}
              </Button>
            )}
          </header>
          <AskedOfMe />
          <Tabs
            label="Which tasks"
            dense
            value={filters.view}
            onValueChange={(view) => change({ view })}
            className="min-h-0 flex-1"
            items={INBOX_VIEWS.filter((view) => view !== 'delegated' || delegated).map((view) => ({
              value: view,
              label: VIEW_WORDS[view],
              count: view === 'done' ? null : (tasks.counts?.[view] ?? null),
              content,
            }))}
          />
        </section>
        <div className={cn('min-h-0 min-w-0 flex-1', chosen === null && 'max-xl:hidden')}>
          <TriageProvider value={triage}>{children}</TriageProvider>
        </div>
      </div>
    </div>
  );
}

/** Id of the task in the address; null on the page of the list. */
function useChosenTask(): string | null {
  const { taskId } = useParams<{ taskId?: string }>();
  return taskId === undefined ? null : (fromPart(taskId) ?? taskId);
}
