import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../store/postgres/testing/database';
import type { ShopKey, ShopLedgerReport } from './ledger';
import type { Served } from '../books/http';
import { startExamples } from '../server';

let database: TestDatabase;
let shop: Served;
/** Reads the tables of the shop. */
let books: pg.Client;

beforeAll(async () => {
  database = await createTestDatabase();
  shop = await startExamples({ databaseUrl: database.url, port: 0, lateMs: 300 });
  books = new pg.Client(database.url);
  await books.connect();
});
afterAll(async () => {
  await books?.end();
  await shop?.close();
  await database?.drop();
});

interface Reply {
  status: number;
  body: Record<string, unknown>;
  replayed: boolean;
}
async function post(path: string, headers: Record<string, string>, body: unknown): Promise<Reply> {
  const response = await fetch(shop.url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  const replayed = response.headers.get('idempotency-replayed') === 'true';
  return { status: response.status, body: (await response.json()) as Record<string, unknown>, replayed };
}
const act = (path: string, key: string, body: unknown) => post(path, { 'idempotency-key': key }, body);
const undo = (path: string, undoKey: string, forwardKey: string, body: unknown) =>
  post(path, { 'idempotency-key': undoKey, 'idempotency-forward-key': forwardKey }, body);
async function ledger(order: string): Promise<ShopLedgerReport> {
  return (await (await fetch(`${shop.url}/ledger?order=${order}`)).json()) as ShopLedgerReport;
}
async function keyOf(order: string, key: string): Promise<ShopKey | undefined> {
  return (await ledger(order)).keys.find((entry) => entry.key === key);
}
const payment = (orderId: string, scenario = 'goes-well') => ({ orderId, amount: 12_900, currency: 'EUR', scenario });

test('[OFS1] the same key and body give the same answer and one effect, even if both arrive at once', async () => {
  const all = await Promise.all(Array.from({ length: 8 }, () => act('/payments', 'p1', payment('P1'))));
  expect(new Set(all.map((reply) => JSON.stringify([reply.status, reply.body]))).size).toBe(1);
  expect(all[0]?.status).toBe(201);
  expect(all.filter((reply) => !reply.replayed)).toHaveLength(1);
  expect(await keyOf('P1', 'p1')).toMatchObject({ state: 'applied', applied: 1, undone: 0 });
  expect((await ledger('P1')).money).toEqual([{ currency: 'EUR', taken: 12_900, refunded: 0, balance: 12_900 }]);
});

test('[OFS2] the same key with another body, another kind or another order is refused with 422 and changes nothing', async () => {
  await act('/payments', 'p2', payment('P2'));
  expect((await act('/payments', 'p2', { ...payment('P2'), amount: 1 })).status).toBe(422);
  expect((await act('/mails', 'p2', { orderId: 'P2', to: 'a@b.example', subject: 'Hello' })).status).toBe(422);
  expect((await undo('/shipments/cancel', 'p2u', 'p2', { orderId: 'P2' })).status).toBe(422);
  expect((await undo('/payments/refund', 'p2v', 'p2', { orderId: 'other' })).status).toBe(422);
  expect(await keyOf('P2', 'p2')).toMatchObject({ state: 'applied', applied: 1, undone: 0 });
});

test('[OFS3] an undo takes effect once, whatever undo key it is repeated with', async () => {
  await act('/payments', 'p3', payment('P3'));
  const body = { orderId: 'P3' };
  const twice = await Promise.all([
    undo('/payments/refund', 'p3u', 'p3', body),
    undo('/payments/refund', 'p3u', 'p3', body),
    undo('/payments/refund', 'p3v', 'p3', body),
  ]);
  expect(twice.map((reply) => reply.status)).toEqual([200, 200, 200]);
  expect(await keyOf('P3', 'p3')).toMatchObject({ state: 'undone', applied: 1, undone: 1 });
  expect((await ledger('P3')).money[0]?.balance).toBe(0);
  expect((await undo('/payments/refund', 'p3u', 'p3', { orderId: 'P3-other' })).status).toBe(422);
});

test('[OFS4] an undo before its forward call is stored, and the call is refused with NotApplied for ever', async () => {
  const first = await undo('/payments/refund', 'p4u', 'p4', { orderId: 'P4' });
  expect(first).toMatchObject({ status: 200, body: { undone: false } });
  for (const _ of [1, 2]) {
    expect(await act('/payments', 'p4', payment('P4'))).toMatchObject({ status: 409, body: { error: 'NotApplied' } });
  }
  expect(await keyOf('P4', 'p4')).toMatchObject({ state: 'tombstoned', applied: 0, undone: 0 });
});

test('[OFS5] a simultaneous forward call and undo give both effects or neither', async () => {
  const numbers = Array.from({ length: 20 }, (_, index) => index);
  await Promise.all(
    numbers.flatMap((n) => [
      act('/payments', `p5-${n}`, payment('P5')),
      undo('/payments/refund', `p5-${n}u`, `p5-${n}`, { orderId: 'P5' }),
    ])
  );
  const { keys, money } = await ledger('P5');
  expect(keys).toHaveLength(20);
  for (const key of keys) expect(key.applied - key.undone, key.key).toBe(0);
  expect(money[0]?.balance ?? 0).toBe(0);
});

test('[OFS6] settling returns the true outcome, and the outcome not applied is final', async () => {
  await act('/payments', 'p6', payment('P6'));
  const yes = await post('/payments/settle', { 'idempotency-forward-key': 'p6' }, { orderId: 'P6' });
  expect(yes.body).toMatchObject({ applied: true, output: { amount: 12_900 } });
  const no = await post('/payments/settle', {}, { orderId: 'P6', forwardKey: 'p6b' });
  expect(no.body).toEqual({ applied: false });
  expect(await act('/payments', 'p6b', payment('P6'))).toMatchObject({ status: 409, body: { error: 'NotApplied' } });
});

test('[OFS7] stock is set aside and released, and a partly unavailable order is refused as a whole', async () => {
  await post('/stock', {}, { sku: 'p7-a', onHand: 5 });
  await post('/stock', {}, { sku: 'p7-b', onHand: 1 });
  const items = [
    { sku: 'p7-a', quantity: 2 },
    { sku: 'p7-b', quantity: 1 },
  ];
  expect((await act('/reservations', 'p7', { orderId: 'P7', items })).status).toBe(201);
  const refused = await act('/reservations', 'p7c', { orderId: 'P7', items });
  expect(refused).toMatchObject({ status: 409, body: { error: 'NotApplied', reason: 'OutOfStock' } });
  const reserved = async () =>
    (await ledger('P7')).stock.filter((row) => row.sku.startsWith('p7')).map((row) => row.reserved);
  expect(await reserved()).toEqual([2, 1]);
  await undo('/reservations/release', 'p7u', 'p7', { orderId: 'P7' });
  expect(await reserved()).toEqual([0, 0]);
});

test('[OFS8] orders of the same goods in opposite order do not deadlock', async () => {
  await post('/stock', {}, { sku: 'p8-a', onHand: 100 });
  await post('/stock', {}, { sku: 'p8-b', onHand: 100 });
  const line = (sku: string) => ({ sku, quantity: 1 });
  const replies = await Promise.all(
    Array.from({ length: 20 }, (_, n) =>
      act('/reservations', `p8-${n}`, {
        orderId: 'P8',
        items: n % 2 ? [line('p8-a'), line('p8-b')] : [line('p8-b'), line('p8-a')],
      })
    )
  );
  expect(replies.map((reply) => reply.status)).toEqual(replies.map(() => 201));
});

test('[SHO1] card-declined: 402, not applied, and the same answer to a repeated call', async () => {
  for (const _ of [1, 2]) {
    expect(await act('/payments', 's1', payment('S1', 'card-declined'))).toMatchObject({
      status: 402,
      body: { error: 'NotApplied', reason: 'CardDeclined' },
    });
  }
  expect(await keyOf('S1', 's1')).toMatchObject({ state: 'refused', applied: 0 });
  expect((await undo('/payments/refund', 's1u', 's1', { orderId: 'S1' })).body).toMatchObject({ undone: false });
});

test('[SHO2] answer-lost: applied, the first connection is cut, the second call gets the answer', async () => {
  await expect(act('/payments', 's2', payment('S2', 'answer-lost'))).rejects.toThrow();
  expect(await keyOf('S2', 's2')).toMatchObject({ applied: 1 });
  expect(await act('/payments', 's2', payment('S2', 'answer-lost'))).toMatchObject({ status: 201, replayed: true });
  expect(await keyOf('S2', 's2')).toMatchObject({ applied: 1 });
});

test('[SHO3] shipment-down and refund-fails: always 503 and no effect, while other orders are served', async () => {
  const parcel = (orderId: string, scenario: string) => ({
    orderId,
    scenario,
    recipient: 'Ada',
    address: 'Hauptstr. 1',
    items: [{ sku: 'LINEN-3M', quantity: 1 }],
  });
  for (const _ of [1, 2, 3]) expect((await act('/shipments', 's3', parcel('S3', 'shipment-down'))).status).toBe(503);
  expect((await ledger('S3')).keys).toEqual([]);
  expect((await act('/shipments', 's3ok', parcel('S3-other', 'goes-well'))).status).toBe(201);

  await act('/payments', 's3p', payment('S3', 'refund-fails'));
  const refund = () => undo('/payments/refund', 's3u', 's3p', { orderId: 'S3', scenario: 'refund-fails' });
  expect([(await refund()).status, (await refund()).status]).toEqual([503, 503]);
  expect(await keyOf('S3', 's3p')).toMatchObject({ applied: 1, undone: 0 });
});

test('[SHO4] applies-after-timeout: applied after the caller left, and once although it called again', async () => {
  const abandoned = new AbortController();
  const call = fetch(`${shop.url}/payments`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': 's4' },
    body: JSON.stringify(payment('S4', 'applies-after-timeout')),
    signal: abandoned.signal,
  });
  // The shop delays the call after its promise is stored.
  await expect.poll(async () => (await books.query(`SELECT 1 FROM shop.late WHERE key = 's4'`)).rowCount).toBe(1);
  abandoned.abort();
  await expect(call).rejects.toThrow();
  expect(await keyOf('S4', 's4')).toBeUndefined();
  await expect.poll(() => keyOf('S4', 's4')).toMatchObject({ state: 'applied', applied: 1 });
  expect(await act('/payments', 's4', payment('S4', 'applies-after-timeout'))).toMatchObject({
    status: 201,
    replayed: true,
  });
  expect(await keyOf('S4', 's4')).toMatchObject({ state: 'applied', applied: 1 });
});

