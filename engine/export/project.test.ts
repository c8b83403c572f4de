/**
 * The rules [PJ1] to [PJ3] are in project.ts.
 *
 * [PJ4] What is exported type-checks, without anything of Backstitch around it, whatever kinds of connections it calls.
 * [PJ5] A project has the code of what it calls, and its packages, and nothing else.
 * [PJ7] What a service gets is what it gets from Backstitch: below the address of its connection, with the headers of
 *       the connection, and authenticated.
 * [PJ6] Texts of people are plain text in the README, whatever Markdown would make of them.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createHmac } from 'node:crypto';
import path from 'node:path';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import ts from 'typescript';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { FIRST_EXAMPLE, templateOf } from '../examples/registry';
import { connectionSchema } from '../flow/connections/connection';
import { operationSchema } from '../flow/connections/operation';
import type { FlowManifest } from '../flow/manifest';
import { activitiesOf, connectionsOf } from './activities';
import { exportedVariables } from './kinds';
import { readmeOf } from './readme';
import { EVERY_KIND, OWN_SOURCES } from './testing/every-kind';
import { exportedProject } from './testing/exported';

// Inside of the project, so that the packages are found.
mkdirSync('.backstitch', { recursive: true });
const folder = mkdtempSync(path.resolve('.backstitch/export-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
afterEach(() => void vi.unstubAllGlobals());
afterEach(() => void vi.unstubAllEnvs());

/** A flow that calls an operation whose connection has a secret, a header and an address. */
const connection = connectionSchema.parse({
  name: 'bank',
  title: 'Bank',
  kind: 'http',
  settings: {
    address: 'https://bank.internal.example/v1',
    headers: { 'X-Client': 'backstitch' },
    auth: { kind: 'bearer', secret: 'bank-token' },
    testPath: '/',
  },
  allow: [],
  options: {},
});
const operation = operationSchema.parse({
  connection: 'bank',
  name: 'transfer',
  title: 'Transfer',
  description: '',
  call: {
    kind: 'http',
    method: 'POST',
    path: '/accounts/{account}/transfers',
    query: {},
    headers: {},
    body: 'rest',
    answer: 'body',
    idempotencyHeader: 'Idempotency-Key',
  },
  input: {
    type: 'object',
    required: ['account'],
    properties: { account: { type: 'string' }, cents: { type: 'integer' } },
  },
  output: { type: 'object', properties: { id: { type: 'string' } }, required: ['id'] },
  effect: 'irreversible',
  options: {},
});
const transfer = {
  document: {
    format: 2,
    name: 'pay-out',
    title: "Pay 'out' */",
    input: { type: 'object', required: ['account'], properties: { account: { type: 'string' } } },
    output: { type: 'object' },
    steps: [
      { id: 'ask', kind: 'approval', title: 'Ask', question: 'Pay?', data: {} },
      {
        id: 'pay',
        kind: 'action',
        title: 'Pay',
        activity: 'bank.transfer',
        input: { account: { $expr: 'input.account' }, cents: 5 },
        unknown: { policy: 'ask' },
      },
      {
        id: 'note',
        kind: 'action',
        title: 'Note',
        activity: 'http.request',
        effect: 'none',
        input: { method: 'GET', connection: 'notes', path: '/n', secretHeaders: { 'X-Key': 'notes.key' } },
      },
      {
        id: 'look',
        kind: 'action',
        title: 'Look',
        activity: 'http.request',
        effect: 'none',
        input: { method: 'GET', connection: 'bank', path: '/rates', headers: { 'x-day': 'today' } },
      },
      { id: 'done', kind: 'end', title: 'Done', output: { id: { $expr: 'pay.id' } } },
    ],
  },
  connection: { connection, operations: [operation] },
};

let order: Record<string, string>;
let payOut: Record<string, string>;
let everyKind: Record<string, string>;
beforeAll(async () => {
  order = await exportedProject(FIRST_EXAMPLE.document, [FIRST_EXAMPLE.connection]);
  everyKind = await exportedProject(EVERY_KIND.document, EVERY_KIND.called, OWN_SOURCES);
  payOut = await exportedProject(transfer.document, [transfer.connection]);
}, 60_000);

function write(name: string, files: Readonly<Record<string, string>>): void {
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, name, file)), { recursive: true });
    writeFileSync(path.join(folder, name, file), text);
  }
}

/** Calls the activities of a project that was written. `sent`: in the place of fetch. */
async function exportedCalls(name: string) {
  const { activities } = (await import(path.join(folder, name, 'src/activities/index.ts'))) as {
    activities: Record<string, (input: object, call: object) => Promise<unknown>>;
  };
  const sent = vi.fn(async (_url: URL, _init: { headers: object }) => Response.json({ id: '1' }));
  vi.stubGlobal('fetch', sent);
  const call = (type: string, input: object, hasEffect = true) =>
    new MockActivityEnvironment({ attempt: 1 }, { logger: new DefaultLogger('ERROR') }).run(activities[type]!, input, {
      idempotencyKey: 'k',
      hasEffect,
    });
  return { call, sent };
}

