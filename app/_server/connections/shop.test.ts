/** [SC] The example's shop as a connection: what is drawn with its operations runs, and the shop's books agree. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ConnectionDetail } from '@/app/_contract/connections';
import { routes as to } from '@/app/_contract/routes';
import type { RunDetail, StartedRun } from '@/app/_contract/runs';
import { SHOP, SHOP_OPERATIONS } from '@/engine/examples/order-fulfilment/connection';
import type { ShopLedgerReport } from '@/engine/examples/order-fulfilment/ledger';
import type { Served } from '@/engine/examples/books/http';
import { startExamples } from '@/engine/examples/server';
import { operationProblems } from '@/engine/flow/connections/check';
import { createTestDatabase, type TestDatabase } from '@/engine/store/postgres/testing/database';
import { eventually, must, startWorld, type World } from '../testing/world';

let database: TestDatabase;
let shop: Served;
let world: World;
beforeAll(async () => {
  database = await createTestDatabase();
  shop = await startExamples({ databaseUrl: database.url, port: 0, lateMs: 200 });
  world = await startWorld({ connections: [`shop=${shop.url}`] });
}, 120_000);
afterAll(async () => {
  await world?.close();
  await shop?.close();
  await database?.drop();
});

test('[CS1] the operations have no problem, and agree with each other', () => {
  const siblings = new Map(SHOP_OPERATIONS.map((each) => [each.name, each]));
  expect(SHOP_OPERATIONS.flatMap((each) => operationProblems(each, SHOP, siblings))).toEqual([]);
});

test('[CS2] a designer who installs the example gets the connection once, and may change it afterwards', async () => {
  const designer = await world.as('designer');
  await must(designer.post(to.installExample(), {}));
  await must(designer.post(to.installExample(), {}));
  const { row, operations } = (await must(designer.get<ConnectionDetail>(to.connection('shop')))).body;
  expect(row).toMatchObject({ createdBy: 'Ada designer', revision: 1 });
  expect(operations).toHaveLength(SHOP_OPERATIONS.length);
  expect((await must(designer.post<{ status: number }>(to.testConnection('shop'), {}))).body).toMatchObject({
    status: 200,
    failure: null,
  });
}, 60_000);

const call = (activity: string, input: object) => ({ activity: `shop.${activity}`, input });
const order = { orderId: { $expr: 'input.orderId' }, scenario: { $expr: 'input.scenario' } };
const flow = {
  format: 1,
  name: 'drawn-with-the-shop',
  title: 'Drawn with the shop',
  input: {
    type: 'object',
    required: ['orderId', 'scenario'],
    properties: {
      orderId: { type: 'string' },
      scenario: { type: 'string', enum: ['goes-well', 'answer-lost', 'shipment-down'] },
    },
  },
  steps: [
    {
      id: 'charge',
      kind: 'action',
      title: 'Charge',
      ...call('chargePayment', { ...order, amount: 500, currency: 'EUR' }),
      undo: { title: 'Refund', ...call('refundPayment', order), armed: 'completed' },
      unknown: { policy: 'check', ...call('findPayment', order) },
    },
    {
      id: 'send',
      kind: 'action',
      title: 'Send',
      ...call('createShipment', {
        ...order,
        recipient: 'Grace',
        address: 'One Street 1, Berlin',
        items: [{ sku: 'LINEN-3M', quantity: 1 }],
      }),
      undo: { title: 'Cancel', ...call('cancelShipment', order), armed: 'attempted' },
      unknown: { policy: 'undo' },
      options: { retry: { maximumAttempts: 2, initialInterval: '20ms' } },
    },
  ],
};

test.each([
  ['goes-well', 'completed', 1],
  ['answer-lost', 'completed', 1],
  ['shipment-down', 'failed', 0],
])(
  '[CS3] %s: the run is %s, and the books of the shop agree',
  async (scenario, status, remain) => {
    const admin = await world.as('admin');
    await must(admin.post(to.publish(), { document: flow }));
    const orderId = `sc3-${scenario}-${randomUUID().slice(0, 6)}`;
    const body = { requestId: randomUUID(), input: { orderId, scenario } };
    const { workflowId, runId } = (await must(admin.post<StartedRun>(to.startRun(flow.name), body))).body;
    const run = await eventually(async () => {
      const seen = (await must(admin.get<RunDetail>(to.run(workflowId, runId)))).body;
      if (seen.summary.status === 'running') throw new Error('the run is open');
      return seen;
    });
    expect(run.summary.status).toBe(status);
    const report = (await (await fetch(`${shop.url}/ledger?order=${orderId}`)).json()) as ShopLedgerReport;
    const payments = report.keys.filter(({ kind }) => kind === 'payment');
    expect(payments.reduce((sum, { applied, undone }) => sum + applied - undone, 0)).toBe(remain);
  },
  60_000
);
