/**
 * HTTP operations of connections with a real service.
 *
 * Rules
 * [HO1] The definition decides the structure of a request; a value of the input is only data in it.
 * [HO2] Each kind of authentication sends what its specification says, and the secret is in no failure.
 * [HO3] Requests reach the origins of the connection only, redirects included, and never link-local addresses.
 * [HO4] An answer is compared with the declared output; the outcome is unknown if it does not match.
 * [HO5] A failure before anything was sent proves that nothing happened.
 * [HO6] A body that the operation sends as a form is written as its encoding says, with every digit; the signature and
 *       all attempts have the same text.
 */
import { createHmac } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Info } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Connection, ConnectionOf } from '../../flow/connections/connection';
import type { HttpAuth } from '../../flow/connections/http';
import type { FrozenOf, FrozenOperation } from '../../flow/connections/operation';
import type { JsonSchema } from '../../flow/json-schema';
import { parseConnections } from '../config';
import { EgressGuard, type Resolver } from '../egress/guard';
import { Operations, type FoundConnection } from '../operations';
import { runActivity } from '../testing/context';
import { Masking } from './masking';

interface Seen {
  method: string;
  url: string;
  headers: IncomingMessage['headers'];
  rawHeaders: string[];
  body: string;
}

let server: Server;
let elsewhere: Server;
let origin: string;
let other: string;
let seen: Seen[] = [];
let answering: (request: Seen, response: ServerResponse) => void;

beforeAll(async () => {
  [server, elsewhere] = await Promise.all([serve(), serve()]);
  [origin, other] = [server, elsewhere].map((each) => `http://127.0.0.1:${(each.address() as AddressInfo).port}`) as [
    string,
    string,
  ];
});
afterAll(() => {
  for (const each of [server, elsewhere]) {
    each.closeAllConnections();
    each.close();
  }
});
beforeEach(() => {
  seen = [];
  answering = (_request, response) => json(response, 200, { ok: true });
});

async function serve(): Promise<Server> {
  const made = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const one = {
      method: request.method ?? '',
      url: request.url ?? '',
      headers: request.headers,
      rawHeaders: request.rawHeaders,
      body: Buffer.concat(chunks).toString(),
    };
    seen.push(one);
    answering(one, response);
  });
  await new Promise<void>((resolve) => made.listen(0, '127.0.0.1', resolve));
  return made;
}
function json(response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(body));
}

const SECRET = 's3cr3t-t0ken-value';
const NONE: HttpAuth = { kind: 'none' };
const connection = (auth: HttpAuth = NONE, change: Partial<ConnectionOf<'http'>> = {}): ConnectionOf<'http'> => ({
  name: 'api',
  title: 'API',
  kind: 'http',
  settings: { address: `${origin}/v1`, headers: {}, auth, testPath: '/' },
  allow: [],
  options: {},
  ...change,
});
const ANY = { type: 'object', additionalProperties: true } as const;
const operation = (
  call: Partial<FrozenOf<'http'>['call']> = {},
  change: Partial<FrozenOf<'http'>> = {}
): FrozenOf<'http'> => ({
  connection: 'api',
  name: 'do',
  title: 'Do',
  call: {
    kind: 'http',
    method: 'POST',
    path: '/orders/{id}',
    query: {},
    headers: {},
    body: 'rest',
    answer: 'body',
    idempotencyHeader: 'Idempotency-Key',
    ...call,
  },
  input: ANY,
  output: {},
  effect: 'reversible',
  options: {},
  ...change,
});

interface World {
  connection?: Connection;
  found?: FoundConnection | null;
  secret?: string | null;
  nowMs?: number;
  resolver?: Resolver;
  privateConnections?: boolean;
}
function operationsOf(definition: FrozenOperation | null, world: World = {}): Operations {
  const { secret = SECRET, nowMs = 0, resolver, privateConnections } = world;
  const found =
    world.found === undefined ? { connection: world.connection ?? connection(), archivedBy: null } : world.found;
  const rules = { connections: parseConnections(''), allow: [], privateConnections };
  return new Operations(
    { frozen: async () => definition, connection: async () => found },
    {
      config: { connections: parseConnections('') },
      guard: new EgressGuard(rules, resolver),
      readSecret: async () => secret,
      masking: new Masking(),
      now: () => nowMs,
    }
  );
}
const KEYS = { idempotencyKey: 'default/order-1/u/charge' };
function call(
  definition: FrozenOperation,
  input: unknown,
  world: World = {},
  meta: object = KEYS,
  info?: Partial<Info>
) {
  const activity = operationsOf(definition, world).activity('api.do');
  if (!activity) throw new Error('no activity');
  return runActivity(() => activity(input, meta), info);
}
async function failureOf(...args: Parameters<typeof call>): Promise<ApplicationFailure> {
  const failure = await call(...args).then(
    () => null,
    (error: unknown) => error
  );
  if (!(failure instanceof ApplicationFailure)) throw new Error(`expected a failure, got ${String(failure)}`);
  return failure;
}

