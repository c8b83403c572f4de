/**
 * A statement on a PostgreSQL database: one statement in one transaction, with the input as parameters.
 *
 * Invariants:
 * - The text of a statement comes from the definition alone. Values are sent beside it, by the extended protocol, which
 *   carries out one statement only.
 * - Nothing happens before COMMIT was sent. So a failure before that moment proves that this attempt had no effect, and
 *   so does an error that the server reports and survives. A connection that is lost after it, with an error of the
 *   server or without, leaves the outcome unknown.
 * - An operation without an effect runs in a read-only transaction.
 * - Rows are counted while they arrive. Too many end the connection before anything is committed.
 */
import type { Socket } from 'node:net';
import { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import pg from 'pg';
import { prepared, type SqlSettings } from '../../flow/connections/sql';
import { valueAt } from '../../flow/connections/mapping';
import type { FrozenOf } from '../../flow/connections/operation';
import type { EgressGuard } from '../egress/guard';
import { failure, invalid } from '../http/failure';
import type { SecretReader } from '../http/input';
import { keysOf, type ActivityMeta } from '../http/keys';
import type { Masking } from '../http/masking';
import { misfitsOf } from '../http/response-schema';
import { SQL_TYPES, sqlValue } from './values';

const MOST_ROWS = 1_000;
/** Below the engine's payload limit of 2 MB. */
const MOST_BYTES = 1_000_000;
const CONNECT_MS = 10_000;
/** For a call without a limit of its own. */
const USUAL_TIMEOUT_MS = 30_000;

interface SqlTarget {
  settings: SqlSettings;
  guard: EgressGuard;
  readSecret: SecretReader;
  masking: Masking;
}

/**
 * Rejects with an ApplicationFailure, or with the reason of a cancellation. `onCommit`: called right before the effect
 * may happen.
 */
export async function sqlOnce(
  { call, effect, output }: FrozenOf<'sql'>,
  target: SqlTarget,
  input: unknown,
  meta: ActivityMeta,
  onCommit: () => void
): Promise<unknown> {
  const { masking } = target;
  const { text, fields } = prepared(call.statement);
  const { idempotencyKey, forwardKey } = keysOf(meta);
  const known = { ...(input as object | null), idempotencyKey, forwardKey };
  const values = fields.map((field) => {
    const value = valueAt(known, field);
    if (value === undefined && field[0] === 'forwardKey')
      throw invalid('{forwardKey} can be used only in an undo or a look-up.');
    return sqlValue(value);
  });
  const misfit = misfitsOf(output, 'the row');
  const { where, client } = await connect(target);
  try {
    // Nobody waits for a statement without an effect any more once the step was cancelled.
    const { cancellationSignal: cancelled } = Context.current();
    const hasEffect = meta.hasEffect ?? effect !== 'none';
    if (!hasEffect) cancelled.addEventListener('abort', () => void client.end().catch(() => {}), { once: true });
    await client.query(`BEGIN ${effect === 'none' ? 'READ ONLY' : 'READ WRITE'}`);
    const found = await rowsOf(client, text, values, where);
    const result = resultOf(call.answer, found);
    const problem = call.answer === 'none' ? null : checked(found.rows, call.answer, misfit);
    if (problem !== null) throw failure('ResponseInvalid', true, `The answer of ${where} does not fit: ${problem}.`);
    onCommit();
    await commit(client, where, (words) => masking.hide(words));
    return result;
  } catch (error) {
    if (Context.current().cancellationSignal.aborted && !(error instanceof ApplicationFailure))
      return await Context.current().cancelled;
    throw asFailure(error, where, (words) => masking.hide(words));
  } finally {
    await client.end().catch(() => {});
  }
}

/**
 * A server that reports an error at COMMIT has rolled back, and answers the next statement. One that ends the
 * connection with its error, such as a server that is stopped or a pooler that has lost its server, may have committed
 * before.
 */
async function commit(client: pg.Client, where: string, hide: (text: string) => string): Promise<void> {
  try {
    const { command } = await client.query('COMMIT');
    if (command !== 'COMMIT')
      throw failure('SqlError', true, `${where} rolled back: its answer to COMMIT is ${command}.`);
  } catch (error) {
    const answers = await client.query('SELECT 1').then(
      () => true,
      () => false
    );
    if (answers || !(error instanceof Error)) throw error;
    throw failure(
      'Unreachable',
      false,
      `${where} ended the connection at COMMIT: ${hide(error.message).slice(0, 300)}.`
    );
  }
}

/** Reads one value: for the test of a connection. */
export async function sqlPing(target: SqlTarget, onSending: () => void): Promise<string> {
  const { where, client } = await connect(target, onSending);
  try {
    const { rows } = await client.query<{ version: string }>('SELECT version() AS version');
    return rows[0]?.version ?? '';
  } catch (error) {
    throw asFailure(error, where, (words) => target.masking.hide(words));
  } finally {
    await client.end().catch(() => {});
  }
}

/** `onConnected`: called when a connection exists, right before the login is sent on it. */
async function connect({ settings, guard, readSecret, masking }: SqlTarget, onConnected: () => void = () => {}) {
  const { host, port, database, user, secret, tls } = settings;
  const where = `PostgreSQL at ${host}:${port}/${database}`;
  const password = secret === '' ? undefined : await passwordOf(secret, readSecret, masking);
  const { startToCloseTimeoutMs } = Context.current().info;
  const timeoutMs = startToCloseTimeoutMs > 0 ? startToCloseTimeoutMs : USUAL_TIMEOUT_MS;
  const address = await guard.addressOf(host);
  const client = new pg.Client({
    host: address,
    port,
    database,
    user,
    password,
    ssl: tls === 'verify' ? { servername: host, rejectUnauthorized: true } : false,
    application_name: 'Backstitch',
    connectionTimeoutMillis: Math.min(CONNECT_MS, timeoutMs),
    statement_timeout: timeoutMs,
    query_timeout: timeoutMs + 1_000,
    types: SQL_TYPES,
  });
  // A connection that breaks while nothing is asked is reported by the next query.
  client.on('error', () => {});
  streamOf(client).once('connect', onConnected);
  try {
    await client.connect();
  } catch (error) {
    await client.end().catch(() => {});
    throw asFailure(error, where, (words) => masking.hide(words));
  }
  return { where, client };
}

async function passwordOf(secret: string, read: SecretReader, masking: Masking): Promise<string> {
  const value = await read(secret);
  if (value === null)
    throw failure('SecretMissing', false, `There is no secret '${secret}'. Store it in the connection.`);
  masking.remember(value);
  return value;
}

const streamOf = (client: pg.Client) => (client as unknown as { connection: { stream: Socket } }).connection.stream;

interface Found {
  rows: Record<string, unknown>[];
  count: number;
}

function rowsOf(client: pg.Client, text: string, values: unknown[], where: string): Promise<Found> {
  return new Promise((resolve, reject) => {
    const rows: Record<string, unknown>[] = [];
    let bytes = 0;
    // The extended protocol is also used without parameters: it refuses a second statement.
    const config = { text, values, queryMode: 'extended' } as pg.QueryConfig;
    const query = new pg.Query<Record<string, unknown>>(config, values, (error, result) => {
      if (error) reject(error);
      else resolve({ rows, count: result.rowCount ?? rows.length });
    });
    query.on('row', (row) => {
      bytes += JSON.stringify(row).length;
      if (rows.push(row) <= MOST_ROWS && bytes <= MOST_BYTES) return;
      reject(
        failure('ResponseTooLarge', true, `${where} returned more than ${MOST_ROWS} rows or ${MOST_BYTES} bytes.`)
      );
      // Ends the statement and its transaction.
      streamOf(client).destroy();
    });
    client.query(query);
  });
}

function resultOf(answer: FrozenOf<'sql'>['call']['answer'], { rows, count }: Found): unknown {
  switch (answer) {
    case 'none':
      return { count };
    case 'one':
      return rows[0] ?? null;
    case 'all':
      return { rows, count };
    case 'lookup':
      return rows[0] ? { applied: true, output: rows[0] } : { applied: false };
  }
}

function checked(
  rows: readonly unknown[],
  answer: 'one' | 'all' | 'lookup',
  misfit: (value: unknown) => string | null
): string | null {
  const looked = answer === 'all' ? rows : answer === 'one' ? [rows[0] ?? null] : rows.slice(0, 1);
  for (const row of looked) {
    const problem = misfit(row);
    if (problem !== null) return problem;
  }
  return null;
}

/** SQLSTATE: conflicts with other transactions, and a server that is overloaded or restarting. */
const RETRYABLE = /^(40001|40P01|55P03|57014|57P0[123]|53\d\d\d|08\d\d\d)$/;

function asFailure(error: unknown, where: string, hide: (text: string) => string): unknown {
  if (error instanceof ApplicationFailure || !(error instanceof Error)) return error;
  const { code, severity } = error as { code?: unknown; severity?: unknown };
  const message = hide(error.message).slice(0, 300);
  // Only the server's own reports have a severity.
  if (typeof code === 'string' && typeof severity === 'string')
    return failure('SqlError', !RETRYABLE.test(code), `${where} refused it: ${message} (SQLSTATE ${code})`, [
      { sqlState: code },
    ]);
  return failure('Unreachable', false, `${where} could not be reached: ${message}.`);
}
