/** A TCP line to a server, which a test can cut. */
import { connect, createServer, type AddressInfo, type NetConnectOpts, type Socket } from 'node:net';

export interface Line {
  port: number;
  /** The line is cut right after bytes for which this is true have been passed to the server. */
  cutAt: ((text: string) => boolean) | null;
  close(): void;
}

export async function openLine(far: NetConnectOpts): Promise<Line> {
  const server = createServer((near: Socket) => {
    const to = connect(far);
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
  const line: Line = {
    port: (server.address() as AddressInfo).port,
    cutAt: null,
    close: () => void server.close(),
  };
  return line;
}