test('[HO1] fields of the input go where the definition says: path, query, header; the rest is the body', async () => {
  const definition = operation({
    path: '/orders/{id}/lines/{line.no}',
    query: { tag: '{tags}', fixed: 'a{{b}}', missing: '{missing}' },
    headers: { 'X-Trace': 'trace {trace}', 'X-Missing': '{missing}' },
  });
  const input = { id: 'o 1/2', line: { no: 7 }, tags: ['x&y', 'z'], trace: 't-1', amount: 5, note: '{id}' };
  expect(await call(definition, input)).toEqual({ ok: true });
  expect(seen[0]).toMatchObject({
    method: 'POST',
    url: '/v1/orders/o%201%2F2/lines/7?tag=x%26y&tag=z&fixed=a%7Bb%7D',
    headers: { 'x-trace': 'trace t-1', 'idempotency-key': KEYS.idempotencyKey },
  });
  expect(seen[0]?.headers['x-missing']).toBeUndefined();
  // 'line' is in the body, because the path uses a part of it only.
  expect(JSON.parse(seen[0]?.body ?? '')).toEqual({ line: { no: 7 }, amount: 5, note: '{id}' });
});

test('[HO1] a mapping of the body keeps types and every digit, and leaves out what is absent', async () => {
  const body = {
    mapping: {
      order: { reference: '{id}', text: 'Order {id}', amount: '{amount}' },
      lines: ['{line}', '{absent}'],
      key: '{idempotencyKey}',
      gone: '{absent}',
      fixed: 1,
    },
  };
  await call(operation({ path: '/orders', body }), {
    id: '{amount}',
    amount: { $exact: '12345678901234567890.5' },
    line: true,
  });
  expect(seen[0]?.body).toBe(
    `{"order":{"reference":"{amount}","text":"Order {amount}","amount":12345678901234567890.5},"lines":[true],"key":"${KEYS.idempotencyKey}","fixed":1}`
  );
});

test.each(['..', '.', '', '../admin', '..%2fadmin', '%2e%2e', 'a/../../..', '\\..\\admin', '..;/admin', '%252e%252e'])(
  '[HO1] the value %j in a path stays one segment below the connection, or is refused',
  async (id) => {
    await call(operation(), { id }).catch((error: unknown) => {
      expect(error).toMatchObject({ type: 'InvalidRequest', details: [{ applied: false }] });
    });
    for (const { url } of seen) expect(url).toBe(`/v1/orders/${encodeURIComponent(id)}`);
  }
);

test('[HO1] no input makes a request outside of its path, with another parameter or another header', async () => {
  const definition = operation({ method: 'GET', body: 'none', query: { q: '{q}' }, headers: { 'X-A': '{a}' } });
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), async (id, text) => {
      seen = [];
      await call(definition, { id, q: text, a: text }).catch(() => {});
      for (const { url, headers, rawHeaders } of seen) {
        const asked = new URL(url, origin);
        expect(asked.pathname).toBe(`/v1/orders/${encodeURIComponent(id)}`);
        expect([...asked.searchParams.keys()]).toEqual(['q']);
        expect(Object.keys(headers).filter((name) => name.startsWith('x-'))).toEqual(['x-a']);
        expect(rawHeaders.filter((name) => name.toLowerCase() === 'host')).toHaveLength(1);
      }
    }),
    { numRuns: 150 }
  );
});

test('[HO1] a line break in a header value is refused before anything is sent', async () => {
  const definition = operation({ headers: { 'X-A': '{a}' } });
  const failure = await failureOf(definition, { id: '1', a: 'x\r\nX-Admin: yes' });
  expect(failure).toMatchObject({ type: 'InvalidRequest', details: [{ applied: false }] });
  expect(seen).toEqual([]);
});

