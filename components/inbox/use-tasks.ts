'use client';

import { useMemo } from 'react';
import type { InboxCounts, InboxList, InboxTask } from '@/app/_contract/inbox';
import type { Prefetched } from '@/app/_contract/prefetched';
import { routes } from '@/app/_contract/routes';
import { getJson } from '@/components/live/api';
import { usePages, type PagesState } from '@/components/live/use-pages';

export interface TasksState extends Omit<PagesState<InboxList>, 'pages'> {
  tasks: readonly InboxTask[];
  /** Null before the first answer. */
  counts: InboxCounts | null;
  lastDecided: InboxList['lastDecided'];
  /** False before the first answer. */
  answered: boolean;
  readAtMs: number | null;
}

const TASKS_OF = (page: InboxList) => page.tasks;

/**
 * The tasks of a view, page by page, kept current by the topic 'inbox'. `prefetched` is the first page for
 * `prefetchedSearch`, read by the server.
 */
export function useTasks(search: string, prefetched: Prefetched<InboxList>, prefetchedSearch: string): TasksState {
  const isPrefetched = prefetchedSearch === search;
  const { pages, ...state } = usePages({
    queryKey: ['inbox', 'list', search],
    read: (token, signal) => getJson<InboxList>(routes.inbox(withToken(search, token)), signal),
    next: (page) => page.next,
    ...(isPrefetched ? { prefetched, prefetchedMs: prefetched.data?.readAtMs } : {}),
  });
  const tasks = useMemo(() => pages?.flatMap(TASKS_OF) ?? [], [pages]);
  const [first] = pages ?? [];
  return {
    ...state,
    tasks,
    counts: first?.counts ?? null,
    lastDecided: first?.lastDecided ?? null,
    answered: pages !== undefined,
    readAtMs: first?.readAtMs ?? null,
  };
}

const withToken = (search: string, after: string | null): string =>
  after === null ? search : `${search}&after=${encodeURIComponent(after)}`;
