/**
 * [VPL1] Lists and counts that take long hold up no run, however many are asked.
 * [VPL2] PostgreSQL ends them after their limit; whoever asked is told that, and the next ones are answered.
 */
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { asServiceError } from '../../service/errors';
import { StoreTooSlowError } from '../port';
import { PostgresStore } from './store';
import { createTestDatabase, type TestDatabase } from './testing/database';

const LIMIT_MS = 400;
let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

test('[VPL1] [VPL2] lists and counts that take too long are ended, and meanwhile runs are read', async () => {
  const leased = await new PostgresStore({ url: database.url, visibilityMs: LIMIT_MS }).acquire('test');
  const other = new pg.Client(database.url);
  await other.connect();
  // Whatever reads the table waits for this one.
  await other.query('BEGIN');
  await other.query('LOCK TABLE engine.visibility IN ACCESS EXCLUSIVE MODE');

  const list = { namespace: 'default', filter: null, limit: 10, after: null };
  const slow = [1, 2, 3, 4].flatMap(() => [
    leased.count('default', null, null),
    leased.list(list),
    leased.attention({ namespace: 'default', closedSinceMs: 0 }),
  ]);
  let isOver = false;
  const ended = Promise.allSettled(slow).finally(() => (isOver = true));
  expect(await leased.findRun('default', 'nobody', '')).toBe(null);
  expect(await leased.due(0, 10, new Set())).toEqual([]);
  expect(isOver).toBe(false);

  const reasons = (await ended).map((each) => (each.status === 'rejected' ? each.reason : each.value) as unknown);
  for (const reason of reasons) expect(reason).toBeInstanceOf(StoreTooSlowError);
  expect(asServiceError(reasons[0]).message).toMatch(/Narrow it/);

  await other.query('ROLLBACK');
  expect(await leased.count('default', null, null)).toEqual([{ key: [], count: 0 }]);
  expect(await leased.list(list)).toEqual([]);
  await other.end();
  await leased.release();
});
