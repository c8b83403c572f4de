/**
 * Statements on a real PostgreSQL.
 *
 * Rules
 * [QO1] A value of the input is never part of the text of a statement.
 * [QO2] Nothing happened if the server reported an error, or if COMMIT was not sent; a connection that is lost after
 *       COMMIT was sent leaves the outcome unknown.
 * [QO3] An operation without an effect cannot change anything.
 * [QO4] Values and rows keep every digit, and answers are bounded.
 */
import type { Info } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import fc from 'fast-check';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { ConnectionOf } from '../../flow/connections/connection';
import type { FrozenOf } from '../../flow/connections/operation';
import { EgressGuard } from '../egress/guard';
import { Masking } from '../http/masking';
import { Operations } from '../operations';
import { createTestDatabase, type TestDatabase } from '../../store/postgres/testing/database';
import { runActivity } from '../testing/context';
import { openDatabaseLine, type DatabaseLine } from './testing/database-line';

const PASSWORD = 'pass-word-for-tests';
let database: TestDatabase;
let pool: pg.Pool;
let target: ConnectionOf<'sql'>['settings'];
let line: DatabaseLine;

beforeAll(async () => {
  database = await createTestDatabase();
  pool = new pg.Pool({ connectionString: database.url });
  await pool.query(
    `CREATE TABLE account (id text PRIMARY KEY, owner text, balance numeric NOT NULL CHECK (balance >= 0))`
  );
  await pool.query(`CREATE TABLE booking (key text PRIMARY KEY, amount numeric)`);
  line = await openDatabaseLine(database.url);
  target = { ...line.settings, secret: 'db-password' };
}, 60_000);
afterAll(async () => {
  await pool.end();
  line.close();
  await database.drop();
});
beforeEach(async () => {
  line.cutAt = null;
  await pool.query('TRUNCATE account, booking');
  await pool.query(`INSERT INTO account VALUES ('a', 'Ann', 100), ('b', 'Bob', 12345678901234567890.125)`);
});

const operation = (
  statement: string,
  change: Partial<FrozenOf<'sql'>> = {},
  answer: FrozenOf<'sql'>['call']['answer'] = 'all'
): FrozenOf<'sql'> => ({
  connection: 'db',
  name: 'do',
  title: 'Do',
  call: { kind: 'sql', statement, answer },
  input: { type: 'object' },
  output: {},
  effect: 'reversible',
  options: {},
  ...change,
});
function call(
  definition: FrozenOf<'sql'>,
  input: unknown = {},
  settings = target,
  info?: Partial<Info>
): Promise<unknown> {
  const connection: ConnectionOf<'sql'> = { name: 'db', title: 'DB', kind: 'sql', settings, allow: [], options: {} };
  const operations = new Operations(
    { frozen: async () => definition, connection: async () => ({ connection, archivedBy: null }) },
    {
      config: { connections: new Map() },
      guard: new EgressGuard({ connections: new Map(), allow: [] }),
      readSecret: async () => PASSWORD,
      masking: new Masking(),
      now: () => 0,
    }
  );
  return runActivity(() => operations.activity('db.do')!(input, { idempotencyKey: 'key-1' }), info);
}
async function failureOf(...args: Parameters<typeof call>): Promise<ApplicationFailure> {
  const failure = await call(...args).then(
    (value) => value,
    (error: unknown) => error
  );
  if (!(failure instanceof ApplicationFailure)) throw new Error(`expected a failure, got ${JSON.stringify(failure)}`);
  return failure;
}
const owners = async () =>
  (await pool.query<{ owner: string }>('SELECT owner FROM account ORDER BY id')).rows.map(({ owner }) => owner);

test('[QO1] a value stays a value, whatever its text is', async () => {
  const rename = operation(`UPDATE account SET owner = {owner} WHERE id = {id} -- not {this}`, {}, 'none');
  const hostile = `x'; DROP TABLE account; --`;
  expect(await call(rename, { id: 'a', owner: hostile })).toEqual({ count: 1 });
  expect(await owners()).toEqual([hostile, 'Bob']);
  const literal = operation(
    `SELECT '{owner}' AS text, "id" AS id FROM account WHERE id = {id} AND $tag$ {x} $tag$ IS NOT NULL`
  );
  expect(await call(literal, { id: 'b' })).toEqual({ rows: [{ text: '{owner}', id: 'b' }], count: 1 });
});

test('[QO1] no text gets out of its parameter', async () => {
  const echo = operation('SELECT {text}::text AS text', { effect: 'none' }, 'one');
  await fc.assert(
    fc.asyncProperty(
      fc.string({ unit: 'grapheme' }).filter((text) => !text.includes('\0')),
      async (text) => {
        expect(await call(echo, { text })).toEqual({ text });
      }
    ),
    { numRuns: 60 }
  );
});