test('[PJ4] the projects type-check', () => {
  const roots = Object.entries({ order, everyKind, payOut }).flatMap(([name, files]) => {
    write(name, files);
    return Object.keys(files)
      .filter((file) => file.endsWith('.ts'))
      .map((file) => path.join(folder, name, file));
  });
  const config = ts.readConfigFile(path.join(folder, 'order/tsconfig.json'), (file) => ts.sys.readFile(file))
    .config as {
    compilerOptions: object;
  };
  const { options, errors } = ts.convertCompilerOptionsFromJson(config.compilerOptions, folder);
  expect(errors).toEqual([]);
  // The declarations of the wire format are nine megabytes, and a project does not use them.
  const host = ts.createCompilerHost(options);
  const read = host.getSourceFile.bind(host);
  host.getSourceFile = (file, how, ...more) =>
    file.includes('/@temporalio/proto/') ? ts.createSourceFile(file, 'export {};', how) : read(file, how, ...more);
  const found = ts.getPreEmitDiagnostics(ts.createProgram(roots, options, host));
  expect(
    found.map(({ file, messageText }) => `${file?.fileName}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`)
  ).toEqual([]);
}, 120_000);

test('[PJ1] the workflow is the code that runs, and names nothing of Backstitch', () => {
  for (const files of [order, payOut, everyKind]) {
    const imports = Object.entries(files)
      .filter(([file]) => file.endsWith('.ts'))
      .flatMap(([, text]) => [...text.matchAll(/from '((?:@[^/']+\/)?[^'./][^'/]*)[^']*'/g)].map((match) => match[1]!));
    const { dependencies, devDependencies } = JSON.parse(files['package.json']!) as Record<
      string,
      Record<string, string>
    >;
    for (const name of imports.filter((each) => !each.startsWith('node:')))
      expect({ ...dependencies, ...devDependencies }).toHaveProperty([name]);
    for (const version of Object.values({ ...dependencies, ...devDependencies }))
      expect(version).toMatch(/^\d+\.\d+\.\d+$/);
  }
  expect(order['src/workflows/workflow.ts']).toContain('export async function orderFulfilment_v1(');
});

test('[PJ2] addresses and secrets are variables of the environment', () => {
  const all = JSON.stringify(payOut);
  expect(all).not.toContain('bank.internal');
  expect(payOut['.env.example']).toBe(
    'TEMPORAL_ADDRESS=localhost:7233\nTEMPORAL_NAMESPACE=default\nTEMPORAL_API_KEY=\n' +
      'BANK_URL=\nNOTES_URL=\nSECRET_BANK_TOKEN=\nSECRET_NOTES__KEY=\n'
  );
  expect(payOut['README.md']).toContain('| SECRET_BANK_TOKEN |');
});

test('[PJ2] the address that gives access tokens is a variable, and no two variables are one', () => {
  const auth = {
    kind: 'oauth2',
    tokenUrl: 'https://login.internal.example/token',
    clientId: 'me',
    secret: 'url',
    clientAuth: 'basic',
    scope: '',
    audience: '',
  };
  const called = ['secret', 'secret-token', 'bank', 'bank-token'].map((name) =>
    connectionSchema.parse({ ...connection, name, settings: { ...connection.settings, auth } })
  );
  expect(connectionsOf([], called)).not.toContain('internal.example');
  const what = new Map<string, string>();
  for (const each of called.flatMap(exportedVariables)) {
    expect(what.get(each.name) ?? each.what).toBe(each.what);
    what.set(each.name, each.what);
  }
  expect([...what.keys()]).toHaveLength(2 * called.length + 1);
});

test('[PJ3] the trials say what is called when all goes well, and what is undone after a failure', () => {
  const trials = JSON.parse(order['test/trials.json']!) as { name: string; expect: unknown }[];
  expect(trials.map(({ name, expect: end }) => [name, end])).toEqual([
    [
      'all goes well',
      {
        calls: ['charge-payment', 'create-shipment', 'reserve-inventory', 'send-confirmation'],
        output: expect.objectContaining({ trackingNumber: expect.any(String) }),
      },
    ],
    [
      "'Create shipment' fails",
      {
        calls: [
          'charge-payment',
          'charge-payment:undo',
          'create-shipment',
          'reserve-inventory',
          'reserve-inventory:undo',
        ],
        failure: 'NotApplied',
      },
    ],
  ]);
  const [asked] = JSON.parse(payOut['test/trials.json']!) as { decisions: object }[];
  expect(asked?.decisions).toEqual({ ask: 'approve' });
});

