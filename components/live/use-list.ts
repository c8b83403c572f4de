'use client';

import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { AppFailure } from '@/app/_contract/errors';
import type { Topic } from '@/app/_contract/live';
import type { Prefetched } from '@/app/_contract/prefetched';
import { failureFrom, getJson } from './api';

export interface ListState<T> {
  data: T | null;
  /** The last request failed; `data` is the data from before. */
  failure: AppFailure | null;
  /** When `data` was read. */
  readAtMs: number | null;
  loading: boolean;
  retry: () => void;
}

/** The list of a topic: served with the page, read again when the server reports that it is stale. */
export function useList<T>(topic: Topic, url: string, prefetched?: Prefetched<T>): ListState<T> {
  const query = useQuery({
    queryKey: [topic, url],
    queryFn: ({ signal }) => getJson<T>(url, signal),
    placeholderData: keepPreviousData,
    ...(prefetched?.data ? { initialData: prefetched.data } : {}),
  });
  // While a list without data is asked for again, its last failure remains: the page does not alternate between both.
  const [last, setLast] = useState<Error | null>(null);
  if (query.error !== null && query.error !== last) setLast(query.error);
  const error = query.error ?? (query.data === undefined && query.errorUpdateCount > 0 ? last : null);
  const failure = error ? failureFrom(error) : query.data === undefined ? (prefetched?.failure ?? null) : null;
  return {
    data: query.data ?? null,
    failure,
    readAtMs: query.dataUpdatedAt || null,
    loading: query.isPending && !failure,
    retry: () => void query.refetch(),
  };
}
