/**
 * The statement that counts runs for measurements. Both parts read an index that has no other runs: a million runs that
 * closed without a trace cost nothing.
 */
import type { OpenState, RunCounts } from '../port';
import { OPEN_STATES } from '../port';

const STANDING = `(CASE WHEN jsonb_typeof(search_attributes -> 'SagaStanding') = 'number'
  THEN (search_attributes ->> 'SagaStanding')::numeric END)`;

/** Rows of RunCountRow. */
export const COUNT_RUNS = `SELECT CASE
    WHEN search_attributes ? 'TemporalReportedProblems' OR search_attributes ->> 'SagaPhase' = 'needs-hand'
      THEN 'needs_person'
    WHEN search_attributes ? 'TemporalPauseInfo' THEN 'paused'
    WHEN search_attributes ->> 'SagaPhase' = 'unwinding' THEN 'unwinding'
    WHEN search_attributes ? 'SagaRetriesAt' THEN 'retrying'
    WHEN search_attributes ? 'SagaWaitsAt' THEN 'waiting'
    ELSE 'running' END AS state, count(*)::int AS runs, 0 AS effects
  FROM engine.visibility WHERE close_time IS NULL GROUP BY 1
UNION ALL
SELECT 'remaining', count(*)::int, coalesce(sum(${STANDING}), 0)::int
  FROM engine.visibility WHERE ${STANDING} > 0 AND close_time IS NOT NULL AND status <> 6`;

export interface RunCountRow {
  state: OpenState | 'remaining';
  runs: number;
  effects: number;
}

export function runCountsOf(rows: readonly RunCountRow[]): RunCounts {
  const of = (state: RunCountRow['state']) => rows.find((row) => row.state === state);
  const { runs = 0, effects = 0 } = of('remaining') ?? {};
  const open = OPEN_STATES.map((state) => [state, of(state)?.runs ?? 0] as const);
  return { open: Object.fromEntries(open) as RunCounts['open'], remaining: { runs, effects } };
}
