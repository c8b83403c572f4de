/**
 * [HO] A lease with a frozen holder passes to the engine that waits for it. A holder that is alive, or of an earlier
 * version, keeps it.
 */
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { FencedError } from '../port';
import { PostgresStore } from './store';
import { createTestDatabase, type TestDatabase } from './testing/database';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const FROZEN_MS = 700;
const waiter = (onWait: (holder: string) => void = () => {}) =>
  new PostgresStore({ url: database.url, takeover: 'whenFree', frozenMs: FROZEN_MS, onWait });
/** A session that has the lock and whose last statement is this one. */
async function sessionThatSaid(last: string): Promise<pg.Client> {
  const session = new pg.Client({ connectionString: database.url, application_name: 'backstitch engine frozen/1' });
  session.on('error', () => {});
  await session.connect();
  await session.query('SELECT pg_advisory_lock($1) /* heartbeats follow */', [7_233_001]);
  if (last) await session.query(last);
  return session;
}
const within = <T>(ms: number, work: Promise<T>) =>
  Promise.race([work, new Promise<'not yet'>((resolve) => setTimeout(() => resolve('not yet'), ms))]);

test.each([
  ['a heartbeat', 'SELECT 1 /* backstitch heartbeat */'],
  ['that it has the lock', ''],
])('[PH1] a holder whose last statement was %s and that is then suspended loses the lease', async (_name, last) => {
  const frozen = await sessionThatSaid(last);
  const waits: string[] = [];
  const lease = await waiter((holder) => waits.push(holder)).acquire('next');
  expect(waits).toEqual(['backstitch engine frozen/1']);
  await lease.prove();
  await lease.release();
  await frozen.end().catch(() => {});
});

test('[PH2] a live holder keeps the lease while another one waits, and the fence holds in both cases', async () => {
  const holds = await waiter().acquire('holds');
  // A holder counts as frozen after 5 s, and this holder sends a heartbeat every 2 s.
  const next = new PostgresStore({ url: database.url, takeover: 'whenFree', frozenMs: 5_000 }).acquire('next');
  expect(await within(8_000, next)).toBe('not yet');
  await holds.prove();
  await holds.release();
  const lease = await next;
  await expect(holds.prove()).rejects.toThrow();
  await lease.release();
});

test('[PH3] an engine of an earlier version without heartbeats is not ended', async () => {
  const old = await sessionThatSaid('SELECT 1');
  const next = waiter().acquire('next');
  expect(await within(4 * FROZEN_MS, next)).toBe('not yet');
  await old.end();
  const lease = await next;
  const other = await new PostgresStore({ url: database.url }).acquire('now');
  await expect(lease.prove()).rejects.toThrow(FencedError);
  await Promise.all([lease.release(), other.release()]);
});

test('[PH4] the engines that wait are known by name, the longest first, and are gone when they have the lease', async () => {
  const holds = await waiter().acquire('holds');
  expect(await holds.waiting()).toEqual([]);
  const before = Date.now();
  // The holder of the test sends its heartbeats, but not within so short a time.
  const first = new PostgresStore({ url: database.url, takeover: 'whenFree' }).acquire('host/1');
  await expect.poll(async () => (await holds.waiting()).length).toBe(1);
  const second = new PostgresStore({ url: database.url, takeover: 'whenFree' }).acquire('host/2');
  await expect.poll(async () => (await holds.waiting()).map(({ holder }) => holder)).toEqual(['host/1', 'host/2']);
  const [{ since } = { since: 0 }] = await holds.waiting();
  expect(Math.abs(since - before)).toBeLessThan(60_000);
  await holds.release();
  const next = await first;
  expect((await next.waiting()).map(({ holder }) => holder)).toEqual(['host/2']);
  await next.release();
  await (await second).release();
});
