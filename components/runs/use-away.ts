'use client';

import type { AppFailure } from '@/app/_contract/errors';
import { useMissing, type Missing } from '@/components/live/use-missing';

/** What is missing between this page and the run. */
export interface Away {
  what: Missing | 'watch';
  sentence: string;
  /** Beside a button that cannot be pressed meanwhile. */
  reason: string;
}

const AWAY: Record<Missing, Omit<Away, 'what'>> = {
  database: {
    sentence: 'The database does not answer. Nothing was lost: the run goes on where it was when the database is back.',
    reason: 'The database does not answer. Nothing can be recorded now.',
  },
  cannotWrite: {
    sentence: 'The database cannot write; its disk may be full. Nothing was lost: the run goes on when there is room.',
    reason: 'The database cannot write. Nothing can be recorded now.',
  },
  link: {
    sentence:
      'The link to Backstitch is down. The run goes on; this page catches up, without a gap, when the link is back.',
    reason: 'The link to Backstitch is down. Nothing can be sent now.',
  },
  engine: {
    sentence: 'The engine does not answer. The run is safe where it is; this page catches up when the engine is back.',
    reason: 'The engine does not answer. Nothing can be sent to the run now.',
  },
};

/** Null while everything is there. `refused`: why the run cannot be watched, while it cannot. */
export function useAway(refused: AppFailure | null = null): Away | null {
  const missing = useMissing();
  if (missing) return { what: missing, ...AWAY[missing] };
  return refused ? { what: 'watch', sentence: refused.message, reason: refused.message } : null;
}
