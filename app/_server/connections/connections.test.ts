/**
 * Operations of connections, through all layers: REST, a real service, PostgreSQL, the real compiler and the real
 * engine.
 *
 * Rules
 * [CN1] A published version keeps its copy of an operation, whatever happens to the operation. The address and the
 *       secrets are those of the connection now.
 * [CN2] A change of an operation makes a new version of the same document; a change that decides nothing does not.
 * [CN3] A missing or archived connection is a failure that is tried again, and never says that nothing happened if an
 *       earlier attempt sent something.
 * [CN4] The undo gets the forward key, and an unknown outcome is looked up with it.
 * [CN7] A crash between a call and its answer repeats the call with the same key and the same copy of the operation.
 * [CN8] A call outside of a run ('Send once', 'Test') is recorded, never repeats a secret, and is bounded.
 * [CN11] A request that describes itself may name a connection that people made, as well as one of the configuration.
 * [CN5] Who changes an older state of a connection or an operation is refused.
 */
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { CallReport, ConnectionDetail } from '@/app/_contract/connections';
import type { PublishedVersion } from '@/app/_contract/flows';
import { routes as to } from '@/app/_contract/routes';
import type { RunDetail, StartedRun } from '@/app/_contract/runs';
import { openDatabaseLine } from '@/engine/activities/sql/testing/database-line';
import type { OperationOf } from '@/engine/flow/connections/operation';
import type { Operation } from '@/engine/flow/edit/operations';
import { AT_END, createDraft, gestureOf, insert, readDraft, send } from '../testing/drafts';
import { eventually, must, startWorld, type Visitor, type World } from '../testing/world';
import { answer, bankConnection, bankOperations, openBank, payFlow, type Bank } from './testing/bank';

let world: World;
let admin: Visitor;
let bank: Bank;
beforeAll(async () => {
  bank = await openBank();
  world = await startWorld();
  admin = await world.as('admin');
  await connect();
}, 120_000);
afterAll(async () => {
  await world.close();
  await bank.close();
});
beforeEach(() => bank.reset());

async function connect(name = 'bank', change: Partial<ReturnType<typeof bankConnection>> = {}): Promise<void> {
  await must(admin.post(to.connections(), { connection: { ...bankConnection(bank.url, name), ...change }, base: 0 }));
  const operations = Object.values(bankOperations(name)).map((operation) => ({ operation, base: 0 }));
  await must(admin.post(to.putOperations(name), { operations }));
}
const detail = async (name: string) => (await must(admin.get<ConnectionDetail>(to.connection(name)))).body;
async function change(
  name: string,
  operation: string,
  changes: (before: OperationOf<'http'>) => OperationOf<'http'>
): Promise<void> {
  const row = (await detail(name)).operations.find((each) => each.operation.name === operation);
  if (!row) throw new Error(`there is no ${name}.${operation}`);
  const operations = [{ operation: changes(row.operation as OperationOf<'http'>), base: row.revision }];
  await must(admin.post(to.putOperations(name), { operations }));
}
async function changeConnection(name: string, changes: object): Promise<void> {
  const { row } = await detail(name);
  await must(admin.post(to.connections(), { connection: { ...row.connection, ...changes }, base: row.revision }));
}
const publish = async (document: unknown) =>
  (await must(admin.post<PublishedVersion>(to.publish(), { document }))).body;
async function start(flow: string, input: object = {}): Promise<StartedRun> {
  const body = { requestId: randomUUID(), input: { order: 'o-1', amount: 5, ...input } };
  return (await must(admin.post<StartedRun>(to.startRun(flow), body))).body;
}
const look = async ({ workflowId, runId }: StartedRun) =>
  (await must(admin.get<RunDetail>(to.run(workflowId, runId)))).body;
const ended = (run: StartedRun) =>
  eventually(async () => {
    const seen = await look(run);
    if (seen.summary.status === 'running') throw new Error('the run is open');
    return seen;
  });
