import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Info } from '@temporalio/activity';
import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { parseAllow, parseConnections } from '../config';
import { EgressGuard } from '../egress/guard';
import { runActivity, startActivity } from '../testing/context';
import type { ActivityMeta } from './keys';
import type { HttpRequestInput } from './input';
import { httpRequestActivity } from './request';

interface Seen {
  method: string;
  url: string;
  headers: IncomingMessage['headers'];
  body: string;
}
type Answering = (request: Seen, response: ServerResponse) => void;

let servers: Server[];
let origin: string;
let elsewhere: string;
let guard: EgressGuard;
let seen: Seen[] = [];
let answering: Answering;

beforeAll(async () => {
  servers = await Promise.all([serve(), serve()]);
  [origin, elsewhere] = servers.map((server) => `http://127.0.0.1:${(server.address() as AddressInfo).port}`) as [
    string,
    string,
  ];
  guard = new EgressGuard({
    connections: connections(),
    allow: parseAllow([origin, origin.replace('http:', 'https:'), 'http://127.0.0.1:1'].join()),
  });
});
afterAll(() => {
  guard.close();
  for (const server of servers) server.close();
});
beforeEach(() => {
  seen = [];
  answering = (_request, response) => json(response, 200, { ok: true });
});

async function serve(): Promise<Server> {
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const one = {
      method: request.method ?? '',
      url: request.url ?? '',
      headers: request.headers,
      body: Buffer.concat(chunks).toString(),
    };
    seen.push(one);
    answering(one, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}
const connections = () => parseConnections(`api=${origin}/v1`);
function json(response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(body));
}
const SECRETS: Record<string, string> = { 'api-token': 'Bearer s3cr3t-t0ken' };
function call(input: HttpRequestInput, meta?: ActivityMeta, info?: Partial<Info>): Promise<unknown> {
  const activity = httpRequestActivity({ connections: connections() }, guard, async (name) => SECRETS[name] ?? null);
  return runActivity(() => activity(input, meta), info);
}
async function failureOf(
  input: HttpRequestInput,
  meta?: ActivityMeta,
  info?: Partial<Info>
): Promise<ApplicationFailure> {
  const failure = await call(input, meta, info).then(
    () => null,
    (error: unknown) => error
  );
  if (!(failure instanceof ApplicationFailure))
    throw new Error(`expected an ApplicationFailure, got ${String(failure)}`);
  return failure;
}

test('[H1] a POST sends JSON and its idempotency key: namespace, workflow, run, activity; the same on every attempt', async () => {
  const input = {
    method: 'POST',
    connection: 'api',
    path: '/payments',
    query: { dry: true, tag: ['a', 'b'] },
    body: { amount: 5 },
  };
  expect(await call(input, undefined, { activityId: 'charge', attempt: 1 })).toEqual({ ok: true });
  await call(input, undefined, { activityId: 'charge', attempt: 2 });
  expect(seen.map((request) => request.headers['idempotency-key'])).toEqual(
    Array(2).fill('default/order-1/run-1/charge')
  );
  expect(seen[0]).toMatchObject({
    method: 'POST',
    url: '/v1/payments?dry=true&tag=a&tag=b',
    body: '{"amount":5}',
    headers: { 'content-type': 'application/json' },
  });
  expect(seen[0]?.headers['idempotency-forward-key']).toBeUndefined();
});

test('[H2] an undo sends its own key and the key of its step, at the place that the service wants', async () => {
  const input = {
    method: 'POST',
    connection: 'api',
    path: '/payments/{forwardKey}/refund',
    body: { of: '{forwardKey}', text: 'about {forwardKey}' },
  };
  await call(input, { forwardKey: 'default/order-1/run-1/charge' }, { activityId: 'charge:undo' });
  expect(seen[0]).toMatchObject({
    url: '/v1/payments/default%2Forder-1%2Frun-1%2Fcharge/refund',
    body: '{"of":"default/order-1/run-1/charge","text":"about {forwardKey}"}',
    headers: {
      'idempotency-key': 'default/order-1/run-1/charge:undo',
      'idempotency-forward-key': 'default/order-1/run-1/charge',
    },
  });
  expect((await failureOf(input)).type).toBe('InvalidRequest');
});

