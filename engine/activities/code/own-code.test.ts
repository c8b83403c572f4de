/**
 * The operator's own folder of activities, with the real compiler and real processes. The rules [OF], [TJ], [OP] and
 * [OD] are in the files that they are about.
 */
import type { ApplicationFailure } from '@temporalio/common';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { ConnectionOf } from '../../flow/connections/connection';
import { frozen } from '../../flow/connections/operation';
import { operationOfFunction, type OwnFunction } from '../../flow/connections/own-code';
import { bundle, ENTRIES } from '../../launcher/build';
import { failureOf, startOperation, type Called } from '../testing/operation';
import { OwnFolder, type OwnFolderOptions } from './own-folder';
import { readFolder } from './read/read-folder';
import { readFolderIn } from './read-in-process';

const CONNECTION: ConnectionOf<'code'> = {
  name: 'code',
  title: 'Your own code',
  kind: 'code',
  settings: { folder: '/activities' },
  allow: [],
  options: {},
};
const NAMES = ['code-process', 'code-reader'];

// The folder is inside the project, so that the built modules find their packages.
let built: string;
const open: OwnFolder[] = [];
beforeAll(async () => {
  mkdirSync('.backstitch', { recursive: true });
  built = mkdtempSync(path.resolve('.backstitch/own-code-'));
  await bundle(process.cwd(), built, Object.fromEntries(NAMES.map((name) => [name, ENTRIES[name]!])));
}, 60_000);
afterEach(() => open.splice(0).forEach((each) => each.close()));
afterAll(() => rmSync(built, { recursive: true, force: true }));

interface Opened {
  folder: OwnFolder;
  functions: ReadonlyMap<string, OwnFunction>;
  write(files: Readonly<Record<string, string>>): void;
  /** A call as a step makes it. */
  call(name: string, input?: unknown, more?: Partial<Called>): Called;
}

async function opened(files: Readonly<Record<string, string>>, more: Partial<OwnFolderOptions> = {}): Promise<Opened> {
  const place = mkdtempSync(path.join(built, 'folder-'));
  const functions = new Map<string, OwnFunction>();
  const write: Opened['write'] = (texts) => {
    for (const [file, text] of Object.entries(texts)) {
      mkdirSync(path.dirname(path.join(place, file)), { recursive: true });
      writeFileSync(path.join(place, file), text);
    }
  };
  write(files);
  const folder = new OwnFolder({
    folder: place,
    env: { PATH: process.env.PATH },
    memoryMb: 128,
    read: readFolder,
    processFile: path.join(built, 'code-process.mjs'),
    onError: (error) => expect(error).toBeUndefined(),
    onRead: async (read) => {
      functions.clear();
      for (const own of read) functions.set(own.name, own);
      return [];
    },
    ...more,
  });
  open.push(folder);
  await folder.look();
  return {
    folder,
    functions,
    write,
    call: (name, input = {}, called = {}) => ({
      connection: CONNECTION,
      operation: frozen(operationOfFunction(functions.get(name)!, functions), CONNECTION),
      input,
      meta: { idempotencyKey: 'key-1' },
      ownCode: folder,
      ...called,
    }),
  };
}

const PAYMENTS = `
import { ApplicationFailure, Context, heartbeat } from '@temporalio/activity';
import { round } from './lib/money';

export interface Payment { id: string; cents: number; state: 'charged' | 'refunded'; note?: string | null }

/**
 * Charges a card.
 * @title Charge a card
 * @undo refundCard { paymentId: output.id }
 * @lookup findPayment
 * @idempotencyKey key
 * @timeout 20s
 * @attempts 3
 */
export async function chargeCard(input: {
  /** The order. */
  orderId: string;
  /** @format money
   *  @currencyField currency */
  amount: number;
  currency: 'EUR' | 'USD';
  lines?: { sku: string; quantity: number }[];
  key: string;
}): Promise<Payment> {
  Context.current().log.info('charging');
  heartbeat({ at: 1 });
  if (input.amount > 100_000)
    throw ApplicationFailure.create({ type: 'NotApplied', message: 'card declined', nonRetryable: true });
  return { id: input.orderId + '/' + input.key, cents: round(input.amount), state: 'charged' };
}

/** @effect none */
export const findPayment = async ({ orderId }: { orderId: string }): Promise<{ applied: boolean; output?: Payment }> =>
  ({ applied: orderId !== '' });

export async function refundCard(input: { paymentId: string }): Promise<void> {
  throw new RangeError('no such payment ' + input.paymentId);
}
`;
const FILES = { 'payments.ts': PAYMENTS, 'lib/money.ts': 'export const round = (n: number) => Math.round(n);\n' };

