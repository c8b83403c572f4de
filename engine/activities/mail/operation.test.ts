/**
 * Mails through a real SMTP server.
 *
 * Rules
 * [MO1] A value of the input adds no recipient, no header and no line to the structure of a mail.
 * [MO2] A negative reply, and a failure before the message was sent, prove that nothing was sent. A line that is lost
 *       after the message was sent leaves the outcome unknown.
 * [MO3] All attempts of a step have the same Message-ID; secrets and the text of the mail are in no failure.
 */
import type { AddressInfo, Socket } from 'node:net';
import type { Info } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { SMTPServer } from 'smtp-server';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { ConnectionOf } from '../../flow/connections/connection';
import type { FrozenOf } from '../../flow/connections/operation';
import { EgressGuard } from '../egress/guard';
import { Masking } from '../http/masking';
import { Operations } from '../operations';
import { runActivity } from '../testing/context';

const PASSWORD = 'the password of the postman';
interface Letter {
  to: string[];
  raw: string;
}
let letters: Letter[] = [];
let server: SMTPServer;
let port: number;
const sockets = new Set<Socket>();
/** What the server does with a whole message. */
let onMessage: 'take' | 'refuse' | 'busy' | 'vanish' = 'take';

beforeAll(async () => {
  server = new SMTPServer({
    disabledCommands: ['STARTTLS'],
    allowInsecureAuth: true,
    onAuth: ({ username, password }, _session, done) =>
      username === 'postman' && password === PASSWORD ? done(null, { user: username }) : done(new Error('no')),
    onRcptTo: ({ address }, _session, done) =>
      address.startsWith('nobody') ? done(Object.assign(new Error('no such user'), { responseCode: 550 })) : done(),
    onData(stream, { envelope }, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const raw = Buffer.concat(chunks).toString();
        if (onMessage === 'refuse' || onMessage === 'busy') {
          const responseCode = onMessage === 'refuse' ? 554 : 451;
          return done(Object.assign(new Error(`not this: ${PASSWORD}`), { responseCode }));
        }
        letters.push({ to: envelope.rcptTo.map(({ address }) => address), raw });
        if (onMessage === 'vanish') return sockets.forEach((socket) => socket.destroy());
        done();
      });
    },
  });
  server.server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  server.on('error', () => {});
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  port = (server.server.address() as AddressInfo).port;
});
afterAll(() => new Promise<void>((resolve) => server.close(resolve)));
beforeEach(() => {
  letters = [];
  onMessage = 'take';
});

const operation = (call: Partial<FrozenOf<'mail'>['call']> = {}): FrozenOf<'mail'> => ({
  connection: 'post',
  name: 'send',
  title: 'Send',
  call: {
    kind: 'mail',
    to: ['{to}'],
    cc: [],
    replyTo: '',
    subject: 'Order {order}',
    text: 'Hello,\n\n{text}\n',
    answer: 'sent',
    ...call,
  },
  input: { type: 'object' },
  output: {},
  effect: 'irreversible',
  options: {},
});
interface World {
  settings?: Partial<ConnectionOf<'mail'>['settings']>;
  password?: string;
  info?: Partial<Info>;
}
function send(definition: FrozenOf<'mail'>, input: unknown, { settings = {}, password = PASSWORD, info }: World = {}) {
  const connection: ConnectionOf<'mail'> = {
    name: 'post',
    title: 'Post',
    kind: 'mail',
    settings: {
      host: '127.0.0.1',
      port,
      tls: 'off',
      user: 'postman',
      secret: 's',
      from: 'shop@example.com',
      ...settings,
    },
    allow: [],
    options: {},
  };
  const operations = new Operations(
    { frozen: async () => definition, connection: async () => ({ connection, archivedBy: null }) },
    {
      config: { connections: new Map() },
      guard: new EgressGuard({ connections: new Map(), allow: [] }),
      readSecret: async () => password,
      masking: new Masking(),
      now: () => 0,
    }
  );
  return runActivity(() => operations.activity('post.send')!(input, { idempotencyKey: 'key-1' }), info);
}
async function failureOf(...args: Parameters<typeof send>): Promise<ApplicationFailure> {
  const failure = await send(...args).then(
    (value) => value,
    (error: unknown) => error
  );
  if (!(failure instanceof ApplicationFailure)) throw new Error(`expected a failure, got ${JSON.stringify(failure)}`);
  return failure;
}
const input = { to: 'ann@example.com', order: 'o-1', text: 'Thank you.' };

