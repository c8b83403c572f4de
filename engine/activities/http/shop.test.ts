/**
 * The generic request with a real service: what the steps of the example rely on, run by the worker's own executor.
 */
import { defaultPayloadConverter } from '@temporalio/common';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Served } from '../../examples/books/http';
import { startExamples } from '../../examples/server';
import type { ShopLedgerReport } from '../../examples/order-fulfilment/ledger';
import { createTestDatabase, type TestDatabase } from '../../store/postgres/testing/database';
import { ActivityExecutor } from '../../worker/activities/executor';
import type { ActivityOutcome, ActivityTask } from '../../worker/port';
import { readActivityConfig } from '../config';
import { activityFunctions } from '../functions';
import type { HttpRequestInput } from './input';

let database: TestDatabase;
let shop: Served;
let executor: ActivityExecutor;
beforeAll(async () => {
  database = await createTestDatabase();
  shop = await startExamples({ databaseUrl: database.url, port: 0, lateMs: 200 });
  const config = readActivityConfig({ BACKSTITCH_CONNECTIONS: `shop=${shop.url}` });
  executor = new ActivityExecutor({ activities: activityFunctions(config) });
});
afterAll(async () => {
  await executor?.close();
  await shop?.close();
  await database?.drop();
});

let tokens = 0;
interface Call {
  workflowId: string;
  activityId: string;
  input: HttpRequestInput;
  forwardKey?: string;
  attempt?: number;
  startToCloseTimeoutMs?: number;
}
function run({ workflowId, activityId, input, forwardKey, attempt = 1, startToCloseTimeoutMs = 5_000 }: Call) {
  const args: unknown[] = forwardKey ? [input, { forwardKey }] : [input];
  const task: ActivityTask = {
    token: `t${(tokens += 1)}`,
    namespace: 'default',
    workflowId,
    runId: 'r',
    workflowType: 'orderFulfilment_v1',
    revision: 'v1.0',
    activityId,
    activityType: 'http.request',
    taskQueue: 'backstitch',
    attempt,
    headers: {},
    heartbeatDetails: [],
    scheduledTimeMs: 0,
    currentAttemptScheduledTimeMs: 0,
    startedTimeMs: 0,
    scheduleToCloseTimeoutMs: 0,
    startToCloseTimeoutMs,
    heartbeatTimeoutMs: 0,
    input: args.map((arg) => defaultPayloadConverter.toPayload(arg)),
  };
  return executor.run(task, () => {});
}
function told(outcome: ActivityOutcome): unknown {
  if (outcome.kind === 'completed') return defaultPayloadConverter.fromPayload(outcome.result[0] ?? {});
  if (outcome.kind === 'failed') {
    const info = outcome.failure.applicationFailureInfo;
    return { type: info?.type, nonRetryable: Boolean(info?.nonRetryable) };
  }
  return outcome.kind;
}
const charge = (orderId: string, scenario: string): HttpRequestInput => ({
  method: 'POST',
  connection: 'shop',
  path: '/payments',
  body: { orderId, scenario, amount: 12_900, currency: 'EUR' },
});
const about = (orderId: string, path: string): HttpRequestInput => ({
  method: 'POST',
  connection: 'shop',
  path,
  body: { orderId },
});
async function keys(orderId: string) {
  const report = (await (await fetch(`${shop.url}/ledger?order=${orderId}`)).json()) as ShopLedgerReport;
  return report.keys.map(({ key, state, applied, undone }) => [key, state, applied, undone]);
}

test('[HTSH1] after a lost answer the shop charges once over two attempts, and refunds by the forward key', async () => {
  const call = { workflowId: 'x1', activityId: 'charge-payment', input: charge('X1', 'answer-lost') };
  expect(told(await run(call))).toEqual({ type: 'Unreachable', nonRetryable: false });
  expect(told(await run({ ...call, attempt: 2 }))).toMatchObject({ amount: 12_900 });
  expect(await keys('X1')).toEqual([['default/x1/r/charge-payment', 'applied', 1, 0]]);
  const forwardKey = 'default/x1/r/charge-payment';
  const undo = {
    workflowId: 'x1',
    activityId: 'charge-payment:undo',
    input: about('X1', '/payments/refund'),
    forwardKey,
  };
  expect(told(await run(undo))).toMatchObject({ undone: true });
  expect(told(await run({ ...undo, attempt: 2 }))).toMatchObject({ undone: true });
  expect(await keys('X1')).toEqual([[forwardKey, 'undone', 1, 1]]);
});

test('[HTSH2] a declined card is NotApplied, and so is a charge after its undo', async () => {
  const declined = { workflowId: 'x2', activityId: 'charge-payment', input: charge('X2', 'card-declined') };
  expect(told(await run(declined))).toEqual({ type: 'NotApplied', nonRetryable: true });
  const forwardKey = 'default/x2b/r/charge-payment';
  await run({
    workflowId: 'x2b',
    activityId: 'charge-payment:undo',
    input: about('X2b', '/payments/refund'),
    forwardKey,
  });
  const late = { workflowId: 'x2b', activityId: 'charge-payment', input: charge('X2b', 'goes-well') };
  expect(told(await run(late))).toEqual({ type: 'NotApplied', nonRetryable: true });
  expect(await keys('X2b')).toEqual([[forwardKey, 'tombstoned', 0, 0]]);
});

test('[HTSH3] every attempt times out, and the look-up still finds that the charge was applied', async () => {
  const call = {
    workflowId: 'x3',
    activityId: 'charge-payment',
    input: charge('X3', 'applies-after-timeout'),
    startToCloseTimeoutMs: 50,
  };
  for (const attempt of [1, 2])
    expect(told(await run({ ...call, attempt }))).toEqual({ type: 'Unreachable', nonRetryable: false });
  const forwardKey = 'default/x3/r/charge-payment';
  await expect.poll(() => keys('X3')).toEqual([[forwardKey, 'applied', 1, 0]]);
  const check = {
    workflowId: 'x3',
    activityId: 'charge-payment:check',
    input: about('X3', '/payments/settle'),
    forwardKey,
  };
  expect(told(await run(check))).toMatchObject({ applied: true, output: { amount: 12_900, currency: 'EUR' } });
});

test('[HTSH4] a failure of the carrier is retryable', async () => {
  const input: HttpRequestInput = {
    method: 'POST',
    connection: 'shop',
    path: '/shipments',
    body: {
      orderId: 'X4',
      scenario: 'shipment-down',
      recipient: 'Ada',
      address: 'x',
      items: [{ sku: 'LINEN-3M', quantity: 1 }],
    },
  };
  expect(told(await run({ workflowId: 'x4', activityId: 'ship', input }))).toEqual({
    type: 'HttpStatus',
    nonRetryable: false,
  });
});