const historyOf = ({ workflowId, runId }: StartedRun) =>
  world.web.temporal.workflow.getHandle(workflowId, runId).fetchHistory();
const activityTypes = async (run: StartedRun) =>
  ((await historyOf(run)).events ?? []).flatMap(
    (event) => event.activityTaskScheduledEventAttributes?.activityType?.name ?? []
  );

test('[CN4] a run calls the operation, and its undo carries the key of the step', async () => {
  await publish(payFlow('cn4-undo'));
  const well = await ended(await start('cn4-undo'));
  expect(well.summary.status).toBe('completed');
  expect(bank.seen).toMatchObject([
    { method: 'POST', url: '/v1/payments', body: { order: 'o-1', amount: 5 }, headers: { 'x-tenant': 'acme' } },
  ]);
  bank.reset();
  const run = await start('cn4-undo', { fails: true });
  expect((await ended(run)).summary.status).toBe('failed');
  const [charge, refund] = bank.seen;
  expect(refund).toMatchObject({ url: '/v1/payments/p-1/refund', body: {} });
  expect(refund?.headers['idempotency-forward-key']).toBe(charge?.headers['x-pay-key']);
  expect([...bank.payments.values()]).toMatchObject([{ refunded: true }]);
  expect(await activityTypes(run)).toEqual(['bank.charge', 'bank.refund']);
}, 60_000);

test('[CN4] an answer that is lost is looked up with the key of the step, and the run goes on with what was found', async () => {
  await publish(payFlow('cn4-lookup', 'bank', { options: { retry: { maximumAttempts: 1 } } }));
  bank.answering = ({ url }, response, book) => {
    if (url !== '/v1/payments') return false;
    book();
    response.destroy();
    return true;
  };
  const run = await start('cn4-lookup');
  const { summary } = await ended(run);
  expect(summary.status).toBe('completed');
  const [charge, find] = bank.seen;
  expect(find).toMatchObject({ method: 'GET', url: '/v1/payments/find?order=o-1' });
  expect(find?.headers['idempotency-forward-key']).toBe(charge?.headers['x-pay-key']);
  expect(await activityTypes(run)).toEqual(['bank.charge', 'bank.find']);
}, 60_000);

test('[CN1] [CN2] a version keeps its copy; the changed operation makes a new version; the address is the present one', async () => {
  await connect('bank-two');
  const document = payFlow('cn1', 'bank-two');
  expect(await publish(document)).toMatchObject({ again: false, version: { version: 1 } });
  await change('bank-two', 'charge', (before) => ({
    ...before,
    title: 'Take the money',
    description: 'Another text.',
  }));
  expect(await publish(document)).toMatchObject({ again: true, version: { version: 1 } });

  await change('bank-two', 'charge', (before) => ({ ...before, call: { ...before.call, path: '/v2/charges' } }));
  const other = await openBank();
  await changeConnection('bank-two', { settings: bankConnection(other.url).settings });
  await ended(await start('cn1'));
  expect(bank.seen).toEqual([]);
  expect(other.seen.map(({ url }) => url)).toEqual(['/v1/payments']);

  other.reset();
  expect(await publish(document)).toMatchObject({ again: false, version: { version: 2 } });
  other.answering = (_request, response) => {
    answer(response, 200, { id: 'p-9' });
    return true;
  };
  await ended(await start('cn1'));
  expect(other.seen.map(({ url }) => url)).toEqual(['/v1/v2/charges']);
  await other.close();
}, 60_000);

