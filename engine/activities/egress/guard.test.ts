import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parseAllow, parseConnections } from '../config';
import { send } from '../http/send';
import { classOf } from './address';
import { EgressGuard, type Resolver } from './guard';

let server: Server;
let port: number;
let reached = 0;
beforeAll(async () => {
  server = createServer((_request, response) => {
    reached += 1;
    response.end('inside');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  port = (server.address() as AddressInfo).port;
});
afterAll(() => server.close());

const resolvesTo =
  (...addresses: string[]): Resolver =>
  (_host, done) =>
    done(
      null,
      addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }))
    );
const guard = (allow: string, connections = '', resolver?: Resolver) =>
  new EgressGuard({ allow: parseAllow(allow), connections: parseConnections(connections) }, resolver);
async function reach(by: EgressGuard, address: string): Promise<string> {
  const url = new URL(address);
  const signal = AbortSignal.timeout(5_000);
  const exchange = { url, method: 'GET', headers: {}, body: null, signal, maxResponseBytes: 1_000 };
  try {
    return (await send({ ...exchange, agent: by.agentFor(url) })).text;
  } catch (error) {
    return (error as { type?: string }).type ?? String(error);
  } finally {
    by.close();
  }
}

test('[GU1] an origin that is not configured is denied; the failure names host and setting', async () => {
  const before = reached;
  expect(await reach(guard('https://api.example.com'), `http://127.0.0.1:${port}/`)).toBe('EgressDenied');
  expect(() => guard('').agentFor(new URL('https://evil.example/x?token=abc'))).toThrow(
    /evil\.example.*BACKSTITCH_HTTP_ALLOW/
  );
  expect(() => guard('').agentFor(new URL('https://evil.example/x?token=abc'))).toThrow(/^((?!abc).)*$/s);
  expect(reached).toBe(before);
});

test('[GU2] an origin includes port and protocol; a name with an equal ending is another origin', () => {
  const one = guard('https://example.com,https://*.good.example');
  const denied = [
    'http://example.com/',
    'https://example.com:8443/',
    'https://notgood.example/',
    'https://good.example/',
  ];
  for (const address of denied) expect(() => one.agentFor(new URL(address)), address).toThrow(/not allowed/);
  expect(() => one.agentFor(new URL('https://a.good.example/'))).not.toThrow();
  expect(() => one.agentFor(new URL('https://example.com:443/'))).not.toThrow();
});

test('[GU3] a connection or an exact origin may be in the private network', async () => {
  expect(await reach(guard('', `shop=http://127.0.0.1:${port}`), `http://127.0.0.1:${port}/`)).toBe('inside');
  const named = guard(`http://shop.internal:${port}`, '', resolvesTo('127.0.0.1'));
  expect(await reach(named, `http://shop.internal:${port}/`)).toBe('inside');
});

test.each(['127.0.0.1', '10.1.2.3', '::1', '::ffff:127.0.0.1', '169.254.169.254', 'fd00:ec2::254', '0.0.0.0'])(
  '[GU4] a name below a wildcard that resolves to %s is denied before a byte is sent',
  async (address) => {
    const before = reached;
    const by = guard(`http://*.example.com:${port}`, '', resolvesTo('203.0.114.1', address));
    expect(await reach(by, `http://rebound.example.com:${port}/`)).toBe('EgressDenied');
    expect(reached).toBe(before);
  }
);

test('[GU5] cloud metadata is denied even behind a name that is configured exactly', async () => {
  const by = guard('http://meta.internal', '', resolvesTo('169.254.169.254'));
  expect(await reach(by, 'http://meta.internal/latest')).toBe('EgressDenied');
});

test('[GU6] the address that the socket connects to is checked, not an earlier result of the resolver', async () => {
  let asked = 0;
  const rebinding: Resolver = (host, done) => resolvesTo(asked++ === 0 ? '203.0.114.1' : '127.0.0.1')(host, done);
  const by = guard(`http://*.example.com:${port}`, '', rebinding);
  by.agentFor(new URL(`http://a.example.com:${port}/`));
  rebinding('a.example.com', () => {});
  expect(await reach(by, `http://a.example.com:${port}/`)).toBe('EgressDenied');
});

test.each(['http://127.0.0.1/', 'http://2130706433/', 'http://0x7f.1/', 'http://[::1]/', 'http://[::ffff:a9fe:a9fe]/'])(
  '[GU7] a wildcard covers no literal address of the private network, in any notation: %s',
  (address) => expect(() => guard('http://*').agentFor(new URL(address))).toThrow(/which is not public/)
);

test('[GU8] each address is public, private or forbidden, also an IPv4 address inside IPv6', () => {
  const classes = Object.fromEntries(
    [
      '8.8.8.8',
      '2606:4700::1',
      '172.31.0.1',
      '172.32.0.1',
      '100.64.0.1',
      'fe80::1%eth0',
      '::ffff:10.0.0.1',
      '64:ff9b::a00:1',
      'x',
    ].map((address) => [address, classOf(address)])
  );
  expect(classes).toEqual({
    '8.8.8.8': 'public',
    '2606:4700::1': 'public',
    '172.31.0.1': 'private',
    '172.32.0.1': 'public',
    '100.64.0.1': 'private',
    'fe80::1%eth0': 'forbidden',
    '::ffff:10.0.0.1': 'private',
    '64:ff9b::a00:1': 'private',
    x: 'forbidden',
  });
});

test('[GU9] an allowed name before an @, with a final dot or below another name is denied', () => {
  const one = guard('https://example.com,https://*.good.example', 'shop=http://127.0.0.1:3100');
  for (const address of [
    'https://example.com@evil.example/',
    'https://example.com%2eevil.example/',
    'https://example.com./',
    'https://a.good.example./',
    'https://example.com.evil.example/',
    'https://good.example.evil.example/',
    'http://localhost:3100/',
    'https://xn--exmple-cua.com/',
  ]) {
    expect(() => one.agentFor(new URL(address)), address).toThrow(/not allowed/);
  }
  // The same address in another notation is the same address.
  for (const address of ['http://2130706433:3100/', 'http://0x7f.1:3100/', 'http://127.0.0.1.:3100/']) {
    expect(() => one.agentFor(new URL(address)), address).not.toThrow();
  }
});

test('[GU10] a wildcard for every host covers no private name, with or without a final dot', async () => {
  for (const host of ['localhost', 'localhost.', 'db.internal', 'db.internal.']) {
    const before = reached;
    expect(await reach(guard(`http://*:${port}`, '', resolvesTo('127.0.0.1')), `http://${host}:${port}/`)).toBe(
      'EgressDenied'
    );
    expect(reached).toBe(before);
  }
});

test('[GU11] an error of a socket that no request uses any more does not end the process', async () => {
  const origin = `http://127.0.0.1:${port}`;
  const agent = new EgressGuard({ connections: parseConnections(`own=${origin}`), allow: [] }).agentFor(
    new URL(origin)
  );
  const socket = agent.createConnection({ host: '127.0.0.1', port, path: null } as never, () => {});
  const closed = new Promise<void>((resolve) => socket?.once('close', () => resolve()));
  // Without a listener, this error would be thrown where nobody catches it.
  socket?.destroy(new Error('aborted after its answer was read'));
  await closed;
});
