/** A program opens a database that another version of it has migrated. */
import { mkdtemp, cp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../engine/store/postgres/testing/database';
import { migrate, MigrationError } from './migrate';

const FOLDER = path.resolve('prisma/migrations');
let database: TestDatabase;
let older: string;

beforeEach(async () => {
  database = await createTestDatabase();
  older = await mkdtemp(path.join(tmpdir(), 'backstitch-migrations-'));
  await cp(FOLDER, older, { recursive: true });
});
afterEach(async () => {
  await rm(older, { recursive: true });
  await database.drop();
});

describe('a database that a newer program has migrated', () => {
  it('[PRMI1] is refused by an older program, which names the unknown migrations and changes nothing', async () => {
    await rm(path.join(older, '20261121000500_worker_init'), { recursive: true });
    const refused = migrate(database.url, { folder: older });
    await expect(refused).rejects.toThrow(MigrationError);
    await expect(refused).rejects.toThrow(/newer than this program: it has 20261121000500_worker_init/);
    const client = new pg.Client(database.url);
    await client.connect();
    const { rows } = await client.query('SELECT 1 FROM public._prisma_migrations WHERE rolled_back_at IS NOT NULL');
    await client.end();
    expect(rows).toEqual([]);
  });

  it('[PRMI2] is accepted by the program that knows all migrations', async () => {
    await expect(migrate(database.url)).resolves.toEqual([]);
  });
});