const FORM = { kind: 'form', lists: 'indexed', groups: 'brackets' } as const;
test('[HO6] a form has its content type, every digit, the key, and nothing that the input made of it', async () => {
  const input = {
    id: '1',
    amount: { $exact: '12345678901234567890.5' },
    metadata: { order: 'x&admin=1', 'a b': null },
    expand: ['charge', 'customer'],
  };
  await call(operation({ encoding: FORM, headers: { 'X-Id': '{id}' } }), input);
  expect(seen[0]?.headers).toMatchObject({
    'content-type': 'application/x-www-form-urlencoded',
    'idempotency-key': KEYS.idempotencyKey,
  });
  expect(seen[0]?.body).toBe(
    'amount=12345678901234567890.5&metadata%5Border%5D=x%26admin%3D1&expand%5B0%5D=charge&expand%5B1%5D=customer'
  );
});

test('[HO6] the header of the connection for JSON does not hide that a body is a form', async () => {
  const headers = { 'Content-Type': 'application/vnd.api+json' };
  const settings = { address: `${origin}/v1`, headers, auth: NONE, testPath: '/' };
  await call(operation({ encoding: FORM }), { id: '1', a: 1 }, { connection: connection(NONE, { settings }) });
  expect(seen[0]?.headers['content-type']).toBe('application/x-www-form-urlencoded');
});

test('[HO6] a mapping names the fields of a form, and the key of the call can be one of them', async () => {
  const body = { mapping: { 'expand[]': '{list}', key: '{idempotencyKey}', gone: '{absent}' } };
  await call(operation({ body, encoding: { ...FORM, lists: 'repeated' } }), { id: '1', list: ['a', 'b'] });
  expect([...new URLSearchParams(seen[0]?.body)]).toEqual([
    ['expand[]', 'a'],
    ['expand[]', 'b'],
    ['key', KEYS.idempotencyKey],
  ]);
});

test.each(['form', 'multipart'] as const)(
  '[HO6] the signature covers the text of a body of the kind %s',
  async (kind) => {
    const auth: HttpAuth = {
      kind: 'hmac',
      secret: 's',
      algorithm: 'sha256',
      header: 'X-Signature',
      timestampHeader: 'X-Time',
      encoding: 'hex',
      signs: 'body',
      prefix: '',
    };
    const form = operation({ encoding: { ...FORM, kind } });
    for (let attempt = 1; attempt <= 2; attempt++)
      await call(form, { id: '1', note: 'ä b', list: [1] }, { connection: connection(auth) }, KEYS, { attempt });
    const [first, second] = seen as [Seen, Seen];
    expect(first.headers['x-signature']).toBe(createHmac('sha256', SECRET).update(first.body).digest('hex'));
    expect(second.body).toBe(first.body);
    expect(first.headers['content-type']).toMatch(kind === 'form' ? /urlencoded$/ : /^multipart\/form-data; boundary=/);
  }
);

test('[HO5] [HO6] what a form cannot say is refused before anything is sent', async () => {
  for (const input of [
    { id: '1', m: { 'x][y': 1 } },
    { id: '1', 'm[x]': 1 },
    { id: '1', list: [null] },
  ]) {
    const failure = await failureOf(operation({ encoding: FORM }), input);
    expect(failure).toMatchObject({ type: 'InvalidRequest', nonRetryable: true, details: [{ applied: false }] });
  }
  // One placeholder: all names are from the input.
  const whole = operation({ body: { mapping: '{body}' }, encoding: FORM });
  expect((await failureOf(whole, { id: '1', body: { 'm[x]': 1 } })).message).toContain("'m[x]'");
  expect((await failureOf(whole, { id: '1', body: 'text' })).message).toContain('group of fields');
  expect(seen).toEqual([]);
});

test('[HO1] a field of the input cannot replace the keys of the call', async () => {
  const definition = operation({ path: '/orders', body: { mapping: { key: '{idempotencyKey}' } } });
  await call(definition, { idempotencyKey: 'mine', forwardKey: 'mine' });
  expect(JSON.parse(seen[0]?.body ?? '')).toEqual({ key: KEYS.idempotencyKey });
  const failure = await failureOf(operation({ path: '/orders/{forwardKey}' }), { forwardKey: 'mine' });
  expect(failure).toMatchObject({ type: 'InvalidRequest' });
});