test('[H2] code of document format 2 passes its keys, and placeholders in its input are not replaced', async () => {
  const meta = { idempotencyKey: 'default/order-1/u/charge:undo', forwardKey: 'default/order-1/u/charge' };
  const input = {
    method: 'POST',
    connection: 'api',
    path: '/notes',
    query: { q: '{forwardKey}' },
    headers: { 'x-note': '{idempotencyKey}' },
    body: { text: '{idempotencyKey}', of: '{forwardKey}' },
  };
  await call(input, meta, { activityId: 'charge:undo' });
  expect(seen[0]).toMatchObject({
    url: '/v1/notes?q=%7BforwardKey%7D',
    body: '{"text":"{idempotencyKey}","of":"{forwardKey}"}',
    headers: {
      'x-note': '{idempotencyKey}',
      'idempotency-key': 'default/order-1/u/charge:undo',
      'idempotency-forward-key': 'default/order-1/u/charge',
    },
  });
});

test('[H3] ids that a header cannot carry are encoded, in the same way for step and undo', async () => {
  const info = { workflowExecution: { workflowId: 'Bestellung für Ä 1', runId: 'r' } };
  await call({ method: 'POST', connection: 'api' }, undefined, info);
  await call({ method: 'POST', connection: 'api' }, { forwardKey: 'default/Bestellung für Ä 1/r/step' }, info);
  expect(seen[1]?.headers['idempotency-forward-key']).toBe(seen[0]?.headers['idempotency-key']);
  const keyOf = async (workflowId: string) => {
    await call({ method: 'POST', connection: 'api' }, undefined, { workflowExecution: { workflowId, runId: 'r' } });
    return seen.at(-1)?.headers['idempotency-key'];
  };
  expect(await keyOf('a b')).not.toBe(await keyOf('a%20b'));
});

test.each([
  [500, undefined, 'HttpStatus', false],
  [503, undefined, 'HttpStatus', false],
  [429, undefined, 'HttpStatus', false],
  [408, undefined, 'HttpStatus', false],
  [425, undefined, 'HttpStatus', false],
  [400, undefined, 'HttpStatus', true],
  [404, undefined, 'HttpStatus', true],
  [409, { error: 'Conflict' }, 'HttpStatus', true],
  [409, { error: 'NotApplied' }, 'NotApplied', true],
  [402, undefined, 'NotApplied', true],
])('[H4] status %i with %j fails as %s, non-retryable: %s', async (status, body, type, nonRetryable) => {
  answering = (_request, response) => json(response, status, body ?? { message: 'no luck' });
  const failure = await failureOf({ method: 'POST', connection: 'api', path: 'x' });
  expect([failure.type, failure.nonRetryable]).toEqual([type, nonRetryable]);
  expect(failure.message).toContain(`answered ${status}`);
});

test('[H5] a step defines which statuses are retried and which mean that nothing happened', async () => {
  answering = (_request, response) => json(response, 404, {});
  expect((await failureOf({ connection: 'api', retryableStatuses: [404] })).nonRetryable).toBe(false);
  expect((await failureOf({ connection: 'api', notAppliedStatuses: [404] })).type).toBe('NotApplied');
  answering = (_request, response) => json(response, 503, {});
  expect((await failureOf({ connection: 'api', retryableStatuses: [404] })).nonRetryable).toBe(true);
});

test('[H6] an answer is the body or the whole response, and a look-up takes 404 as not applied', async () => {
  answering = (_request, response) => json(response, 200, { id: 7 }, { 'x-trace': 't', 'set-cookie': 'a=b' });
  expect(await call({ connection: 'api' })).toEqual({ id: 7 });
  expect(await call({ connection: 'api', answer: 'full' })).toMatchObject({
    status: 200,
    headers: { 'x-trace': 't' },
    body: { id: 7 },
  });
  expect(JSON.stringify(await call({ connection: 'api', answer: 'full' }))).not.toContain('a=b');
  expect(await call({ connection: 'api', answer: 'lookup' })).toEqual({ applied: true, output: { id: 7 } });
  answering = (_request, response) => json(response, 404, {});
  expect(await call({ connection: 'api', answer: 'lookup' })).toEqual({ applied: false });
  answering = (_request, response) => json(response, 500, {});
  expect((await failureOf({ connection: 'api', answer: 'lookup' })).type).toBe('HttpStatus');
});