test('[QO1] a second statement is refused by the server, and nothing of the first remains', async () => {
  const failure = await failureOf(operation(`UPDATE account SET owner = 'x'; DROP TABLE account`));
  expect(failure).toMatchObject({
    type: 'SqlError',
    nonRetryable: true,
    details: [{ sqlState: '42601', applied: false }],
  });
  expect(await owners()).toEqual(['Ann', 'Bob']);
});

test('[QO2] an error of the server proves that nothing happened; a conflict is tried again', async () => {
  const debit = operation('UPDATE account SET balance = balance - {amount} WHERE id = {id}', {}, 'none');
  const refused = await failureOf(debit, { id: 'a', amount: 101 });
  expect(refused).toMatchObject({
    type: 'SqlError',
    nonRetryable: true,
    details: [{ sqlState: '23514', applied: false }],
  });

  const lock = await pool.connect();
  await lock.query('BEGIN');
  await lock.query(`UPDATE account SET balance = 1 WHERE id = 'a'`);
  const late = await failureOf(debit, { id: 'a', amount: 1 }, target, { startToCloseTimeoutMs: 300 });
  await lock.query('ROLLBACK');
  lock.release();
  expect(late).toMatchObject({
    type: 'SqlError',
    nonRetryable: false,
    details: [{ sqlState: '57014', applied: false }],
  });
});

test('[QO2] a connection that is lost before COMMIT proves that nothing happened', async () => {
  line.cutAt = (text) => text.includes('INSERT INTO booking');
  const book = operation('INSERT INTO booking VALUES ({idempotencyKey}, {amount})', {}, 'none');
  const failure = await failureOf(book, { amount: 1 });
  expect(failure).toMatchObject({ type: 'Unreachable', nonRetryable: false, details: [{ applied: false }] });
  expect((await pool.query('SELECT * FROM booking')).rowCount).toBe(0);
});

test('[QO2] a connection that is lost at COMMIT leaves the outcome unknown, and the key makes a repetition harmless', async () => {
  line.cutAt = (text) => text.includes('COMMIT');
  const book = operation(
    'INSERT INTO booking VALUES ({idempotencyKey}, {amount}) ON CONFLICT (key) DO NOTHING',
    {},
    'none'
  );
  const failure = await failureOf(book, { amount: 1 });
  expect(failure).toMatchObject({ type: 'Unreachable', nonRetryable: false });
  expect(failure.details?.[0] ?? {}).not.toHaveProperty('applied');
  line.cutAt = null;
  await expect.poll(async () => (await pool.query('SELECT * FROM booking')).rowCount).toBe(1);
  expect(await call(book, { amount: 1 }, target, { attempt: 2 })).toEqual({ count: 0 });
  const find = operation('SELECT amount FROM booking WHERE key = {idempotencyKey}', { effect: 'none' }, 'lookup');
  expect(await call(find)).toEqual({ applied: true, output: { amount: 1 } });
});

test('[QO2] a later attempt proves nothing if an earlier one may have committed', async () => {
  const failure = await failureOf(operation('SELECT 1/0 AS x'), {}, target, { attempt: 2 });
  expect(failure.details?.[0]).not.toHaveProperty('applied');
});

test('[QO3] an operation without an effect cannot write', async () => {
  const failure = await failureOf(operation(`DELETE FROM account RETURNING id`, { effect: 'none' }));
  expect(failure).toMatchObject({ type: 'SqlError', details: [{ sqlState: '25006' }] });
  expect(await owners()).toEqual(['Ann', 'Bob']);
});

test('[QO4] numbers keep their digits in both directions; other types become JSON', async () => {
  const set = operation('UPDATE account SET balance = {balance} WHERE id = {id} RETURNING balance', {}, 'one');
  const exact = { $exact: '98765432109876543210.5' };
  expect(await call(set, { id: 'a', balance: exact })).toEqual({ balance: exact });
  const types = operation(
    `SELECT 9007199254740993::int8 AS big, 1.10::numeric AS price, true AS yes, NULL AS nothing, '{"a":[1]}'::jsonb AS json,
       date '2026-11-28' AS day, timestamptz '2026-11-28 12:00+02' AS at, {list}::text[] AS list, '\\x0102'::bytea AS bytes`,
    { effect: 'none' },
    'one'
  );
  expect(await call(types, { list: ['a', 'b"c'] })).toEqual({
    big: { $exact: '9007199254740993' },
    price: 1.1,
    yes: true,
    nothing: null,
    json: { a: [1] },
    day: '2026-11-28',
    at: '2026-11-28T10:00:00.000Z',
    list: ['a', 'b"c'],
    bytes: 'AQI=',
  });
});