test('[HO1] an operation sends its key in the header that it declares, and an undo also sends the forward key', async () => {
  const own = operation({ idempotencyHeader: 'X-Request-Id' });
  await call(own, { id: '1' }, {}, { idempotencyKey: 'k:undo', forwardKey: 'k' });
  expect(seen[0]?.headers).toMatchObject({ 'x-request-id': 'k:undo', 'idempotency-forward-key': 'k' });
  expect(seen[0]?.headers['idempotency-key']).toBeUndefined();
});

test.each<[string, HttpAuth, object]>([
  ['bearer', { kind: 'bearer', secret: 's' }, { authorization: `Bearer ${SECRET}` }],
  [
    'basic',
    { kind: 'basic', username: 'ann', secret: 's' },
    { authorization: `Basic ${Buffer.from(`ann:${SECRET}`).toString('base64')}` },
  ],
  ['a key in a header', { kind: 'apiKey', in: 'header', name: 'X-Api-Key', secret: 's' }, { 'x-api-key': SECRET }],
])('[HO2] %s', async (_name, auth, headers) => {
  await call(operation(), { id: '1' }, { connection: connection(auth) });
  expect(seen[0]?.headers).toMatchObject(headers);
});

test('[HO2] a key in the query is no part of a failure', async () => {
  const auth: HttpAuth = { kind: 'apiKey', in: 'query', name: 'api_key', secret: 's' };
  await call(operation(), { id: '1' }, { connection: connection(auth) });
  expect(seen[0]?.url).toBe(`/v1/orders/1?api_key=${SECRET}`);
  answering = ({ url }, response) => json(response, 400, { message: `bad request: ${url}` });
  const failure = await failureOf(operation(), { id: '1' }, { connection: connection(auth) });
  expect(failure.message).toMatch(/answered 400: bad request: \/v1\/orders\/1\?api_key=•••/);
});

test.each(['body', 'time.body', 'request'] as const)(
  '[HO2] HMAC over %s can be verified by the service',
  async (signs) => {
    const auth: HttpAuth = {
      kind: 'hmac',
      secret: 's',
      algorithm: 'sha256',
      header: 'X-Signature',
      timestampHeader: 'X-Time',
      encoding: 'hex',
      signs,
      prefix: 'sha256=',
    };
    await call(
      operation({ query: { a: '{a}' } }),
      { id: '1', a: 'x y', note: 'ä' },
      { connection: connection(auth), nowMs: 1_700_000_000_500 }
    );
    const [{ method, url, headers, body }] = seen as [Seen];
    expect(headers['x-time']).toBe('1700000000');
    const text = { body, 'time.body': `1700000000.${body}`, request: `${method}\n${url}\n1700000000\n${body}` }[signs];
    expect(headers['x-signature']).toBe(`sha256=${createHmac('sha256', SECRET).update(text).digest('hex')}`);
  }
);

const oauth = (change: object = {}): HttpAuth => ({
  kind: 'oauth2',
  tokenUrl: `${origin}/token`,
  clientId: 'client:1',
  secret: 's',
  clientAuth: 'basic',
  scope: 'pay read',
  audience: '',
  ...change,
});

test('[HO2] OAuth 2: one token serves many calls, and is renewed when the service refuses it', async () => {
  let issued = 0;
  let valid = '';
  answering = ({ url, headers }, response) => {
    if (url === '/token') {
      valid = `token-${++issued}`;
      return json(response, 200, { access_token: valid, token_type: 'Bearer', expires_in: 3_600 });
    }
    return headers.authorization === `Bearer ${valid}` ? json(response, 200, { ok: true }) : json(response, 401, {});
  };
  const operations = operationsOf(operation(), { connection: connection(oauth()) });
  const run = () => runActivity(() => operations.activity('api.do')!({ id: '1' }, KEYS));
  expect(await Promise.all([run(), run(), run()])).toEqual(Array(3).fill({ ok: true }));
  expect(issued).toBe(1);
  const token = seen.find(({ url }) => url === '/token');
  expect(token?.headers.authorization).toBe(`Basic ${Buffer.from(`client%3A1:${SECRET}`).toString('base64')}`);
  expect(token?.body).toBe('grant_type=client_credentials&scope=pay+read');

  valid = 'revoked by the service';
  seen = [];
  expect(await run()).toEqual({ ok: true });
  expect(seen.map(({ url }) => url)).toEqual(['/v1/orders/1', '/token', '/v1/orders/1']);
  const keys = seen.filter(({ url }) => url !== '/token').map(({ headers }) => headers['idempotency-key']);
  expect(keys).toEqual([KEYS.idempotencyKey, KEYS.idempotencyKey]);
});

