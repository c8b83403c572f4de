/** The test's PostgreSQL at a TCP address, over a line that a test can cut. */
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import type { SqlSettings } from '../../../flow/connections/sql';

export interface DatabaseLine {
  settings: SqlSettings;
  /** The line is cut right after bytes for which this is true have been passed to the server. */
  cutAt: ((text: string) => boolean) | null;
  close(): void;
}

export async function openDatabaseLine(databaseUrl: string): Promise<DatabaseLine> {
  const url = new URL(databaseUrl);
  const folder = url.searchParams.get('host');
  const port = url.port || url.searchParams.get('port') || '5432';
  const far = folder?.startsWith('/')
    ? { path: `${folder}/.s.PGSQL.${port}` }
    : { host: url.hostname, port: Number(port) };
  const server = createServer((near: Socket) => {
    const to = connect(far as { host: string; port: number });
    near.on('error', () => to.destroy());
    to.on('error', () => near.destroy());
    near.on('close', () => to.destroy());
    to.on('close', () => near.destroy());
    to.pipe(near);
    near.on('data', (chunk) => {
      to.write(chunk);
      if (!line.cutAt?.(chunk.toString('latin1'))) return;
      // The server has the bytes; its answer never arrives.
      to.unpipe(near);
      setImmediate(() => near.destroy());
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const line: DatabaseLine = {
    settings: {
      host: '127.0.0.1',
      port: (server.address() as AddressInfo).port,
      database: url.pathname.slice(1),
      user: decodeURIComponent(url.username) || 'postgres',
      secret: '',
      tls: 'off',
    },
    cutAt: null,
    close: () => void server.close(),
  };
  return line;
}