test('[CN3] a step over an archived connection waits, says why, and goes on when the connection is restored', async () => {
  await connect('bank-three');
  const forEver = { options: { retry: { maximumAttempts: 0, initialInterval: '20ms', maximumInterval: '50ms' } } };
  await publish(payFlow('cn3', 'bank-three', forEver));
  await must(admin.post(to.archiveConnection('bank-three'), { archived: true }));
  const run = await start('cn3');
  await eventually(async () => {
    const { pendingActivities } = await world.web.temporal.workflow
      .getHandle(run.workflowId)
      .describe()
      .then(({ raw }) => raw);
    expect(pendingActivities?.[0]?.lastFailure).toMatchObject({
      message: expect.stringMatching(/The connection 'bank-three' was archived by Ada admin/) as string,
    });
  });
  expect(bank.seen).toEqual([]);
  await must(admin.post(to.archiveConnection('bank-three'), { archived: false }));
  expect((await ended(run)).summary.status).toBe('completed');
}, 60_000);

test('[CN3] if nothing was sent, the step did not happen; if an earlier attempt sent something, the outcome is unknown', async () => {
  await connect('bank-four');
  const options = { options: { retry: { maximumAttempts: 2 } }, unknown: { policy: 'ask' } };
  await publish(payFlow('cn3-sent', 'bank-four', options));
  await must(admin.post(to.archiveConnection('bank-four'), { archived: true }));
  const nothing = await ended(await start('cn3-sent'));
  expect(nothing.summary).toMatchObject({ status: 'failed' });
  await must(admin.post(to.archiveConnection('bank-four'), { archived: false }));

  bank.answering = (_request, response, book) => {
    book();
    void admin.post(to.archiveConnection('bank-four'), { archived: true }).then(() => response.destroy());
    return true;
  };
  const run = await start('cn3-sent');
  const { workflowId, runId } = run;
  await eventually(async () => {
    const handle = world.web.temporal.workflow.getHandle(workflowId, runId);
    const report = await handle.query<{ waitsFor: { kind: string; error?: { type: string } }[] }>('__nodes');
    expect(report.waitsFor).toMatchObject([{ kind: 'outcome', error: { type: 'ConnectionArchived' } }]);
  });
  const body = { requestId: randomUUID(), nodeId: 'charge', choice: 'notApplied', reason: 'looked' };
  await must(admin.post(to.decideOutcome(workflowId, runId), body));
  await ended(run);
}, 60_000);

test('[CN3] an operation that was archived runs on in published versions, and new documents cannot use it', async () => {
  await connect('bank-five');
  await publish(payFlow('cn3-archived', 'bank-five'));
  await must(admin.post(to.archiveOperation('bank-five', 'charge'), { archived: true }));
  expect((await ended(await start('cn3-archived'))).summary.status).toBe('completed');
  const refused = await admin.post(to.publish(), { document: payFlow('cn3-new', 'bank-five') });
  expect(refused).toMatchObject({ status: 422, error: { problems: [{ at: 'charge' }] } });
}, 60_000);

test('[CN5] two people who change the same operation: the second one is refused, and nothing is overwritten', async () => {
  await connect('bank-six');
  const [row] = (await detail('bank-six')).operations;
  if (!row) throw new Error('there are no operations');
  const put = (title: string) =>
    admin.post(to.putOperations('bank-six'), {
      operations: [{ operation: { ...row.operation, title }, base: row.revision }],
    });
  const both = await Promise.all([put('One'), put('Two')]);
  expect(both.map(({ status }) => status).sort()).toEqual([200, 409]);
  const { connection } = (await detail('bank-six')).row;
  const stale = await admin.post(to.connections(), { connection, base: 0 });
  // A new one with a name that is taken is refused.
  expect(stale).toMatchObject({ status: 422, error: { problems: [{ at: '/connection/name' }] } });
});

test('[CN6] the catalogue has the operations of live connections, with undo and look-up', async () => {
  const { catalogue } = (await must(admin.get<{ catalogue: Record<string, unknown> }>(to.catalogue()))).body;
  expect(catalogue['bank.charge']).toMatchObject({
    name: 'bank.charge',
    effect: 'reversible',
    lateCalls: 'refused',
    suggestedUndo: { title: 'Refund the payment', activity: 'bank.refund', input: { payment: { $expr: 'output.id' } } },
    suggestedLookup: { activity: 'bank.find' },
    defaultOptions: { startToCloseTimeout: '30s', retry: { initialInterval: '10ms', maximumAttempts: 3 } },
  });
  expect(catalogue['bank.find']).toMatchObject({ output: { required: ['applied'] } });
});