test('[SHO5] after a restart of the shop late calls are applied and lost answers can be looked up', async () => {
  const own = await createTestDatabase();
  const before = await startExamples({ databaseUrl: own.url, port: 0, lateMs: 3_600_000 });
  const late = fetch(`${before.url}/payments`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': 's5' },
    body: JSON.stringify(payment('S5', 'applies-after-timeout')),
  }).catch(() => null);
  const lost = () =>
    fetch(`${before.url}/payments`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': 's5b' },
      body: JSON.stringify(payment('S5', 'answer-lost')),
    });
  await expect(lost()).rejects.toThrow();
  // The promise is durable when the shop delays the call, because its row is stored.
  const ownBooks = new pg.Client(own.url);
  await ownBooks.connect();
  await expect.poll(async () => (await ownBooks.query('SELECT 1 FROM shop.late')).rowCount).toBe(1);
  await before.close();
  await late;
  await ownBooks.query('UPDATE shop.late SET due_at = now()');

  const after = await startExamples({ databaseUrl: own.url, port: 0 });
  await expect.poll(async () => (await ownBooks.query('SELECT 1 FROM shop.late')).rowCount).toBe(0);
  const report = (await (await fetch(`${after.url}/ledger?order=S5`)).json()) as ShopLedgerReport;
  expect(report.keys.map((key) => [key.key, key.applied]).sort()).toEqual([
    ['s5', 1],
    ['s5b', 1],
  ]);
  const heard = await fetch(`${after.url}/payments`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': 's5b' },
    body: JSON.stringify(payment('S5', 'answer-lost')),
  });
  expect(heard.status).toBe(201);
  await after.close();
  await ownBooks.end();
  await own.drop();
});

