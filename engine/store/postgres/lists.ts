/**
 * The statements of lists and counts: engine/visibility makes the conditions, this file the rest.
 *
 * PostgreSQL cannot estimate how many runs a filter on search attributes matches, and a wrong estimate costs a scan of
 * the whole table. So a page is looked for twice: first among the next runs in the order of the list, which ends at
 * once for what is frequent; then, if that page is not full, for what is rare, by an index where the filter has one.
 * The next runs are those of one status or one type, where the filter asks for one: indexes have these in order too.
 */
import type { QueryConfig } from 'pg';
import type { Filter } from '../../visibility/record';
import { filterSql, groupSql, isIndexed } from '../../visibility/sql';
import type { ClosedQuery, ListQuery } from '../port';

const COLUMNS = `run_key AS "runKey", namespace, workflow_id AS "workflowId", run_id AS "runId", first_run_id AS "firstRunId",
  workflow_type AS "workflowType", task_queue AS "taskQueue", status, start_time AS "startTime",
  COALESCE(execution_time, start_time) AS "executionTime", close_time AS "closeTime",
  history_length AS "historyLength", history_size_bytes AS "historySizeBytes", state_transitions AS "stateTransitions",
  CASE WHEN parent_workflow_id IS NOT NULL
    THEN jsonb_build_object('workflowId', parent_workflow_id, 'runId', parent_run_id) END AS parent,
  CASE WHEN root_workflow_id IS NOT NULL
    THEN jsonb_build_object('workflowId', root_workflow_id, 'runId', root_run_id) END AS root,
  search_attributes AS "searchAttributes", memo`;
const ORDER = 'ORDER BY start_time DESC, run_key DESC';
/** A filter that matches a hundredth of the runs fills a page of 50 from so many. */
const NEAR = 5_000;

/** The page, if it is full among the next runs; null for a list without a filter, which `listStatement` answers. */
export function nearStatement({ namespace, filter, limit, after }: ListQuery): QueryConfig | null {
  if (!filter) return null;
  const values: unknown[] = [namespace, limit];
  const bounds = [...timeBounds(filter), ...inOrder(filter)].map((bound) => filterSql(bound, values));
  const near = `SELECT * FROM engine.visibility
    WHERE ${['namespace = $1', ...bounds, ...continued(after, values)].join(' AND ')} ${ORDER} LIMIT ${NEAR}`;
  return {
    text: `SELECT ${COLUMNS} FROM (${near}) AS near WHERE ${filterSql(filter, values)} ${ORDER} LIMIT $2`,
    values,
  };
}

/** One page by its key, so that page 1,000 costs what page 1 costs. */
export function listStatement({ namespace, filter, limit, after }: ListQuery): QueryConfig {
  const values: unknown[] = [namespace, limit];
  const filters = filter ? [filter, ...timeBounds(filter)] : [];
  const conditions = ['namespace = $1', ...filters.map((each) => filterSql(each, values)), ...continued(after, values)];
  // An expression: the index in the order of the list must not be used where one of the filter can be.
  const order = filter && isIndexed(filter) ? 'ORDER BY start_time + 0 DESC, run_key DESC' : ORDER;
  return {
    text: `SELECT ${COLUMNS} FROM engine.visibility WHERE ${conditions.join(' AND ')} ${order} LIMIT $2`,
    values,
  };
}

/** In the order of the index visibility_type_closed_idx. */
export function closedStatement({ namespace, workflowType, untilMs, limit, after }: ClosedQuery): QueryConfig {
  return {
    text: `SELECT ${COLUMNS} FROM engine.visibility
      WHERE namespace = $1 AND workflow_type COLLATE "C" = $2 AND close_time IS NOT NULL AND close_time <= $3
        AND (close_time, run_key) > ($4, $5)
      ORDER BY close_time, run_key LIMIT $6`,
    values: [namespace, workflowType, untilMs, after?.closeTime ?? -1, after?.runKey ?? 0, limit],
  };
}

/** One step in visibility_type_closed_idx for each type, to its first entry, which is the earliest close. */
export function closedTypesStatement(namespace: string): QueryConfig {
  const first = (more: string) => `SELECT workflow_type, close_time FROM engine.visibility
    WHERE namespace = $1 AND close_time IS NOT NULL${more}
    ORDER BY workflow_type COLLATE "C", close_time, run_key LIMIT 1`;
  return {
    text: `WITH RECURSIVE types AS (
        (${first('')})
        UNION ALL
        SELECT later.* FROM types, LATERAL (${first(' AND workflow_type COLLATE "C" > types.workflow_type COLLATE "C"')}) AS later
      )
      SELECT workflow_type AS "workflowType", close_time AS "firstClose" FROM types`,
    values: [namespace],
  };
}

function continued(after: ListQuery['after'], values: unknown[]): string[] {
  if (!after) return [];
  const start = values.push(after.startTime);
  return [`(start_time, run_key) < ($${start}::bigint, $${values.push(after.runKey)}::bigint)`];
}

/** What a filter says of the start in any case. A run has started before it closes. */
function timeBounds(filter: Filter): Filter[] {
  if (filter.op === 'and') return filter.of.flatMap(timeBounds);
  const isUpper = filter.op === '<' || filter.op === '<=';
  if (!isUpper && filter.op !== '>' && filter.op !== '>=') return [];
  if (filter.field === 'StartTime') return [filter];
  return isUpper && filter.field === 'CloseTime' ? [{ ...filter, field: 'StartTime' }] : [];
}

/** At most one part of the filter whose runs an index has in the order of the list: two together may be rare. */
function inOrder(filter: Filter): Filter[] {
  const parts = filter.op === 'and' ? filter.of : [filter];
  const of = (field: string) => parts.find((part) => part.op === '=' && part.field === field);
  return [of('ExecutionStatus') ?? of('WorkflowType') ?? []].flat();
}

/** Rows of `key` (JSON, null without a group or a value) and `count`. */
export function countStatement(namespace: string, filter: Filter | null, groupBy: string | null): QueryConfig {
  const values: unknown[] = [namespace];
  const group = groupBy === null ? null : groupSql(groupBy, values);
  const where = filter ? `namespace = $1 AND ${filterSql(filter, values)}` : 'namespace = $1';
  if (group === null)
    return { text: `SELECT NULL::jsonb AS key, count(*) AS count FROM engine.visibility WHERE ${where}`, values };
  const groups = `SELECT ${group} AS key, count(*) AS count FROM engine.visibility WHERE ${where} GROUP BY 1`;
  return { text: `SELECT to_jsonb(key) AS key, count FROM (${groups}) AS groups ORDER BY count DESC`, values };
}
