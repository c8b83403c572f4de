/**
 * How long pages of the list of runs take with a million closed runs on PostgreSQL: filters of each kind that people
 * and screens use, with values drawn at random, each for its first page, the next one, a page at a random depth, and
 * the last one. Prints p50, p95 and the worst of each kind and of all, the slowest filters, and the plan of the
 * slowest; then the same of counts by status. Fails if the p95 of all pages, or of one kind, is 100 ms or more. Also
 * prints the cost of the write path: commits that create and close runs.
 * Run: npm run bench:list [runs] [filters of a kind] [seed]
 */
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { migrate } from '../../prisma/migrate';
import { STATUS, type RunStatus } from '../run-name';
import { startPostgres } from '../launcher/postgres';
import type { ListQuery, RunCommit } from '../store/port';
import { countStatement, listStatement, nearStatement } from '../store/postgres/lists';
import { PostgresStore } from '../store/postgres/store';
import { attributeIndex } from '../visibility/sql';
import { parseListQuery } from '../visibility/parse';

const [runs = 1_000_000, filters = 12, seed = 1] = process.argv.slice(2).map(Number);
const PAGE = 50;
const LIMIT_MS = 100;
const [TEXT, KEYWORD, INT, DOUBLE, BOOL, DATETIME, LIST] = [1, 2, 3, 4, 5, 6, 7];
const ATTRIBUTES = {
  SagaPhase: KEYWORD,
  SagaStanding: INT,
  Note: TEXT,
  Customer: KEYWORD,
  Pieces: INT,
  Weight: DOUBLE,
  Gift: BOOL,
  Due: DATETIME,
  Labels: LIST,
};

/** The newest run starts now, the oldest 90 days before. */
const DAY_MS = 86_400_000;
const NOW = Date.UTC(2026, 10, 29);
const SPAN_MS = 90 * DAY_MS;

/**
 * 20 flows of unequal size; 2 % failed, of which half unwound and a tenth left something behind. A tenth are children,
 * nine of one parent.
 */
const FILL = `
  INSERT INTO engine.visibility (run_key, namespace, workflow_id, run_id, first_run_id, workflow_type, task_queue,
    status, start_time, execution_time, close_time, history_length, history_size_bytes, state_transitions,
    parent_workflow_id, parent_run_id, root_workflow_id, root_run_id, search_attributes, memo)
  SELECT key, 'default', 'order-' || key, run, run, 'flow' || flow || '_v' || (1 + key % 3), 'backstitch',
    status, start, start, start + 1000 + (lucky * 100000)::bigint, 20 + key % 80, 4000 + key % 90000, 5 + key % 40,
    parent, md5(parent)::uuid::text, parent, md5(parent)::uuid::text,
    jsonb_strip_nulls(jsonb_build_object(
      'Customer', 'customer-' || (key * 7919 % 50000), 'Pieces', key % 1000, 'Weight', round(lucky::numeric * 100, 2),
      'Gift', key % 20 = 0, 'Due', to_char(to_timestamp(start / 1000), 'YYYY-MM-DD"T"HH24:MI:SS".000Z"'),
      'Labels', jsonb_build_array('label-' || key % 500, CASE WHEN key % 5000 = 0 THEN 'rare' ELSE 'usual' END),
      'Note', 'parcel ' || key % 10000 || ' is late',
      'SagaPhase', CASE WHEN status = 3 AND key % 2 = 0 THEN 'unwound' WHEN status = 3 AND key % 5 = 0 THEN 'left-standing' END,
      'SagaStanding', CASE WHEN status = 3 AND key % 5 = 0 THEN 1 + key % 3 END)), '\\x'
  FROM (SELECT key, md5(key::text)::uuid::text AS run, (power(random(), 3) * 20)::int AS flow, random() AS lucky,
      (CASE WHEN random() < 0.02 THEN 3 WHEN random() < 0.005 THEN 4 WHEN random() < 0.001 THEN 5 ELSE 2 END) AS status,
      CASE WHEN key % 10 = 0 THEN 'order-' || (key / 100) * 100 + 1 END AS parent,
      ${NOW - SPAN_MS} + (key::numeric / $1 * ${SPAN_MS})::bigint AS start
    FROM generate_series(1::bigint, $1::bigint) AS key) AS run`;

