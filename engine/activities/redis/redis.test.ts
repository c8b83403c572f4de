/**
 * Messages in streams of a real Redis, over a line that is cut. Needs `redis-server` on the path; without it the tests
 * are skipped.
 *
 * Rules
 * [RED1] Attempts of one step add one message; another step adds another one.
 * [RED2] An error of the server, and a failure before the message was sent, prove that nothing was added. A connection
 *       that is lost after it leaves the outcome unknown.
 * [RED3] A look-up with the key of the step returns whether the message was added. A message that arrives after a look-up
 *       that found nothing is refused.
 * [RED4] A value of the input is the value of a field, with every digit; secrets are in no failure.
 */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { ConnectionOf } from '../../flow/connections/connection';
import type { FrozenOf } from '../../flow/connections/operation';
import { openLine, type Line } from '../testing/line';
import { callOperation, failureOf, type Called } from '../testing/operation';
import { keyBeside } from './scripts';

const PASSWORD = 'the-password-of-redis';
const isThere = spawnSync('redis-server', ['--version']).status === 0;
const testWithRedis = test.skipIf(!isThere);
let folder: string;
let server: ChildProcess;
let line: Line;
let books: Redis;

beforeAll(async () => {
  if (!isThere) return;
  folder = await mkdtemp(path.join(tmpdir(), 'redis-operations-'));
  const socket = path.join(folder, 'redis');
  const options = ['--port', '0', '--unixsocket', socket, '--save', '', '--dir', folder, '--requirepass', PASSWORD];
  server = spawn('redis-server', options);
  books = new Redis({ path: socket, password: PASSWORD, retryStrategy: () => 20, maxRetriesPerRequest: 100 });
  books.on('error', () => {});
  await books.ping();
  await books.call('ACL', 'SETUSER', 'weak', 'on', `>${PASSWORD}`, '~*', '+@all', '-xadd');
  line = await openLine({ path: socket });
});
afterAll(async () => {
  if (!isThere) return;
  books.disconnect();
  line.close();
  const ended = new Promise((resolve) => server.once('exit', resolve));
  server.kill();
  await ended;
  await rm(folder, { recursive: true, force: true });
});
beforeEach(async () => {
  if (!isThere) return;
  line.cutAt = null;
  await books.flushall();
});

const connection = (change: Partial<ConnectionOf<'redis'>['settings']> = {}): ConnectionOf<'redis'> => ({
  name: 'bus',
  title: 'Bus',
  kind: 'redis',
  settings: { host: '127.0.0.1', port: line.port, database: 0, user: '', secret: 'pass', tls: 'off', ...change },
  allow: [],
  options: {},
});
const operation = (call: Partial<FrozenOf<'redis'>['call']> = {}): FrozenOf<'redis'> => ({
  connection: 'bus',
  name: 'tell',
  title: 'Tell',
  call: {
    kind: 'redis',
    stream: 'orders',
    fields: { order: '{order}', note: 'paid {amount}', gone: '{none}' },
    maxLength: 0,
    keysKeptFor: '1d',
    answer: 'added',
    ...call,
  },
  input: { type: 'object' },
  output: {},
  effect: call.answer === 'lookup' ? 'none' : 'irreversible',
  options: {},
});
const called = (change: Partial<Called> = {}): Called => ({
  connection: connection(),
  operation: operation(),
  input: { order: 'o-1', amount: { $exact: '12345678901234567890' } },
  secrets: { pass: PASSWORD, wrong: 'not-the-password' },
  meta: { idempotencyKey: 'default/o-1/step', hasEffect: true },
  ...change,
});
const lookUp = (change: Partial<Called> = {}): Called =>
  called({
    operation: operation({ answer: 'lookup' }),
    meta: { idempotencyKey: 'default/o-1/step:check', forwardKey: 'default/o-1/step', hasEffect: false },
    ...change,
  });
const messages = () => books.xrange('orders', '-', '+');

testWithRedis('[RED1] two attempts add one message, and the key of another step adds another one', async () => {
  const first = (await callOperation(called())) as { id: string };
  expect(await messages()).toEqual([[first.id, ['order', 'o-1', 'note', 'paid 12345678901234567890']]]);
  expect(await callOperation(called({ info: { attempt: 2 } }))).toEqual({ id: first.id, added: false });
  await callOperation(called({ meta: { idempotencyKey: 'default/o-2/step', hasEffect: true } }));
  expect(await messages()).toHaveLength(2);
});

testWithRedis('[RED1] attempts at the same time add one message', async () => {
  const sent = (await Promise.all([1, 2, 3, 4].map(() => callOperation(called())))) as { added: boolean }[];
  expect(sent.filter(({ added }) => added)).toHaveLength(1);
  expect(await messages()).toHaveLength(1);
});