test('[QO4] lists, instants and odd numbers keep every digit, too', async () => {
  const odd = operation(
    `SELECT ARRAY[9007199254740993, NULL]::int8[] AS bigs, ARRAY[1.10, 12345678901234567890.125]::numeric[] AS prices,
       ARRAY[ARRAY[1, 2]]::int8[][] AS table, ARRAY['{"n":12345678901234567890}']::jsonb[] AS json,
       'NaN'::float8 AS none, '-Infinity'::float4 AS least, 0.1::float8 AS tenth, ARRAY['NaN', 2]::float8[] AS floats,
       timestamptz '2026-11-28 12:00:00.123456+02' AS at, timestamptz 'infinity' AS never,
       timestamptz '0044-03-15 12:00:00+00 BC' AS ides, ARRAY[timestamptz '2026-11-28 12:00+02'] AS instants,
       ARRAY[timestamp '2026-11-28 12:00'] AS local, ARRAY[date '2026-11-28'] AS days, point '(1,2)' AS place,
       ARRAY['\\x0102']::bytea[] AS files`,
    { effect: 'none' },
    'one'
  );
  expect(await call(odd)).toEqual({
    bigs: [{ $exact: '9007199254740993' }, null],
    prices: [1.1, { $exact: '12345678901234567890.125' }],
    table: [[1, 2]],
    json: [{ n: { $exact: '12345678901234567890' } }],
    none: 'NaN',
    least: '-Infinity',
    tenth: 0.1,
    floats: ['NaN', 2],
    at: '2026-11-28T10:00:00.123456Z',
    never: 'infinity',
    ides: expect.stringContaining('BC') as string,
    instants: ['2026-11-28T10:00:00.000Z'],
    local: ['2026-11-28 12:00:00'],
    days: ['2026-11-28'],
    place: '(1,2)',
    files: ['AQI='],
  });
});

test('[QO2] an error at COMMIT proves that nothing happened, and an end of the connection with it does not', async () => {
  await pool.query(`
    CREATE TABLE late (id int, kind text);
    CREATE FUNCTION late_check() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF NEW.kind = 'end' THEN PERFORM pg_terminate_backend(pg_backend_pid()); ELSE RAISE EXCEPTION 'refused late'; END IF;
      RETURN NULL;
    END $$;
    CREATE CONSTRAINT TRIGGER late_trigger AFTER INSERT ON late DEFERRABLE INITIALLY DEFERRED
      FOR EACH ROW EXECUTE FUNCTION late_check();`);
  const insert = operation('INSERT INTO late VALUES (1, {kind})', {}, 'none');
  expect(await failureOf(insert, { kind: 'error' })).toMatchObject({
    type: 'SqlError',
    message: expect.stringContaining('refused late') as string,
    details: [{ applied: false }],
  });
  const ended = await failureOf(insert, { kind: 'end' });
  expect(ended).toMatchObject({ type: 'Unreachable', nonRetryable: false });
  expect(JSON.stringify(ended)).not.toContain('applied');
});

test('[QO4] too many rows fail before anything is committed', async () => {
  const many = operation(`INSERT INTO booking SELECT n::text, n FROM generate_series(1, 5000) n RETURNING key`);
  const failure = await failureOf(many);
  expect(failure).toMatchObject({ type: 'ResponseTooLarge', nonRetryable: true, details: [{ applied: false }] });
  expect((await pool.query('SELECT * FROM booking')).rowCount).toBe(0);
});

test('[QO4] a row that does not fit the declared output is not committed', async () => {
  const output = { type: 'object' as const, required: ['owner'], properties: { owner: { type: 'string' as const } } };
  const wrong = operation(`UPDATE account SET balance = 1 WHERE id = 'a' RETURNING id`, { output }, 'one');
  const failure = await failureOf(wrong);
  expect(failure).toMatchObject({ type: 'ResponseInvalid', details: [{ applied: false }] });
  expect((await pool.query(`SELECT balance FROM account WHERE id = 'a'`)).rows).toEqual([{ balance: '100' }]);
});

test.each([
  ['nobody listens', { port: 1 }, 'Unreachable'],
  ['the database does not exist', { database: 'none-such' }, 'SqlError'],
  ['a link-local host', { host: '169.254.169.254' }, 'EgressDenied'],
])('[QO2] %s: nothing was sent', async (_name, change, type) => {
  const failure = await failureOf(operation('SELECT 1'), {}, { ...target, ...change });
  expect(failure).toMatchObject({ type, details: [{ applied: false }] });
  expect(JSON.stringify(failure)).not.toContain(PASSWORD);
});
