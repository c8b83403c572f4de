'use client';

import { hashKey, keepPreviousData, useInfiniteQuery, type InfiniteData } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import type { AppFailure } from '@/app/_contract/errors';
import type { Prefetched } from '@/app/_contract/prefetched';
import { failureFrom } from './api';

/** Of a page; null: the first one. */
type Token = string | null;

interface PagesOptions<Page> {
  /** Begins with the topic by which the server reports that the list is stale, if there is one. */
  queryKey: readonly unknown[];
  read: (token: Token, signal: AbortSignal) => Promise<Page>;
  /** The token of the page after this one; null: it is the last. */
  next: (page: Page) => Token;
  /** The first page of this list, as the server read it with the web page; undefined if it read another list. */
  prefetched?: Prefetched<Page> | undefined;
  /** When `prefetched` was read; undefined: now. */
  prefetchedMs?: number | undefined;
  /** How often it is read again, in milliseconds, with these pages. */
  everyMs?: (pages: readonly Page[]) => number | false;
}

export interface PagesState<Page> {
  /** Undefined before the first answer. */
  pages: readonly Page[] | undefined;
  /** Which list they are of: the one before, until the first answer for another one is there. */
  list: string;
  /** They are of the list before. */
  changing: boolean;
  /** The last request failed; the pages are those from before. */
  failure: AppFailure | null;
  /** Asks for one page more; null: all were read. */
  more: (() => void) | null;
  /** A page that was asked for is not here yet. */
  loadingMore: boolean;
  retry: () => void;
}

/**
 * A list that is read page by page, the next when somebody asks for it, and read again as a whole when it is stale.
 * [UPG1] Both may come at the same moment, and one does not cancel the other: the number of pages that are wanted is
 * kept, and pages are read, each after whatever is under way, until they are there.
 */
export function usePages<Page extends object | string>(options: PagesOptions<Page>): PagesState<Page> {
  const { queryKey, read, next, prefetched, prefetchedMs, everyMs } = options;
  const first = prefetched?.data;
  const query = useInfiniteQuery<Page, Error, InfiniteData<Page, Token>, readonly unknown[], Token>({
    queryKey,
    queryFn: ({ pageParam, signal }) => read(pageParam, signal),
    initialPageParam: null,
    getNextPageParam: next,
    placeholderData: keepPreviousData,
    ...(first === undefined ? {} : { initialData: { pages: [first], pageParams: [null] } }),
    ...(prefetchedMs === undefined ? {} : { initialDataUpdatedAt: prefetchedMs }),
    ...(everyMs ? { refetchInterval: ({ state }) => (state.data ? everyMs(state.data.pages) : false) } : {}),
  });
  const { data, error, isPlaceholderData, isFetching, isError, hasNextPage, fetchNextPage } = query;
  const asked = hashKey(queryKey);
  const [answered, setAnswered] = useState(asked);
  const list = isPlaceholderData ? answered : asked;
  if (list !== answered) setAnswered(list);

  const [wanted, setWanted] = useState({ list: asked, pages: 1 });
  const there = isPlaceholderData ? 0 : (data?.pages.length ?? 0);
  const isShort = wanted.list === asked && there > 0 && there < wanted.pages && hasNextPage;
  useEffect(() => {
    if (isShort && !isFetching && !isError) void fetchNextPage({ cancelRefetch: false });
  }, [isShort, isFetching, isError, fetchNextPage]);
  const more = () => {
    setWanted({ list: asked, pages: there + 1 });
    // After a failure nothing else asks.
    if (!isFetching) void fetchNextPage({ cancelRefetch: false });
  };

  const failure = error ? failureFrom(error) : data ? null : (prefetched?.failure ?? null);
  return {
    pages: data?.pages,
    list,
    changing: isPlaceholderData && !failure,
    failure,
    more: hasNextPage ? more : null,
    loadingMore: isShort && (isFetching || !isError),
    retry: () => void query.refetch(),
  };
}
