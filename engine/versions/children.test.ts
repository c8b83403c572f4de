/**
 * Publishing flows with children.
 *
 * Rules
 * [VCH1] A parent is bound to the newest version of its child that starts runs, when it is published; publishing it
 *        again after a newer version of the child gives a new version.
 * [VCH2] A flow that is not published, and a version from before flows could be children, cannot be a child.
 * [VCH3] What a version runs below it is known to the engine: whoever starts it needs the right to start all of that.
 */
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../store/postgres/testing/database';
import { catalogue } from '../activities/catalogue';
import { readGolden } from '../compiler/testing/golden-case';
import { flowsBelow } from '../flow/flow-entry';
import { buildWith } from './build';
import { FlowEntries, flowEntriesBoundBy } from './flow-entries';
import { Publisher } from './publish';
import { VersionRegistry } from './registry';
import { retireVersion } from './retire';
import { createToolchain } from './toolchain';

let database: TestDatabase;
let pool: pg.Pool;
let registry: VersionRegistry;
let publisher: Publisher;
beforeAll(async () => {
  database = await createTestDatabase();
  pool = new pg.Pool({ connectionString: database.url });
  registry = new VersionRegistry(pool);
  publisher = new Publisher(pool, registry, buildWith(createToolchain(catalogue, () => Promise.resolve([]))));
}, 60_000);
afterAll(async () => {
  await pool.end();
  await database.drop();
});

const { flow, children } = await readGolden('child');
const documents = Object.fromEntries(children.map(({ manifest }) => [manifest!.flow, manifest!.document]));
const put = async (document: unknown) => {
  const { version, diagnostics } = await publisher.publish(document, 'Ada');
  const errors = diagnostics.filter(({ severity }) => severity === 'error').map(({ code, nodeId }) => [code, nodeId]);
  return { version, errors };
};
const boundTo = (version: Awaited<ReturnType<typeof put>>['version']) =>
  Object.values(version!.manifest.nodes).flatMap(({ child }) => (child ? [child.workflowType] : []));

test('[VCH1] [VCH2] [VCH3] a parent is bound to the versions that there are when it is published', async () => {
  expect((await put(flow)).errors).toEqual([
    ['unknown-flow', 'take-payment'],
    ['unknown-flow', 'send-invoice'],
  ]);
  for (const document of Object.values(documents)) expect((await put(document)).errors).toEqual([]);
  const first = await put(flow);
  expect(first.errors).toEqual([]);
  expect(boundTo(first.version)).toEqual(['takePayment_v1', 'sendInvoice_v1']);
  expect(flowsBelow(first.version!.manifest)).toEqual(['send-invoice', 'take-payment']);
  expect([...(registry.declared('sellCar_v1')?.below ?? [])].sort()).toEqual(['send-invoice', 'take-payment']);
  expect((await put(flow)).version?.version).toBe(1);

  await put({ ...documents['take-payment'], description: 'Another one.' });
  const second = await put(flow);
  expect(second.version?.version).toBe(2);
  expect(boundTo(second.version)).toEqual(['takePayment_v2', 'sendInvoice_v1']);
  // A revision of the first version keeps what that is bound to.
  const bound = await flowEntriesBoundBy(pool, first.version!.manifest, flow);
  expect(bound['flow:take-payment']?.flow).toMatchObject({ version: 1, workflowType: 'takePayment_v1' });

  const entries = new FlowEntries(pool);
  const newest = async () => (await entries.all())['flow:take-payment']?.flow?.version;
  expect(await newest()).toBe(2);
  const by = { by: 'Ada', reason: 'wrong', evenLast: false };
  await retireVersion(pool, registry, { flow: 'take-payment', version: 2, ...by });
  expect(await newest()).toBe(1);
});

test('[VCH2] a version from before flows could be children', async () => {
  await pool.query(
    `UPDATE worker.flow_version SET manifest = ((manifest::jsonb) - 'handsOver')::json WHERE flow = 'take-payment'`
  );
  expect((await put({ ...flow, description: 'Again.' })).errors).toEqual([['flow-too-old', 'take-payment']]);
});