test('[OF1] [OF2] [TJ1] a function becomes an operation with the schemas of its types and the tags of its comment', async () => {
  const { functions, folder } = await opened(FILES);
  expect(folder.state.problems).toEqual([]);
  expect(operationOfFunction(functions.get('chargeCard')!, functions)).toEqual({
    connection: 'code',
    name: 'chargeCard',
    title: 'Charge a card',
    description: 'Charges a card.',
    call: { kind: 'code', function: 'chargeCard', keyField: 'key' },
    input: {
      type: 'object',
      required: ['orderId', 'amount', 'currency'],
      properties: {
        orderId: { type: 'string', description: 'The order.' },
        amount: { type: 'number', format: 'money', currencyField: 'currency' },
        currency: { type: 'string', enum: ['EUR', 'USD'] },
        lines: {
          type: 'array',
          items: {
            type: 'object',
            required: ['sku', 'quantity'],
            properties: { sku: { type: 'string' }, quantity: { type: 'number' } },
          },
        },
      },
    },
    output: {
      type: 'object',
      required: ['id', 'cents', 'state'],
      properties: {
        id: { type: 'string' },
        cents: { type: 'number' },
        state: { type: 'string', enum: ['charged', 'refunded'] },
        note: {},
      },
    },
    effect: 'reversible',
    undo: { operation: 'refundCard', input: { paymentId: { $expr: 'output.id' } }, armed: 'completed' },
    lookup: { operation: 'findPayment', input: { orderId: { $expr: 'input.orderId' } } },
    options: { startToCloseTimeout: '20s', retry: { maximumAttempts: 3 } },
  });
  // It imports a file of its own, so an export does not copy it.
  expect(folder.sourcesOf(['chargeCard'])).toEqual({});
  // What is not said is not taken for harmless.
  expect(functions.get('refundCard')!.effect).toBe('irreversible');
});

test('[OP1] a function runs in the Context of its step, and its failures keep their types', async () => {
  const { call, folder } = await opened(FILES);
  const input = { orderId: 'o-1', amount: 12.4, currency: 'EUR' };
  const charged = startOperation(call('chargeCard', input));
  expect(await charged.result).toEqual({ id: 'o-1/key-1', cents: 12, state: 'charged' });
  expect(charged.heartbeats).toEqual([{ at: 1 }]);
  expect(await failureOf(call('chargeCard', { ...input, amount: 100_001 }))).toMatchObject({
    type: 'NotApplied',
    message: 'card declined',
    nonRetryable: true,
  });
  const failure = await failureOf(call('refundCard', { paymentId: 'p-1' }));
  expect(failure).toMatchObject({ type: 'RangeError', message: 'no such payment p-1', nonRetryable: false });
  // The place is that of the source.
  const line = PAYMENTS.split('\n').findIndex((text) => text.includes('RangeError')) + 1;
  expect(failure.stack).toContain(`payments.ts:${line}:`);
  expect(folder.pids).toHaveLength(1);
});

const RUNNING = `
import { Context, heartbeat } from '@temporalio/activity';
export async function quick(): Promise<number> { return 7; }
export async function slow(): Promise<void> { heartbeat('started'); return new Promise(() => {}); }
export async function loop(): Promise<void> { heartbeat('started'); for (;;); }
export async function heap(): Promise<void> {
  const all: unknown[] = [];
  for (;;) all.push(new Array(1e6).fill(all.length));
}
export async function buffers(): Promise<void> {
  const all: unknown[] = [];
  for (;;) all.push(Buffer.alloc(1e7, 1));
}
export async function wait(input: { finishes: boolean }): Promise<string> {
  heartbeat('started');
  try { await Context.current().cancelled; } catch (error) { if (!input.finishes) throw error; }
  return 'finished after all';
}
export async function env(): Promise<string[]> { return Object.keys(process.env); }
`;