/** A small generator, so that a seed gives the same filters. */
let state = seed;
function random(): number {
  state = (state + 0x6d2b79f5) | 0;
  let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
}
const below = (limit: number) => Math.floor(random() * limit);
const oneOf = <T>(values: readonly T[]): T => values[below(values.length)]!;
const moment = () => new Date(NOW - below(SPAN_MS)).toISOString();

const STATUS_NAMES = ['Running', 'Completed', 'Failed', 'Canceled', 'Terminated', 'TimedOut'];
const parent = () => `order-${below(runs / 100) * 100 + 1}`;
/** By what is asked for. */
const KINDS: Readonly<Record<string, readonly (() => string)[]>> = {
  'no filter': [() => ''],
  status: [
    () => `ExecutionStatus = '${oneOf(STATUS_NAMES)}'`,
    () => `ExecutionStatus != 'Completed'`,
    () => `ExecutionStatus IN ('Failed', 'TimedOut')`,
  ],
  // As the screens ask for outcomes.
  outcome: [
    () => `(ExecutionStatus = 'Failed' AND SagaStanding > 0)`,
    () => `(ExecutionStatus = 'Completed' AND SagaStanding > 0)`,
    () => `(ExecutionStatus = 'Failed' AND SagaPhase = 'unwound' AND (SagaStanding IS NULL OR SagaStanding = 0))`,
    () => `(ExecutionStatus = 'Completed' AND (SagaStanding IS NULL OR SagaStanding = 0))`,
  ],
  flow: [
    () => `WorkflowType = 'flow${below(22)}_v${1 + below(3)}'`,
    () => `WorkflowType STARTS_WITH 'flow${below(22)}_v'`,
  ],
  'workflow id': [
    () => `WorkflowId = 'order-${below(runs)}'`,
    () => `WorkflowId STARTS_WITH 'order-${below(runs)}'`,
    () => `WorkflowId = 'no such order'`,
  ],
  time: [
    () => `StartTime < '${moment()}'`,
    () => `StartTime BETWEEN '${[moment(), moment()].sort().join("' AND '")}'`,
    () => `CloseTime > '${moment()}'`,
    () => `CloseTime BETWEEN '${[moment(), moment()].sort().join("' AND '")}'`,
    () => `CloseTime IS NULL`,
  ],
  family: [
    () => `ParentWorkflowId = '${parent()}'`,
    () => `RootWorkflowId = '${parent()}'`,
    () => `ParentWorkflowId IS NULL`,
    () => `ParentWorkflowId IS NOT NULL`,
    () => `ParentWorkflowId = 'no such order'`,
  ],
  sizes: [
    () => `HistoryLength > ${below(110)}`,
    () => `HistorySizeBytes > ${below(100_000)}`,
    () => `StateTransitionCount < ${below(50)}`,
    () => `ExecutionDuration > '${below(110)}s'`,
  ],
  'saga attributes': [
    () => `SagaPhase = '${oneOf(['unwound', 'left-standing', 'needs-hand'])}'`,
    () => `SagaStanding > ${below(4)}`,
    () => `SagaStanding IS NULL`,
  ],
  Keyword: [
    () => `Customer = 'customer-${below(50_000)}'`,
    () => `Customer IN ('customer-${below(50_000)}', 'customer-${below(50_000)}')`,
    () => `Customer = 'nobody'`,
  ],
  STARTS_WITH: [
    () => `Customer STARTS_WITH 'customer-1'`,
    () => `Customer STARTS_WITH 'customer-${below(50_000)}'`,
    () => `Customer STARTS_WITH 'nobody'`,
  ],
  Int: [() => `Pieces = ${below(1_100)}`, () => `Pieces > ${below(1_100)}`, () => `Pieces > 2000`],
  'other attributes': [
    () => `Weight BETWEEN 10 AND ${below(100)}`,
    () => `Gift = ${oneOf(['true', 'false'])}`,
    () => `Due < '${moment()}'`,
    () => `Labels = '${oneOf(['rare', 'usual', 'label-7', 'never'])}'`,
    () => `Note = '${oneOf(['late', 'early', String(below(10_000))])}'`,
  ],
};
const CLAUSES = Object.values(KINDS).flat().slice(1);

