/**
 * Makes the data of a release: starts the product of a checkout, leaves a run open at every place where a run can wait and one
 * closed in every way that a run can close, kills the product, and writes its database to files. Run once a release:
 *
 *   npx tsx engine/released/make.ts <checkout of the release> engine/released/<revision>
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, chmod, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { Client, Connection } from '@temporalio/client';
import pg from 'pg';
import { openLab } from './lab';
import type { ReleasedData, ReleasedRun } from './released';

const [checkout = '', target = ''] = process.argv.slice(2);
const ACCOUNT = { name: 'Ada Byron', email: 'ada@example.com', password: 'correct horse battery' };
const base = 20_000 + Math.floor(Math.random() * 20_000);
const ports = { web: base, engine: base + 1, shop: base + 2 };
const web = `http://127.0.0.1:${ports.web}`;

const dataDir = await mkdtemp(path.join(tmpdir(), 'backstitch-released-'));
await chmod(dataDir, 0o755);
const lab = await openLab('old');
const args = ['--port', ports.web, '--engine-port', ports.engine, '--shop-port', ports.shop, '--data', dataDir];
const launcher = spawn(process.execPath, ['engine/launcher/start.mjs', ...args.map(String)], {
  cwd: checkout,
  env: { ...process.env, BACKSTITCH_CONNECTIONS: `lab=${lab.url}` },
  stdio: ['ignore', 'pipe', 'inherit'],
});
await new Promise<void>((resolve) =>
  launcher.stdout.on('data', (chunk: Buffer) => {
    process.stdout.write(chunk);
    if (chunk.toString().includes('Open http')) resolve();
  })
);

let cookie = '';
async function call<T>(route: string, body?: unknown): Promise<T> {
  const answer = await fetch(`${web}${route}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { 'content-type': 'application/json', cookie, origin: web },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const set = answer.headers.getSetCookie().map((line) => line.split(';')[0]);
  if (set.length) cookie = set.join('; ');
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${route}: ${answer.status} ${text}`);
  return JSON.parse(text || 'null') as T;
}

/** Uses the Prisma client of the release. */
async function putSecret(name: string, value: string): Promise<void> {
  const places = ['engine/api/client.ts', 'engine/worker/versions/client.ts'].map((file) => path.join(checkout, file));
  const file = places.find((place) => existsSync(place)) ?? '';
  const { createBackstitchClient } = (await import(file)) as typeof import('../api/client');
  const client = createBackstitchClient(`127.0.0.1:${ports.engine}`);
  await client.putSecret(name, value);
  client.close();
}

interface Detail {
  summary: { status: string; standingState: string };
  live: { events: { type: string }[] };
}
const runs: ReleasedRun[] = [];
const detail = (run: ReleasedRun) => call<Detail>(`/api/runs/${encodeURIComponent(run.workflowId)}/${run.runId}`);
async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 300; tries += 1) {
    if (await holds().catch(() => false)) return;
    await delay(200);
  }
  throw new Error(`It never came to this: ${what}`);
}
async function start(flow: string, name: string, input: unknown): Promise<ReleasedRun> {
  const started = await call<{ workflowId: string; runId: string }>(`/api/flows/${flow}/runs`, {
    requestId: crypto.randomUUID(),
    input,
  });
  const run = { name, flow, ...started };
  runs.push({ name, flow, workflowId: run.workflowId, runId: run.runId });
  return runs[runs.length - 1] as ReleasedRun;
}
const kept = (way: string) => start('kept', way, { way, note: `{idempotencyKey} is filled in for ${way}` });
const happened = (run: ReleasedRun, type: string) => async () =>
  (await detail(run)).live.events.some((event) => event.type === type);
const called = (route: string, way: string) => () =>
  Promise.resolve(lab.calls.some((each) => each.path.split('?')[0] === route && each.way === way));
const closed = (run: ReleasedRun) => async () => (await detail(run)).summary.status !== 'running';
const address = (run: ReleasedRun) => `/api/runs/${encodeURIComponent(run.workflowId)}/${run.runId}`;

