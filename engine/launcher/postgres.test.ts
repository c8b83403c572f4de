import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startPostgres, type PostgresServer } from './postgres';

let dir: string;
let servers: PostgresServer[] = [];
const start = async ({ askMs }: { askMs?: number } = {}) => {
  const server = await startPostgres({ dataDir: path.join(dir, 'data'), askMs });
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

  it('[PG2] is found by a second start while it runs', async () => {
    const first = await start();
    const second = await start();
    expect(second.reused).toBe(true);
    expect(second.pid).toBe(first.pid);
  });

  it('[PG3] after kill -9, recovers all acknowledged data at the next start', async () => {
    const first = await start();
    await query(first.url, 'CREATE TABLE kept AS SELECT 42 AS answer');
    process.kill(first.pid, 'SIGKILL');
    const second = await start();
    expect(second.reused).toBe(false);
    expect(await query(second.url, 'SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
  });

  it('[PG4] stops cleanly and leaves no lock file', async () => {
    const server = await start();
    await server.stop();
    await expect(readFile(path.join(dir, 'data', 'postmaster.pid'))).rejects.toThrow(/ENOENT/);
  });
});

describe('a PostgreSQL that does not answer', () => {
  it('[PG5] is killed completely, and the next start recovers all acknowledged data', async () => {
    const first = await start();
    await query(first.url, 'CREATE TABLE kept AS SELECT 42 AS answer');
    expect(await first.answers()).toBe(true);
    process.kill(first.pid, 'SIGSTOP');
    expect(await first.answers()).toBe(false);
    await first.kill();
    expect(first.alive()).toBe(false);
    const second = await start();
    expect(await query(second.url, 'SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
  });

  it('[PG6] left behind by a killed launcher is ended by the next start', async () => {
    const first = await start();
    process.kill(first.pid, 'SIGSTOP');
    const second = await start({ askMs: 300 });
    expect(second.reused).toBe(false);
    expect(second.pid).not.toBe(first.pid);
  });

  it('[PG7] is stopped all the same', async () => {
    const server = await start({ askMs: 300 });
    process.kill(server.pid, 'SIGSTOP');
    await server.stop();
    expect(server.alive()).toBe(false);
  });

  it('[PG8] a folder whose creation was interrupted is created again', async () => {
    await mkdir(path.join(dir, 'data.unfinished'), { recursive: true });
    await writeFile(path.join(dir, 'data.unfinished', 'PG_VERSION'), '18');
    const server = await start();
    expect(await query(server.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });
});