test('[SHO6] a late call that was settled or undone meanwhile is refused', async () => {
  const late = act('/payments', 's6', payment('S6', 'applies-after-timeout'));
  await undo('/payments/refund', 's6u', 's6', { orderId: 'S6' });
  expect(await late).toMatchObject({ status: 409, body: { error: 'NotApplied' } });
  expect(await keyOf('S6', 's6')).toMatchObject({ state: 'tombstoned', applied: 0 });
});

test('[OS1] a bad request gets a clear answer: no key, no JSON, too large, unknown fields or places', async () => {
  expect((await post('/payments', {}, payment('B1'))).status).toBe(400);
  expect((await act('/payments', 'b1', { ...payment('B1'), amount: 1.5 })).body.message).toContain('amount');
  expect((await act('/payments', 'b1', payment('B1', 'no-such'))).status).toBe(400);
  expect((await act('/payments', 'b1', { ...payment('B1'), pad: 'x'.repeat(70_000) })).status).toBe(413);
  expect((await post('/mails/undo', {}, {})).status).toBe(404);
  const form = await fetch(`${shop.url}/payments`, {
    method: 'POST',
    headers: { 'idempotency-key': 'b1' },
    body: 'amount=1',
  });
  expect(form.status).toBe(415);
  const differ = await post('/payments/settle', { 'idempotency-forward-key': 'x' }, { orderId: 'B1', forwardKey: 'y' });
  expect(differ.status).toBe(400);
  expect((await ledger('B1')).keys).toEqual([]);
});

test('[OS2] the page shows all outside data as text', async () => {
  await act('/mails', 'b2', { orderId: '<script>alert(1)</script>', to: 'a@b.example', subject: '"><img src=x>' });
  const html = await (await fetch(`${shop.url}/`)).text();
  expect(html).not.toContain('<script>');
  expect(html).not.toContain('<img');
  expect(html).toContain('a@b.example');
});
