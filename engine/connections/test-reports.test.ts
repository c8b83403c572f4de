/**
 * What 'Test' says about a service that does not answer as its kind expects.
 *
 * Rules
 * [TRP1] 'Nothing was sent' is said if and only if nothing was sent, whatever the kind.
 * [TRP2] No report contains a secret.
 * [TRP3] A call that does not end after the time of its operation is reported as one without an answer.
 */
import { createServer, type AddressInfo, type Server } from 'node:net';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { openActivities } from '../activities/functions';
import type { Operations } from '../activities/operations';
import type { CallReport } from '../flow/connections/call-report';
import type { Connection } from '../flow/connections/connection';
import type { Operation } from '../flow/connections/operation';
import { sendOnce, testConnection } from './service-call';

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

test('[TRP3] a call that never ends is over after the time of its operation', async () => {
  vi.useFakeTimers();
  try {
    const operations = {
      hide: (text: string) => text,
      call: (...[, , , , progress]: Parameters<Operations['call']>) => {
        progress.sending();
        return new Promise(() => {});
      },
    } as unknown as Operations;
    const operation = { options: { startToCloseTimeout: '5s' }, effect: 'none' } as Operation;
    let found: CallReport | null = null;
    void sendOnce(operations, { options: {} } as Connection, operation, {}).then((report) => (found = report));
    await vi.advanceTimersByTimeAsync(5_000);
    expect(found).toBe(null);
    await vi.advanceTimersByTimeAsync(4_000);
    expect(found).toMatchObject({ sent: true, failure: { type: 'NoAnswer', message: 'No answer came in time.' } });
  } finally {
    vi.useRealTimers();
  }
});