/** Each clause at least once, and random combinations. */
function queries(): { kind: string; query: string }[] {
  const alone = Object.entries(KINDS).flatMap(([kind, clauses]) =>
    Array.from({ length: Math.max(filters, clauses.length) }, (_, index) => {
      return { kind, query: clauses[index % clauses.length]!() };
    })
  );
  const mixed = Array.from({ length: filters * 5 }, () => {
    const clauses = Array.from({ length: 2 + below(2) }, () => oneOf(CLAUSES)());
    return { kind: 'combinations', query: clauses.join(below(5) === 0 ? ' OR ' : ' AND ') };
  });
  return [...alone, ...mixed];
}

const at = (sorted: readonly number[], share: number) =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]!;
const ms = (value: number) => `${value.toFixed(1)} ms`;

async function writePath(url: string): Promise<void> {
  const store = await new PostgresStore({ url }).acquire('bench');
  const batch = 100;
  const begun = performance.now();
  for (let from = 0; from < 5_000; from += batch) {
    const keys = Array.from({ length: batch }, (_, index) => runs + 1 + from + index);
    await store.commit(keys.map((key) => commit(key, STATUS.running)));
    await store.commit(keys.map((key) => commit(key, STATUS.completed)));
  }
  console.log(
    `write path: 5,000 runs created and closed at ${Math.round(5_000_000 / (performance.now() - begun))} runs/s`
  );
  await store.release();
}
function commit(runKey: number, status: RunStatus): RunCommit {
  const address = { namespace: 'default', workflowId: `written-${runKey}`, runId: `run-${runKey}` };
  const isNew = status === STATUS.running;
  return {
    runKey,
    expectedNextEventId: isNew ? 1 : 2,
    nextEventId: isNew ? 2 : 3,
    history: [{ firstEventId: isNew ? 1 : 2, events: new Uint8Array(400) }],
    status,
    side: new Uint8Array(90),
    wakeAt: isNew ? 0 : null,
    create: isNew ? { ...address, firstRunId: address.runId, expectedCurrentRunId: null } : undefined,
    visibility: {
      ...address,
      runKey,
      firstRunId: address.runId,
      workflowType: 'written_v1',
      taskQueue: 'backstitch',
      status,
      startTime: NOW + runKey,
      executionTime: NOW + runKey,
      closeTime: isNew ? null : NOW + runKey + 1,
      historyLength: 2,
      historySizeBytes: 200,
      stateTransitions: 2,
      parent: null,
      root: null,
      searchAttributes: { Customer: `customer-${runKey % 50_000}`, Pieces: runKey % 1_000 },
      memo: new Uint8Array(),
    },
  };
}

interface Row {
  startTime: string;
  runKey: string;
}

interface Measured {
  kind: string;
  query: string;
  page: string;
  tookMs: number;
  statement: pg.QueryConfig;
}

async function measurePages(client: pg.Client): Promise<Measured[]> {
  const measured: Measured[] = [];
  const ask = async (kind: string, query: string, page: string, asked: ListQuery) => {
    const begun = performance.now();
    // As the store does.
    const near = nearStatement(asked);
    const full = near && (await client.query<Row>(near)).rows;
    const rows = full?.length === PAGE ? full : (await client.query<Row>(listStatement(asked))).rows;
    measured.push({ kind, query, page, tookMs: performance.now() - begun, statement: listStatement(asked) });
    return rows.at(-1);
  };
  for (const { kind, query } of queries()) {
    const { filter } = parseListQuery(query, ATTRIBUTES);
    const asked: ListQuery = { namespace: 'default', filter, limit: PAGE, after: null };
    const last = await ask(kind, query, 'first', asked);
    if (last)
      await ask(kind, query, 'second', {
        ...asked,
        after: { startTime: Number(last.startTime), runKey: Number(last.runKey) },
      });
    const startTime = NOW - below(SPAN_MS);
    await ask(kind, query, 'deep', { ...asked, after: { startTime, runKey: 1 } });
    await ask(kind, query, 'last', { ...asked, after: { startTime: NOW - SPAN_MS + 400_000, runKey: 1 } });
  }
  return measured;
}

