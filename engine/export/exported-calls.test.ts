/**
 * What the activities of exported projects send and receive.
 *
 * [PJ7] What a service gets is what it gets from Backstitch: below the address of its connection, with the headers of
 *       the connection, and authenticated.
 * [PJ8] Every digit is kept, on the way to a service and back, as in Backstitch. A statement whose end is unknown is
 *       never reported as one that did not happen.
 */
import { createHmac } from 'node:crypto';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import pg from 'pg';
import { afterEach, expect, test, vi } from 'vitest';
import { openDatabaseLine } from '../activities/sql/testing/database-line';
import { connectionSchema } from '../flow/connections/connection';
import { operationSchema } from '../flow/connections/operation';
import type { Call } from '../flow/connections/kinds/table';
import { createTestDatabase } from '../store/postgres/testing/database';
import { exportedProject } from './testing/exported';
import { connection, operation, transfer } from './testing/transfer';
import { projectsFolder } from './testing/written';

const { write, callsOf } = projectsFolder();
afterEach(() => void vi.unstubAllGlobals());
afterEach(() => void vi.unstubAllEnvs());

/** `sent`: in the place of fetch. */
async function exportedCalls(name: string) {
  const call = await callsOf(name);
  const sent = vi.fn(async (_url: URL, _init: { headers: object }) => Response.json({ id: '1' }));
  vi.stubGlobal('fetch', sent);
  return { call, sent };
}

test('[PJ7] requests of steps and of operations reach the service as they do in Backstitch', async () => {
  write('runs', await exportedProject(transfer.document, [transfer.connection]));
  vi.stubEnv('BANK_URL', 'https://bank.example/v1');
  vi.stubEnv('SECRET_BANK_TOKEN', 'token');
  const { call, sent } = await exportedCalls('runs');
  await call('bank.transfer', { account: 'a/../b', cents: 5 });
  await call('http.request', { connection: 'bank', path: '/rates', headers: { 'X-Day': 'today' } });
  expect(sent.mock.calls.map(([url]) => url.href)).toEqual([
    'https://bank.example/v1/accounts/a%2F..%2Fb/transfers',
    'https://bank.example/v1/rates',
  ]);
  const own = { 'x-client': 'backstitch', authorization: 'Bearer token' };
  expect(sent.mock.calls.map(([, { headers }]) => headers)).toMatchObject([own, { ...own, 'x-day': 'today' }]);
  for (const account of ['..', '.', ''])
    await expect(call('bank.transfer', { account, cents: 5 })).rejects.toMatchObject({ type: 'InvalidRequest' });
  for (const path of ['/../rates', '/%2e%2e/rates', '/a/..;x/../rates'])
    await expect(call('http.request', { connection: 'bank', path })).rejects.toMatchObject({ type: 'InvalidRequest' });
  expect(sent).toHaveBeenCalledTimes(2);

  const answer = (status: number, headers: Record<string, string>) =>
    sent.mockResolvedValueOnce(Response.json({ id: '1' }, { status, headers }));
  answer(503, { 'retry-after': '7' });
  const asked = { connection: 'bank', path: '/rates', answer: 'full' };
  await expect(call('http.request', asked)).rejects.toMatchObject({ type: 'HttpStatus', nextRetryDelay: 7_000 });
  answer(200, { 'set-cookie': 'session=1', etag: '2' });
  const { headers } = (await call('http.request', asked)) as { headers: object };
  expect(headers).toEqual({ 'content-type': 'application/json', etag: '2' });

  // Redirects are followed by what only reads, and no other origin gets the secrets.
  const moved = { location: 'https://elsewhere.example/rates' };
  answer(302, moved);
  await expect(call('http.request', asked)).rejects.toMatchObject({ type: 'HttpStatus', nonRetryable: true });
  sent.mockClear();
  answer(302, { location: '/v1/prices' });
  answer(302, moved);
  await call('http.request', asked, false);
  const [, inside, outside] = sent.mock.calls.map(([to, init]) => [to.href, Object.keys(init.headers)]);
  expect(inside).toEqual(['https://bank.example/v1/prices', expect.arrayContaining(['authorization', 'x-client'])]);
  expect(outside).toEqual([moved.location, ['accept']]);
});

