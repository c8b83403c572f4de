/**
 * Sends one event to where a subscription says: a webhook, or a Redis stream.
 *
 * Rules
 * [EVT5] An attempt ends after `ATTEMPT_MS` at the latest. Only an answer with 2xx, or the id of a message in the stream, is
 *        a delivery. No redirect is followed.
 * [EVT6] Webhooks reach what connections may reach (engine/activities/egress/guard.ts): never the machine's own addresses or
 *        its cloud's, and private networks unless the operator forbids it. A Redis of its own is held to the same.
 * [EVT7] Errors name the host, and never the rest of an address, a secret or what a receiver answered.
 */
import { isIP } from 'node:net';
import { Redis } from 'ioredis';
import type { EventTarget } from '@/app/_contract/events';
import { readActivityConfig } from '@/engine/activities/config';
import { EgressGuard } from '@/engine/activities/egress/guard';
import { send } from '@/engine/activities/http/send';
import type { WebConfig } from '../config';
import { signed } from './signature';

export const ATTEMPT_MS = 15_000;
/** Older messages of a stream are removed, about so. */
const STREAM_LENGTH = 100_000;
/** What receivers answer is not read. */
const LARGEST_ANSWER = 64 * 1024;
/** The receiver says that it is gone for ever. */
const GONE = 410;

export interface Message {
  id: string;
  type: string;
  body: string;
}
export interface Addressee {
  target: EventTarget;
  /** The newest first. */
  secrets: readonly string[];
  /** Of a stream at a Redis of its own. */
  server: string | null;
}
export type Sent = { isDelivered: true; message: string } | { isDelivered: false; message: string; isGone: boolean };

export class Targets {
  readonly #guard: EgressGuard;

  constructor(
    config: Pick<WebConfig, 'environment'>,
    private readonly installation: Redis | null,
    private readonly now: () => number = Date.now,
    private readonly attemptMs = ATTEMPT_MS
  ) {
    this.#guard = new EgressGuard(readActivityConfig(config.environment));
  }

  /** Never rejects, unless `signal` ends it. */
  async send({ target, secrets, server }: Addressee, message: Message, signal: AbortSignal): Promise<Sent> {
    const limit = AbortSignal.timeout(this.attemptMs);
    const within = AbortSignal.any([signal, limit]);
    try {
      return target.kind === 'webhook'
        ? await this.#post(target.address, secrets, message, within)
        : await this.#add(target, server, secrets, message, within);
    } catch (error) {
      signal.throwIfAborted();
      const words = limit.aborted ? `No answer within ${this.attemptMs / 1_000} s.` : wordsOf(error);
      return { isDelivered: false, message: words, isGone: false };
    }
  }

  async #post(address: string, secrets: readonly string[], message: Message, signal: AbortSignal): Promise<Sent> {
    const url = new URL(address);
    const { status } = await send({
      url,
      method: 'POST',
      headers: {
        'content-type': 'application/cloudevents+json; charset=utf-8',
        'user-agent': 'Backstitch',
        ...signed(message.id, message.body, secrets, this.now()),
      },
      body: message.body,
      signal,
      agent: this.#guard.forConnection([url.origin], []).agentFor(url),
      maxResponseBytes: LARGEST_ANSWER,
    });
    if (status >= 200 && status <= 299) return { isDelivered: true, message: `Answered ${status}.` };
    const why =
      status >= 300 && status <= 399 ? ' Redirects are not followed: enter the address that it leads to.' : '';
    return { isDelivered: false, message: `Answered ${status}.${why}`, isGone: status === GONE };
  }

  async #add(
    { stream, at }: Extract<EventTarget, { kind: 'stream' }>,
    server: string | null,
    secrets: readonly string[],
    { id, type, body }: Message,
    signal: AbortSignal
  ): Promise<Sent> {
    const own = at === 'own' ? await this.#connect(server ?? '') : null;
    const redis = own ?? this.installation;
    if (!redis) return { isDelivered: false, message: 'This Backstitch has no Redis (REDIS_URL).', isGone: false };
    try {
      const fields = { ...signed(id, body, secrets, this.now()), type, event: body };
      const added = redis.xadd(stream, 'MAXLEN', '~', STREAM_LENGTH, '*', ...Object.entries(fields).flat());
      added.catch(() => undefined);
      const key = await Promise.race([added, ended(signal)]);
      return { isDelivered: true, message: `Added as ${key}.` };
    } finally {
      own?.disconnect();
    }
  }

  async #connect(server: string): Promise<Redis> {
    const { protocol, hostname, port, username, password, pathname } = new URL(server);
    const host = await this.#guard.forConnection([], []).addressOf(hostname);
    const name = hostname.replace(/^\[|\]$/g, '');
    const redis = new Redis({
      host,
      port: Number(port || 6_379),
      ...(username ? { username: decodeURIComponent(username) } : {}),
      ...(password ? { password: decodeURIComponent(password) } : {}),
      db: Number(pathname.slice(1) || 0),
      ...(protocol === 'rediss:' ? { tls: isIP(name) ? {} : { servername: name } } : {}),
      connectTimeout: this.attemptMs,
      maxRetriesPerRequest: 0,
      retryStrategy: () => null,
    });
    redis.on('error', () => {});
    return redis;
  }

  close(): void {
    this.#guard.close();
  }
}

/** Null for the address of a Redis: 'rediss://user:password@host:6379/0'. */
export function whyNoRedis(server: string): string | null {
  if (!URL.canParse(server)) return 'An address like rediss://user:password@host:6379/0.';
  const { protocol, hostname, pathname } = new URL(server);
  const fits = /^rediss?:$/.test(protocol) && hostname !== '' && /^\/?\d{0,4}$/.test(pathname);
  return fits ? null : 'An address like rediss://user:password@host:6379/0.';
}

const ended = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    const end = () => reject(signal.reason as Error);
    if (signal.aborted) end();
    else signal.addEventListener('abort', end, { once: true });
  });

/** [EVT7] */
function wordsOf(error: unknown): string {
  const first = error instanceof AggregateError ? (error.errors[0] as unknown) : error;
  if (!(first instanceof Error)) return 'It could not be reached.';
  const { code, type } = first as Error & { code?: string; type?: string };
  if (type === 'EgressDenied') return first.message;
  const said = code ?? (first.name === 'Error' ? '' : first.name);
  return `It could not be reached${said ? ` (${said})` : ''}.`;
}
