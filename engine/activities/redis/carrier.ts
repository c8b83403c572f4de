/**
 * A message in a Redis stream.
 *
 * Invariants:
 * - A repeated attempt adds nothing, within the limits that scripts.ts names: key and message are written together.
 * - Before the message was sent, and after an error of the server, nothing was added by this attempt. A connection that
 *   is lost after it leaves the outcome unknown; a look-up with the key of the step decides it, and refuses a message
 *   that arrives later.
 * - A value of the input is a value of a field, whatever its text is.
 */
import { createHash } from 'node:crypto';
import { isIP } from 'node:net';
import { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { Redis, ReplyError } from 'ioredis';
import type { RedisCall, RedisSettings } from '../../flow/connections/kinds/redis';
import { filledText } from '../../flow/connections/mapping';
import { durationMs } from '../../flow/duration';
import type { CallEnvironment, Carrier } from '../carrier';
import { plainText } from '../http/address';
import { failure, invalid } from '../http/failure';
import { keysOf, type Keys } from '../http/keys';
import { ADD, keyBeside, LOOK_UP } from './scripts';

const CONNECT_MS = 10_000;
/** For a call without a limit of its own. */
const USUAL_TIMEOUT_MS = 30_000;
const MOST_FIELDS = 500;
const LARGEST_MESSAGE = 512 * 1024;

export const redis: Carrier<'redis'> = {
  async call({ call, effect }, { settings }, environment, input, meta, progress) {
    const keys = keysOf(meta);
    const fields = { ...(input as object | null), idempotencyKey: keys.idempotencyKey, forwardKey: keys.forwardKey };
    const stream = filledText(call.stream, fields, plainText);
    if (stream === undefined || stream === '') throw invalid('The name of the stream is empty.');
    const message = call.answer === 'added' ? messageOf(call, input, fields) : [];
    const hasEffect = meta.hasEffect ?? effect !== 'none';
    return connected(settings, environment, async (client) => {
      // Nobody waits for a look-up any more once the step was cancelled.
      if (!hasEffect)
        Context.current().cancellationSignal.addEventListener('abort', () => client.disconnect(), { once: true });
      progress.sending();
      return call.answer === 'added' ? add(client, call, stream, keys, message) : lookUp(client, call, stream, keys);
    });
  },
  refused: ({ type }) => type === 'RedisError' || type === 'NotApplied',
  async test({ settings }, environment, progress) {
    return connected(
      settings,
      environment,
      (client) => client.ping(),
      () => progress.sending()
    );
  },
};

async function add(client: Redis, call: RedisCall, stream: string, { idempotencyKey }: Keys, message: string[]) {
  const key = keyBeside(stream, digestOf(idempotencyKey));
  const keptMs = String(durationMs(call.keysKeptFor));
  const [id, added] = (await client.eval(ADD, 2, stream, key, keptMs, String(call.maxLength), ...message)) as [
    string,
    number,
  ];
  return { id, added: added === 1 };
}

async function lookUp(client: Redis, call: RedisCall, stream: string, { idempotencyKey, forwardKey }: Keys) {
  const key = keyBeside(stream, digestOf(forwardKey ?? idempotencyKey));
  const id = (await client.eval(LOOK_UP, 1, key, String(durationMs(call.keysKeptFor)))) as string;
  return id === '' ? { applied: false } : { applied: true, output: { id } };
}

/** Field, value, field, value, … Absent values are left out. */
function messageOf(call: RedisCall, input: unknown, fields: object): string[] {
  const entries =
    call.fields === 'rest'
      ? Object.entries((input ?? {}) as Record<string, unknown>).map(([name, value]) => [
          name,
          value === undefined || value === null ? undefined : plainText(value),
        ])
      : Object.entries(call.fields).map(([name, text]) => [name, filledText(text, fields, plainText)]);
  const message = entries.flatMap(([name, text]) => (text === undefined ? [] : [name!, text]));
  if (message.length === 0) throw invalid('The message has no field.');
  if (message.length > 2 * MOST_FIELDS) throw invalid(`A message has at most ${MOST_FIELDS} fields.`);
  if (Buffer.byteLength(message.join('')) > LARGEST_MESSAGE)
    throw invalid(`A message has at most ${LARGEST_MESSAGE} bytes.`);
  return message;
}

const digestOf = (key: string): string => createHash('sha256').update(key).digest('hex').slice(0, 40);

async function connected<T>(
  settings: RedisSettings,
  { guard, readSecret, masking }: CallEnvironment,
  work: (client: Redis) => Promise<T>,
  /** Called when a connection exists, right before the login is sent on it. */
  onConnected: () => void = () => {}
): Promise<T> {
  const { host, port, database, user, secret, tls } = settings;
  const where = `Redis at ${host}:${port}/${database}`;
  const password = secret === '' ? null : await readSecret(secret);
  if (secret !== '' && password === null)
    throw failure('SecretMissing', false, `There is no secret '${secret}'. Store it in the connection.`);
  if (password !== null) masking.remember(password);
  const context = Context.current();
  const { startToCloseTimeoutMs } = context.info;
  const timeoutMs = startToCloseTimeoutMs > 0 ? startToCloseTimeoutMs : USUAL_TIMEOUT_MS;
  const hide = (text: string) => masking.hide(text);
  const address = await guard.addressOf(host).catch((error: unknown) => {
    throw asFailure(error, where, hide);
  });
  const client = new Redis({
    host: address,
    port,
    ...(user === '' ? {} : { username: user }),
    ...(password === null ? {} : { password }),
    ...(tls === 'verify' ? { tls: isIP(host) ? {} : { servername: host } } : {}),
    lazyConnect: true,
    enableReadyCheck: false,
    // Nothing is sent a second time by itself: a step has attempts for that.
    enableOfflineQueue: false,
    retryStrategy: () => null,
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
    connectTimeout: Math.min(CONNECT_MS, timeoutMs),
    commandTimeout: timeoutMs,
  });
  // The reason of a connection that fails is reported here, and the command that waited for it only says that it
  // failed.
  let reason: Error | null = null;
  client.on('error', (error: Error) => (reason = error));
  client.once('connect', onConnected);
  try {
    await client.connect();
    // Login and database are answered here, before anything is sent that has an effect. The client itself would go on
    // in database 0 if it could not select another one.
    await client.select(database);
    return await work(client);
  } catch (error) {
    if (context.cancellationSignal.aborted && !(error instanceof ApplicationFailure)) return await context.cancelled;
    throw asFailure(error instanceof ReplyError ? error : (reason ?? error), where, hide);
  } finally {
    client.disconnect();
  }
}

/** A server that is busy, loading, read-only for a moment, or that moves. */
const RETRYABLE = /^(BUSY|LOADING|READONLY|MASTERDOWN|CLUSTERDOWN|TRYAGAIN|NOREPLICAS|OOM|MISCONF|MOVED|ASK)\b/;

function asFailure(error: unknown, where: string, hide: (text: string) => string): unknown {
  if (error instanceof ApplicationFailure || !(error instanceof Error)) return error;
  const message = hide(error.message).slice(0, 300);
  if (!(error instanceof ReplyError))
    return failure('Unreachable', false, `${where} could not be reached: ${message}.`);
  if (/^LATE\b/.test(message))
    return failure('NotApplied', true, `${where} refused the message: its step was looked up, and nothing was found.`);
  return failure('RedisError', !RETRYABLE.test(message), `${where} refused it: ${message}`);
}