test('[PJ7] a token that the service refuses is renewed once, and the call keeps its key', async () => {
  const auth = {
    kind: 'oauth2',
    tokenUrl: 'https://login.example/token',
    clientId: 'me',
    secret: 'bank-token',
    clientAuth: 'basic',
    scope: '',
    audience: '',
  };
  const renewed = connectionSchema.parse({ ...connection, settings: { ...connection.settings, auth } });
  write('renewed', await exportedProject(transfer.document, [{ connection: renewed, operations: [operation] }]));
  vi.stubEnv('BANK_URL', 'https://bank.example/v1');
  vi.stubEnv('BANK__TOKEN_URL', 'https://login.example/token');
  vi.stubEnv('SECRET_BANK_TOKEN', 'client secret');
  const { call, sent } = await exportedCalls('renewed');
  let issued = 0;
  let valid = '';
  sent.mockImplementation(async (url: URL | string, { headers }: { headers: object }) => {
    if (String(url) === auth.tokenUrl)
      return Response.json({ access_token: (valid = `token-${++issued}`), expires_in: 3_600 });
    const { authorization } = headers as { authorization?: string };
    return Response.json({ id: '1' }, { status: authorization === `Bearer ${valid}` ? 200 : 401 });
  });
  const pay = () => call('bank.transfer', { account: 'a', cents: 5 });
  const calls = () => sent.mock.calls.filter(([url]) => String(url) !== auth.tokenUrl);
  await pay();
  expect([issued, calls().length]).toEqual([1, 1]);
  valid = 'revoked by the service';
  await pay();
  expect([issued, calls().length]).toEqual([2, 3]);
  expect(calls().map(([, { headers }]) => (headers as Record<string, string>)['idempotency-key'])).toEqual([
    'k',
    'k',
    'k',
  ]);
  // A service that refuses every token is not asked for ever.
  sent.mockImplementation(async (url: URL | string) =>
    String(url) === auth.tokenUrl
      ? Response.json({ access_token: `token-${++issued}` })
      : Response.json({}, { status: 401 })
  );
  await expect(pay()).rejects.toMatchObject({ type: 'HttpStatus', nonRetryable: true });
  expect(issued).toBe(3);
});

test('[PJ7] a form has the text and the signature that it has in Backstitch', async () => {
  const auth = {
    kind: 'hmac',
    secret: 'bank-token',
    algorithm: 'sha256',
    header: 'X-Signature',
    timestampHeader: 'X-Time',
    encoding: 'hex',
    signs: 'body',
    prefix: '',
  };
  const forms = connectionSchema.parse({ ...connection, name: 'forms', settings: { ...connection.settings, auth } });
  const encoding = { kind: 'form', lists: 'indexed', groups: 'brackets' };
  const pay = operationSchema.parse({ ...operation, connection: 'forms', call: { ...operation.call, encoding } });
  const [, step, , , end] = transfer.document.steps;
  const document = { ...transfer.document, steps: [{ ...step, activity: 'forms.transfer' }, end] };
  write('forms', await exportedProject(document, [{ connection: forms, operations: [pay] }]));
  vi.stubEnv('FORMS_URL', 'https://bank.example/v1');
  vi.stubEnv('SECRET_BANK_TOKEN', 'key');
  const { call, sent } = await exportedCalls('forms');
  const input = { account: 'a', cents: 5, metadata: { order: 'x&y' }, tags: ['a'] };
  await call('forms.transfer', input);
  const body = 'cents=5&metadata%5Border%5D=x%26y&tags%5B0%5D=a';
  const signature = createHmac('sha256', 'key').update(body).digest('hex');
  const headers = { 'content-type': 'application/x-www-form-urlencoded', 'x-signature': signature };
  expect(sent.mock.calls.map(([, init]) => init)).toMatchObject([{ body, headers }]);
  await expect(call('forms.transfer', { ...input, 'x[y]': 1 })).rejects.toMatchObject({ type: 'InvalidRequest' });
  expect(sent).toHaveBeenCalledTimes(1);
});

test('[PJ7] a step that describes its request sends a form, and JSON where it does not say so', async () => {
  const encoding = { kind: 'form', lists: 'repeated', groups: 'dots' };
  const input = { method: 'POST', connection: 'notes', path: '/n', body: { a: 1 }, encoding };
  const [, , note, , end] = transfer.document.steps;
  const document = {
    ...transfer.document,
    steps: [
      { ...note, input },
      { ...end, output: {} },
    ],
  };
  write('form-request', await exportedProject(document, []));
  vi.stubEnv('NOTES_URL', 'https://notes.example');
  const { call, sent } = await exportedCalls('form-request');
  const asked = {
    ...input,
    headers: { 'Content-Type': 'application/vnd.api+json' },
    body: { tags: ['a', 'b'], o: { n: 1 } },
  };
  await call('http.request', asked);
  await call('http.request', { ...asked, encoding: undefined });
  const type = (text: string) => ({ 'content-type': text });
  expect(sent.mock.calls.map(([, init]) => init)).toMatchObject([
    { body: 'tags=a&tags=b&o.n=1', headers: type('application/x-www-form-urlencoded') },
    { body: '{"tags":["a","b"],"o":{"n":1}}', headers: type('application/vnd.api+json') },
  ]);
  await expect(call('http.request', { ...input, body: { 'o.n': 1 } })).rejects.toMatchObject({
    type: 'InvalidRequest',
  });
});

