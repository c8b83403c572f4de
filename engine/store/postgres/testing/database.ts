/**
 * Creates a separate database for a test: all migrations are applied once per server, then the database is copied as
 * a template.
 */
import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { inject } from 'vitest';
import { migrate } from '../../../../prisma/migrate';

const TEMPLATE = 'backstitch_template';
const TEMPLATE_LOCK = 7_233_002;

export interface TestDatabase {
  url: string;
  drop(): Promise<void>;
}

export async function createTestDatabase(): Promise<TestDatabase> {
  const serverUrl = inject('databaseUrl');
  const name = `test_${randomBytes(6).toString('hex')}`;
  await admin(serverUrl, async (client) => {
    // Workers of one run share the template: the first one creates it, the others wait.
    await client.query('SELECT pg_advisory_lock($1)', [TEMPLATE_LOCK]);
    const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [TEMPLATE]);
    if (!rowCount) {
      await client.query(`CREATE DATABASE ${TEMPLATE}`);
      await migrate(databaseUrl(serverUrl, TEMPLATE));
    }
    await client.query(`CREATE DATABASE ${name} TEMPLATE ${TEMPLATE} STRATEGY wal_log`);
  });
  return {
    url: databaseUrl(serverUrl, name),
    drop: () => admin(serverUrl, (client) => drop(client, name)),
  };
}

/**
 * The backend of a closed connection ends a moment later. To kill it before that would cause an error in its pool.
 */
async function drop(client: pg.Client, name: string): Promise<void> {
  for (let look = 0; look < 100; look++) {
    const { rowCount } = await client.query('SELECT 1 FROM pg_stat_activity WHERE datname = $1', [name]);
    if (!rowCount) break;
    await delay(20);
  }
  await client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
}

function databaseUrl(serverUrl: string, database: string): string {
  const url = new URL(serverUrl);
  url.pathname = `/${database}`;
  return url.href;
}

async function admin(serverUrl: string, work: (client: pg.Client) => Promise<unknown>): Promise<void> {
  const client = new pg.Client(serverUrl);
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}