test('[PJ7] requests of steps and of operations reach the service as they do in Backstitch', async () => {
  write('runs', payOut);
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

test('[PJ5] the files and the packages are those that the activities need', () => {
  const paths = (files: Record<string, string>) =>
    Object.keys(files)
      .filter((path) => path.startsWith('src/activities/'))
      .map((path) => path.slice('src/activities/'.length, -'.ts'.length))
      .sort();
  const packages = (files: Record<string, string>) =>
    Object.keys((JSON.parse(files['package.json']!) as { dependencies: object }).dependencies).filter(
      (name) => !name.startsWith('@temporalio/')
    );
  expect(paths(order)).toEqual([
    'address',
    'call',
    'climbs',
    'connections',
    'http-request',
    'human',
    'index',
    'retry-after',
    'service',
  ]);
  expect(packages(order)).toEqual(['ajv', 'protobufjs', 'tsx']);
  expect(paths(everyKind)).toEqual(expect.arrayContaining(['form', 'form-fields']));
  expect(paths(everyKind)).toEqual(
    expect.arrayContaining([
      'auth/bearer',
      'mail',
      'model',
      'operation',
      'script',
      'statement',
      'stream',
      'tool',
      'webhook',
    ])
  );
  expect(packages(everyKind)).toEqual([
    '@modelcontextprotocol/sdk',
    'ajv',
    'ioredis',
    'nodemailer',
    'pg',
    'protobufjs',
    'tsx',
  ]);
  expect(everyKind['src/scripts/my-script.call1.js']).toContain('lines.push(input.order);');
  expect(everyKind['src/code/orders.ts']).toContain('return { found: input.order };');
  expect(everyKind['src/code/elsewhere.ts']).toContain('not implemented: elsewhere');
  expect(everyKind['README.md']).toContain('src/code/elsewhere.ts');
  expect(everyKind['README.md']).toMatch(/`src\/code` has the source of `\w+` as it was/);
  expect(everyKind['.env.example']).toContain('MY_SQL_URL=');
  expect(JSON.stringify(everyKind)).not.toContain('internal.example');
});

test('[PJ5] what has no code is a function that says so', () => {
  const { index, unwritten } = activitiesOf(new Set(['own.price', 'log']), [], [], {});
  expect(index).toContain("'own.price': unwritten('own.price'),");
  expect(index).toContain("import { unwritten } from './unwritten';");
  expect(unwritten).toEqual(['own.price']);
});

test('[PJ3] the calls of a race that another branch won are answered after they were cancelled', async () => {
  const { document, connections } = templateOf('travel-booking')!;
  const files = await exportedProject(document, connections);
  const [well] = JSON.parse(files['test/trials.json']!) as { answers: Record<string, { cancelled?: true }> }[];
  const cancelled = Object.entries(well!.answers).filter(([, answer]) => answer.cancelled);
  expect(cancelled.map(([id]) => id)).toEqual(['road-car']);
});

test('[PJ3] in a race only what another branch overtakes is cancelled, and the winner waits for the others', async () => {
  const step = (id: string) => ({
    id,
    kind: 'action',
    title: id,
    activity: 'http.request',
    effect: 'none',
    input: { method: 'GET', connection: 'shop', path: '/' },
  });
  const branches = [
    { id: 'long', title: 'Long', steps: [step('a1'), step('a2'), step('a3')] },
    { id: 'short', title: 'Short', steps: [step('b1'), step('b2')] },
    { id: 'sleeps', title: 'Sleeps', steps: [{ id: 'night', kind: 'wait', title: 'Night', duration: '8h' }] },
  ];
  const files = await exportedProject(
    {
      format: 2,
      name: 'first',
      title: 'First',
      input: { type: 'object' },
      steps: [{ id: 'race', kind: 'race', title: 'Race', branches }],
    },
    []
  );
  const [well] = JSON.parse(files['test/trials.json']!) as { answers: Record<string, Record<string, unknown>> }[];
  const orders = Object.entries(well!.answers).map(([id, { cancelled, after }]) => [id, cancelled ?? after]);
  expect(Object.fromEntries(orders)).toEqual({
    a1: undefined,
    a2: true,
    b1: undefined,
    b2: ['a1', 'a2'],
  });
});

test('[PJ6] what people wrote is plain text in the README', () => {
  const document = { title: 'A <b>\n# *new* `x` \u202e', description: '```\n- one_two\n1. [a](b)\n    code\n> & | \\' };
  const none = { hasApprovals: false, hasScripts: false, unwritten: [], copied: [], toCopy: [] };
  const manifest = { document, workflowType: 'a_v1', sha: '' } as unknown as FlowManifest;
  expect(readmeOf(manifest, [], none).split('\n').slice(0, 7)).toEqual([
    '# A \\<b> # \\*new\\* \\`x\\` ⟨U+202E⟩',
    '',
    '\\`\\`\\`',
    '\\- one\\_two',
    '1\\. \\[a\\](b)',
    'code',
    '\\> \\& \\| \\\\',
  ]);
});
