'use client';

/**
 * The list of tasks next to the selected task; on narrow screens, one of the two. The list is kept while a person
 * moves from task to task, with its scroll position, its tab and its rows.
 */
import { useParams } from 'next/navigation';
import { parseAsStringLiteral, useQueryState } from 'nuqs';
import type { ReactNode } from 'react';
import { fromPart } from '@/app/_contract/address-part';
import { INBOX_VIEWS, type InboxList, type InboxView } from '@/app/_contract/inbox';
import { routes } from '@/app/_contract/routes';
import { FailureBand } from '@/components/live/failure-band';
import type { Prefetched } from '@/app/_contract/prefetched';
import { useList } from '@/components/live/use-list';
import { AwayBand } from '@/components/runs/away-band';
import { useAway } from '@/components/runs/use-away';
import { cn } from '@/components/ui/cn';
import { Tabs } from '@/components/ui/tabs';
import { TaskList } from './task-list';

export interface InboxFrameProps {
  prefetched: Prefetched<InboxList>;
  /** The query that `prefetched` answers. */
  prefetchedView: InboxView;
  /** The selected task, or what is shown without one. */
  children: ReactNode;
}

export function InboxFrame({ prefetched, prefetchedView, children }: InboxFrameProps) {
  const [view, setView] = useQueryState('view', parseAsStringLiteral(INBOX_VIEWS).withDefault('waiting'));
  const chosen = useChosenTask();
  const waiting = useList<InboxList>(
    'inbox',
    routes.inbox('waiting'),
    prefetchedView === 'waiting' ? prefetched : undefined
  );
  const away = useAway();
  const Heading = chosen === null ? 'h1' : 'h2';
  return (
    <div className="flex h-full min-h-0 flex-col">
      {away && waiting.readAtMs ? <AwayBand away={away} asOfMs={waiting.readAtMs} /> : null}
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
          </header>
          <Tabs
            label="Which tasks"
            value={view}
            onValueChange={(next) => void setView(next)}
            className="min-h-0 flex-1"
            items={[
              {
                value: 'waiting',
                label: 'Waiting',
                count: waiting.data?.waiting ?? null,
                content: (
                  <Listed
                    view="waiting"
                    chosen={chosen}
                    prefetched={prefetchedView === 'waiting' ? prefetched : undefined}
                  />
                ),
              },
              {
                value: 'done',
                label: 'Done',
                content: (
                  <Listed view="done" chosen={chosen} prefetched={prefetchedView === 'done' ? prefetched : undefined} />
                ),
              },
            ]}
          />
        </section>
        <div className={cn('min-h-0 min-w-0 flex-1', chosen === null && 'max-xl:hidden')}>{children}</div>
      </div>
    </div>
  );
}

function Listed({
  view,
  chosen,
  prefetched,
}: {
  view: InboxView;
  chosen: string | null;
  prefetched: Prefetched<InboxList> | undefined;
}) {
  const { data, failure, readAtMs, retry } = useList<InboxList>('inbox', routes.inbox(view), prefetched);
  return (
    <div className="flex h-full min-h-0 flex-col">
      {failure ? (
        <FailureBand failure={failure} asOfMs={data ? readAtMs : null} onRetry={retry} className="mx-4 mt-3" />
      ) : null}
      {data ? <TaskList view={view} list={data} chosen={chosen} stale={failure !== null} /> : null}
    </div>
  );
}

/** Id of the task in the address; null on the page of the list. */
function useChosenTask(): string | null {
  const { taskId } = useParams<{ taskId?: string }>();
  return taskId === undefined ? null : (fromPart(taskId) ?? taskId);
}