test('[H7] an answer is checked against its schema, except formats that only affect the display', async () => {
  const responseSchema = {
    type: 'object',
    required: ['amount'],
    properties: { amount: { type: 'integer', format: 'money', currencyField: 'currency' } },
  };
  answering = (_request, response) => json(response, 200, { amount: 'five' });
  const failure = await failureOf({ connection: 'api', responseSchema });
  expect([failure.type, failure.nonRetryable]).toEqual(['ResponseInvalid', true]);
  expect(failure.message).toContain('/amount must be a whole number');
  answering = (_request, response) => json(response, 200, { amount: 5 });
  expect(await call({ connection: 'api', responseSchema })).toEqual({ amount: 5 });
  const unusable = { type: 'string', pattern: '[' };
  expect((await failureOf({ connection: 'api', responseSchema: unusable })).message).toContain(
    'not a regular expression'
  );
  expect((await failureOf({ connection: 'api', responseSchema: { $ref: 'http://x' } })).type).toBe('InvalidRequest');
});

test('[H8] broken JSON and an answer that is too large are different failures', async () => {
  answering = (_request, response) => response.writeHead(200, { 'content-type': 'application/json' }).end('{"a":');
  expect((await failureOf({ connection: 'api' })).type).toBe('ResponseInvalid');
  answering = (_request, response) => json(response, 200, { pad: 'x'.repeat(5_000) });
  expect((await failureOf({ connection: 'api', maxResponseBytes: 1_000 })).type).toBe('ResponseTooLarge');
  answering = (_request, response) => response.writeHead(200, { 'content-type': 'text/plain' }).end('hello');
  expect(await call({ connection: 'api' })).toBe('hello');
  answering = (_request, response) => response.writeHead(204).end();
  expect(await call({ connection: 'api' })).toBeNull();
});

test('[H9] no failure contains a secret; an output is the answer itself, even if it repeats a secret', async () => {
  const input = { connection: 'api', path: '/me', secretHeaders: { Authorization: 'api-token' } };
  const echo = { got: 'Bearer s3cr3t-t0ken', kind: 'Bearer', token: 's3cr3t-t0ken' };
  answering = (_request, response) => json(response, 200, echo);
  expect(await call(input)).toEqual(echo);
  expect(seen[0]?.headers.authorization).toBe('Bearer s3cr3t-t0ken');
  answering = ({ headers }, response) =>
    json(response, 401, { error: 'Unauthorized', message: `bad ${headers.authorization}` });
  const failure = await failureOf({ ...input, query: { key: 'in-the-query' } });
  expect(JSON.stringify([failure.message, failure.details])).not.toMatch(/s3cr3t|in-the-query/);
  expect(failure.message).toContain('bad •••');
  expect((await failureOf({ connection: 'api', secretHeaders: { 'x-key': 'unknown' } })).message).toContain(
    "'unknown'"
  );
});

test('[H10] a GET follows redirects to allowed origins, without its secrets if the origin changes', async () => {
  answering = ({ url }, response) =>
    url === '/v1/a' ? response.writeHead(302, { location: '/v1/b' }).end() : json(response, 200, { url });
  expect(await call({ connection: 'api', path: '/a', secretHeaders: { 'x-key': 'api-token' } })).toEqual({
    url: '/v1/b',
  });
  expect(seen[1]?.headers['x-key']).toBeDefined();

  seen = [];
  answering = (_request, response) => response.writeHead(302, { location: `${elsewhere}/b` }).end();
  expect((await failureOf({ connection: 'api', path: '/a' })).type).toBe('EgressDenied');
  expect(seen).toHaveLength(1);

  const wide = new EgressGuard({ connections: connections(), allow: parseAllow(elsewhere) });
  answering = ({ url }, response) =>
    url === '/v1/a' ? response.writeHead(302, { location: `${elsewhere}/b` }).end() : json(response, 200, {});
  const activity = httpRequestActivity({ connections: connections() }, wide, async (name) => SECRETS[name] ?? null);
  await runActivity(() =>
    activity({
      connection: 'api',
      path: '/a',
      secretHeaders: { 'x-key': 'api-token' },
      headers: { Authorization: 'mine' },
    })
  );
  wide.close();
  expect([seen.at(-1)?.url, seen.at(-1)?.headers['x-key'], seen.at(-1)?.headers.authorization]).toEqual([
    '/b',
    undefined,
    undefined,
  ]);
});

test('[H11] a request with an effect is never redirected, and endless redirects fail', async () => {
  answering = (_request, response) => response.writeHead(307, { location: '/v1/again' }).end();
  expect((await failureOf({ method: 'POST', connection: 'api' })).message).toContain('answered 307');
  expect(seen).toHaveLength(1);
  expect((await failureOf({ connection: 'api' })).type).toBe('TooManyRedirects');
});