test('[HO2] a service that refuses every token fails the call; the token is requested again once', async () => {
  answering = ({ url }, response) =>
    url === '/token' ? json(response, 200, { access_token: `t-${seen.length}` }) : json(response, 401, { error: 'no' });
  const failure = await failureOf(operation(), { id: '1' }, { connection: connection(oauth()) });
  expect(failure).toMatchObject({ type: 'HttpStatus', nonRetryable: true });
  expect(seen.filter(({ url }) => url === '/token')).toHaveLength(2);
});

test('[HO2] [HO5] a token that cannot be had is no attempt of the effect, and the client secret is not repeated', async () => {
  answering = ({ url, body }, response) =>
    json(response, url === '/token' ? 400 : 200, { error: 'invalid_client', error_description: `wrong: ${body}` });
  const failure = await failureOf(operation(), { id: '1' }, { connection: connection(oauth({ clientAuth: 'body' })) });
  expect(failure).toMatchObject({ type: 'AuthenticationFailed', nonRetryable: true, details: [{ applied: false }] });
  expect(failure.message).toContain('invalid_client');
  expect(JSON.stringify(failure)).not.toContain(SECRET);
  expect(seen.map(({ url }) => url)).toEqual(['/token']);
});

test('[HO2] a secret that a service repeats in its failure is masked', async () => {
  answering = ({ headers }, response) =>
    json(response, 500, {
      message: `token ${headers.authorization}`,
      reason: SECRET,
      error: encodeURIComponent(SECRET),
    });
  const failure = await failureOf(
    operation(),
    { id: '1' },
    { connection: connection({ kind: 'bearer', secret: 's' }) }
  );
  expect(JSON.stringify(failure)).not.toContain(SECRET);
});

test.each([
  ['a missing secret', { secret: null }, 'SecretMissing'],
  ['an archived connection', { found: { connection: undefined as never, archivedBy: 'Ann' } }, 'ConnectionArchived'],
  ['a missing connection', { found: null }, 'ConnectionMissing'],
] satisfies [string, World, string][])('[HO5] %s: tried again, and nothing was sent', async (_name, world, type) => {
  const auth: HttpAuth = { kind: 'bearer', secret: 's' };
  const failure = await failureOf(operation(), { id: '1' }, { connection: connection(auth), ...world });
  expect(failure).toMatchObject({ type, nonRetryable: false, details: [{ applied: false }] });
  // The attempt before may have sent something: no proof is given.
  const second = await failureOf(operation(), { id: '1' }, { connection: connection(auth), ...world }, KEYS, {
    attempt: 2,
  });
  expect(second.details?.[0] ?? {}).not.toHaveProperty('applied');
  expect(seen).toEqual([]);
});

test('[HO5] a database that cannot be read is a failure of an attempt that sent nothing', async () => {
  const away = new Operations(
    { frozen: () => Promise.reject(new Error('connect ECONNREFUSED 10.0.0.1:5432')), connection: async () => null },
    {
      config: { connections: new Map() },
      guard: new EgressGuard({ connections: new Map(), allow: [] }),
      readSecret: async () => null,
      masking: new Masking(),
      now: () => 0,
    }
  );
  const failure = await runActivity(() => away.activity('api.do')!({}, KEYS)).catch((error: unknown) => error);
  expect(failure).toMatchObject({ type: 'ConnectionUnavailable', nonRetryable: false, details: [{ applied: false }] });
  expect(String(failure)).not.toContain('10.0.0.1');
});

