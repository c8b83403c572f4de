/** The counts of what ended, by type and cell of time: of closed runs by an index of their close, of steps by their minute. */
import type { QueryConfig } from 'pg';
import { STATUS } from '../../run-name';
import { firstBucketOver } from '../../step-bounds';
import { MOST_ENDED_CELLS, type EndedQuery, type StepTimeRow } from '../port';

/** Longer than any time: all is in the cell that begins with 0. */
const ONE_CELL = 2 ** 52;

/** Rows of EndedCell, one more than there may be if there are too many. */
export function endedStatement({ namespace, of, sinceMs, perMs, slowerThanMs }: EndedQuery): QueryConfig {
  const cell = (time: string) => `(${time} - ${time} % $3::bigint)`;
  const order = `GROUP BY 1, 2, 3 ORDER BY 3, 1, 2 LIMIT ${MOST_ENDED_CELLS + 1}`;
  const runs = `SELECT workflow_type AS "workflowType", '' AS step, ${cell('close_time')} AS "atMs", count(*)::int AS ended,
      (count(*) FILTER (WHERE status IN (${STATUS.failed}, ${STATUS.timedOut})))::int AS failed,
      (count(*) FILTER (WHERE close_time - COALESCE(execution_time, start_time) > $4::bigint))::int AS slower
    FROM engine.visibility
    WHERE namespace = $1 AND close_time >= $2 AND status <> ${STATUS.continuedAsNew} ${order}`;
  const steps = `SELECT workflow_type AS "workflowType", step, ${cell('minute')} AS "atMs", sum(count)::int AS ended, 0 AS failed,
      COALESCE(sum(count) FILTER (WHERE bucket >= $4::int), 0)::int AS slower
    FROM engine.step_time WHERE namespace = $1 AND minute >= $2 ${order}`;
  const limit = of === 'steps' ? firstBucketOver(slowerThanMs) : slowerThanMs;
  return { text: of === 'steps' ? steps : runs, values: [namespace, sinceMs, perMs || ONE_CELL, limit] };
}

/** Writes only under the lease of this epoch, and answers with how many leases that are. */
export function addStepTimesStatement(epoch: number, rows: readonly StepTimeRow[]): QueryConfig {
  const column = <Name extends keyof StepTimeRow>(name: Name) => rows.map((row) => row[name]);
  return {
    text: `WITH l AS MATERIALIZED (SELECT 1 FROM engine.lease WHERE epoch = $1 FOR SHARE),
      w AS (INSERT INTO engine.step_time AS stored (namespace, minute, workflow_type, step, bucket, count)
        SELECT asked.* FROM l, unnest($2::text[], $3::bigint[], $4::text[], $5::text[], $6::smallint[], $7::int[]) AS asked
        ON CONFLICT (namespace, minute, workflow_type, step, bucket) DO UPDATE SET count = stored.count + excluded.count)
      SELECT count(*)::int AS held FROM l`,
    values: [
      epoch,
      column('namespace'),
      column('minute'),
      column('workflowType'),
      column('step'),
      column('bucket'),
      column('count'),
    ],
  };
}
