/**
 * The commit: one named statement that proves the lease, writes every run of the batch, and fails as a whole if
 * anything is not as expected (design D5). The statement has a form for each combination of new runs, visibility records
 * and changes of the log. The form of the hot path is the shortest.
 *
 * Rows are sent by column through `unnest` (parameters.ts). An update that sets a column to its old value can still be HOT, so wake_at needs no
 * form of its own.
 */
import type pg from 'pg';
import type { RunCommit, RunCreation } from '../port';
import type { StoredChange } from '../../visibility/change';
import type { VisibilityRecord } from '../../visibility/record';
import { writeChanges } from './changes';
import { Parameters } from './parameters';

/** `changes`: those of the runs, with their positions. */
export async function commitBatch(
  client: pg.ClientBase,
  epoch: number,
  runs: readonly RunCommit[],
  changes: readonly StoredChange[]
): Promise<void> {
  const updates = runs.filter((run) => !run.create);
  const creations = runs.filter((run): run is RunCommit & { create: RunCreation } => run.create !== undefined);
  const visibility = runs.flatMap((run) => run.visibility ?? []);
  await client.query(statement(epoch, runs, updates, creations, visibility, changes));
}

function statement(
  epoch: number,
  runs: readonly RunCommit[],
  updates: readonly RunCommit[],
  creations: readonly (RunCommit & { create: RunCreation })[],
  visibility: readonly VisibilityRecord[],
  changes: readonly StoredChange[]
): pg.QueryConfig {
  const p = new Parameters();
  const parts = [
    `l AS MATERIALIZED (SELECT 1 FROM engine.lease WHERE epoch = ${p.add(epoch, 'bigint')} FOR SHARE)`,
    appendHistory(p, runs),
    updateRuns(p, updates),
  ];
  if (creations.length > 0) parts.push(createRuns(p, creations), takeCurrent(p, creations));
  if (visibility.length > 0) parts.push(writeVisibility(p, visibility));
  if (changes.length > 0) parts.push(writeChanges(p, changes));

  const updated = p.add(
    updates.map((run) => run.runKey),
    'bigint[]'
  );
  const taken =
    creations.length > 0
      ? `ARRAY(SELECT k FROM unnest(${p.add(
          creations.map((run) => run.create.workflowId),
          'text[]'
        )}) k EXCEPT SELECT workflow_id FROM c WHERE NOT (inserted AND previous_run_id IS NOT NULL))`
      : `ARRAY[]::text[]`;
  const further = { create: creations, visibility, change: changes };
  const name = ['commit', ...Object.entries(further).flatMap(([part, of]) => (of.length > 0 ? part : []))].join('_');
  const text = `WITH ${parts.join(',\n')}
SELECT engine.prove(EXISTS (SELECT 1 FROM l), ARRAY(SELECT k FROM unnest(${updated}) k EXCEPT SELECT run_key FROM u), ${taken})`;
  return { name, text, values: p.values };
}

function appendHistory(p: Parameters, runs: readonly RunCommit[]): string {
  const rows = runs.flatMap((run) => run.history.map((batch) => ({ runKey: run.runKey, ...batch })));
  const keys = p.add(
    rows.map((row) => row.runKey),
    'bigint[]'
  );
  const first = p.add(
    rows.map((row) => row.firstEventId),
    'int[]'
  );
  const events = p.bytes(
    rows.map((row) => row.events),
    'events'
  );
  return `h AS (INSERT INTO engine.history (run_key, first_event_id, events)
  SELECT d.run_key, d.first_event_id, ${events.slice}
  FROM l, unnest(${keys}, ${first}, ${events.columns}) AS d(run_key, first_event_id, ${events.names}))`;
}

function updateRuns(p: Parameters, updates: readonly RunCommit[]): string {
  const column = <T>(of: (run: RunCommit) => T, type: string) => p.add(updates.map(of), `${type}[]`);
  const keys = column((run) => run.runKey, 'bigint');
  const expected = column((run) => run.expectedNextEventId, 'int');
  const next = column((run) => run.nextEventId, 'int');
  const status = column((run) => run.status, 'smallint');
  const wakeSet = column((run) => run.wakeAt !== undefined, 'boolean');
  const wake = column((run) => run.wakeAt ?? null, 'bigint');
  const side = p.bytes(
    updates.map((run) => run.side),
    'side'
  );
  return `u AS (UPDATE engine.execution e
  SET next_event_id = d.next, status = d.status, side = ${side.slice},
      wake_at = CASE WHEN d.wake_set THEN d.wake ELSE e.wake_at END
  FROM l, unnest(${keys}, ${expected}, ${next}, ${status}, ${wakeSet}, ${wake}, ${side.columns})
       AS d(run_key, expected, next, status, wake_set, wake, ${side.names})
  WHERE e.run_key = d.run_key AND e.next_event_id = d.expected
  RETURNING e.run_key)`;
}

