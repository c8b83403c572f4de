'use client';

/** What an act on many runs would do, read a page of runs at a time, the newest first. */
import { useInfiniteQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import type { AppFailure } from '@/app/_contract/errors';
import { PREVIEWED_RUNS, type BatchPreview } from '@/app/_contract/batches';
import { routes } from '@/app/_contract/routes';
import { failureFrom, getJson } from '@/components/live/api';
import { NO_TALLY, tallySum, type BatchTally } from '@/engine/run-view/batch-tally';
import { NO_CONSEQUENCES, sumOf, type Consequences } from '@/engine/run-view/consequences';
import { chunkSearch, firstSearch, MOST_READ, withParams, type ActParams, type Targets } from './targets';

export interface PreviewState {
  told: Consequences;
  tally: BatchTally;
  /** Runs that were read. */
  read: number;
  /** The runs that match, or are selected and can be asked; null: not known yet, or they cannot be counted. */
  total: number | null;
  /** Of them: they undo already. */
  undoing: number;
  /** Of the selected runs. */
  closed: number;
  missing: number;
  /** Null until the first page is there. */
  startedBeforeMs: number | null;
  isWhole: boolean;
  /** All that will be read was read. */
  isRead: boolean;
  failure: AppFailure | null;
  retry: () => void;
}

/** `enabled` false: what it must know is not chosen yet. */
export function useBatchPreview(targets: Targets, params: ActParams, enabled = true): PreviewState {
  const first = firstSearch(targets, params);
  const { data, error, hasNextPage, isFetching, fetchNextPage, refetch } = useInfiniteQuery({
    queryKey: ['batch-preview', params, 'runs' in targets ? targets.runs.map(({ runId }) => runId) : targets.search],
    queryFn: ({ pageParam, signal }) => getJson<BatchPreview>(routes.previewBatch(pageParam), signal),
    initialPageParam: first,
    getNextPageParam: (last, pages) => nextSearch(targets, params, last, pages.length),
    staleTime: Infinity,
    // Each dialog reads anew.
    gcTime: 0,
    enabled,
  });
  useEffect(() => {
    if (hasNextPage && !isFetching && !error) void fetchNextPage();
  }, [hasNextPage, isFetching, error, fetchNextPage]);
  const pages = data?.pages ?? [];
  const [page] = pages;
  const last = pages.at(-1);
  const isRead = page !== undefined && !hasNextPage;
  const sum = (of: (each: BatchPreview) => number) => pages.reduce((all, each) => all + of(each), 0);
  const told = pages.map(({ consequences }) => consequences).reduce(sumOf, NO_CONSEQUENCES);
  const tally = pages.map((each) => each.tally).reduce(tallySum, NO_TALLY);
  const isNamed = 'runs' in targets;
  const isWhole = isNamed ? targets.runs.length <= pages.length * PREVIEWED_RUNS : last?.nextPageToken === null;
  return {
    told,
    tally,
    read: told.read + tally.read,
    total: !isNamed ? (page?.total ?? null) : isRead && isWhole ? sum(({ total }) => total ?? 0) : targets.runs.length,
    undoing: isNamed ? sum(({ undoing }) => undoing ?? 0) : (page?.undoing ?? 0),
    closed: sum(({ closed }) => closed),
    missing: sum(({ missing }) => missing),
    startedBeforeMs: page?.startedBeforeMs ?? null,
    isWhole,
    isRead,
    failure: error && failureFrom(error),
    retry: () => void (hasNextPage ? fetchNextPage() : refetch()),
  };
}

function nextSearch(targets: Targets, params: ActParams, last: BatchPreview, pages: number): string | undefined {
  if (pages * PREVIEWED_RUNS >= MOST_READ) return undefined;
  if ('runs' in targets) {
    const from = pages * PREVIEWED_RUNS;
    return from < targets.runs.length ? chunkSearch(targets.runs, from, params) : undefined;
  }
  if (!last.nextPageToken) return undefined;
  const next = new URLSearchParams(targets.search);
  next.set('startedBeforeMs', String(last.startedBeforeMs));
  next.set('pageToken', last.nextPageToken);
  return withParams(next, params);
}
