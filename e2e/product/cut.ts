/** A TCP proxy before a server. When it is shut, open connections break and new ones are refused. */
import { connect, createServer, type AddressInfo, type NetConnectOpts, type Socket } from 'node:net';

export interface Cut {
  port: number;
  shut(): void;
  open(): void;
  close(): Promise<void>;
}

export async function openCut(target: NetConnectOpts): Promise<Cut> {
  const sockets = new Set<Socket>();
  let passing = true;
  const server = createServer((near) => {
    if (!passing) return void near.destroy();
    const far = connect(target);
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from);
      from.pipe(to);
      from.on('error', () => to.destroy());
      from.on('close', () => {
        sockets.delete(from);
        to.destroy();
      });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const shut = () => {
    passing = false;
    for (const socket of sockets) socket.destroy();
  };
  return {
    port: (server.address() as AddressInfo).port,
    shut,
    open: () => (passing = true),
    close: () => {
      shut();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
