/** Servers of the test itself: on a free port that only this machine reaches. */
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Rejects if it cannot listen. */
export function listen(server: Server): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
}

/** The address of a server that listens. */
export const urlOf = (server: Server): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