await call('/api/first-account', ACCOUNT);
await call('/api/auth/sign-in/email', { email: ACCOUNT.email, password: ACCOUNT.password });
await call('/api/example', {});
await putSecret('lab-token', 'Bearer kept from the release');
await call('/api/flows', { document: JSON.parse(await readFile(path.join(import.meta.dirname, 'flow.json'), 'utf8')) });
const example = await call<{ shown: { manifest: { document: { scenarios: { name: string; input: object }[] } } } }>(
  '/api/flows/order-fulfilment'
);

// Runs that are closed in every way.
const ended: ReleasedRun[] = [];
for (const { name, input } of example.shown.manifest.document.scenarios) {
  const run = await start('order-fulfilment', `order: ${name}`, { ...input, orderId: `kept-${name}` });
  if (name !== 'large-order' && name !== 'refund-fails') ended.push(run);
}
ended.push(await kept('straight'), await kept('broken-undone'));
const killed = await kept('broken-killed');
const left = await kept('broken-left');
const byHand = await kept('broken-by-hand');
const approved = await kept('approved');
const applied = await kept('unknown-applied');
const stopped = await kept('timer');
const asks = (route: string, way: string, calls: number) => () =>
  Promise.resolve(lab.calls.filter((each) => each.path.split('?')[0] === route && each.way === way).length >= calls);
for (const run of [killed, left, byHand]) await until(`${run.name} asks`, asks('/undo/reserve', run.name, 2));
await delay(1_500);
await call(`${address(killed)}/terminate`, { requestId: crypto.randomUUID(), reason: 'Killed for the release data.' });
const decide = { nodeId: 'reserve', reason: 'Decided for the release data.' };
await call(`${address(left)}/decide-undo`, { requestId: crypto.randomUUID(), choice: 'leave', ...decide });
await call(`${address(byHand)}/decide-undo`, { requestId: crypto.randomUUID(), choice: 'doneByHand', ...decide });
await until('the step of unknown outcome asks', called('/do/pay', 'unknown-applied'));
await delay(4_000);
await call(`${address(applied)}/decide-outcome`, {
  requestId: crypto.randomUUID(),
  ...decide,
  nodeId: 'pay',
  choice: 'applied',
});
interface Task {
  taskId: string;
  workflowId: string;
}
const taskOf = async (run: ReleasedRun): Promise<Task | undefined> =>
  (await call<{ tasks: Task[] }>('/api/inbox?view=waiting')).tasks.find((task) => task.workflowId === run.workflowId);
await until('the approval is asked', async () => (await taskOf(approved)) !== undefined);
const task = await taskOf(approved);
const taskRoute = `/api/inbox/${encodeURIComponent(task?.taskId ?? '')}`;
const shown = await call<{ task?: { dataHash: string }; dataHash?: string }>(taskRoute);
await call(`${taskRoute}/decide`, {
  decisionId: crypto.randomUUID(),
  decision: 'approve',
  comment: 'Approved for the release data.',
  dataHash: shown.dataHash ?? shown.task?.dataHash,
});
await until('the stopped one waits', happened(stopped, 'TimerStarted'));
await call(`${address(stopped)}/cancel`, { requestId: crypto.randomUUID(), reason: 'Stopped for the release data.' });
// Its undo is broken in this lab, so that it asks; the question is decided like the others.
await until('the stopped one asks', asks('/undo/reserve', 'timer', 2));
await delay(1_500);
await call(`${address(stopped)}/decide-undo`, { requestId: crypto.randomUUID(), choice: 'leave', ...decide });
ended.push(killed, left, byHand, approved, applied, stopped);

const connection = await Connection.connect({ address: `127.0.0.1:${ports.engine}` });
const client = new Client({ connection });
const handle = await client.workflow.start('kept_v1', {
  taskQueue: 'backstitch',
  workflowId: 'kept-timed-out',
  args: [{ way: 'signal', note: 'times out' }],
  workflowRunTimeout: '3s',
});
runs.push({ name: 'timed-out', flow: 'kept', workflowId: handle.workflowId, runId: handle.firstExecutionRunId });
await connection.close();
for (const run of [...ended, runs[runs.length - 1] as ReleasedRun]) await until(`${run.name} ends`, closed(run));