test('[H12] a refused connection and a missing answer are retryable', async () => {
  const refused = await failureOf({ url: 'http://127.0.0.1:1/' });
  expect([refused.type, refused.nonRetryable]).toEqual(['Unreachable', false]);
  answering = () => {};
  const silent = await failureOf({ connection: 'api' }, undefined, { startToCloseTimeoutMs: 50 });
  expect([silent.type, silent.nonRetryable]).toEqual(['Unreachable', false]);
  expect(silent.message).toContain('in time');
  answering = (_request, response) => response.destroy();
  expect((await failureOf({ connection: 'api' })).type).toBe('Unreachable');
});

test('[H13] a cancellation ends a request without an effect as cancelled', async () => {
  const activity = httpRequestActivity({ connections: connections() }, guard, async () => null);
  const arrived = new Promise<ServerResponse>((resolve) => (answering = (_request, response) => resolve(response)));
  const meta = { idempotencyKey: 'k', hasEffect: false };
  const running = startActivity(() => activity({ method: 'POST', connection: 'api' }, meta));
  const response = await arrived;
  const hungUp = new Promise((resolve) => response.once('close', resolve));
  running.cancel();
  await expect(running.result).rejects.toBeInstanceOf(CancelledFailure);
  await hungUp;
});

test.each([undefined, { idempotencyKey: 'k', hasEffect: true }])(
  '[H22] a request with an effect ends with its own answer, although it was cancelled after sending: %j',
  async (meta) => {
    const activity = httpRequestActivity({ connections: connections() }, guard, async () => null);
    const arrived = new Promise<ServerResponse>((resolve) => (answering = (_request, response) => resolve(response)));
    const running = startActivity(() => activity({ method: 'POST', connection: 'api' }, meta));
    const response = await arrived;
    running.cancel();
    json(response, 200, { done: true });
    expect(await running.result).toEqual({ done: true });
  }
);

test('[H22] a request that was cancelled before it was sent is not sent', async () => {
  const activity = httpRequestActivity({ connections: connections() }, guard, async () => null);
  const running = startActivity(() => activity({ method: 'POST', connection: 'api' }));
  running.cancel();
  await expect(running.result).rejects.toBeInstanceOf(CancelledFailure);
  expect(seen).toEqual([]);
});

test('[H23] the request of the undo has every digit of the number that the step answered', async () => {
  answering = (_request, response) =>
    response.writeHead(200, { 'content-type': 'application/json' }).end('{"transactionId":9007199254740993,"n":5}');
  const meta = { idempotencyKey: 'k', output: { type: 'object', properties: { transactionId: { type: 'integer' } } } };
  const answer = (await call({ method: 'POST', connection: 'api' }, meta)) as { transactionId: unknown };
  const { transactionId } = answer;
  await call(
    { method: 'POST', connection: 'api', query: { id: transactionId }, body: { id: transactionId, n: 5 } },
    meta
  );
  expect(seen.at(-1)).toMatchObject({ url: '/v1/?id=9007199254740993', body: '{"id":9007199254740993,"n":5}' });
});

const FORM = { kind: 'form', lists: 'indexed', groups: 'brackets' } as const;
test('[H25] a body is sent as the form that the step says, with every digit and its own content type', async () => {
  const body = {
    amount: { $exact: '12345678901234567890.5' },
    metadata: { order: 'x&y' },
    tags: ['a', 'b'],
    gone: null,
  };
  const headers = { 'Content-Type': 'application/json', 'X-Own': '1' };
  const asked = { method: 'POST', connection: 'api', path: '/charges', headers, body };
  await call({ ...asked, encoding: FORM }, { idempotencyKey: 'k', hasEffect: true });
  await call({
    ...asked,
    encoding: { ...FORM, kind: 'multipart', fields: { tags: { lists: 'json', groups: 'json' } } },
  });
  const [form, parts] = seen;
  expect(form!.body).toBe('amount=12345678901234567890.5&metadata%5Border%5D=x%26y&tags%5B0%5D=a&tags%5B1%5D=b');
  expect(form!.headers).toMatchObject({
    'content-type': 'application/x-www-form-urlencoded',
    'idempotency-key': 'k',
    'x-own': '1',
  });
  expect(parts!.headers['content-type']).toMatch(/^multipart\/form-data; boundary=/);
  expect(parts!.body).toContain('["a","b"]');
});