/** A project that calls each of these operations, by the name of its connection; input and output are anything. */
async function writeProject(name: string, calls: Readonly<Record<string, { settings: object; call: Call }>>) {
  const parts = Object.entries(calls).map(([connectionName, { settings, call }]) => ({
    connection: connectionSchema.parse({
      name: connectionName,
      title: connectionName,
      kind: call.kind,
      settings,
      allow: [],
      options: {},
    }),
    operations: [
      operationSchema.parse({
        connection: connectionName,
        name: 'do',
        title: 'Do',
        description: '',
        call,
        input: { type: 'object', properties: { id: {} }, additionalProperties: {} },
        output: {},
        effect: 'reversible',
        options: {},
      }),
    ],
  }));
  const step = (id: string, activity: string, input: object) => ({
    id,
    kind: 'action',
    title: id,
    activity,
    input,
    unknown: { policy: 'ask' },
  });
  const document = {
    format: 2,
    name,
    title: name,
    input: { type: 'object' },
    output: { type: 'object' },
    steps: [
      ...parts.map(({ connection: { name: each } }) => step(`do-${each}`, `${each}.do`, { id: 1 })),
      { ...step('ask', 'http.request', { method: 'POST', connection: 'plain', path: '/' }), effect: 'irreversible' },
      { id: 'done', kind: 'end', title: 'Done', output: {} },
    ],
  };
  write(name, await exportedProject(document, parts));
}

const NUMBERS = '[9007199254740993,123456789012345678901234567890.5,1e400,-0,0.1]';
const EXACT = ['9007199254740993', '123456789012345678901234567890.5', '1e400', '-0'].map(($exact) => ({ $exact }));
const INPUT = { id: EXACT[0], numbers: [...EXACT, 0.1] };

/** Answers of each service, in the digits of the wire. `heard`: what it got, without headers. */
async function services() {
  const heard: string[] = [];
  const answer = `{"id":9007199254740993,"numbers":${NUMBERS}}`;
  const rpc = (response: ServerResponse, body: string) => {
    const [, id] = /"id":(\d+)\}?$/.exec(body) ?? [];
    if (id === undefined) return response.writeHead(202).end();
    const isCall = body.includes('"tools/call"');
    const result = isCall
      ? `{"content":[],"structuredContent":${answer}}`
      : '{"protocolVersion":"2025-06-18","capabilities":{"tools":{}},"serverInfo":{"name":"s","version":"1"}}';
    const message = `{"jsonrpc":"2.0","id":${id},"result":${result}}`;
    // One as a plain answer, the other one as a stream.
    response.writeHead(200, { 'content-type': isCall ? 'text/event-stream' : 'application/json' });
    return response.end(isCall ? `event: message\ndata: ${message}\n\n` : message);
  };
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request as AsyncIterable<Buffer>) body += chunk.toString();
    if (request.url === '/mcp') {
      if (body.includes('"tools/call"')) heard.push(body);
      rpc(response, body);
      return;
    }
    heard.push(`${request.url} ${body}`);
    response.writeHead(200, { 'content-type': 'application/json' });
    const content = JSON.stringify(answer);
    response.end(request.url === '/chat/completions' ? `{"choices":[{"message":{"content":${content}}}]}` : answer);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { heard, address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close: () => server.close() };
}

