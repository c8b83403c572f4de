/**
 * The activity `http.request`.
 *
 * Invariants:
 * - Every attempt of a step carries the same Idempotency-Key. An undo or a look-up also carries the key of its step.
 * - Secrets are read here and sent; no failure message, detail or output contains them.
 * - That nothing happened is said only when the service said so ('NotApplied'), or when nothing was sent (not-sent.ts). Whatever
 *   else fails after an attempt started leaves the outcome unknown.
 */
import { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import type { ActivityConfig } from '../config';
import type { EgressGuard } from '../egress/guard';
import { failure, invalid, statusFailure } from './failure';
import { fill, fillText, keysOf, type ActivityMeta, type Keys } from './keys';
import { notSent } from './not-sent';
import { misfitsOf } from './response-schema';
import { ResponseTooLarge, send, type Received } from './send';

export interface HttpRequestInput {
  method?: string;
  connection?: string;
  path?: string;
  url?: string;
  query?: Record<string, unknown>;
  headers?: Record<string, string>;
  secretHeaders?: Record<string, string>;
  body?: unknown;
  responseSchema?: unknown;
  answer?: 'body' | 'full' | 'lookup';
  retryableStatuses?: number[];
  notAppliedStatuses?: number[];
  maxResponseBytes?: number;
}

/** A stored secret by name; null when there is none. */
export type SecretReader = (name: string) => Promise<string | null>;

const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']);
/** Below the engine's payload limit of 2 MB. */
const MAX_RESPONSE_BYTES = 1_000_000;
const MAX_REDIRECTS = 5;
const RESERVED_HEADERS = new Set([
  'host',
  'connection',
  'content-length',
  'transfer-encoding',
  'upgrade',
  'expect',
  'te',
]);

export function httpRequestActivity(
  config: Pick<ActivityConfig, 'connections'>,
  guard: EgressGuard,
  readSecret: SecretReader
): (input: HttpRequestInput, meta?: ActivityMeta) => Promise<unknown> {
  async function request(input: HttpRequestInput, meta: ActivityMeta, onSending: () => void): Promise<unknown> {
    const keys = keysOf(meta);
    const method = (input.method ?? 'GET').toUpperCase();
    if (!METHODS.has(method)) throw invalid(`'${method}' is not a method.`);
    const url = addressOf(input, config, keys);
    const secrets = await readSecrets(input.secretHeaders ?? {}, readSecret);
    const hide = hiding(Object.values(secrets));
    const body = input.body === undefined ? null : JSON.stringify(fill(input.body, keys));
    const headers = headersOf(input, method, body, keys, secrets);
    const misfit = input.responseSchema === undefined ? null : misfitsOf(input.responseSchema);
    const where = `${method} ${url.origin}${url.pathname}`;

    const received = await exchange({ url, method, headers, body, secrets, input, where, guard, hide, onSending });
    const text = hide(received.text);
    if (input.answer === 'lookup' && (received.status === 404 || received.status === 410)) return { applied: false };
    if (received.status < 200 || received.status > 299) throw statusFailure(where, received, text, input);
    const value = method === 'HEAD' ? null : parse(where, received, text);
    const problem = misfit?.(value);
    if (problem) throw failure('ResponseInvalid', true, `${where} answered something else than agreed: ${problem}.`);
    if (input.answer === 'full') return { status: received.status, headers: plainHeaders(received, hide), body: value };
    return input.answer === 'lookup' ? { applied: true, output: value } : value;
  }

  return async (input, meta = {}) => {
    let sent = false;
    try {
      return await request(input, meta, () => (sent = true));
    } catch (error) {
      throw sent || !(error instanceof ApplicationFailure) ? error : notSent(error);
    }
  };
}

function addressOf(input: HttpRequestInput, config: Pick<ActivityConfig, 'connections'>, keys: Keys): URL {
  const url = input.connection !== undefined ? belowConnection(input, config, keys) : wholeUrl(input, keys);
  if (!/^https?:$/.test(url.protocol)) throw invalid('Only http and https can be requested.');
  if (url.username || url.password) {
    throw invalid('A URL must not carry a password. Keep it as a secret and name it under secretHeaders.');
  }
  for (const [name, value] of Object.entries(input.query ?? {})) {
    if (value === undefined || value === null) continue;
    for (const one of Array.isArray(value) ? (value as unknown[]) : [value]) {
      url.searchParams.append(name, fillText(typeof one === 'object' ? JSON.stringify(one) : String(one), keys));
    }
  }
  url.hash = '';
  return url;
}

function belowConnection(input: HttpRequestInput, config: Pick<ActivityConfig, 'connections'>, keys: Keys): URL {
  const base = config.connections.get(input.connection ?? '');
  if (!base) {
    const known = [...config.connections.keys()].join(', ') || 'none';
    throw invalid(`There is no connection '${input.connection}' (known: ${known}). Name it in BACKSTITCH_CONNECTIONS.`);
  }
  if (input.url !== undefined) throw invalid('Give a connection and a path, or a url, not both.');
  const path = fillText(input.path ?? '', keys, encodeURIComponent).replace(/^\/+/, '');
  const url = new URL(base.href);
  const prefix = url.pathname.replace(/\/*$/, '/');
  const [pathname = '', query = ''] = path.split(/\?(.*)/s);
  url.pathname = prefix + pathname;
  url.search = query;
  // '..' (also percent-encoded) must not climb out of the base URL that the configuration names.
  if (!url.pathname.startsWith(prefix)) throw invalid(`The path leaves the connection '${input.connection}'.`);
  return url;
}

function wholeUrl(input: HttpRequestInput, keys: Keys): URL {
  if (input.url === undefined) throw invalid('Give a connection and a path, or a url.');
  const text = fillText(input.url, keys, encodeURIComponent);
  if (!URL.canParse(text)) throw invalid('The url is not a URL.');
  return new URL(text);
}

function headersOf(
  input: HttpRequestInput,
  method: string,
  body: string | null,
  keys: Keys,
  secrets: Record<string, string>
): Record<string, string> {
  const headers: Record<string, string> = { accept: 'application/json', 'user-agent': 'Backstitch' };
  if (body !== null) headers['content-type'] = 'application/json';
  if (method !== 'GET' && method !== 'HEAD') headers['idempotency-key'] = keys.idempotencyKey;
  if (keys.forwardKey) headers['idempotency-forward-key'] = keys.forwardKey;
  for (const [name, value] of [...Object.entries(input.headers ?? {}), ...Object.entries(secrets)]) {
    const lower = name.toLowerCase();
    if (!/^[a-z0-9!#$%&'*+.^_`|~-]+$/.test(lower) || RESERVED_HEADERS.has(lower)) {
      throw invalid(`The header '${name}' cannot be set.`);
    }
    const text = name in secrets ? value : fillText(String(value), keys);
    if (/[^\t\x20-\x7e\x80-\xff]/.test(text))
      throw invalid(`The header '${name}' has characters that no header can carry.`);
    headers[lower] = text;
  }
  return headers;
}

async function readSecrets(named: Record<string, string>, read: SecretReader): Promise<Record<string, string>> {
  const secrets: Record<string, string> = {};
  for (const [header, name] of Object.entries(named)) {
    const value = await read(name);
    if (value === null)
      throw failure('SecretMissing', false, `There is no secret '${name}', which the header '${header}' needs.`);
    secrets[header] = value;
  }
  return secrets;
}

interface Sending {
  url: URL;
  method: string;
  headers: Record<string, string>;
  body: string | null;
  secrets: Record<string, string>;
  input: HttpRequestInput;
  where: string;
  guard: EgressGuard;
  hide(text: string): string;
  onSending(): void;
}

async function exchange(sending: Sending): Promise<Received> {
  const { method, input, where, guard, hide } = sending;
  const context = Context.current();
  const heartbeats = keepAlive(context);
  const timeoutMs = context.info.startToCloseTimeoutMs;
  const signals = [context.cancellationSignal, ...(timeoutMs > 0 ? [AbortSignal.timeout(timeoutMs)] : [])];
  let { url, headers } = sending;
  try {
    for (let hop = 0; ; hop++) {
      const received = await send({
        url,
        method,
        headers,
        body: sending.body,
        signal: AbortSignal.any(signals),
        agent: guard.agentFor(url),
        maxResponseBytes: Math.min(input.maxResponseBytes ?? MAX_RESPONSE_BYTES, 2 * MAX_RESPONSE_BYTES),
        onSending: sending.onSending,
      });
      const target = redirection(received, url);
      // What changes the world is sent to the address that was drawn, or not at all.
      if (!target || (method !== 'GET' && method !== 'HEAD')) return received;
      if (hop === MAX_REDIRECTS)
        throw failure('TooManyRedirects', true, `${where} redirects more than ${MAX_REDIRECTS} times.`);
      if (target.origin !== url.origin) headers = without(headers, Object.keys(sending.secrets));
      url = target;
    }
  } catch (error) {
    if (context.cancellationSignal.aborted) return await context.cancelled;
    if (error instanceof ApplicationFailure) throw error;
    if (error instanceof ResponseTooLarge) throw failure('ResponseTooLarge', true, `${where}: ${error.message}`);
    throw failure('Unreachable', false, `${where} could not be reached: ${hide(reasonOf(error))}.`);
  } finally {
    clearInterval(heartbeats);
  }
}

/** A real cluster tells a worker of a cancellation only in answer to a heartbeat. */
function keepAlive(context: Context): NodeJS.Timeout | undefined {
  const everyMs = (context.info.heartbeatTimeoutMs ?? 0) / 3;
  // What the attempts before said of themselves stays said.
  return everyMs > 0 ? setInterval(() => context.heartbeat(context.info.heartbeatDetails), everyMs) : undefined;
}

function redirection({ status, headers }: Received, from: URL): URL | null {
  if (![301, 302, 303, 307, 308].includes(status) || !headers.location) return null;
  if (!URL.canParse(headers.location, from)) return null;
  // Credentials in it would be sent as a header of their own.
  return Object.assign(new URL(headers.location, from), { username: '', password: '' });
}

/** Another origin must not get what was meant for the first: the step's secrets, and the usual headers of credentials. */
function without(headers: Record<string, string>, names: string[]): Record<string, string> {
  const gone = new Set([...names.map((name) => name.toLowerCase()), 'authorization', 'cookie', 'proxy-authorization']);
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !gone.has(name)));
}

function parse(where: string, { headers }: Received, text: string): unknown {
  if (text === '') return null;
  if (!/[/+]json\b/.test(headers['content-type'] ?? '')) return text;
  try {
    return JSON.parse(text);
  } catch {
    throw failure('ResponseInvalid', true, `${where} answered JSON that cannot be read.`);
  }
}

function plainHeaders({ headers }: Received, hide: (text: string) => string): Record<string, string> {
  const entries = Object.entries(headers).filter(([name]) => name !== 'set-cookie');
  return Object.fromEntries(entries.map(([name, value]) => [name, hide(String(value))]));
}

/** Services echo what they are sent: secrets are struck out of everything that comes back. */
function hiding(secrets: string[]): (text: string) => string {
  // 'Bearer xyz': a service may echo the token without the scheme.
  const parts = secrets.flatMap((secret) => [secret, ...secret.split(/\s+/)]).filter((part) => part.length >= 6);
  parts.sort((a, b) => b.length - a.length);
  return (text) => parts.reduce((rest, part) => rest.replaceAll(part, '•••'), text);
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'TimeoutError' || (error.cause as Error | undefined)?.name === 'TimeoutError')
    return 'no answer in time';
  // Several addresses were tried: the first reason stands for all.
  const first = error instanceof AggregateError ? (error.errors[0] as Error | undefined) : undefined;
  return (first ?? error).message;
}
