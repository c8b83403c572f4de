/**
 * The operator's own folder of activities through all layers: real processes, the real engine, PostgreSQL and REST.
 *
 * Rules
 * [OW1] A function of the folder is in the catalogue with its types, and a flow that calls it is checked against them.
 * [OW2] A process that is killed in the middle of a step is a failure that the step's policy tries again, with the same
 *       key. Without another attempt the effect may have happened.
 * [OW3] Nobody edits these operations but in the folder; a function that goes is archived, one in a broken file is not.
 */
import { randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { CatalogueAnswer, ConnectionDetail } from '@/app/_contract/connections';
import { routes as to } from '@/app/_contract/routes';
import type { RunDetail, StartedRun } from '@/app/_contract/runs';
import { OwnFolder } from '@/engine/activities/code/own-folder';
import { LEDGER_QUERY } from '@/engine/saga/contract';
import { readFolder } from '@/engine/activities/code/read/read-folder';
import { bundle, ENTRIES } from '@/engine/launcher/build';
import { eventually, must, startWorld, type Visitor, type World } from '../testing/world';

let built: string;
let place: string;
let folder: OwnFolder;
let world: World;
let admin: Visitor;

/** Appends a line before it waits, so that a test sees how often it began, and with which key. */
const source = (books: string) => `
import { appendFileSync, existsSync } from 'node:fs';
/**
 * @undo refund { order: input.order }
 * @idempotencyKey key
 */
export async function charge(input: { order: string; amount: number; key: string }): Promise<{ id: string }> {
  appendFileSync(${JSON.stringify(books)}, input.order + ' ' + input.key + '\\n');
  while (!existsSync(${JSON.stringify(`${books}.open`)})) await new Promise((go) => setTimeout(go, 10));
  return { id: 'p-' + input.order };
}
export async function refund(input: { order: string }): Promise<void> {}
`;
const books = () => readFileSync(path.join(built, 'books'), 'utf8').trim().split('\n');
const write = async (text: string) => {
  writeFileSync(path.join(place, 'shop.ts'), text);
  await folder.look();
};

beforeAll(async () => {
  mkdirSync('.backstitch', { recursive: true });
  built = mkdtempSync(path.resolve('.backstitch/own-code-world-'));
  place = path.join(built, 'activities');
  mkdirSync(place);
  writeFileSync(path.join(built, 'books'), '');
  await bundle(process.cwd(), built, { 'code-process': ENTRIES['code-process']! });
  world = await startWorld({
    ownCode: (versions) => {
      folder = new OwnFolder({
        folder: place,
        env: { PATH: process.env.PATH },
        memoryMb: 128,
        read: readFolder,
        processFile: path.join(built, 'code-process.mjs'),
        onRead: (functions, isComplete) => versions.keepOwnOperations({ folder: place, functions, isComplete }),
        onError: (error) => expect(error).toBeUndefined(),
      });
      return folder;
    },
  });
  admin = await world.as('admin');
  await write(source(path.join(built, 'books')));
}, 120_000);
afterAll(async () => {
  await world.close();
  rmSync(built, { recursive: true, force: true });
});

const flow = (name: string, amount: string, more: object = {}) => ({
  format: 1,
  name,
  title: 'Pay',
  input: {
    type: 'object',
    required: ['order', 'amount'],
    properties: { order: { type: 'string' }, amount: { type: 'number' } },
  },
  output: { type: 'object', properties: { payment: { type: 'string' } } },
  steps: [
    {
      id: 'pay',
      kind: 'action',
      title: 'Pay',
      activity: 'code.charge',
      input: { order: { $expr: 'input.order' }, amount: { $expr: amount } },
      undo: { title: 'Refund', activity: 'code.refund', input: { order: { $expr: 'input.order' } }, onFailure: 'ask' },
      ...more,
    },
    { id: 'done', kind: 'end', title: 'Done', output: { payment: { $expr: 'pay.id' } } },
  ],
});
const start = async (name: string, order: string) =>
  (await must(admin.post<StartedRun>(to.startRun(name), { requestId: randomUUID(), input: { order, amount: 5 } })))
    .body;
const look = async ({ workflowId, runId }: StartedRun) =>
  (await must(admin.get<RunDetail>(to.run(workflowId, runId)))).body;
const detail = async () => (await must(admin.get<ConnectionDetail>(to.connection('code')))).body;

test('[OW1] a function is in the catalogue, and a flow that gives it another type is refused', async () => {
  const { catalogue } = (await must(admin.get<CatalogueAnswer>(to.catalogue()))).body;
  expect(catalogue['code.charge']).toMatchObject({
    title: 'Charge',
    effect: 'reversible',
    input: { required: ['order', 'amount'], properties: { order: { type: 'string' }, amount: { type: 'number' } } },
    suggestedUndo: { activity: 'code.refund', input: { order: { $expr: 'input.order' } } },
  });
  const refused = await admin.post(to.publish(), { document: flow('oc1', 'input.order') });
  expect(refused.error).toMatchObject({ code: 'documentInvalid' });
  expect(JSON.stringify(refused.error)).toContain('This is a text, and a number is needed here.');
}, 60_000);

test('[OW2] a process that is killed is tried again with the same key; without another attempt the effect may remain', async () => {
  await must(admin.post(to.publish(), { document: flow('oc2', 'input.amount') }));
  const once = { options: { retry: { maximumAttempts: 1 } }, unknown: { policy: 'ask' } };
  await must(admin.post(to.publish(), { document: flow('oc2-once', 'input.amount', once) }));
  const [again, asks] = [await start('oc2', 'again'), await start('oc2-once', 'asks')];
  const began = (order: string) => books().filter((line) => line.startsWith(`${order} `));
  await eventually(async () => {
    expect([began('again').length, began('asks').length]).toEqual([1, 1]);
  });
  const [pid] = folder.pids;
  process.kill(pid!, 'SIGKILL');
  await eventually(async () => {
    expect(began('again')).toHaveLength(2);
  });
  writeFileSync(path.join(built, 'books.open'), '');
  await eventually(async () => {
    expect((await look(again)).summary.status).toBe('completed');
  });
  // Both attempts had the key of the step.
  expect(new Set(began('again')).size).toBe(1);
  const asking = await eventually(async () => {
    const seen = await look(asks);
    expect(JSON.stringify(seen.live)).toContain('ProcessLost');
    return seen;
  });
  expect(asking.summary.status).toBe('running');
  expect(began('asks')).toHaveLength(1);
  const handle = world.web.temporal.workflow.getHandle(asks.workflowId, asks.runId);
  expect(JSON.stringify(await handle.query(LEDGER_QUERY))).toContain('mayStand');
}, 60_000);

test('[OW3] operations are changed in the folder alone; what goes is archived, what breaks stays with its problem', async () => {
  const { row, operations, folder: state } = await detail();
  expect(row.connection).toMatchObject({ kind: 'code', title: 'Your own code', settings: { folder: place } });
  expect(state).toMatchObject({ functions: ['charge', 'refund'], problems: [] });
  const charge = operations.find(({ operation }) => operation.name === 'charge')!;
  const put = { operations: [{ operation: { ...charge.operation, title: 'Mine' }, base: charge.revision }] };
  expect((await admin.post(to.putOperations('code'), put)).error?.problems?.[0]?.message).toMatch(/in their folder/);
  const moved = { ...row.connection, settings: { folder: '/elsewhere' } };
  expect((await admin.post(to.connections(), { connection: moved, base: row.revision })).error?.code).toBe(
    'inputInvalid'
  );

  await write('export async function refund(input: { order: string }): Promise<void> { return');
  expect((await detail()).operations.map(({ archivedBy }) => archivedBy)).toEqual([null, null]);
  expect((await detail()).folder).toMatchObject({ functions: [], problems: [{ file: 'shop.ts', line: 1 }] });

  await write('export async function refund(input: { order: string; why: string }): Promise<void> {}');
  const now = (await detail()).operations;
  expect(now.map(({ operation: { name }, archivedBy }) => [name, archivedBy])).toEqual([
    ['charge', 'the folder of activities'],
    ['refund', null],
  ]);
  expect(now[1]?.operation.input.required).toEqual(['order', 'why']);
  await write(source(path.join(built, 'books')));
  expect((await detail()).operations.map(({ archivedBy }) => archivedBy)).toEqual([null, null]);
}, 60_000);
