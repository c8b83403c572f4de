/**
 * A TCP line to a server that can break as lines do: cut (connections end, new ones are refused) or dead (nothing
 * moves, nothing ends).
 */
import { connect, createServer, type AddressInfo, type NetConnectOpts, type Socket } from 'node:net';

export interface Line {
  port: number;
  cut(): void;
  /** What is sent meanwhile arrives when the line is mended. */
  goDead(): void;
  mend(): void;
  close(): Promise<void>;
}

export async function openLine(target: NetConnectOpts): Promise<Line> {
  let state: 'whole' | 'cut' | 'dead' = 'whole';
  const ends = new Set<Socket>();
  const server = createServer((near) => {
    if (state === 'cut') return void near.destroy();
    const far = connect(target);
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      ends.add(from);
      from.setNoDelay(true);
      from.on('data', (chunk) => {
        if (!to.write(chunk)) from.pause();
      });
      to.on('drain', () => {
        if (state !== 'dead') from.resume();
      });
      from.on('error', () => to.destroy());
      from.on('close', () => {
        ends.delete(from);
        to.destroy();
      });
      if (state === 'dead') from.pause();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const cut = () => {
    state = 'cut';
    for (const end of ends) end.destroy();
  };
  return {
    port: (server.address() as AddressInfo).port,
    cut,
    goDead() {
      state = 'dead';
      for (const end of ends) end.pause();
    },
    mend() {
      state = 'whole';
      for (const end of ends) end.resume();
    },
    close() {
      cut();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

/** Where a test database's server listens: a Unix socket, which the address names. */
export function postgresTarget(databaseUrl: string): NetConnectOpts {
  const url = new URL(databaseUrl);
  const host = url.searchParams.get('host') ?? url.hostname;
  const port = url.port || '5432';
  return host.startsWith('/') ? { path: `${host}/.s.PGSQL.${port}` } : { host, port: Number(port) };
}
/** The same database, by way of a line. */
export function throughLine(databaseUrl: string, { port }: Line): string {
  const url = new URL(databaseUrl);
  url.searchParams.delete('host');
  url.hostname = '127.0.0.1';
  url.port = String(port);
  return url.href;
}
