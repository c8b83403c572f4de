/**
 * A webhook, signed as Standard Webhooks says: headers `webhook-id`, `webhook-timestamp` and `webhook-signature` over
 * `id.timestamp.body` (https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md).
 *
 * Invariants:
 * - All attempts of a step send the same id and the same body, so that a receiver recognises a repetition. The time and
 *   the signature are those of the attempt, because receivers refuse old messages.
 * - No redirect is followed: a message is sent to the address of the connection, or not at all.
 */
import { createHash, createHmac } from 'node:crypto';
import { Context } from '@temporalio/activity';
import { filled } from '../../flow/connections/mapping';
import type { WebhookCall } from '../../flow/connections/kinds/webhook';
import { writeJson } from '../../flow/values/json';
import type { CallEnvironment, Carrier } from '../carrier';
import { plainText } from '../http/address';
import { exchange } from '../http/exchange';
import { failure, invalid, statusFailure } from '../http/failure';
import { keysOf, type Keys } from '../http/keys';

/** Receivers of the specification take messages up to this size. */
const LARGEST_BODY = 256 * 1024;
/** What receivers answer is not read, so little of it is kept. */
const LARGEST_ANSWER = 64 * 1024;

export const webhook: Carrier<'webhook'> = {
  async call({ call }, connection, environment, input, meta, progress) {
    const { settings } = connection;
    const keys = keysOf(meta);
    const id = `msg_${createHash('sha256').update(keys.idempotencyKey).digest('hex').slice(0, 40)}`;
    const body = bodyOf(call, input, keys);
    const time = String(Math.floor(environment.now() / 1_000));
    const names = [settings.secret, settings.before.secret].filter((name) => name !== '');
    const signatures: string[] = [];
    for (const name of names) signatures.push(signature(await keyOf(name, environment), `${id}.${time}.${body}`));
    const url = new URL(settings.address);
    const where = `POST ${url.origin}${url.pathname}`;
    const hide = (text: string) => environment.masking.hide(text);
    const received = await exchange({
      url,
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'user-agent': 'Backstitch',
        'webhook-id': id,
        'webhook-timestamp': time,
        'webhook-signature': signatures.join(' '),
      },
      body,
      secrets: {},
      maxResponseBytes: LARGEST_ANSWER,
      where,
      guard: environment.guards.of(connection, [url.origin]),
      hide,
      hasEffect: true,
      onSending: () => progress.sending(),
    });
    progress.received(received);
    const { status } = received;
    // A receiver that is gone for ever says 410. It is no statement about earlier attempts.
    if (status < 200 || status > 299) throw statusFailure(where, received, { notAppliedStatuses: [] }, hide);
    return { id, status };
  },
  async test(connection, environment, progress) {
    const call: WebhookCall = { kind: 'webhook', event: 'backstitch.test', data: 'rest' };
    const operation = {
      connection: connection.name,
      name: 'test',
      title: 'Test',
      call,
      input: { type: 'object' as const },
      output: {},
      effect: 'irreversible' as const,
      options: {},
    };
    const meta = { idempotencyKey: `test/${environment.now()}`, hasEffect: true };
    await webhook.call(operation, connection, environment, {}, meta, progress);
    return '';
  },
};

/** The usual form of a message: { type, timestamp, data }. The time is that of the step, so that attempts are equal. */
function bodyOf({ event, data }: WebhookCall, input: unknown, { idempotencyKey, forwardKey }: Keys): string {
  const { scheduledTimestampMs = 0 } = Context.current().info as { scheduledTimestampMs?: number };
  const fields = { ...(input as object | null), idempotencyKey, forwardKey };
  const body = writeJson({
    type: event,
    timestamp: new Date(scheduledTimestampMs).toISOString(),
    data: data === 'rest' ? input : (filled(data.mapping, fields, plainText) ?? null),
  });
  if (Buffer.byteLength(body) > LARGEST_BODY) throw invalid(`A message has at most ${LARGEST_BODY} bytes.`);
  return body;
}

async function keyOf(name: string, { readSecret, masking }: CallEnvironment): Promise<Buffer> {
  const value = await readSecret(name);
  if (value === null)
    throw failure('SecretMissing', false, `There is no secret '${name}'. Store it in the connection.`);
  masking.remember(value);
  const [, text = ''] = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(value.trim()) ?? [];
  const key = Buffer.from(text, 'base64');
  if (key.length < 24 || key.length > 64)
    throw invalid(`The secret '${name}' is not 'whsec_' and 24 to 64 bytes in base64.`);
  masking.remember(text);
  return key;
}

const signature = (key: Buffer, signed: string): string =>
  `v1,${createHmac('sha256', key).update(signed, 'utf8').digest('base64')}`;
