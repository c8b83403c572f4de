'use client';

import { keepPreviousData } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import type { AppFailure } from '@/app/_contract/errors';
import { routes } from '@/app/_contract/routes';
import type { RunsPage } from '@/app/_contract/runs';
import { failureFrom, getJson } from '@/components/live/api';
import type { Prefetched } from '@/app/_contract/prefetched';
import { usePages } from '@/components/live/use-pages';
import { useSteadyRows } from '@/components/live/use-steady-rows';
import { keyOf, type RunRow } from './row';

export interface RunsState {
  rows: readonly RunRow[];
  /** Number of runs that are not shown because somebody uses the list. */
  held: number;
  /** Null before the first answer. */
  counts: RunsPage['counts'];
  /** The counts of all runs that match the filters but `standing`. */
  total: number | null;
  isUncounted: boolean;
  /** False before the first answer. */
  answered: boolean;
  /** The rows belong to earlier filters: the answer for the current ones has not arrived. */
  changing: boolean;
  /** The last request failed; the rows are the data from before. */
  failure: AppFailure | null;
  readAtMs: number | null;
  more: (() => void) | null;
  loadingMore: boolean;
  retry: () => void;
}

const ROWS_OF = (page: RunsPage) => page.runs;

/**
 * The runs that match `search`, page by page, kept current by the topic 'runs'. While `hold` is true no row moves.
 * `prefetched` is the first page for `prefetchedSearch`, read by the server.
 */
export function useRuns(
  search: string,
  hold: boolean,
  prefetched: Prefetched<RunsPage>,
  prefetchedSearch: string
): RunsState {
  const first = prefetchedSearch === search ? prefetched.data : undefined;
  const { query, more, loadingMore } = usePages({
    queryKey: ['runs', 'list', search],
    queryFn: ({ pageParam, signal }) => getJson<RunsPage>(routes.runs(withToken(search, pageParam)), signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextPageToken,
    placeholderData: keepPreviousData,
    ...(first ? { initialData: { pages: [first], pageParams: [null] }, initialDataUpdatedAt: first.readAtMs } : {}),
  });
  const pages = query.data?.pages;
  const latest = useMemo(() => pages?.flatMap(ROWS_OF) ?? [], [pages]);

  // Until the answer arrives, the rows still belong to the earlier query.
  const [answered, setAnswered] = useState(search);
  const question = query.isPlaceholderData ? answered : search;
  if (question !== answered) setAnswered(question);
  const { rows, held } = useSteadyRows(question, latest, hold, keyOf);

  const failure = query.error ? failureFrom(query.error) : !pages ? (prefetched.failure ?? null) : null;
  return {
    rows,
    held,
    counts: pages?.[0]?.counts ?? null,
    total: pages?.[0]?.total ?? null,
    isUncounted: pages?.[0]?.isUncounted ?? false,
    answered: pages !== undefined,
    changing: query.isPlaceholderData && !failure,
    failure,
    readAtMs: pages?.[0]?.readAtMs ?? null,
    more,
    loadingMore,
    retry: () => void query.refetch(),
  };
}

function withToken(search: string, pageToken: string | null): string {
  if (!pageToken) return search;
  return `${search ? `${search}&` : ''}pageToken=${encodeURIComponent(pageToken)}`;
}
