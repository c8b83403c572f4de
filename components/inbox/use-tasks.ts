'use client';

import { keepPreviousData } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import type { AppFailure } from '@/app/_contract/errors';
import type { InboxCounts, InboxList, InboxTask } from '@/app/_contract/inbox';
import type { Prefetched } from '@/app/_contract/prefetched';
import { routes } from '@/app/_contract/routes';
import { failureFrom, getJson } from '@/components/live/api';
import { usePages } from '@/components/live/use-pages';

export interface TasksState {
  tasks: readonly InboxTask[];
  /** The query that `tasks` answer: another one until the answer has arrived. */
  question: string;
  /** Null before the first answer. */
  counts: InboxCounts | null;
  lastDecided: InboxList['lastDecided'];
  /** False before the first answer. */
  answered: boolean;
  /** The tasks belong to earlier filters: the answer for the current ones has not arrived. */
  changing: boolean;
  /** The last request failed; the tasks are the data from before. */
  failure: AppFailure | null;
  readAtMs: number | null;
  more: (() => void) | null;
  loadingMore: boolean;
  retry: () => void;
}

const TASKS_OF = (page: InboxList) => page.tasks;

/**
 * The tasks of a view, page by page, kept current by the topic 'inbox'. `prefetched` is the first page for
 * `prefetchedSearch`, read by the server.
 */
export function useTasks(search: string, prefetched: Prefetched<InboxList>, prefetchedSearch: string): TasksState {
  const first = prefetchedSearch === search ? prefetched.data : undefined;
  const { query, more, loadingMore } = usePages({
    queryKey: ['inbox', 'list', search],
    queryFn: ({ pageParam, signal }) =>
      getJson<InboxList>(
        routes.inbox(pageParam === null ? search : `${search}&after=${encodeURIComponent(pageParam)}`),
        signal
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
    placeholderData: keepPreviousData,
    ...(first ? { initialData: { pages: [first], pageParams: [null] }, initialDataUpdatedAt: first.readAtMs } : {}),
  });
  const pages = query.data?.pages;
  const tasks = useMemo(() => pages?.flatMap(TASKS_OF) ?? [], [pages]);

  const [answered, setAnswered] = useState(search);
  const question = query.isPlaceholderData ? answered : search;
  if (question !== answered) setAnswered(question);

  const failure = query.error ? failureFrom(query.error) : !pages ? (prefetched.failure ?? null) : null;
  return {
    tasks,
    question,
    counts: pages?.[0]?.counts ?? null,
    lastDecided: pages?.[0]?.lastDecided ?? null,
    answered: pages !== undefined,
    changing: query.isPlaceholderData && !failure,
    failure,
    readAtMs: pages?.[0]?.readAtMs ?? null,
    more,
    loadingMore,
    retry: () => void query.refetch(),
  };
}
