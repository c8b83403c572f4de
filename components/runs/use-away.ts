'use client';

import { useQuery } from '@tanstack/react-query';
import type { Health, LinkState } from '@/app/_contract/live';
import { routes } from '@/app/_contract/routes';
import type { AppFailure } from '@/app/_contract/errors';
import { getJson } from '@/components/live/api';

const LOOK_MS = 5_000;

/** What is missing between this page and the run. */
export interface Away {
  what: 'link' | 'engine' | 'database' | 'watch';
  sentence: string;
  /** Beside a button that cannot be pressed meanwhile. */
  reason: string;
}

const ENGINE: Away = {
  what: 'engine',
  sentence: 'The engine does not answer. The run is safe where it is; this page catches up when the engine is back.',
  reason: 'The engine does not answer. Nothing can be sent to the run now.',
};

/** Null while everything is there. `refused`: why the run cannot be watched, while it cannot. */
export function useAway({ link, upstream }: LinkState, refused: AppFailure | null): Away | null {
  const { data, isError } = useQuery({
    queryKey: ['health'],
    queryFn: ({ signal }) => getJson<Health>(routes.health(), signal),
    refetchInterval: LOOK_MS,
    retry: false,
  });
  /* What is asked over HTTP knows more than a socket that is down: without the database nobody is let onto it. */
  const health = isError ? null : data;
  if (health?.database === 'away') {
    return {
      what: 'database',
      sentence:
        'The database does not answer. Nothing was lost: the run goes on where it was when the database is back.',
      reason: 'The database does not answer. Nothing can be recorded now.',
    };
  }
  if (link === 'cut') {
    return {
      what: 'link',
      sentence:
        'The link to Backstitch is down. The run goes on; this page catches up, without a gap, when the link is back.',
      reason: 'The link to Backstitch is down. Nothing can be sent now.',
    };
  }
  if (upstream === 'engineAway' || health?.engine === 'away') return ENGINE;
  if (refused) return { what: 'watch', sentence: refused.message, reason: refused.message };
  return null;
}