// Runs that are left open at every place.
const waiting = {
  approval: await kept('approval'),
  signal: await kept('signal'),
  years: await start('kept', 'years', { way: 'timer', note: 'ten years' }),
  parallel: await kept('parallel'),
  retry: await kept('retry'),
  inFlight: await kept('in-flight'),
  unknown: await kept('unknown'),
  undoAsks: await kept('broken-asks'),
  unwinding: await kept('broken-unwinding'),
};
await until('the approval is asked', async () => (await taskOf(waiting.approval)) !== undefined);
await until('the parallel one waits', called('/do/left', 'parallel'));
await until('the busy one is refused', called('/do/busy', 'retry'));
await until('the slow one is asked', called('/do/slow', 'in-flight'));
await until('the unknown one is asked', called('/do/pay', 'unknown'));
await until('the undo is refused', asks('/undo/reserve', 'broken-asks', 2));
await until('the undo is asked', called('/undo/reserve', 'broken-unwinding'));
await until('ten years', happened(waiting.years, 'TimerStarted'));
await delay(5_000);
const short = await kept('short-timer');
await until('two minutes', happened(short, 'TimerStarted'));

// Every process except PostgreSQL is killed at once.
const children = (await readFile(`/proc/${launcher.pid}/task/${launcher.pid}/children`, 'utf8')).trim().split(' ');
for (const pid of [...children, String(launcher.pid)]) {
  const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  if (command && !command.includes('postgres')) process.kill(Number(pid), 'SIGKILL');
}
const { startPostgres } = (await import(path.join(checkout, 'engine/launcher/postgres.ts'))) as {
  startPostgres(options: { dataDir: string }): Promise<{ url: string; stop(): Promise<void> }>;
};
const postgres = await startPostgres({ dataDir: path.join(dataDir, 'postgres') });
const database = new pg.Client({ connectionString: postgres.url });
await database.connect();
const { rows: migrations } = await database.query<{ migration_name: string }>(
  'SELECT migration_name FROM _prisma_migrations ORDER BY migration_name'
);
// A person of each role, with the password of the first one.
await database.query(
  `INSERT INTO app."user" (id, email, name, email_verified, role, groups, created_at, updated_at)
   SELECT 'kept-' || r, r || '@example.com', 'Kept ' || r, false, r, '{}', now(), now() FROM unnest($1::text[]) r`,
  [['viewer', 'operator', 'designer', 'approver']]
);
await database.query(
  `INSERT INTO app.account (id, account_id, provider_id, user_id, password, created_at, updated_at)
   SELECT 'account-' || u.id, u.id, 'credential', u.id, a.password, now(), now()
   FROM app."user" u, app.account a WHERE u.id LIKE 'kept-%'`
);
const { rows: tables } = await database.query<{ name: string }>(
  `SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables
   WHERE schemaname IN ('engine', 'worker', 'app', 'shop') ORDER BY 1`
);
const data: ReleasedData = {
  migrations: migrations.map((row) => row.migration_name),
  tables: {},
  runs,
  calls: lab.calls,
  account: ACCOUNT,
};
for (const { name } of tables) {
  // Stored as text, so that every type is read back unchanged.
  const { rows } = await database.query<{ row: string }>(`SELECT row_to_json(t)::text AS row FROM ${name} t`);
  data.tables[name] = rows.map(({ row }) => row);
}
await database.end();
await postgres.stop();
await mkdir(target, { recursive: true });
await writeFile(path.join(target, 'data.json.gz'), gzipSync(JSON.stringify(data), { level: 9 }));
for (const file of ['secrets.json', 'secrets.key']) {
  const bytes = await readFile(path.join(dataDir, file)).catch(() => null);
  if (bytes) await writeFile(path.join(target, file), bytes);
}
await lab.close();
await rm(dataDir, { recursive: true, force: true });
console.log(Object.fromEntries(Object.entries(data.tables).map(([name, rows]) => [name, rows.length])));
process.exit(0);
