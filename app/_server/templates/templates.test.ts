/**
 * [TU1] A template becomes a draft that is published and run at once: nothing has to be added to it.
 * [TU2] Its services are connected on the first use, once, with an entry in the audit trail, by whoever may draw flows.
 * [TU3] Where the configuration has no address for them, nothing is created.
 * [TU5] A flow and its drafts name the template that they were made from, copies too, and the page of the template
 *       lists them.
 * [TU4] Whoever may read runs can read the books of a service, unless its connection leads elsewhere.
 */
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { AuditPage } from '@/app/_contract/audit';
import type { ConnectionDetail } from '@/app/_contract/connections';
import type { DraftDetail, DraftSummary } from '@/app/_contract/drafts';
import type { ExampleBooks } from '@/app/_contract/examples';
import type { FlowDetail, PublishedVersion } from '@/app/_contract/flows';
import { routes as to } from '@/app/_contract/routes';
import type { RunDetail, StartedRun } from '@/app/_contract/runs';
import { bookkeeperNamed, TEMPLATES } from '@/engine/examples/registry';
import { startExamples } from '@/engine/examples/server';
import type { Served } from '@/engine/examples/books/http';
import { callsTo, compareBooks } from '@/engine/run-view/books';
import { ledgerOf } from '@/engine/run-view/ledger';
import { createTestDatabase, type TestDatabase } from '@/engine/store/postgres/testing/database';
import { eventually, must, startWorld, type World } from '../testing/world';
import { getTemplate, listTemplates } from './templates';

const MONEY = 'money-transfer';
let database: TestDatabase;
let examples: Served;
let world: World;
beforeAll(async () => {
  database = await createTestDatabase();
  examples = await startExamples({ databaseUrl: database.url, port: 0, lateMs: 200 });
  const connections = [`shop=${examples.url}`, `examples=${examples.url}/services`];
  world = await startWorld({ connections, environment: { BACKSTITCH_CONNECTIONS: connections.join() } });
}, 120_000);
afterAll(async () => {
  await world?.close();
  await examples?.close();
  await database?.drop();
});

const from = (template: string, id: string = randomUUID()) => ({ id, from: { kind: 'template', template } });

test('[TU1] [TU2] a designer uses a template twice, publishes it and runs a scenario', async () => {
  const designer = await world.as('designer');
  const request = from(MONEY);
  const draft = (await must(designer.post<DraftSummary>(to.drafts(), request))).body;
  expect((await must(designer.post<DraftSummary>(to.drafts(), request))).body.id).toBe(draft.id);
  expect([draft.title, draft.name, draft.flow]).toEqual(['Money transfer', MONEY, null]);
  const detail = (await must(designer.get<DraftDetail>(to.draft(draft.id)))).body;
  expect(detail.summary.number).toBe(0);

  const connection = `example-bank`;
  const { row, operations } = (await must(designer.get<ConnectionDetail>(to.connection(connection)))).body;
  expect(row).toMatchObject({ createdBy: 'Ada designer', revision: 1 });
  expect(operations.length).toBeGreaterThan(5);
  expect((await must(designer.post<{ status: number }>(to.testConnection(connection), {}))).body).toMatchObject({
    status: 200,
    failure: null,
  });

  const second = (await must(designer.post<DraftSummary>(to.drafts(), from(MONEY)))).body;
  expect([second.title, second.name]).toEqual(['Money transfer 2', `${MONEY}-2`]);
  const admin = await world.as('admin');
  const { rows } = (await must(admin.get<AuditPage>(to.audit('operation=connections.put')))).body;
  expect(rows.filter(({ target }) => target === connection)).toHaveLength(1);

  const { version } = (await must(designer.post<PublishedVersion>(to.publishDraft(draft.id), { number: 0 }))).body;
  expect(version.version).toBe(1);
  const { scenarios } = (await must(designer.get<FlowDetail>(to.flow(MONEY)))).body.shown.manifest.document;
  expect(scenarios.length).toBeGreaterThan(5);
  const { input } = scenarios.find(({ name }) => name === 'answer-lost')!;
  const started = (await must(designer.post<StartedRun>(to.startRun(MONEY), { requestId: randomUUID(), input }))).body;
  const run = await eventually(async () => {
    const seen = (await must(designer.get<RunDetail>(to.run(started.workflowId, started.runId)))).body;
    if (seen.summary.status === 'running') throw new Error('the run is open');
    return seen;
  });
  expect(run.summary.status).toBe('completed');

  const bank = bookkeeperNamed(connection)!;
  const viewer = await world.as('viewer');
  const reference = String(input.transferId);
  const { body: books } = await must(viewer.get<ExampleBooks>(to.exampleBooks(connection, reference)));
  const { events } = run.live;
  const { entries } = ledgerOf(events, run.manifest!);
  const claims = { run: started, events, entries, calls: callsTo(bank, events) };
  expect(claims.calls.references).toEqual([reference]);
  expect(compareBooks(books.keys, claims, true)).toMatchObject({ agreement: 'agrees', lines: { length: 4 } });
}, 60_000);

