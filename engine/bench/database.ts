/** A PostgreSQL for a benchmark, with fsync on. */
import path from 'node:path';
import pg from 'pg';
import { migrate } from '../../prisma/migrate';
import { startPostgres } from '../launcher/postgres';

export async function databaseUrl(folder: string): Promise<{ url: string; stop(): Promise<void> }> {
  const server = await startPostgres({ dataDir: path.join(folder, 'postgres') });
  const client = new pg.Client(server.url);
  await client.connect();
  await client.query('CREATE DATABASE bench');
  const { rows } = await client.query<{ fsync: string; synchronous_commit: string }>(
    "SELECT current_setting('fsync') AS fsync, current_setting('synchronous_commit') AS synchronous_commit"
  );
  await client.end();
  console.log(`PostgreSQL: fsync ${rows[0]?.fsync}, synchronous_commit ${rows[0]?.synchronous_commit}`);
  const url = server.urlOf('bench');
  await migrate(url);
  return { url, stop: () => server.stop() };
}
