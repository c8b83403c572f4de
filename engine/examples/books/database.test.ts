import type pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../store/postgres/testing/database';
import { inTransaction, openPool } from './database';

let database: TestDatabase;
let pool: pg.Pool;
beforeAll(async () => {
  database = await createTestDatabase();
  pool = openPool(database.url);
});
afterAll(async () => {
  await pool?.end();
  await database?.drop();
});

test('[BD1] a connection that breaks between two queries fails the transaction, not the process', async () => {
  const broken = inTransaction(pool, async (tx) => {
    const { rows } = await tx.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
    // No code awaits the client when its server closes the connection.
    const hungUp = new Promise((resolve) => (tx as unknown as pg.Client).once('end', resolve));
    await pool.query('SELECT pg_terminate_backend($1)', [rows[0]?.pid]);
    await hungUp;
    await tx.query('SELECT 1');
  });
  await expect(broken).rejects.toThrow();
  const { rows } = await inTransaction(pool, (tx) => tx.query<{ one: number }>('SELECT 1 AS one'));
  expect(rows).toEqual([{ one: 1 }]);
});