function createRuns(p: Parameters, creations: readonly (RunCommit & { create: RunCreation })[]): string {
  const column = <T>(of: (run: RunCommit & { create: RunCreation }) => T, type: string) =>
    p.add(creations.map(of), `${type}[]`);
  const columns = [
    column((run) => run.runKey, 'bigint'),
    column((run) => run.create.namespace, 'text'),
    column((run) => run.create.workflowId, 'text'),
    column((run) => run.create.runId, 'text'),
    column((run) => run.create.firstRunId, 'text'),
    column((run) => run.nextEventId, 'int'),
    column((run) => run.status, 'smallint'),
    column((run) => run.wakeAt ?? null, 'bigint'),
  ].join(', ');
  const side = p.bytes(
    creations.map((run) => run.side),
    'side'
  );
  const names = 'run_key, namespace, workflow_id, run_id, first_run_id, next_event_id, status, wake_at';
  return `n AS (INSERT INTO engine.execution (${names}, side)
  SELECT ${names
    .split(', ')
    .map((name) => `d.${name}`)
    .join(', ')}, ${side.slice}
  FROM l, unnest(${columns}, ${side.columns}) AS d(${names}, ${side.names}))`;
}

/**
 * The statement names the run that is replaced. If the row contains another run, nothing is written, and the workflow
 * id is missing from `c`.
 */
function takeCurrent(p: Parameters, creations: readonly (RunCommit & { create: RunCreation })[]): string {
  const column = <T>(of: (run: RunCommit & { create: RunCreation }) => T, type: string) =>
    p.add(creations.map(of), `${type}[]`);
  const columns = [
    column((run) => run.create.namespace, 'text'),
    column((run) => run.create.workflowId, 'text'),
    column((run) => run.runKey, 'bigint'),
    column((run) => run.create.runId, 'text'),
    column((run) => run.create.expectedCurrentRunId, 'text'),
  ].join(', ');
  const names = 'namespace, workflow_id, run_key, run_id, previous_run_id';
  return `c AS (INSERT INTO engine.current_execution AS e (${names})
  SELECT d.namespace, d.workflow_id, d.run_key, d.run_id, d.previous_run_id
  FROM l, unnest(${columns}) AS d(${names})
  ON CONFLICT (namespace, workflow_id) DO UPDATE
  SET run_key = excluded.run_key, run_id = excluded.run_id, previous_run_id = excluded.previous_run_id
  WHERE e.run_id = excluded.previous_run_id
  RETURNING e.workflow_id, e.previous_run_id, e.xmax = 0 AS inserted)`;
}

function writeVisibility(p: Parameters, records: readonly VisibilityRecord[]): string {
  const column = <T>(of: (record: VisibilityRecord) => T, type: string) => p.add(records.map(of), `${type}[]`);
  const columns = [
    column((record) => record.runKey, 'bigint'),
    column((record) => record.namespace, 'text'),
    column((record) => record.workflowId, 'text'),
    column((record) => record.runId, 'text'),
    column((record) => record.firstRunId, 'text'),
    column((record) => record.workflowType, 'text'),
    column((record) => record.taskQueue, 'text'),
    column((record) => record.status, 'smallint'),
    column((record) => record.startTime, 'bigint'),
    column((record) => record.executionTime, 'bigint'),
    column((record) => record.closeTime, 'bigint'),
    column((record) => record.historyLength, 'int'),
    column((record) => record.historySizeBytes, 'bigint'),
    column((record) => record.stateTransitions, 'int'),
    column((record) => record.parent?.workflowId ?? null, 'text'),
    column((record) => record.parent?.runId ?? null, 'text'),
    column((record) => record.root?.workflowId ?? null, 'text'),
    column((record) => record.root?.runId ?? null, 'text'),
    column((record) => JSON.stringify(record.searchAttributes), 'jsonb'),
  ].join(', ');
  const memo = p.bytes(
    records.map((record) => record.memo),
    'memo'
  );
  const names =
    'run_key, namespace, workflow_id, run_id, first_run_id, workflow_type, task_queue, status, start_time, execution_time, close_time, history_length, history_size_bytes, state_transitions, parent_workflow_id, parent_run_id, root_workflow_id, root_run_id, search_attributes';
  return `v AS (INSERT INTO engine.visibility (${names}, memo)
  SELECT ${names
    .split(', ')
    .map((name) => `d.${name}`)
    .join(', ')}, ${memo.slice}
  FROM l, unnest(${columns}, ${memo.columns}) AS d(${names}, ${memo.names})
  ON CONFLICT (run_key) DO UPDATE
  SET status = excluded.status, close_time = excluded.close_time, history_length = excluded.history_length,
      history_size_bytes = excluded.history_size_bytes, state_transitions = excluded.state_transitions,
      search_attributes = excluded.search_attributes, memo = excluded.memo)`;
}
