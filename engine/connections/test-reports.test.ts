/**
 * What 'Test' says about a service that does not answer as its kind expects.
 *
 * Rules
 * [TRP1] 'Nothing was sent' is said if and only if nothing was sent, whatever the kind.
 * [TRP2] No report contains a secret.
 */
import { createServer, type AddressInfo, type Server } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openActivities } from '../activities/functions';
import type { Connection } from '../flow/connections/connection';
import { testConnection } from './service-call';

const SECRET = 'p4ss-w0rd/+ for tests';
let server: Server;
let port: number;
/** Says this to everybody, in the words of no protocol, and hangs up. */
beforeAll(async () => {
  server = createServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', () => socket.end(`nonsense ${encodeURIComponent(SECRET)}\r\n`));
    // A mail server speaks first.
    setTimeout(() => socket.writable && socket.write('554 no\r\n'), 50).unref();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ({ port } = server.address() as AddressInfo);
});
afterAll(() => void server.close());

const auth = { kind: 'bearer', secret: 'key' } as const;
const kinds = (at: number): [string, object][] => {
  const address = `http://127.0.0.1:${at}`;
  const place = { host: '127.0.0.1', port: at, user: 'me', secret: 'key', tls: 'off' };
  return [
    ['http', { address, headers: {}, auth, testPath: '/' }],
    ['sql', { ...place, database: 'x' }],
    ['mail', { ...place, from: 'me@example.com' }],
    ['redis', { ...place, database: 0 }],
    ['webhook', { address, secret: 'hook', before: { secret: '' } }],
    ['model', { address, auth, limitField: 'max_tokens' }],
    ['mcp', { address, auth }],
  ];
};
const NAMES = kinds(1).map(([kind]) => kind);

async function report(kind: string, at: number) {
  const settings = new Map(kinds(at)).get(kind);
  const connection = { name: 'one', title: 'One', kind, settings, allow: [], options: {} } as unknown as Connection;
  const hook = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
  const { operations } = openActivities({ connections: new Map(), allow: [] } as never, {
    readSecret: async (name) => (name === 'hook' ? hook : SECRET),
  });
  const found = await testConnection(operations, connection);
  expect(JSON.stringify(found)).not.toContain(SECRET);
  expect(JSON.stringify(found)).not.toContain(encodeURIComponent(SECRET));
  return found;
}

test.each(NAMES)('[TRP1] %s: nobody listens, and nothing was sent', async (kind) => {
  expect(await report(kind, 1)).toMatchObject({ sent: false, failure: { type: 'Unreachable' } });
});

test.each(NAMES)('[TRP1] [TRP2] %s: what answers is something else, and something was sent', async (kind) => {
  expect(await report(kind, port)).toMatchObject({ sent: true, failure: { message: expect.any(String) as string } });
});