test('[OP1] [OP2] what happens to a process ends its own calls, with an unknown outcome, and no others', async () => {
  process.env.BACKSTITCH_PROBE = 'secret';
  const { call, folder } = await opened(
    { 'running.ts': RUNNING },
    { env: { PATH: process.env.PATH, STRIPE_KEY: 'sk' }, limitsMs: { hang: 2_000, busy: 200, ping: 50 } }
  );
  const started = async (name: string, input?: unknown) => {
    const activity = startOperation(call(name, input));
    activity.result.catch(() => {});
    await expect.poll(() => activity.heartbeats, { timeout: 10_000 }).toEqual(['started']);
    return activity;
  };
  const lost = async (activity: { result: Promise<unknown> }, why: RegExp) => {
    const failure = (await activity.result.catch((error: unknown) => error)) as ApplicationFailure;
    // Tried again by the policy of the step; nothing says that it did not happen.
    expect(failure).toMatchObject({ type: 'ProcessLost', nonRetryable: false });
    expect(failure.message).toMatch(why);
    expect(JSON.stringify(failure.details ?? null)).not.toContain('applied');
  };

  // The variables that the operator names, and nothing of the product.
  const names = (await startOperation(call('env')).result) as string[];
  delete process.env.BACKSTITCH_PROBE;
  expect(names.filter((name) => !name.startsWith('NODE_')).sort()).toEqual(['PATH', 'STRIPE_KEY']);

  // A cancellation reaches the function, which decides what it means.
  const finishing = await started('wait', { finishes: true });
  finishing.cancel();
  expect(await finishing.result).toBe('finished after all');
  const leaving = await started('wait', { finishes: false });
  leaving.cancel();
  await expect(leaving.result).rejects.toThrow('CANCELLED');

  const slow = await started('slow');
  const [first] = folder.pids;
  process.kill(first!, 'SIGKILL');
  await lost(slow, /ended by SIGKILL/);
  expect(await startOperation(call('quick')).result).toBe(7);
  expect(folder.pids).not.toContain(first);

  // While one never lets go, others run in another process.
  const loop = await started('loop');
  await expect.poll(() => startOperation(call('quick')).result, { timeout: 10_000 }).toBe(7);
  await lost(loop, /did not answer for 2 s/);

  for (const name of ['heap', 'buffers']) await lost(startOperation(call(name)), /needed more than 128 MB/);
  expect(await startOperation(call('quick')).result).toBe(7);
}, 60_000);