test('[H25] what no form can say, and an unknown encoding, are refused before anything is sent', async () => {
  const asked = { method: 'POST', connection: 'api', path: '/charges', encoding: FORM };
  for (const input of [
    { ...asked, body: [1] },
    { ...asked, body: { 'metadata[order]': 'x' } },
    { ...asked, body: { a: 1 }, encoding: { kind: 'form' } },
    { ...asked, body: { a: 1 }, encoding: { ...FORM, kind: 'soap' } },
  ])
    expect(await failureOf(input)).toMatchObject({ type: 'InvalidRequest', details: [{ applied: false }] });
  expect(seen).toEqual([]);
});

test('[H24] an answer of another shape than declared leaves the outcome unknown: 204, text, other JSON', async () => {
  const output = { type: 'object', properties: { id: { type: 'string' } }, required: ['id'] };
  const meta = { idempotencyKey: 'k', hasEffect: true, output };
  const answers: Answering[] = [
    (_request, response) => response.writeHead(204).end(),
    (_request, response) => response.writeHead(200).end('{"id":"a"}'),
    (_request, response) => json(response, 200, { id: 5 }),
    (_request, response) => json(response, 200, {}),
  ];
  for (const each of answers) {
    answering = each;
    const failure = await failureOf({ method: 'POST', connection: 'api' }, meta);
    expect([failure.type, failure.nonRetryable, failure.details?.[0]]).toEqual(['ResponseInvalid', true, undefined]);
  }
  answering = (_request, response) => json(response, 200, { id: 'a', more: 1 });
  expect(await call({ method: 'POST', connection: 'api' }, meta)).toEqual({ id: 'a', more: 1 });
});

test.each<[string, HttpRequestInput]>([
  ['an unknown connection', { connection: 'nope' }],
  ['no address', {}],
  ['two addresses', { connection: 'api', url: 'http://x/' }],
  ['a path that climbs out of its connection', { connection: 'api', path: '/../admin' }],
  ['the same, encoded', { connection: 'api', path: '/%2e%2e/admin' }],
  ['a separator that is encoded', { connection: 'api', path: '/..%2fadmin' }],
  ['a parameter of a segment', { connection: 'api', path: '/..;/admin' }],
  ['another idempotency key', { method: 'POST', connection: 'api', headers: { 'Idempotency-Key': 'mine' } }],
  ['a password in the URL', { url: 'http://me:pass@127.0.0.1/' }],
  ['another protocol', { url: 'file:///etc/passwd' }],
  ['a header of the connection', { connection: 'api', headers: { Host: 'x' } }],
  ['a header with a line break', { connection: 'api', headers: { 'x-a': 'b\r\nx: y' } }],
  ['an unknown method', { connection: 'api', method: 'CONNECT' }],
])('[H14] %s is refused without a request and without a retry', async (_what, input) => {
  const failure = await failureOf(input);
  expect([failure.type, failure.nonRetryable, seen.length]).toEqual(['InvalidRequest', true, 0]);
});

const denial = (failure: ApplicationFailure) => (failure.details?.[0] as { applied?: boolean } | undefined)?.applied;
const NOTHING_SENT: [string, HttpRequestInput][] = [
  ['InvalidRequest', { method: 'POST', connection: 'nope' }],
  ['InvalidRequest', { method: 'POST', connection: 'api', responseSchema: { $ref: 'http://x' } }],
  ['SecretMissing', { method: 'POST', connection: 'api', secretHeaders: { 'x-key': 'unknown' } }],
  ['EgressDenied', { method: 'POST', url: 'http://evil.example/' }],
  ['Unreachable', { method: 'POST', url: 'http://127.0.0.1:1/' }],
];
test.each(NOTHING_SENT)('[H15] %s before anything was sent means that nothing happened: %j', async (type, input) => {
  const failure = await failureOf(input);
  expect([failure.type, denial(failure), seen.length]).toEqual([type, false, 0]);
});

