/** The test's PostgreSQL at a TCP address, over a line that a test can cut. */
import type { SqlSettings } from '../../../flow/connections/sql';
import { openLine, type Line } from '../../testing/line';

export interface DatabaseLine extends Line {
  settings: SqlSettings;
}

export async function openDatabaseLine(databaseUrl: string): Promise<DatabaseLine> {
  const url = new URL(databaseUrl);
  const folder = url.searchParams.get('host');
  const port = url.port || url.searchParams.get('port') || '5432';
  const far = folder?.startsWith('/')
    ? { path: `${folder}/.s.PGSQL.${port}` }
    : { host: url.hostname, port: Number(port) };
  const line = await openLine(far);
  const settings: SqlSettings = {
    host: '127.0.0.1',
    port: line.port,
    database: url.pathname.slice(1),
    user: decodeURIComponent(url.username) || 'postgres',
    secret: '',
    tls: 'off',
  };
  return Object.assign(line, { settings });
}
