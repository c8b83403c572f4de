'use client';

import { useQuery } from '@tanstack/react-query';
import type { Health, LinkState } from '@/app/_contract/live';
import { routes } from '@/app/_contract/routes';
import { getJson } from './api';
import { useLink } from './use-link';

const LOOK_MS = 3_000;

/** The part that is away; `cannotWrite` means the database, which can still be read. */
export type Missing = 'database' | 'cannotWrite' | 'link' | 'engine';

/**
 * Null while nothing is away. The socket reports which part is away. Without a socket, `/api/health` is read over
 * HTTP, because the server accepts no socket while the database is away.
 */
export function useMissing(): Missing | null {
  const link = useLink();
  const cut = link.link === 'cut';
  const { data, isError } = useQuery({
    queryKey: ['health'],
    queryFn: ({ signal }) => getJson<Health>(routes.health(), signal),
    enabled: cut,
    refetchInterval: LOOK_MS,
    // Results from before the connection was lost are out of date.
    staleTime: 0,
    gcTime: 0,
    retry: false,
  });
  return missingOf(link, cut && !isError ? data : undefined);
}

export function missingOf({ link, upstream, parts }: LinkState, health?: Health): Missing | null {
  if (link === 'cut') return health && health.database === 'away' ? 'database' : 'link';
  if (parts.database === 'away') return 'database';
  if (parts.engine === 'away' || upstream === 'engineAway') return 'engine';
  return parts.database === 'cannotWrite' ? 'cannotWrite' : null;
}
