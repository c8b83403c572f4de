/**
 * How long pages of the list of runs take with a million closed runs on PostgreSQL: filters drawn at random from those
 * that people and screens use, each for its first page, a later page, and a page at a random depth. Prints p50, p95 and
 * the worst of all pages, the slowest filters, and the plan of the slowest; fails if p95 is 100 ms or more. Also prints
 * the cost of the write path: commits that create and close runs.
 * Run: npm run bench:list [runs] [filters] [seed]
 */
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { migrate } from '../../prisma/migrate';
import { STATUS, type RunStatus } from '../run-name';
import { startPostgres } from '../launcher/postgres';
import type { ListQuery, RunCommit } from '../store/port';
import { listStatement, nearStatement } from '../store/postgres/lists';
import { PostgresStore } from '../store/postgres/store';
import { parseListQuery } from '../visibility/parse';

const [runs = 1_000_000, filters = 150, seed = 1] = process.argv.slice(2).map(Number);
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

/** 20 flows of unequal size; 2 % failed, of which half unwound and a tenth left something behind. */
const FILL = `
  INSERT INTO engine.visibility (run_key, namespace, workflow_id, run_id, first_run_id, workflow_type, task_queue,
    status, start_time, execution_time, close_time, history_length, search_attributes, memo)
  SELECT key, 'default', 'order-' || key, run, run, 'flow' || flow || '_v' || (1 + key % 3), 'backstitch',
    status, start, start, start + 1000 + (lucky * 100000)::bigint, 20 + key % 80,
    jsonb_strip_nulls(jsonb_build_object(
      'Customer', 'customer-' || (key * 7919 % 50000), 'Pieces', key % 1000, 'Weight', round(lucky::numeric * 100, 2),
      'Gift', key % 20 = 0, 'Due', to_char(to_timestamp(start / 1000), 'YYYY-MM-DD"T"HH24:MI:SS".000Z"'),
      'Labels', jsonb_build_array('label-' || key % 500, CASE WHEN key % 5000 = 0 THEN 'rare' ELSE 'usual' END),
      'Note', 'parcel ' || key % 10000 || ' is late',
      'SagaPhase', CASE WHEN status = 3 AND key % 2 = 0 THEN 'unwound' WHEN status = 3 AND key % 5 = 0 THEN 'left-standing' END,
      'SagaStanding', CASE WHEN status = 3 AND key % 5 = 0 THEN 1 + key % 3 END)), '\\x'
  FROM (SELECT key, md5(key::text)::uuid::text AS run, (power(random(), 3) * 20)::int AS flow, random() AS lucky,
      (CASE WHEN random() < 0.02 THEN 3 WHEN random() < 0.005 THEN 4 WHEN random() < 0.001 THEN 5 ELSE 2 END) AS status,
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

const CLAUSES: readonly (() => string)[] = [
  () => `WorkflowId = 'order-${below(runs)}'`,
  () => `WorkflowId STARTS_WITH 'order-${below(runs)}'`,
  () => `WorkflowId = 'no such order'`,
  () => `WorkflowType = 'flow${below(22)}_v${1 + below(3)}'`,
  () => `WorkflowType STARTS_WITH 'flow${below(22)}_v'`,
  () => `ExecutionStatus = '${oneOf(['Running', 'Completed', 'Failed', 'Canceled', 'Terminated', 'TimedOut'])}'`,
  () => `ExecutionStatus != 'Completed'`,
  () => `ExecutionStatus IN ('Failed', 'TimedOut')`,
  () => `StartTime < '${moment()}'`,
  () => `StartTime BETWEEN '${[moment(), moment()].sort().join("' AND '")}'`,
  () => `CloseTime > '${moment()}'`,
  () => `CloseTime IS NULL`,
  () => `HistoryLength > ${below(110)}`,
  () => `SagaPhase = '${oneOf(['unwound', 'left-standing', 'needs-hand'])}'`,
  () => `SagaStanding > ${below(4)}`,
  () => `SagaStanding IS NULL`,
  () => `Customer = 'customer-${below(50_000)}'`,
  () => `Customer IN ('customer-${below(50_000)}', 'customer-${below(50_000)}')`,
  () => `Customer STARTS_WITH 'customer-1'`,
  () => `Pieces = ${below(1_100)}`,
  () => `Pieces > ${below(1_100)}`,
  () => `Weight BETWEEN 10 AND ${below(100)}`,
  () => `Gift = ${oneOf(['true', 'false'])}`,
  () => `Due < '${moment()}'`,
  () => `Labels = '${oneOf(['rare', 'usual', 'label-7', 'never'])}'`,
  () => `Note = '${oneOf(['late', 'early', String(below(10_000))])}'`,
  // As the screens ask for outcomes.
  () => `(ExecutionStatus = 'Failed' AND SagaStanding > 0)`,
  () => `(ExecutionStatus = 'Completed' AND SagaStanding > 0)`,
  () => `(ExecutionStatus = 'Failed' AND SagaPhase = 'unwound' AND (SagaStanding IS NULL OR SagaStanding = 0))`,
  () => `(ExecutionStatus = 'Completed' AND (SagaStanding IS NULL OR SagaStanding = 0))`,
];

/** Each clause alone, then random combinations. */
function queries(): string[] {
  const alone = CLAUSES.map((clause) => clause());
  const mixed = Array.from({ length: Math.max(0, filters - alone.length) }, () => {
    const clauses = Array.from({ length: 2 + below(2) }, () => oneOf(CLAUSES)());
    return clauses.join(below(5) === 0 ? ' OR ' : ' AND ');
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
  query: string;
  page: string;
  tookMs: number;
  asked: ListQuery;
}

async function measure(client: pg.Client): Promise<Measured[]> {
  const measured: Measured[] = [];
  const ask = async (query: string, page: string, asked: ListQuery) => {
    const begun = performance.now();
    // As the store does.
    const near = nearStatement(asked);
    const full = near && (await client.query<Row>(near)).rows;
    const rows = full?.length === PAGE ? full : (await client.query<Row>(listStatement(asked))).rows;
    measured.push({ query, page, tookMs: performance.now() - begun, asked });
    return rows.at(-1);
  };
  for (const query of queries()) {
    const { filter } = parseListQuery(query, ATTRIBUTES);
    const asked: ListQuery = { namespace: 'default', filter, limit: PAGE, after: null };
    const last = await ask(query, 'first', asked);
    if (last)
      await ask(query, 'second', {
        ...asked,
        after: { startTime: Number(last.startTime), runKey: Number(last.runKey) },
      });
    const startTime = NOW - below(SPAN_MS);
    await ask(query, 'deep', { ...asked, after: { startTime, runKey: 1 } });
  }
  return measured;
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
  let begun = performance.now();
  await client.query(FILL, [runs]);
  await client.query('VACUUM ANALYZE engine.visibility');
  const { rows } = await client.query<{ size: string; indexes: string }>(
    "SELECT pg_size_pretty(pg_table_size('engine.visibility')) AS size, pg_size_pretty(pg_indexes_size('engine.visibility')) AS indexes"
  );
  const seconds = Math.round((performance.now() - begun) / 1_000);
  console.log(`${runs} closed runs in ${seconds} s: table ${rows[0]?.size}, indexes ${rows[0]?.indexes}`);
  begun = performance.now();
  const measured = await measure(client);
  const times = measured.map(({ tookMs }) => tookMs).sort((one, other) => one - other);
  const p95 = at(times, 0.95);
  console.log(
    `${times.length} pages of ${PAGE}: p50 ${ms(at(times, 0.5))}, p95 ${ms(p95)}, worst ${ms(times.at(-1)!)}`
  );
  const slowest = measured.sort((one, other) => other.tookMs - one.tookMs);
  for (const { query, page, tookMs } of slowest.slice(0, 12))
    console.log(`  ${ms(tookMs).padStart(10)}  ${page.padEnd(6)}  ${query}`);
  const { text, values = [] } = listStatement(slowest[0]!.asked);
  const plan = await client.query<{ 'QUERY PLAN': string }>(`EXPLAIN (ANALYZE, BUFFERS) ${text}`, values as unknown[]);
  console.log(plan.rows.map((row) => row['QUERY PLAN']).join('\n'));
  await writePath(url);
  if (p95 >= LIMIT_MS) process.exitCode = 1;
} finally {
  await client.end();
  await server.stop();
  await rm(folder, { recursive: true, force: true });
}
