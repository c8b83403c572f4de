/**
 * The statement that groups the runs that need attention. Each part reads only such runs, by an index that has no others:
 * a million runs that went well cost nothing.
 */
import type { QueryConfig } from 'pg';
import { MOST_ATTENTION, type AttentionQuery } from '../port';

const STANDING = `(CASE WHEN jsonb_typeof(search_attributes -> 'SagaStanding') = 'number'
  THEN (search_attributes ->> 'SagaStanding')::numeric END)`;

/** Its step is not known (service/attention.ts, ATN7), so it is in the group without one. */
const isUnmarked = (kind: 'asks' | 'remains'): string =>
  `NOT jsonb_path_exists(search_attributes, '$.SagaAttention[*] ? (@ starts with "${kind} ")')`;

/** Rows of AttentionGroup. */
export function attentionStatement({ namespace, closedSinceMs }: AttentionQuery): QueryConfig {
  const text = `WITH marked AS (
      SELECT run_key, workflow_type, mark, COALESCE(close_time,
        (extract(epoch FROM (search_attributes ->> 'SagaAttentionSince')::timestamptz) * 1000)::bigint, start_time) AS since
      FROM engine.visibility, jsonb_array_elements_text(search_attributes -> 'SagaAttention') AS mark
      WHERE namespace = $1 AND search_attributes ? 'SagaAttention' AND CASE split_part(mark, ' ', 1)
        WHEN 'asks' THEN close_time IS NULL AND NOT search_attributes ? 'TemporalReportedProblems'
        WHEN 'remains' THEN close_time IS NOT NULL AND ${STANDING} > 0
        ELSE close_time IS NULL OR close_time >= $2 END
    UNION ALL
      SELECT run_key, workflow_type,
        'stuck - ' || COALESCE(substring(search_attributes -> 'TemporalReportedProblems' ->> 1
          FROM '^cause=WorkflowTaskFailedCause(.+)$'), 'Failure'), start_time
      FROM engine.visibility
      WHERE namespace = $1 AND search_attributes ? 'TemporalReportedProblems' AND close_time IS NULL
    UNION ALL
      SELECT run_key, workflow_type, 'asks - ', start_time
      FROM engine.visibility
      WHERE namespace = $1 AND search_attributes @> '{"SagaPhase": "needs-hand"}' AND close_time IS NULL
        AND NOT search_attributes ? 'TemporalReportedProblems' AND ${isUnmarked('asks')}
    UNION ALL
      SELECT run_key, workflow_type, 'remains - ', close_time
      FROM engine.visibility
      WHERE namespace = $1 AND ${STANDING} > 0 AND close_time IS NOT NULL AND status <> 6 AND ${isUnmarked('remains')}
    ), grouped AS (
      SELECT workflow_type, mark, count(*)::int AS count, min(since) AS first, max(since) AS last,
        (max(ARRAY[since, run_key]))[2] AS run_key
      FROM marked GROUP BY workflow_type, mark ORDER BY count(*) DESC, workflow_type, mark LIMIT ${MOST_ATTENTION}
    )
    SELECT grouped.workflow_type AS "workflowType", split_part(mark, ' ', 1) AS kind, split_part(mark, ' ', 2) AS step,
      substr(mark, length(split_part(mark, ' ', 1)) + length(split_part(mark, ' ', 2)) + 3) AS error, count,
      first AS "firstMs", last AS "lastMs", workflow_id AS "workflowId", run_id AS "runId",
      COALESCE(search_attributes ->> 'SagaErrorText', '') AS text
    FROM grouped JOIN engine.visibility USING (run_key) ORDER BY count DESC, "workflowType", mark`;
  return { text, values: [namespace, closedSinceMs] };
}
