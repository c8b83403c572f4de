'use client';

import { useMemo } from 'react';
import { routes } from '@/app/_contract/routes';
import type { RunsPage } from '@/app/_contract/runs';
import { getJson } from '@/components/live/api';
import type { Prefetched } from '@/app/_contract/prefetched';
import { usePages, type PagesState } from '@/components/live/use-pages';
import { useSteadyRows } from '@/components/live/use-steady-rows';
import { keyOf, type RunRow } from './row';

export interface RunsState extends Omit<PagesState<RunsPage>, 'pages' | 'list'> {
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
  readAtMs: number | null;
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
  const isPrefetched = prefetchedSearch === search;
  const { pages, list, ...state } = usePages({
    queryKey: ['runs', 'list', search],
    read: (token, signal) => getJson<RunsPage>(routes.runs(withToken(search, token)), signal),
    next: ({ nextPageToken }) => nextPageToken,
    ...(isPrefetched ? { prefetched, prefetchedMs: prefetched.data?.readAtMs } : {}),
  });
  const latest = useMemo(() => pages?.flatMap(ROWS_OF) ?? [], [pages]);
  const { rows, held } = useSteadyRows(list, latest, hold, keyOf);
  const [first] = pages ?? [];
  return {
    ...state,
    rows,
    held,
    counts: first?.counts ?? null,
    total: first?.total ?? null,
    isUncounted: first?.isUncounted ?? false,
    answered: pages !== undefined,
    readAtMs: first?.readAtMs ?? null,
  };
}

function withToken(search: string, pageToken: string | null): string {
  if (!pageToken) return search;
  return `${search ? `${search}&` : ''}pageToken=${encodeURIComponent(pageToken)}`;
}
