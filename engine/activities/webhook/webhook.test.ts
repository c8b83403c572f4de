/**
 * Webhooks to a real receiver, whose signatures the specification's own library verifies.
 *
 * Rules
 * [WO1] A message has the id, the time and the signature of Standard Webhooks; its receiver can verify it.
 * [WO2] All attempts of a step have the same id and the same body; another step has another id.
 * [WO3] 'Nothing was sent' is said only where nothing was sent: every answer but 2xx leaves the outcome unknown.
 * [WO4] A message goes to the address of the connection, and to no other.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { ConnectionOf } from '../../flow/connections/connection';
import type { FrozenOf } from '../../flow/connections/operation';
import { callOperation, failureOf, type Called } from '../testing/operation';

const SECRET = `whsec_${Buffer.from('a signing secret of thirty-two b').toString('base64')}`;
const BEFORE = `whsec_${Buffer.from('the secret that was used earlier').toString('base64')}`;

interface Seen {
  headers: Record<string, string>;
  body: string;
}
let server: Server;
let address: string;
let seen: Seen[] = [];
let answering: (response: ServerResponse) => void;

beforeAll(async () => {
  server = createServer((request, response) => void serve(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hooks`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  seen = [];
  answering = (response) => void response.writeHead(204).end();
});
async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
  let body = '';
  for await (const chunk of request) body += String(chunk);
  seen.push({ headers: request.headers as Record<string, string>, body });
  answering(response);
}

const connection = (change: Partial<ConnectionOf<'webhook'>['settings']> = {}): ConnectionOf<'webhook'> => ({
  name: 'partner',
  title: 'Partner',
  kind: 'webhook',
  settings: { address, secret: 'signing', before: { secret: '' }, ...change },
  allow: [],
  options: {},
});
const operation = (change: Partial<FrozenOf<'webhook'>['call']> = {}): FrozenOf<'webhook'> => ({
  connection: 'partner',
  name: 'paid',
  title: 'Order paid',
  call: { kind: 'webhook', event: 'order.paid', data: 'rest', ...change },
  input: { type: 'object' },
  output: {},
  effect: 'irreversible',
  options: {},
});
const called = (change: Partial<Called> = {}): Called => ({
  connection: connection(),
  operation: operation(),
  input: { order: 'o-1', amount: { $exact: '12345678901234567890.5' } },
  secrets: { signing: SECRET, earlier: BEFORE },
  info: { scheduledTimestampMs: Date.UTC(2026, 10, 28) },
  // The library of the specification compares the time with its own clock.
  now: Date.now,
  ...change,
});

test('[WO1] the receiver verifies a message, and every digit arrives', async () => {
  const sent = await callOperation(called());
  const [{ headers, body } = { headers: {}, body: '' }] = seen;
  expect(new Webhook(SECRET).verify(body, headers)).toMatchObject({ type: 'order.paid', data: { order: 'o-1' } });
  expect(body).toBe(
    '{"type":"order.paid","timestamp":"2026-11-28T00:00:00.000Z","data":{"order":"o-1","amount":12345678901234567890.5}}'
  );
  expect(sent).toEqual({ id: headers['webhook-id'], status: 204 });
  expect(() => new Webhook(BEFORE).verify(body, headers)).toThrow();
  expect(() => new Webhook(SECRET).verify(body.replace('o-1', 'o-2'), headers)).toThrow();
});

test('[WO1] while the secret changes, receivers with the new one and with the old one verify it', async () => {
  await callOperation(called({ connection: connection({ before: { secret: 'earlier' } }) }));
  const [{ headers, body } = { headers: {}, body: '' }] = seen;
  for (const secret of [SECRET, BEFORE]) expect(new Webhook(secret).verify(body, headers)).toBeTruthy();
});

test('[WO2] a later attempt has the id and the body of the first one, and a time of its own', async () => {
  const key = { idempotencyKey: 'default/order-1/é/notify', hasEffect: true };
  await callOperation(called({ meta: key, now: () => 1_000_000 }));
  await callOperation(called({ meta: key, info: { attempt: 2, scheduledTimestampMs: Date.UTC(2026, 10, 28) } }));
  await callOperation(called({ meta: { ...key, idempotencyKey: 'another' } }));
  const [first, second, other] = seen.map(({ headers }) => headers);
  expect(second?.['webhook-id']).toBe(first?.['webhook-id']);
  expect(seen[1]?.body).toBe(seen[0]?.body);
  expect(second?.['webhook-timestamp']).not.toBe(first?.['webhook-timestamp']);
  expect(other?.['webhook-id']).not.toBe(first?.['webhook-id']);
  expect(first?.['webhook-id']).toMatch(/^msg_[0-9a-f]{40}$/);
});

test('[WO1] a mapping decides what the message contains', async () => {
  await callOperation(
    called({ operation: operation({ data: { mapping: { id: '{order}', key: '{idempotencyKey}' } } }) })
  );
  expect(JSON.parse(seen[0]?.body ?? '')).toMatchObject({ data: { id: 'o-1', key: 'key-1' } });
});

test.each([
  [410, true],
  [400, true],
  [402, true],
  [409, true],
  [429, false],
  [500, false],
])('[WO3] status %i is a failure whose outcome is unknown', async (status, nonRetryable) => {
  answering = (response) => void response.writeHead(status, { 'retry-after': '7' }).end();
  const failure = await failureOf(called());
  expect(failure).toMatchObject({ type: 'HttpStatus', nonRetryable, details: [{ status }] });
  expect(failure.details?.[0]).not.toHaveProperty('applied');
});

test('[WO3] an answer that never comes leaves the outcome unknown', async () => {
  answering = (response) => void response.destroy();
  const failure = await failureOf(called());
  expect(failure).toMatchObject({ type: 'Unreachable', nonRetryable: false });
  expect(failure.details?.[0] ?? {}).not.toHaveProperty('applied');
});

test.each<[string, Partial<Called>, string]>([
  ['a secret that is not there', { secrets: {} }, 'SecretMissing'],
  ['a secret of another form', { secrets: { signing: 'my password' } }, 'InvalidRequest'],
  ['a secret that is too short', { secrets: { signing: `whsec_${btoa('short')}` } }, 'InvalidRequest'],
  ['a message that is too large', { input: { text: 'x'.repeat(300_000) } }, 'InvalidRequest'],
])('[WO3] %s: nothing was sent', async (_name, change, type) => {
  expect(await failureOf(called(change))).toMatchObject({ type, details: [{ applied: false }] });
  expect(seen).toEqual([]);
});

test('[WO3] nobody listens: nothing was sent, and the secret is in no failure', async () => {
  const failure = await failureOf(called({ connection: connection({ address: 'http://127.0.0.1:1/hooks' }) }));
  expect(failure).toMatchObject({ type: 'Unreachable', details: [{ applied: false }] });
  expect(JSON.stringify(failure)).not.toContain(SECRET.slice(6));
});

test('[WO4] a redirect is not followed, and a link-local address is refused', async () => {
  answering = (response) => void response.writeHead(307, { location: 'http://127.0.0.1:1/' }).end();
  expect(await failureOf(called())).toMatchObject({ type: 'HttpStatus', details: [{ status: 307 }] });
  const inside = connection({ address: 'http://169.254.169.254/latest' });
  expect(await failureOf(called({ connection: inside }))).toMatchObject({ type: 'EgressDenied' });
});
