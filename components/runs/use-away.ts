'use client';

import type { AppFailure } from '@/app/_contract/errors';
import { useMissing, type Missing } from '@/components/live/use-missing';

/** The part that is away between this page and the run. */
export interface Away {
  what: Missing | 'watch';
  sentence: string;
  /** The reason next to a button that is disabled meanwhile. */
  reason: string;
}

const AWAY: Record<Missing, Omit<Away, 'what'>> = {
  database: {
    sentence: 'The database does not answer. Nothing was lost: the run continues when the database is back.',
    reason: 'The database does not answer. Nothing can be recorded now.',
  },
  cannotWrite: {
    sentence:
      'The database cannot write; its disk may be full. Nothing was lost: the run continues when there is space again.',
    reason: 'The database cannot write. Nothing can be recorded now.',
  },
  link: {
    sentence:
      'This page is not connected to Backstitch. The run continues; the page is updated, without a gap, when the connection is back.',
    reason: 'This page is not connected to Backstitch. Nothing can be sent now.',
  },
  engine: {
    sentence:
      'The engine does not answer. The run is safe; it continues, and this page is updated, when the engine is back.',
    reason: 'The engine does not answer. Nothing can be sent to the run now.',
  },
};

/** Null while nothing is away. `refused`: why the run cannot be watched, if it cannot. */
export function useAway(refused: AppFailure | null = null): Away | null {
  const missing = useMissing();
  if (missing) return { what: missing, ...AWAY[missing] };
  return refused ? { what: 'watch', sentence: refused.message, reason: refused.message } : null;
}