testWithRedis('[RED1] the key is kept as long as the operation says; the stream keeps about its limit', async () => {
  await callOperation(called({ operation: operation({ keysKeptFor: '2h', maxLength: 5 }) }));
  const [key] = await books.keys('*backstitch*');
  expect(await books.pttl(key!)).toBeGreaterThan(7_100_000);
  expect(await books.pttl(key!)).toBeLessThanOrEqual(7_200_000);
});

testWithRedis('[RED4] all fields of an input are fields of the message, whatever is in them', async () => {
  const input = {
    text: 'a\r\n*3\r\n$3\r\nDEL',
    list: [1, { $exact: '98765432109876543210.5' }],
    none: null,
    yes: true,
    '': 'x',
  };
  await callOperation(called({ operation: operation({ fields: 'rest' }), input }));
  const [[, fields] = ['', []]] = await messages();
  expect(fields).toEqual([
    'text',
    'a\r\n*3\r\n$3\r\nDEL',
    'list',
    '[1,98765432109876543210.5]',
    'yes',
    'true',
    '',
    'x',
  ]);
});

testWithRedis('[RED2] a connection that is lost after the message was sent leaves the outcome unknown', async () => {
  line.cutAt = (text) => text.includes('XADD');
  const failure = await failureOf(called());
  expect(failure).toMatchObject({ type: 'Unreachable', nonRetryable: false });
  expect(failure.details?.[0] ?? {}).not.toHaveProperty('applied');
  line.cutAt = null;
  await expect.poll(async () => (await messages()).length).toBe(1);
  const [[id] = ['']] = await messages();
  expect(await callOperation(lookUp())).toEqual({ applied: true, output: { id } });
  expect(await callOperation(called({ info: { attempt: 2 } }))).toEqual({ id, added: false });
});

testWithRedis('[RED2] a connection that is lost before the message proves that nothing was added', async () => {
  line.cutAt = (text) => text.includes('select');
  expect(await failureOf(called())).toMatchObject({ type: 'Unreachable', details: [{ applied: false }] });
});

testWithRedis(
  '[RED2] an error of the server proves that nothing was added, also in the middle of the script',
  async () => {
    await books.set('orders', 'not a stream');
    expect(await failureOf(called())).toMatchObject({
      type: 'RedisError',
      nonRetryable: true,
      details: [{ applied: false }],
    });
    await books.del('orders');
    const weak = connection({ user: 'weak' });
    const failure = await failureOf(called({ connection: weak }));
    expect(failure).toMatchObject({ type: 'RedisError', nonRetryable: true, details: [{ applied: false }] });
    // No key remains that would make the next attempt believe that the message is there.
    expect(await books.keys('*')).toEqual([]);
    expect(await callOperation(called({ info: { attempt: 2 } }))).toMatchObject({ added: true });
  }
);

testWithRedis('[RED3] a look-up that finds nothing refuses a message that arrives later', async () => {
  expect(await callOperation(lookUp())).toEqual({ applied: false });
  expect(await callOperation(lookUp())).toEqual({ applied: false });
  expect(await failureOf(called({ info: { attempt: 2 } }))).toMatchObject({ type: 'NotApplied', nonRetryable: true });
  expect(await messages()).toEqual([]);
});

testWithRedis.each<[string, object, Partial<Called>, string]>([
  ['a wrong password', { secret: 'wrong' }, {}, 'RedisError'],
  ['a database that does not exist', { database: 999 }, {}, 'RedisError'],
  ['nobody listens', { port: 1 }, {}, 'Unreachable'],
  ['no TLS at the server', { tls: 'verify' }, { info: { startToCloseTimeoutMs: 2_000 } }, 'Unreachable'],
  ['a link-local host', { host: '169.254.169.254' }, {}, 'EgressDenied'],
  ['a secret that is not there', { secret: 'none' }, {}, 'SecretMissing'],
  ['a message that is too large', {}, { input: { order: 'x'.repeat(600_000) } }, 'InvalidRequest'],
])('[RED2] %s: nothing was added', async (_name, settings, change, type) => {
  const failure = await failureOf(called({ ...change, connection: connection(settings) }));
  expect(failure).toMatchObject({ type, details: [{ applied: false }] });
  expect(JSON.stringify(failure) + failure.message).not.toContain(PASSWORD);
  expect(await messages()).toEqual([]);
});

test('[RED1] key and stream are in the same slot of a cluster', () => {
  expect(keyBeside('orders', 'k')).toBe('{orders}:backstitch:k');
  expect(keyBeside('orders:{eu}', 'k')).toBe('orders:{eu}:backstitch:k');
});