async function measureCounts(client: pg.Client): Promise<Measured[]> {
  const measured: Measured[] = [];
  for (const { kind, query } of queries()) {
    const { filter } = parseListQuery(query, ATTRIBUTES);
    const statement = countStatement('default', filter, 'ExecutionStatus');
    const begun = performance.now();
    await client.query(statement);
    measured.push({ kind, query, page: 'count', tookMs: performance.now() - begun, statement });
  }
  return measured;
}

/** Prints a line for each kind and for all; returns the p95 of each. */
function summary(title: string, measured: readonly Measured[]): number[] {
  const kinds = [...new Set(measured.map(({ kind }) => kind))];
  const groups = [
    ...kinds.map((kind) => [kind, measured.filter((each) => each.kind === kind)] as const),
    ['all', measured] as const,
  ];
  console.log(title);
  return groups.map(([kind, group]) => {
    const times = group.map(({ tookMs }) => tookMs).sort((one, other) => one - other);
    const [p50, p95, worst] = [at(times, 0.5), at(times, 0.95), times.at(-1)!].map((each) => ms(each).padStart(10));
    const slowest = group.reduce((one, other) => (other.tookMs > one.tookMs ? other : one));
    console.log(
      `  ${kind.padEnd(18)} ${String(times.length).padStart(5)}  p50${p50}  p95${p95}  worst${worst}  ${slowest.page} ${slowest.query.slice(0, 90)}`
    );
    return at(times, 0.95);
  });
}

async function explain(client: pg.Client, measured: readonly Measured[]): Promise<void> {
  const slowest = measured.toSorted((one, other) => other.tookMs - one.tookMs);
  for (const { query, page, tookMs } of slowest.slice(0, 12))
    console.log(`  ${ms(tookMs).padStart(10)}  ${page.padEnd(6)}  ${query}`);
  const { text, values = [] } = slowest[0]!.statement;
  const plan = await client.query<{ 'QUERY PLAN': string }>(`EXPLAIN (ANALYZE, BUFFERS) ${text}`, values as unknown[]);
  console.log(plan.rows.map((row) => row['QUERY PLAN']).join('\n'));
}

const folder = await mkdtemp(path.join(tmpdir(), 'backstitch-list-'));
await chmod(folder, 0o755);
const server = await startPostgres({ dataDir: path.join(folder, 'postgres') });
const admin = new pg.Client(server.url);
await admin.connect();
await admin.query('CREATE DATABASE bench');
await admin.end();
const url = server.urlOf('bench');
await migrate(url);
const client = new pg.Client(url);
await client.connect();
try {
  const begun = performance.now();
  await client.query(FILL, [runs]);
  // As the store makes them when the attributes are registered.
  for (const [name, type] of Object.entries(ATTRIBUTES)) {
    const index = attributeIndex(name, type);
    if (index) await client.query(`CREATE INDEX ${index.name} ON engine.visibility (${index.expression})`);
  }
  await client.query('VACUUM ANALYZE engine.visibility');
  const { rows } = await client.query<{ size: string; indexes: string }>(
    "SELECT pg_size_pretty(pg_table_size('engine.visibility')) AS size, pg_size_pretty(pg_indexes_size('engine.visibility')) AS indexes"
  );
  const seconds = Math.round((performance.now() - begun) / 1_000);
  console.log(`${runs} closed runs in ${seconds} s: table ${rows[0]?.size}, indexes ${rows[0]?.indexes}`);
  const pages = await measurePages(client);
  const slow = summary(`pages of ${PAGE}`, pages).some((p95) => p95 >= LIMIT_MS);
  await explain(client, pages);
  const counts = await measureCounts(client);
  summary('counts by status', counts);
  await explain(client, counts);
  await writePath(url);
  if (slow) process.exitCode = 1;
} finally {
  await client.end();
  await server.stop();
  await rm(folder, { recursive: true, force: true });
}