test('[OD1] [OF3] [OF4] [TJ2] every broken file is named with its line, and the others run', async () => {
  const { call, folder } = await opened(
    {
      'good.ts': 'export async function good(): Promise<number> { return 1; }\nexport type Used = { a: string };',
      'syntax.ts': 'export async function a() {\n  return {;\n}',
      'throws.ts': '\n\nexport async function b(): Promise<number> { return 1; }\nthrow new Error("no key");',
      'twice-a.ts': 'export async function twice(): Promise<number> { return 1; }',
      'twice-b.ts': '\nexport async function twice(): Promise<number> { return 2; }',
      'value.ts': 'export async function beside(): Promise<number> { return 3; }\nexport const limit = 5;',
      'plain.ts': 'export function notAsync(): number { return 1; }',
      'date.ts': 'export async function when(): Promise<{ at: Date }> { return { at: new Date() }; }',
      'text.ts': 'export async function text(input: string): Promise<string> { return input; }',
      'tag.ts': '/** @effect maybe */\nexport async function tag(): Promise<number> { return 1; }',
      'undo.ts': '/** @undo nobody */\nexport async function undo(): Promise<number> { return 1; }',
      'exit.ts': 'export async function exit(): Promise<number> { return 1; }\nprocess.exit(3);',
      'endless.ts': 'export async function endless(): Promise<number> { return 1; }\nfor (;;);',
      'some.test.ts': 'for (;;);',
      'default-a.ts': 'export default async function named(): Promise<number> { return 1; }',
      'default-b.ts': 'export default async (): Promise<number> => 1;',
      'many.ts': 'export async function* many(): AsyncGenerator<number> { yield 1; }',
      'outside.ts': 'await null;\nexport async function outside(): Promise<number> { return 1; }',
      'lost.ts':
        'export interface Own { a: Array<string>; b?: Record<string, number> }\n' +
        'export async function lost<T extends string>(input: { a: Missing; own: Own; t: T }): Promise<Lost[]> { return []; }',
      'needs.ts': "import 'no-such-package';\nexport async function needs(): Promise<number> { return 1; }",
    },
    { limitsMs: { load: 700 } }
  );
  const found = folder.state.problems.map(({ file, line, message }) => [file, line, message] as const);
  const of = (file: string) => found.filter(([place]) => place === file).map(([, line, message]) => [line, message]);
  expect(of('syntax.ts')).toEqual([[2, expect.stringMatching(/Expected identifier/)]]);
  expect(of('throws.ts')).toEqual([[4, 'It throws when it is loaded: no key']]);
  expect(of('twice-a.ts')).toEqual([[1, expect.stringMatching(/twice-b\.ts \(line 2\)/)]]);
  expect(of('twice-b.ts')).toEqual([[2, expect.stringMatching(/twice-a\.ts \(line 1\)/)]]);
  expect(of('value.ts')).toEqual([[2, expect.stringMatching(/'limit' is exported and is no function/)]]);
  expect(of('plain.ts')).toEqual([[1, expect.stringMatching(/returns no Promise/)]]);
  expect(of('date.ts')).toEqual([[1, expect.stringMatching(/output\.at is a Date/)]]);
  expect(of('text.ts')).toEqual([[1, expect.stringMatching(/no object/)]]);
  expect(of('tag.ts')).toEqual([[2, expect.stringMatching(/@effect is 'none', 'reversible' or 'irreversible'/)]]);
  expect(of('undo.ts')).toEqual([[2, expect.stringMatching(/names 'nobody'/)]]);
  expect(of('exit.ts')).toEqual([[null, expect.stringMatching(/ended by itself with code 3/)]]);
  expect(of('endless.ts')).toEqual([[null, expect.stringMatching(/did not end within 0\.7 s/)]]);
  expect(of('some.test.ts')).toEqual([]);
  for (const file of ['default-a.ts', 'default-b.ts'])
    expect(of(file)).toEqual([[1, 'A default export has no name. Export the function by its name.']]);
  expect(of('many.ts')).toEqual([[1, expect.stringMatching(/'many' gives many values/)]]);
  expect(of('outside.ts')).toEqual([[1, expect.stringMatching(/awaits outside of a function/)]]);
  expect(of('needs.ts')).toEqual([[1, "It throws when it is loaded: Cannot find module 'no-such-package'"]]);
  expect(of('lost.ts')).toEqual([
    [2, "'lost': there is no type 'Missing'. What has this type is not checked."],
    [2, "'lost': there is no type 'Lost'. What has this type is not checked."],
  ]);
  expect(folder.state.functions).toEqual(['beside', 'good', 'lost']);
  expect(await startOperation(call('good')).result).toBe(1);
  expect(folder.sourcesOf(['good', 'endless', 'nobody'])).toMatchObject({ good: { file: 'good.ts' } });
}, 30_000);

test('[OD2] a change is found; a call that runs keeps the old code; one of a file that broke is not sent', async () => {
  const { call, folder, write } = await opened({
    'a.ts': `import { heartbeat } from '@temporalio/activity';
      export async function version(input: { wait?: boolean }): Promise<number> {
        if (input.wait) { heartbeat(1); await new Promise((go) => setTimeout(go, 1_500)); }
        return 1;
      }`,
  });
  const old = startOperation(call('version', { wait: true }));
  await expect.poll(() => old.heartbeats).toEqual([1]);
  write({ 'a.ts': 'export async function version(): Promise<number> { return 22; }' });
  await folder.look();
  expect(await startOperation(call('version')).result).toBe(22);
  expect(await old.result).toBe(1);
  await expect.poll(() => folder.pids.length).toBe(1);
  const again = call('version');
  write({ 'a.ts': 'export async function version(): Promise<number> { return 333' });
  await folder.look();
  const failure = await failureOf(again);
  expect(failure).toMatchObject({ type: 'FunctionMissing', nonRetryable: false, details: [{ applied: false }] });
  expect(failure.message).toMatch(/a\.ts, line 1/);
}, 20_000);

test('[OD1] the folder is read in a process of its own; one that is not there is a problem', async () => {
  const read = (folder: string) => readFolderIn(path.join(built, 'code-reader.mjs'), folder);
  const { folder } = await opened({ 'a.ts': 'export async function one(): Promise<1> { return 1; }' }, { read });
  expect(folder.state).toMatchObject({ functions: ['one'], problems: [] });
  expect((await readFolder('/does/not/exist')).problems).toEqual([
    { file: '', line: null, message: expect.stringMatching(/no such file/) },
  ]);
}, 20_000);
