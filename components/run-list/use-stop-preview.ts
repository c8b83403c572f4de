'use client';

/** What ending the runs of a filter would do, read a page of runs at a time, the newest first. */
import { useInfiniteQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import type { AppFailure } from '@/app/_contract/errors';
import type { StopPreview } from '@/app/_contract/batches';
import { routes } from '@/app/_contract/routes';
import { failureFrom, getJson } from '@/components/live/api';
import { NO_CONSEQUENCES, sumOf, type Consequences } from '@/engine/run-view/consequences';

/** Runs that are read at most: each is a history. */
const MOST_READ = 200;

export interface StopPreviewState {
  told: Consequences;
  /** The runs that would be asked; null: not known yet, or they cannot be counted. */
  total: number | null;
  /** Null until the first page is there. */
  startedBeforeMs: number | null;
  isWhole: boolean;
  /** All that will be read was read. */
  isRead: boolean;
  failure: AppFailure | null;
  retry: () => void;
}

/** `search`: the filters of the list. */
export function useStopPreview(search: string): StopPreviewState {
  const { data, error, hasNextPage, isFetching, fetchNextPage, refetch } = useInfiniteQuery({
    queryKey: ['stop-preview', search],
    queryFn: ({ pageParam, signal }) => getJson<StopPreview>(routes.previewStop(pageParam), signal),
    initialPageParam: search,
    getNextPageParam: ({ nextPageToken, startedBeforeMs }, pages) =>
      nextPageToken && readOf(pages).read < MOST_READ ? further(search, startedBeforeMs, nextPageToken) : undefined,
    staleTime: Infinity,
    // Each dialog reads anew.
    gcTime: 0,
  });
  useEffect(() => {
    if (hasNextPage && !isFetching && !error) void fetchNextPage();
  }, [hasNextPage, isFetching, error, fetchNextPage]);
  const pages = data?.pages ?? [];
  const [first] = pages;
  return {
    told: readOf(pages),
    total: first?.total ?? null,
    startedBeforeMs: first?.startedBeforeMs ?? null,
    isWhole: pages.at(-1)?.nextPageToken === null,
    isRead: first !== undefined && !hasNextPage,
    failure: error && failureFrom(error),
    retry: () => void (hasNextPage ? fetchNextPage() : refetch()),
  };
}

const readOf = (pages: readonly StopPreview[]): Consequences =>
  pages.map(({ consequences }) => consequences).reduce(sumOf, NO_CONSEQUENCES);

function further(search: string, startedBeforeMs: number, pageToken: string): string {
  const next = new URLSearchParams(search);
  next.set('startedBeforeMs', String(startedBeforeMs));
  next.set('pageToken', pageToken);
  return next.toString();
}