test('[CN7] the engine ends while the service works: the call is repeated with its key, and is booked once', async () => {
  await connect('bank-seven');
  await publish(payFlow('cn7', 'bank-seven'));
  const first = new Promise<void>((resolve) => {
    bank.answering = (_request, _response, book) => {
      book();
      resolve();
      return true; // It never answers.
    };
  });
  const run = await start('cn7', { order: 'o-7' });
  await first;
  await change('bank-seven', 'charge', (before) => ({ ...before, call: { ...before.call, path: '/elsewhere' } }));
  bank.answering = () => false;
  await world.restartEngine();
  expect((await ended(run)).summary.status).toBe('completed');
  expect(bank.seen.map(({ url }) => url)).toEqual(['/v1/payments', '/v1/payments']);
  expect(new Set(bank.seen.map(({ headers }) => headers['x-pay-key'])).size).toBe(1);
  expect(bank.payments.size).toBe(1);
}, 90_000);

test('[CN8] send once makes one real call, masks secrets in its answer, and is in the audit trail without the input', async () => {
  const auth = { kind: 'bearer', secret: 'cn8-token' } as const;
  await must(admin.post(to.secrets(), { name: 'cn8-token', value: 'very-secret-value' }));
  await connect('bank-eight', { settings: { ...bankConnection(bank.url).settings, auth } });
  const designer = await world.as('designer');
  bank.answering = ({ headers }, response) => {
    answer(response, 200, { id: 'p-1', echoed: headers.authorization, list: [1] });
    return true;
  };
  const operation = { ...bankOperations('bank-eight').charge, name: 'notStoredYet' };
  const input = { order: 'private order', amount: 5 };
  const { body } = await must(designer.post<CallReport>(to.sendOnce('bank-eight'), { operation, input }));
  expect(body).toMatchObject({ status: 200, failure: null, sent: true });
  expect(JSON.parse(body.text)).toEqual({ id: 'p-1', echoed: 'Bearer •••', list: [1] });
  expect(bank.seen).toHaveLength(1);
  expect(bank.seen[0]?.headers['x-pay-key']).toMatch(/^send-once\//);

  const rows = await world.web.database.auditEntry.findMany({ where: { target: 'bank-eight.notStoredYet' } });
  expect(rows).toMatchObject([{ operation: 'operations.sendOnce', outcome: 'done', actorName: 'Ada designer' }]);
  expect(JSON.stringify(rows)).not.toMatch(/private order|very-secret/);
  const everything = JSON.stringify([
    (await designer.get(to.connection('bank-eight'))).body,
    (await designer.get(to.connections())).body,
    (await designer.get(to.secrets())).body,
    (await designer.get(to.catalogue())).body,
  ]);
  expect(everything).not.toContain('very-secret');
});

test('[CN8] an input that does not fit, a path that leads up and a large definition are refused before anything is sent', async () => {
  const send = (change: Partial<OperationOf<'http'>>, input: unknown = { order: 'o', amount: 1 }) =>
    admin.post(to.sendOnce('bank'), { operation: { ...bankOperations().charge, ...change }, input });
  expect(await send({}, { order: 'o' })).toMatchObject({ status: 422, error: { problems: [{ at: '/input/amount' }] } });
  const { call } = bankOperations().charge;
  const up = await send({ call: { ...call, path: '/../admin' } });
  expect(up).toMatchObject({ status: 422, error: { problems: [{ at: '/operation/call/path' }] } });
  const header = await send({ call: { ...call, headers: { Host: 'evil.test' } } });
  expect(header).toMatchObject({ status: 422, error: { problems: [{ at: '/operation/call/headers/Host' }] } });
  const properties = Object.fromEntries(
    Array.from({ length: 5_000 }, (_, at) => [`f${at}`, { type: 'string' as const }])
  );
  const large = await send({ output: { type: 'object', properties } });
  expect([400, 413, 422]).toContain(large.status);
  const huge = await admin.post(to.sendOnce('bank'), JSON.stringify({ operation: 'x'.repeat(10_000_000) }));
  expect(huge).toMatchObject({ status: 413 });
  expect(bank.seen).toEqual([]);
});

test('[CN8] a connection with a value in place of the name of a secret is refused, and is not stored', async () => {
  const settings = { ...bankConnection(bank.url).settings, auth: { kind: 'bearer', secret: 'Bearer eyJ.A.B' } };
  const refused = await admin.post(to.connections(), {
    connection: { ...bankConnection(bank.url, 'bank-nine'), settings },
    base: 0,
  });
  expect(refused).toMatchObject({ status: 422, error: { problems: [{ at: '/connection/settings/auth/secret' }] } });
  expect((await admin.get(to.connection('bank-nine'))).status).toBe(404);
});

test('[CN9] sensitive fields of an operation are hidden on screens, in its input and in its answer', async () => {
  await connect('bank-ten');
  const secret = { type: 'string' as const, sensitive: true };
  await change('bank-ten', 'charge', (before) => ({
    ...before,
    input: { ...before.input, properties: { ...before.input.properties, order: secret } },
    output: { type: 'object', required: ['id'], properties: { id: secret } },
  }));
  await publish(payFlow('cn9', 'bank-ten'));
  const run = await start('cn9', { order: 'order-nobody-may-see' });
  const { manifest, ...seen } = await ended(run);
  expect(manifest?.nodes.charge?.output).toMatchObject({ properties: { id: { sensitive: true } } });
  expect(bank.seen[0]?.body).toMatchObject({ order: 'order-nobody-may-see' });
  const scheduled = seen.live.events.find(({ type }) => type === 'ActivityTaskScheduled');
  expect(JSON.stringify(scheduled)).not.toContain('order-nobody-may-see');
  const completed = seen.live.events.find(({ type }) => type === 'ActivityTaskCompleted');
  expect(JSON.stringify(completed)).not.toContain('p-1');
});

test('[CN10] SQL operations: a booking, its look-up after a lost answer, and its undo, agree with the table', async () => {
  const line = await openDatabaseLine(world.databaseUrl);
  const pool = new pg.Pool({ connectionString: world.databaseUrl });
  await pool.query('CREATE TABLE cn10 (key text PRIMARY KEY, amount int, undone bool NOT NULL DEFAULT false)');
  const connection = { ...bankConnection('https://unused.test', 'books'), kind: 'sql', settings: line.settings };
  await must(admin.post(to.connections(), { connection, base: 0 }));
  const { charge, refund, find } = bankOperations('books');
  const sql = (statement: string, answer: string) => ({ kind: 'sql', statement, answer });
  const row = { type: 'object', required: ['id'], properties: { id: { type: 'string' } } };
  const book = `INSERT INTO cn10 VALUES ({idempotencyKey}, {amount}) ON CONFLICT (key) DO UPDATE SET amount = {amount} RETURNING key AS id`;
  const operations = [
    { ...charge, output: row, call: sql(book, 'one') },
    { ...refund, output: {}, call: sql('UPDATE cn10 SET undone = true WHERE key = {forwardKey}', 'none') },
    { ...find, output: row, call: sql('SELECT key AS id FROM cn10 WHERE key = {forwardKey}', 'lookup') },
  ].map((operation) => ({ operation, base: 0 }));
  await must(admin.post(to.putOperations('books'), { operations }));
  await must(admin.post(to.testConnection('books'), {}));
  await publish(payFlow('cn10', 'books', { options: { retry: { maximumAttempts: 1 } } }));

  let cuts = 0;
  line.cutAt = (text) => text.includes('COMMIT') && cuts++ === 0;
  const run = await start('cn10', { fails: true });
  const { summary } = await ended(run);
  expect(summary.status).toBe('failed');
  expect(await activityTypes(run)).toEqual(['books.charge', 'books.find', 'books.refund']);
  expect((await pool.query('SELECT amount, undone FROM cn10')).rows).toEqual([{ amount: 5, undone: true }]);
  await pool.end();
  line.close();
}, 60_000);

test('[CN6] an undo that was archived is not offered, and the operations of an archived connection are not either', async () => {
  await connect('bank-eleven');
  const catalogue = async () =>
    (await must(admin.get<{ catalogue: Record<string, object> }>(to.catalogue()))).body.catalogue;
  await must(admin.post(to.archiveOperation('bank-eleven', 'refund'), { archived: true }));
  const charge = (await catalogue())['bank-eleven.charge'];
  expect(charge).toHaveProperty('suggestedLookup');
  expect(charge).not.toHaveProperty('suggestedUndo');
  await must(admin.post(to.archiveConnection('bank-eleven'), { archived: true }));
  expect(Object.keys(await catalogue()).filter((name) => name.startsWith('bank-eleven.'))).toEqual([]);
});

test('[CN11] a request that names a connection of Settings gets its address, headers and authentication; archived, it waits', async () => {
  await connect('bank-named');
  const document = {
    format: 1,
    name: 'cn11',
    title: 'Named',
    input: { type: 'object', properties: {} },
    output: { type: 'object' },
    steps: [
      {
        id: 'ask',
        kind: 'action',
        title: 'Ask',
        activity: 'http.request',
        effect: 'none',
        input: { connection: 'bank-named', path: '/payments/find', query: { order: 'o-1' } },
        options: { retry: { initialInterval: '1s', backoffCoefficient: 1 } },
      },
      { id: 'done', kind: 'end', title: 'Done', output: {} },
    ],
  };
  await publish(document);
  bank.answering = (_request, response) => {
    answer(response, 200, {});
    return true;
  };
  expect((await ended(await start('cn11'))).summary.status).toBe('completed');
  const { headers } = bankConnection(bank.url).settings;
  expect(bank.seen).toMatchObject([{ method: 'GET', url: '/v1/payments/find?order=o-1', headers }]);

  // What calls it is said before it is archived: also operations, and never another connection.
  expect((await detail('bank-named')).uses).toEqual([{ flow: 'cn11', title: 'Named', versions: [1], newest: true }]);
  expect((await detail('bank-two')).uses).toEqual([{ flow: 'cn1', title: 'Pay', versions: [1, 2], newest: true }]);
  // Also drafts, as they are now: a step that was removed counts no more.
  const draft = await createDraft(admin, { kind: 'document', document: { ...document, name: 'cn11-draft' } });
  const other = await createDraft(admin);
  const call: Operation = insert('call', null, { activity: 'bank-two.pay' });
  await send(admin, other.id, [gestureOf(call)]);
  const one = { id: draft.id, title: 'Named', flow: null, operations: [''] };
  const two = { id: other.id, title: 'Drawn', flow: null, operations: ['pay'] };
  expect([(await detail('bank-named')).drafts, (await detail('bank-two')).drafts]).toEqual([[one], [two]]);
  const { steps } = (await readDraft(admin, other.id)).draft;
  await send(admin, other.id, [gestureOf({ op: 'remove', id: 'call', was: steps[0]!, from: AT_END })]);
  await must(admin.post(to.archiveDraft(draft.id), {}));
  expect([(await detail('bank-named')).drafts, (await detail('bank-two')).drafts]).toEqual([[], []]);
  await must(admin.post(to.archiveConnection('bank-named'), { archived: true }));
  const waiting = await start('cn11');
  await eventually(async () => {
    expect(JSON.stringify((await look(waiting)).live.pending)).toContain('ConnectionArchived');
  });
  await must(admin.post(to.archiveConnection('bank-named'), { archived: false }));
  expect((await ended(waiting)).summary.status).toBe('completed');
}, 60_000);
