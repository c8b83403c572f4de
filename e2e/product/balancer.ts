/** A TCP balancer before several servers: each connection goes to the next one that takes it. */
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

export interface Balancer {
  /** http://127.0.0.1:port */
  url: string;
  /** New connections go to these only, by their ports. Open ones remain. */
  use(ports: readonly number[]): void;
  close(): Promise<void>;
}

export async function openBalancer(): Promise<Balancer> {
  const sockets = new Set<Socket>();
  let ports: readonly number[] = [];
  let turn = 0;
  /** Null if nobody takes it. */
  const far = async () => {
    turn += 1;
    for (let at = 0; at < ports.length; at++) {
      const port = ports[(turn + at) % ports.length]!;
      const socket = connect(port, '127.0.0.1');
      const isOpen = await once(socket, 'connect').then(
        () => true,
        () => false
      );
      if (isOpen) return socket;
    }
    return null;
  };
  const server = createServer({ pauseOnConnect: true }, (near) => {
    near.on('error', () => {});
    void far().then((socket) => {
      if (!socket) return near.destroy();
      for (const [from, to] of [
        [near, socket],
        [socket, near],
      ] as const) {
        sockets.add(from);
        from.pipe(to);
        from.on('error', () => to.destroy());
        from.on('close', () => {
          sockets.delete(from);
          to.destroy();
        });
      }
      near.resume();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    use: (next) => (ports = next),
    close: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