test('[PJ8] requests, forms, webhooks, models and tools send and receive every digit', async () => {
  const { heard, address, close } = await services();
  const auth = { kind: 'none' };
  const http = { address, headers: {}, auth, testPath: '/' };
  const request = { kind: 'http', method: 'POST', headers: {}, answer: 'body', idempotencyHeader: '' } as const;
  const lists = 'indexed' as const;
  try {
    await writeProject('digits', {
      json: { settings: http, call: { ...request, path: '/json/{id}', query: { of: '{id}' }, body: 'rest' } },
      forms: {
        settings: http,
        call: { ...request, path: '/form', query: {}, body: 'rest', encoding: { kind: 'form', lists, groups: 'dots' } },
      },
      hook: {
        settings: { address, secret: 'signing', before: { secret: '' } },
        call: { kind: 'webhook', event: 'paid', data: { mapping: { n: '{numbers}' } } },
      },
      words: {
        settings: { address, auth, limitField: 'max_tokens' },
        call: {
          kind: 'model',
          model: 'm',
          system: '',
          prompt: '{id}',
          answer: 'json',
          maxTokens: 9,
          temperature: 0,
          mostAnswers: 1,
        },
      },
      tools: {
        settings: { address: `${address}/mcp`, auth },
        call: { kind: 'mcp', tool: 'book', arguments: 'rest', answer: 'data' },
      },
    });
    for (const name of ['JSON', 'FORMS', 'HOOK', 'WORDS', 'PLAIN']) vi.stubEnv(`${name}_URL`, address);
    vi.stubEnv('TOOLS_URL', `${address}/mcp`);
    vi.stubEnv('SECRET_SIGNING', `whsec_${Buffer.alloc(32).toString('base64')}`);
    const call = await callsOf('digits');
    const answered = { id: EXACT[0], numbers: [...EXACT, 0.1] };
    expect(await call('json.do', INPUT)).toEqual(answered);
    expect(await call('forms.do', INPUT)).toEqual(answered);
    await call('hook.do', INPUT);
    expect(await call('words.do', INPUT)).toEqual(answered);
    expect(await call('tools.do', INPUT)).toEqual(answered);
    const asked = { method: 'POST', connection: 'plain', path: '/plain', query: { id: INPUT.id }, body: INPUT };
    expect(await call('http.request', { ...asked, responseSchema: { type: 'object' } })).toEqual(answered);
    expect(heard).toEqual([
      `/json/9007199254740993?of=9007199254740993 {"numbers":${NUMBERS}}`,
      '/form id=9007199254740993&numbers%5B0%5D=9007199254740993' +
        '&numbers%5B1%5D=123456789012345678901234567890.5&numbers%5B2%5D=1e400&numbers%5B3%5D=-0&numbers%5B4%5D=0.1',
      expect.stringContaining(`"data":{"n":${NUMBERS}}`),
      expect.stringContaining('"content":"9007199254740993"'),
      expect.stringContaining(`"arguments":{"id":9007199254740993,"numbers":${NUMBERS}}`),
      `/plain?id=9007199254740993 {"id":9007199254740993,"numbers":${NUMBERS}}`,
    ]);
  } finally {
    close();
  }
}, 30_000);

test('[PJ8] a statement keeps every digit, and its unknown end is no failure without an effect', async () => {
  const database = await createTestDatabase();
  const line = await openDatabaseLine(database.url);
  const pool = new pg.Pool({ connectionString: database.url });
  try {
    await pool.query('CREATE TABLE books (id bigint, note jsonb, amounts numeric[])');
    const statement = 'INSERT INTO books VALUES ({id}, {note}, {amounts}) RETURNING *';
    const { host, port, user, database: name } = line.settings;
    const settings = { host, port, user, database: name, secret: 'password', tls: 'off' };
    await writeProject('statements', { books: { settings, call: { kind: 'sql', statement, answer: 'one' } } });
    vi.stubEnv('BOOKS_URL', `postgres://${user}@${host}:${port}/${name}`);
    const call = await callsOf('statements');
    const row = { id: EXACT[0], note: { big: EXACT[1] }, amounts: [EXACT[1], 0.1] };
    expect(await call('books.do', row)).toEqual(row);
    expect((await pool.query<{ text: string }>('SELECT books::text AS text FROM books')).rows).toEqual([
      { text: expect.stringContaining('{123456789012345678901234567890.5,0.1}') as string },
    ]);

    const failed = (input: object) =>
      call('books.do', input).then(
        () => null,
        (error: unknown) => error
      );
    const known = { type: 'SqlError', details: [{ applied: false }] };
    expect(await failed({ ...row, id: 'none' })).toMatchObject(known);
    // A server that ends the connection with an error at COMMIT may have committed before.
    await pool.query(`
      CREATE FUNCTION late() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        IF NEW.id = 7 THEN PERFORM pg_terminate_backend(pg_backend_pid()); ELSE RAISE EXCEPTION 'late'; END IF;
        RETURN NULL;
      END $$;
      CREATE CONSTRAINT TRIGGER late AFTER INSERT ON books DEFERRABLE INITIALLY DEFERRED
        FOR EACH ROW EXECUTE FUNCTION late();`);
    expect(await failed({ ...row, id: 8 })).toMatchObject(known);
    const ended = await failed({ ...row, id: 7 });
    expect(ended).toMatchObject({ type: 'Unreachable', nonRetryable: false });
    expect(JSON.stringify(ended)).not.toContain('applied');
  } finally {
    await pool.end();
    line.close();
    await database.drop();
  }
}, 60_000);
