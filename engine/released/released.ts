/** The data of a release: rows of its database, its runs, and the calls that its service received. */
import { copyFile, cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import pg from 'pg';
import { migrate } from '../../prisma/migrate';
import type { Call } from './lab';

/** Revisions whose data is kept beside this file, the oldest first. */
export const RELEASED = ['4c980ad'] as const;

export interface ReleasedRun {
  /** The purpose of the run, e.g. `retry`. */
  name: string;
  flow: string;
  workflowId: string;
  runId: string;
}
export interface ReleasedData {
  /** Names of the migrations that made the tables. */
  migrations: string[];
  /** `schema.table` → rows, each the JSON text of its columns. */
  tables: Record<string, string[]>;
  runs: ReleasedRun[];
  calls: Call[];
  account: { name: string; email: string; password: string };
}

export async function readReleased(revision: string): Promise<ReleasedData> {
  const bytes = await readFile(path.join(import.meta.dirname, revision, 'data.json.gz'));
  return JSON.parse(gunzipSync(bytes).toString()) as ReleasedData;
}

/**
 * Puts the rows into an empty database: first the migrations of the release, then its rows. The product then finds
 * the same database as on a machine where the release ran.
 */
export async function restoreReleased(databaseUrl: string, data: ReleasedData): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), 'backstitch-migrations-'));
  for (const name of data.migrations) {
    await cp(path.resolve('prisma/migrations', name), path.join(folder, name), { recursive: true });
  }
  await migrate(databaseUrl, { folder });
  await rm(folder, { recursive: true, force: true });
  const database = new pg.Client({ connectionString: databaseUrl });
  await database.connect();
  try {
    // Rows are sorted by the names of their tables, which is not the order of their references.
    await database.query(`SET session_replication_role = 'replica'`);
    for (const [table, rows] of Object.entries(data.tables)) {
      await database.query(`TRUNCATE ${table} CASCADE`);
      await database.query(
        `INSERT INTO ${table} SELECT (json_populate_record(NULL::${table}, row::json)).* FROM unnest($1::text[]) row`,
        [rows]
      );
    }
    await database.query(
      `SELECT setval(pg_get_serial_sequence('shop.booking', 'id'), (SELECT max(id) FROM shop.booking))`
    );
  } finally {
    await database.end();
  }
}

/** Files of the data folder that belong to the database: the keys that the release made. */
export async function restoreReleasedKeys(revision: string, dataDir: string): Promise<void> {
  for (const file of ['secrets.json', 'secrets.key']) {
    await copyFile(path.join(import.meta.dirname, revision, file), path.join(dataDir, file));
  }
}
