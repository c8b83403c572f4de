/**
 * Applies `prisma/migrations` at run time, in Prisma's own layout and bookkeeping (`_prisma_migrations`, sha256
 * checksums, its advisory lock), so that `prisma migrate status` agrees. Prisma's native engine, which may be missing,
 * is not needed.
 */
import { createHash, randomUUID } from 'node:crypto';
import { readFile, readdir } from 'node:fs/promises';
import path from 'node:path';
import pg from 'pg';

/** The lock that Prisma's own engine takes while it migrates. */
const PRISMA_LOCK = 72_707_369;

export class MigrationError extends Error {
  override name = 'MigrationError';
}

export interface MigrateOptions {
  /** Folder of migrations; the project's by default. */
  folder?: string;
  onProgress?: (line: string) => void;
}

interface Migration {
  name: string;
  sql: string;
  checksum: string;
}

/**
 * Bring a database up to date. Resolves to the names of the migrations that were applied now. Throws MigrationError
 * when an applied migration was changed since, when one failed half-way before, or when the database has migrations of
 * a newer program.
 */
export async function migrate(databaseUrl: string, options: MigrateOptions = {}): Promise<string[]> {
  const migrations = await readMigrations(options.folder ?? path.resolve('prisma/migrations'));
  const client = new pg.Client(databaseUrl);
  await client.connect();
  try {
    await client.query('SELECT pg_advisory_lock($1)', [PRISMA_LOCK]);
    await client.query(BOOKKEEPING);
    const { rows } = await client.query<{ migration_name: string; checksum: string; finished_at: Date | null }>(
      'SELECT migration_name, checksum, finished_at FROM public._prisma_migrations WHERE rolled_back_at IS NULL'
    );
    const applied = new Map(rows.map((row) => [row.migration_name, row]));
    refuseNewer([...applied.keys()], migrations);
    const done: string[] = [];
    for (const migration of migrations) {
      const before = applied.get(migration.name);
      if (before) {
        refuse(before, migration);
        continue;
      }
      options.onProgress?.(`applying ${migration.name}`);
      await apply(client, migration);
      done.push(migration.name);
    }
    return done;
  } finally {
    await client.end();
  }
}

async function readMigrations(folder: string): Promise<Migration[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  return Promise.all(
    names.sort().map(async (name) => {
      const sql = await readFile(path.join(folder, name, 'migration.sql'), 'utf8');
      return { name, sql, checksum: createHash('sha256').update(sql).digest('hex') };
    })
  );
}

/** Refuses a database that a newer program has migrated, because this one would read and write it wrongly. */
function refuseNewer(applied: string[], migrations: Migration[]): void {
  const known = new Set(migrations.map(({ name }) => name));
  const unknown = applied.filter((name) => !known.has(name)).sort();
  if (unknown.length === 0) return;
  throw new MigrationError(
    `The database is newer than this program: it has ${unknown.join(', ')}, which this version does not have. ` +
      'Start the version that made them, or restore an older backup. Nothing was changed.'
  );
}

function refuse(before: { checksum: string; finished_at: Date | null }, migration: Migration): void {
  if (before.finished_at === null) {
    throw new MigrationError(
      `Migration ${migration.name} failed half-way earlier. Repair the database, then mark it with \`prisma migrate resolve\`.`
    );
  }
  if (before.checksum !== migration.checksum) {
    throw new MigrationError(
      `Migration ${migration.name} was changed after it was applied. Applied migrations must not be edited: restore the file and add a new migration.`
    );
  }
}

async function apply(client: pg.Client, { name, sql, checksum }: Migration): Promise<void> {
  const id = randomUUID();
  await client.query('INSERT INTO public._prisma_migrations (id, checksum, migration_name) VALUES ($1, $2, $3)', [
    id,
    checksum,
    name,
  ]);
  try {
    // One transaction for the file and its bookkeeping: a crash leaves either none or all of it.
    await client.query('BEGIN');
    await client.query(sql);
    await client.query(
      'UPDATE public._prisma_migrations SET finished_at = now(), applied_steps_count = 1 WHERE id = $1',
      [id]
    );
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK');
    // The whole file was rolled back, so the next start may retry it.
    await client.query('DELETE FROM public._prisma_migrations WHERE id = $1', [id]);
    throw new MigrationError(`Migration ${name} failed: ${error instanceof Error ? error.message : String(error)}`);
  }
}

const BOOKKEEPING = `
CREATE TABLE IF NOT EXISTS public._prisma_migrations (
    id                  VARCHAR(36) PRIMARY KEY NOT NULL,
    checksum            VARCHAR(64) NOT NULL,
    finished_at         TIMESTAMPTZ,
    migration_name      VARCHAR(255) NOT NULL,
    logs                TEXT,
    rolled_back_at      TIMESTAMPTZ,
    started_at          TIMESTAMPTZ NOT NULL DEFAULT now(),
    applied_steps_count INTEGER NOT NULL DEFAULT 0
)`;