test('[MO3] a mail arrives with its fields, and every attempt has the same Message-ID', async () => {
  const first = await send(operation({ cc: ['office@example.com'], replyTo: 'help@example.com' }), input);
  expect(first).toMatchObject({ accepted: ['ann@example.com', 'office@example.com'], rejected: [] });
  const [letter] = letters;
  expect(letter?.to).toEqual(['ann@example.com', 'office@example.com']);
  expect(letter?.raw).toMatch(/^Subject: Order o-1\r$/m);
  expect(letter?.raw).toMatch(/^Reply-To: help@example\.com\r$/m);
  expect(letter?.raw).toContain('Hello,\r\n\r\nThank you.');
  expect(await send(operation(), input)).toMatchObject({ messageId: (first as { messageId: string }).messageId });
});

test('[MO1] an absent field is an empty text; the rest of the mail is as it was written', async () => {
  await send(operation({ text: 'Hello {name},\nbye' }), { to: 'ann@example.com' });
  expect(letters[0]?.raw).toMatch(/^Subject: Order\s*$/m);
  expect(letters[0]?.raw).toContain('Hello ,\r\nbye');
});

test('[MO1] line breaks in a subject and dots in a text stay text', async () => {
  await send(operation(), { ...input, order: '1\r\nBcc: evil@example.com\r\n\r\nbody', text: 'a\r\n.\r\nQUIT\r\nb' });
  const [letter] = letters;
  expect(letter?.to).toEqual(['ann@example.com']);
  const [head = '', body = ''] = (letter?.raw ?? '').split(/\r\n\r\n(.*)/s);
  expect(head).not.toMatch(/^Bcc:/im);
  expect(body).toContain('\r\n.\r\nQUIT\r\nb');
});

test.each([
  'a@example.com, evil@example.com',
  'a@example.com\r\nRCPT TO:<evil@example.com>',
  'Evil <evil@example.com>',
  '<evil@example.com>',
  'a@example.com>',
  '',
  'nobody',
])('[MO1] %j is not one recipient', async (to) => {
  expect(await failureOf(operation(), { ...input, to })).toMatchObject({
    type: 'InvalidRequest',
    details: [{ applied: false }],
  });
  expect(letters).toEqual([]);
});

test('[MO1] a list of addresses becomes several recipients, up to fifty', async () => {
  await send(operation(), { ...input, to: ['a@example.com', 'b@example.com'] });
  expect(letters[0]?.to).toEqual(['a@example.com', 'b@example.com']);
  const many = Array.from({ length: 51 }, (_, at) => `p${at}@example.com`);
  expect(await failureOf(operation(), { ...input, to: many })).toMatchObject({ type: 'InvalidRequest' });
});

test.each([
  ['refuse', true],
  ['busy', false],
] as const)('[MO2] a server that answers "%s" took nothing', async (answer, nonRetryable) => {
  onMessage = answer;
  const failure = await failureOf(operation(), input);
  expect(failure).toMatchObject({ type: 'MailRefused', nonRetryable, details: [{ applied: false }] });
  expect(JSON.stringify(failure)).not.toContain(PASSWORD);
});

test('[MO2] a line that is lost after the message was sent leaves the outcome unknown', async () => {
  onMessage = 'vanish';
  const failure = await failureOf(operation(), input);
  expect(failure).toMatchObject({ type: 'Unanswered', nonRetryable: false });
  expect(failure.details?.[0] ?? {}).not.toHaveProperty('applied');
  expect(letters).toHaveLength(1);
});

test.each<[string, World, object]>([
  ['a wrong password', { password: 'wrong' }, { type: 'MailRefused' }],
  ['nobody listens', { settings: { port: 1 } }, { type: 'Unreachable' }],
  ['no TLS where it is required', { settings: { tls: 'starttls' } }, {}],
  ['a link-local host', { settings: { host: '169.254.169.254' } }, { type: 'EgressDenied' }],
])('[MO2] %s: nothing was sent', async (_name, world, expected) => {
  const failure = await failureOf(operation(), input, world);
  expect(failure).toMatchObject({ ...expected, details: [{ applied: false }] });
  expect(letters).toEqual([]);
});

test('[MO2] recipients that do not exist are reported; a mail to nobody else was not sent', async () => {
  expect(await send(operation(), { ...input, to: ['ann@example.com', 'nobody@example.com'] })).toMatchObject({
    accepted: ['ann@example.com'],
    rejected: ['nobody@example.com'],
  });
  const failure = await failureOf(operation(), { ...input, to: 'nobody@example.com' });
  expect(failure).toMatchObject({ type: 'MailRefused', nonRetryable: true, details: [{ applied: false }] });
});
