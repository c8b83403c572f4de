/**
 * A message in a Redis stream. Attempts of one step add one message: its key is kept beside the stream. A look-up says
 * whether the message was added, and refuses one that arrives later.
 */
import { createHash } from 'node:crypto';
import { ApplicationFailure } from '@temporalio/common';
import { Redis, ReplyError } from 'ioredis';
import { environment, failure, fieldsOf, notSent, textOf, timeoutMs, type ActivityCall } from './call';
import { filledText } from './mapping';
import { ADD, keyBeside, LOOK_UP } from './stream-scripts';

export interface StreamCall {
  /** A variable of the environment. */
  url: string;
  stream: string;
  /** 'rest': each field of the input is a field of the message. */
  fields: 'rest' | Record<string, string>;
  /** About so many messages remain in the stream; 0: all. */
  maxLength: number;
  keysKeptForMs: number;
  answer: 'added' | 'lookup';
}

/** A server that is busy, loading, read-only for a moment, or that moves. */
const RETRYABLE = /^(BUSY|LOADING|READONLY|MASTERDOWN|CLUSTERDOWN|TRYAGAIN|NOREPLICAS|OOM|MISCONF|MOVED|ASK)\b/;

export const stream =
  ({ url, stream: drawn, fields, maxLength, keysKeptForMs, answer }: StreamCall) =>
  async (input: unknown, call: ActivityCall): Promise<unknown> => {
    const known = fieldsOf(input, call);
    const name = filledText(drawn, known, textOf);
    if (!name) throw notSent(failure('InvalidRequest', true, 'The name of the stream is empty.'));
    const entries: [string, unknown][] =
      fields === 'rest'
        ? Object.entries((input ?? {}) as object)
        : Object.entries(fields).map(([field, text]) => [field, filledText(text, known, textOf)]);
    const message = entries.flatMap(([field, value]) =>
      value === undefined || value === null ? [] : [field, textOf(value)]
    );
    const client = new Redis(environment(url), {
      lazyConnect: true,
      // Nothing is sent a second time by itself: a step has attempts for that.
      enableOfflineQueue: false,
      retryStrategy: () => null,
      maxRetriesPerRequest: 0,
      autoResendUnfulfilledCommands: false,
      connectTimeout: 10_000,
      commandTimeout: timeoutMs(),
    });
    client.on('error', () => {});
    let isSending = false;
    try {
      await client.connect();
      isSending = true;
      const stepKey = answer === 'added' ? call.idempotencyKey : (call.forwardKey ?? call.idempotencyKey);
      const key = keyBeside(name, createHash('sha256').update(stepKey).digest('hex').slice(0, 40));
      if (answer === 'added') {
        const added = await client.eval(ADD, 2, name, key, keysKeptForMs, maxLength, ...message);
        const [id, isNew] = added as [string, number];
        return { id, added: isNew === 1 };
      }
      const id = (await client.eval(LOOK_UP, 1, key, keysKeptForMs)) as string;
      return id === '' ? { applied: false } : { applied: true, output: { id } };
    } catch (error) {
      if (error instanceof ApplicationFailure) throw error;
      const said = (error as Error).message;
      if (!(error instanceof ReplyError)) {
        const lost = failure('Unreachable', false, `Redis did not answer: ${said}`);
        throw isSending ? lost : notSent(lost);
      }
      if (/^LATE\b/.test(said))
        throw failure('NotApplied', true, 'The step was looked up before, and nothing was found.');
      throw notSent(failure('RedisError', !RETRYABLE.test(said), `Redis refused it: ${said}`));
    } finally {
      client.disconnect();
    }
  };
