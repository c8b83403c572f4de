'use client';

import { hashKey, useInfiniteQuery, type InfiniteData, type UseInfiniteQueryOptions } from '@tanstack/react-query';
import { useEffect, useState } from 'react';

interface PagesState<Query> {
  query: Query;
  /** Asks for one page more; null: all were read. */
  more: (() => void) | null;
  /** A page that was asked for is not here yet. */
  loadingMore: boolean;
}

/**
 * A list that is read page by page, the next when somebody asks for it, and read again as a whole when it is stale.
 * [UPG1] Both may come at the same moment, and one does not cancel the other: the number of pages that are wanted is
 * kept, and pages are read, each after whatever is under way, until they are there.
 */
export function usePages<Page, Param>(
  options: UseInfiniteQueryOptions<Page, Error, InfiniteData<Page, Param>, readonly unknown[], Param>
): PagesState<ReturnType<typeof useInfiniteQuery<Page, Error, InfiniteData<Page, Param>, readonly unknown[], Param>>> {
  const query = useInfiniteQuery(options);
  const list = hashKey(options.queryKey);
  const [wanted, setWanted] = useState({ list, pages: 1 });
  const read = query.isPlaceholderData ? 0 : (query.data?.pages.length ?? 0);
  const isShort = wanted.list === list && read > 0 && read < wanted.pages && query.hasNextPage;
  const { isFetching, isError, fetchNextPage } = query;
  useEffect(() => {
    if (isShort && !isFetching && !isError) void fetchNextPage({ cancelRefetch: false });
  }, [isShort, isFetching, isError, fetchNextPage]);
  const more = () => {
    setWanted({ list, pages: read + 1 });
    // After a failure nothing else asks.
    if (!isFetching) void fetchNextPage({ cancelRefetch: false });
  };
  return { query, more: query.hasNextPage ? more : null, loadingMore: isShort && (isFetching || !isError) };
}