test('[TU5] flows and drafts lead to their template, and the template to them', async () => {
  const designer = await world.as('designer');
  const template = { name: MONEY, title: 'Money transfer' };
  expect((await must(designer.get<FlowDetail>(to.flow(MONEY)))).body.template).toEqual(template);
  const copy = { id: randomUUID(), from: { kind: 'copyVersion', flow: MONEY } };
  const { body: copied } = await must(designer.post<DraftSummary>(to.drafts(), copy));
  expect(copied.template).toEqual(template);
  const own = { id: randomUUID(), from: { kind: 'empty', title: 'Of nothing' } };
  expect((await must(designer.post<DraftSummary>(to.drafts(), own))).body.template).toBeNull();

  const actor = { id: 'a', name: 'A', groups: [], grants: [{ role: 'viewer', flow: null }] } as never;
  const { made } = await getTemplate(world.web, actor, MONEY);
  expect(Object.fromEntries(made.map(({ title, flow }) => [title, flow]))).toEqual({
    'Copy of Money transfer': null,
    'Money transfer': MONEY,
    'Money transfer 2': null,
  });
  const ofAnother = { id: 'b', name: 'B', groups: [], grants: [{ role: 'viewer', flow: 'another' }] } as never;
  expect((await getTemplate(world.web, ofAnother, MONEY)).made).toEqual([]);

  // Drafts that were made before the column was there are found by their request.
  await world.web.database.draft.updateMany({ data: { template: null } });
  const sql = readFileSync('prisma/migrations/20261128200000_app_draft_template/migration.sql', 'utf8');
  for (const update of sql.split(';').filter((each) => each.includes('UPDATE')))
    await world.web.database.$executeRawUnsafe(update);
  const after = await getTemplate(world.web, actor, MONEY);
  expect(after.made.map(({ title }) => title).sort()).toEqual(['Money transfer', 'Money transfer 2']);
});

test('[TU4] the books of a service whose connection leads elsewhere are refused, and so are those of nobody', async () => {
  const admin = await world.as('admin');
  await must(admin.post(to.drafts(), from('travel-booking')));
  const { row } = (await must(admin.get<ConnectionDetail>(to.connection('example-travel')))).body;
  await must(admin.get(to.exampleBooks('example-travel')));
  const settings = { ...row.connection.settings, address: 'https://travel.example.com' };
  const changed = { connection: { ...row.connection, settings }, base: row.revision };
  await must(admin.post(to.connections(), changed));
  const refused = await admin.get(to.exampleBooks('example-travel'));
  expect([refused.status, refused.body]).toMatchObject([
    503,
    { error: { message: expect.stringContaining("'example-travel' no longer leads to") as string } },
  ]);
  expect((await admin.get(to.exampleBooks('none'))).body).toMatchObject({ error: { code: 'connectionNotFound' } });
});

test('[TU1] every template is listed with its drawing, and one that does not exist is refused', async () => {
  const designer = await world.as('designer');
  const listed = listTemplates({ id: 'a', name: 'A', groups: [], grants: [{ role: 'viewer', flow: null }] } as never);
  expect(listed.map(({ name }) => name)).toEqual(TEMPLATES.map(({ name }) => name));
  for (const { name, steps, sketch } of listed) {
    expect([name, steps > 3]).toEqual([name, true]);
    for (const box of sketch.boxes) {
      expect(box.x).toBeGreaterThanOrEqual(sketch.bounds.x - 1);
      expect(box.x + box.width).toBeLessThanOrEqual(sketch.bounds.x + sketch.bounds.width + 1);
    }
  }
  const refused = await designer.post(to.drafts(), from('none'));
  expect([refused.status, refused.body]).toMatchObject([404, { error: { code: 'templateNotFound' } }]);
  const viewer = await world.as('viewer');
  expect((await viewer.post(to.drafts(), from(MONEY))).status).toBe(403);
});

test('[TU3] without an address for its services nothing is created', async () => {
  const alone = await startWorld({ connections: [] });
  try {
    const designer = await alone.as('designer');
    const refused = await designer.post(to.drafts(), from(MONEY));
    expect([refused.status, refused.body]).toMatchObject([503, { error: { code: 'exampleAway' } }]);
    expect((await must(designer.get<{ drafts: unknown[] }>(to.drafts()))).body.drafts).toEqual([]);
  } finally {
    await alone.close();
  }
}, 60_000);