test('[H16] an attempt knows about earlier attempts only what the last heartbeat says', async () => {
  const activity = httpRequestActivity({ connections: connections() }, guard, async () => null);
  const attempt = (number: number, heartbeatDetails?: unknown) => {
    const info = { attempt: number, heartbeatDetails };
    return startActivity(() => activity({ method: 'POST', url: 'http://127.0.0.1:1/' }), info);
  };
  const told = async ({ result }: ReturnType<typeof attempt>) =>
    denial(
      await result.then(
        () => Promise.reject(new Error('it succeeded')),
        (error: ApplicationFailure) => error
      )
    );
  const first = attempt(1);
  expect(await told(first)).toBe(false);
  expect(first.heartbeats).toEqual([{ sentNothingIn: 1 }]);
  const second = attempt(2, first.heartbeats[0]);
  expect(await told(second)).toBe(false);
  expect(second.heartbeats).toEqual([{ sentNothingIn: 2 }]);
  // The second attempt was lost before its first heartbeat; a heartbeat was lost; no attempt sent a heartbeat.
  for (const details of [{ sentNothingIn: 1 }, { sentNothingIn: 3 }, undefined, null, 'x']) {
    const third = attempt(3, details);
    expect(await told(third)).toBeUndefined();
    expect(third.heartbeats).toEqual([]);
  }
});

test.each<[string, Answering]>([
  ['no answer in time', () => {}],
  ['a connection that breaks', (_request, response) => response.destroy()],
  ['a status', (_request, response) => json(response, 503, {})],
  ['an answer that does not fit', (_request, response) => json(response, 200, 'text')],
  ['too large an answer', (_request, response) => json(response, 200, 'x'.repeat(2_000))],
])('[H17] %s leaves the outcome unknown, because the request was sent', async (_what, answer) => {
  answering = answer;
  const responseSchema = { type: 'integer' };
  const input = { method: 'POST', connection: 'api', responseSchema, maxResponseBytes: 1_000 };
  expect(denial(await failureOf(input, undefined, { startToCloseTimeoutMs: 100 }))).toBeUndefined();
  expect(seen).toHaveLength(1);
});

test('[H18] a request on a kept connection that breaks counts as sent', async () => {
  expect(await call({ method: 'POST', connection: 'api' })).toEqual({ ok: true });
  // The second request is sent on the connection of the first one, which the other side closes meanwhile.
  answering = (_request, response) => response.socket?.destroy();
  expect(denial(await failureOf({ method: 'POST', connection: 'api' }))).toBeUndefined();
});

test.each([
  ['7', 503, 7_000],
  ['120', 429, 120_000],
  ['Sat, 21 Nov 2026 08:00:30 GMT', 503, 30_000],
  ['999999999', 503, 3_600_000],
  ['Sat, 21 Nov 2026 07:00:00 GMT', 503, undefined],
  ['soon', 503, undefined],
  ['-5', 503, undefined],
  ['7', 400, undefined],
])('[H19] Retry-After %s of a %i delays the next attempt by %s ms, at most one hour', async (text, status, delayMs) => {
  answering = (_request, response) =>
    json(response, status, {}, { 'retry-after': text, date: 'Sat, 21 Nov 2026 08:00:00 GMT' });
  expect((await failureOf({ method: 'POST', connection: 'api' })).nextRetryDelay).toBe(delayMs);
});

test('[H20] credentials in a redirect are ignored, and a redirect to a forbidden address is denied', async () => {
  const { host } = new URL(origin);
  answering = ({ url }, response) =>
    url === '/v1/a'
      ? response.writeHead(302, { location: `http://admin:password@${host}/v1/b` }).end()
      : json(response, 200, { url });
  expect(await call({ connection: 'api', path: '/a' })).toEqual({ url: '/v1/b' });
  expect(seen.at(-1)?.headers.authorization).toBeUndefined();
  const { port } = new URL(elsewhere);
  const detours = [
    `http://2130706433:${port}/`,
    `http://0x7f.1:${port}/`,
    `//[::1]:${port}/`,
    'http://[::ffff:7f00:1]/',
  ];
  for (const location of [
    ...detours,
    `http://${host}@evil.example/`,
    `http://localhost.:${port}/`,
    'file:///etc/passwd',
  ]) {
    answering = (_request, response) => response.writeHead(302, { location }).end();
    seen = [];
    const failure = await failureOf({ connection: 'api', path: '/a' });
    expect([failure.type, denial(failure), seen.length], location).toEqual(['EgressDenied', undefined, 1]);
  }
});

test('[H21] after a failed handshake nothing was sent: the request waits for a secure connection', async () => {
  const failure = await failureOf({
    method: 'POST',
    url: `${origin.replace('http:', 'https:')}/v1`,
    body: { amount: 5 },
  });
  expect([failure.type, denial(failure), seen.length]).toEqual(['Unreachable', false, 0]);
});
