import { mkdtemp, readFile, rm, chmod } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startPostgres, type PostgresServer } from './postgres';

let dir: string;
let servers: PostgresServer[] = [];
const start = async () => {
  const server = await startPostgres({ dataDir: path.join(dir, 'data') });
  servers.push(server);
  return server;
};

async function query<T extends pg.QueryResultRow>(url: string, sql: string): Promise<T[]> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    return (await client.query<T>(sql)).rows;
  } finally {
    await client.end();
  }
}

beforeEach(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'backstitch-pg-'));
  await chmod(dir, 0o755);
  servers = [];
});
afterEach(async () => {
  for (const server of servers) await server.stop();
  await rm(dir, { recursive: true, force: true });
});

describe('embedded PostgreSQL', () => {
  it('[PG1] creates the folder, answers, and writes with fsync on', async () => {
    const server = await start();
    expect(server.reused).toBe(false);
    expect(await query(server.url, 'SHOW fsync')).toEqual([{ fsync: 'on' }]);
  });

  it('[PG2] a second start finds the running server', async () => {
    const first = await start();
    const second = await start();
    expect(second.reused).toBe(true);
    expect(second.pid).toBe(first.pid);
  });

  it('[PG3] after kill -9 the next start recovers what was acknowledged', async () => {
    const first = await start();
    await query(first.url, 'CREATE TABLE kept AS SELECT 42 AS answer');
    process.kill(first.pid, 'SIGKILL');
    const second = await start();
    expect(second.reused).toBe(false);
    expect(await query(second.url, 'SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
  });

  it('[PG4] stop is clean: no lock file stays', async () => {
    const server = await start();
    await server.stop();
    await expect(readFile(path.join(dir, 'data', 'postmaster.pid'))).rejects.toThrow(/ENOENT/);
  });
});