test('[HO3] a redirect of a read leads to allowed origins only, and credentials do not follow to another origin', async () => {
  const read = operation({ method: 'GET', body: 'none' }, { effect: 'none' });
  answering = ({ url }, response) =>
    url.startsWith('/v1')
      ? json(response, 302, {}, { location: `${other}/there` })
      : json(response, 200, { there: true });
  const auth: HttpAuth = { kind: 'apiKey', in: 'header', name: 'X-Api-Key', secret: 's' };
  const denied = await failureOf(read, { id: '1' }, { connection: connection(auth) });
  expect(denied).toMatchObject({ type: 'EgressDenied', nonRetryable: true });
  expect(denied.message).toContain('allowed origins of the connection');
  expect(await call(read, { id: '1' }, { connection: connection(auth, { allow: [other] }) })).toEqual({ there: true });
  expect(seen.at(-1)?.headers['x-api-key']).toBeUndefined();
});

test.each(['http://169.254.169.254', 'http://[fd00:ec2::254]', 'http://0.0.0.0', 'http://100.100.100.200'])(
  '[HO3] a connection to %s, the metadata of a cloud, is refused although a person entered it',
  async (address) => {
    const failure = await failureOf(
      operation(),
      { id: '1' },
      {
        connection: connection(NONE, { settings: { address, headers: {}, auth: NONE, testPath: '/' } }),
      }
    );
    expect(failure).toMatchObject({ type: 'EgressDenied', details: [{ applied: false }] });
  }
);

test('[HO3] a redirect to the metadata of a cloud is refused even if a wildcard allows every host', async () => {
  const read = operation({ method: 'GET', body: 'none' }, { effect: 'none' });
  answering = (_request, response) => json(response, 302, {}, { location: 'http://169.254.169.254/latest/meta-data' });
  const failure = await failureOf(read, { id: '1' }, { connection: connection(NONE, { allow: ['http://*'] }) });
  expect(failure).toMatchObject({ type: 'EgressDenied' });
});

test('[HO3] the operator of the machine can forbid private addresses in connections', async () => {
  const failure = await failureOf(operation(), { id: '1' }, { privateConnections: false });
  expect(failure.message).toContain('BACKSTITCH_PRIVATE_CONNECTIONS');
  const named = connection(NONE, {
    settings: { address: 'http://inside.example.com', headers: {}, auth: NONE, testPath: '/' },
  });
  const resolver: Resolver = (_host, done) => done(null, [{ address: '10.0.0.7', family: 4 }]);
  const resolved = await failureOf(
    operation(),
    { id: '1' },
    { connection: named, privateConnections: false, resolver }
  );
  expect(resolved).toMatchObject({ type: 'EgressDenied' });
});

test('[HO4] an answer that does not match the declared output leaves the outcome unknown', async () => {
  const output: JsonSchema = { type: 'object', required: ['id'], properties: { id: { type: 'string' } } };
  const failure = await failureOf(operation({}, { output }), { id: '1' });
  expect(failure).toMatchObject({ type: 'ResponseInvalid', nonRetryable: true });
  expect(failure.details?.[0] ?? {}).not.toHaveProperty('applied');
  answering = (_request, response) => json(response, 200, { id: 'x' });
  expect(await call(operation({}, { output }), { id: '1' })).toEqual({ id: 'x' });
  const due: JsonSchema = { type: 'object', properties: { id: { type: 'string', format: 'date-time' } } };
  answering = (_request, response) => json(response, 200, { id: '2026-11-28T09:30:00' });
  const local = await failureOf(operation({}, { output: due }), { id: '1' });
  expect(local.message).toContain('a date and a time with its offset');
  answering = (_request, response) => json(response, 200, { id: 'x' });
  expect(await call(operation({ answer: 'full' }, { output }), { id: '1' })).toMatchObject({
    status: 200,
    body: { id: 'x' },
  });
  expect(await call(operation({ answer: 'lookup' }, { output }), { id: '1' })).toEqual({
    applied: true,
    output: { id: 'x' },
  });
  answering = (_request, response) => json(response, 404, {});
  expect(await call(operation({ answer: 'lookup' }, { output }), { id: '1' })).toEqual({ applied: false });
});

test('[HO4] statuses mean what the operation declares', async () => {
  answering = (_request, response) => json(response, 422, {});
  const denied = await failureOf(operation({ notAppliedStatuses: [422] }), { id: '1' });
  expect(denied).toMatchObject({ type: 'NotApplied' });
  const retried = await failureOf(operation({ retryableStatuses: [422] }), { id: '1' });
  expect(retried).toMatchObject({ type: 'HttpStatus', nonRetryable: false });
});
