/**
 * An HTTP operation of a connection: its mapping makes a request of the input, the connection authenticates it, and
 * what follows is as for `http.request`.
 *
 * Invariants: those of request.ts. The definition decides the structure of a request, and the input is only data in it.
 */
import { climbs } from '../../flow/climbs';
import type { HttpSettings } from '../../flow/connections/http';
import { fieldsIn, fieldsOutside, filled, filledText, valueAt } from '../../flow/connections/mapping';
import type { FrozenOf } from '../../flow/connections/operation';
import { plainText } from './address';
import { checksOf, outputOf } from './answer';
import type { AuthEnvironment, Unsigned } from './auth';
import { sendAuthenticated } from './authenticated';
import { invalid, statusFailure } from './failure';
import { setHeader } from './headers';
import { keysOf, type ActivityMeta, type Keys } from './keys';
import type { Received } from './send';
import { writtenBody, type WrittenBody } from './written-body';

export interface HttpTarget extends AuthEnvironment {
  /** The base address. */
  address: URL;
  settings: HttpSettings;
}

/** The request of an operation, without authentication. Throws `InvalidRequest`. */
export function requestOf(
  { call, effect }: Pick<FrozenOf<'http'>, 'call' | 'effect'>,
  { address, settings }: Pick<HttpTarget, 'address' | 'settings'>,
  input: unknown,
  keys: Keys
): Unsigned & { headers: Record<string, string> } {
  // The keys are added to the fields of the input, which cannot replace them.
  const fields = { ...(input as object | null), ...keyFields(keys) };
  const url = below(address, call.path, fields);
  for (const [name, text] of Object.entries(call.query)) addParameter(url, name, text, fields);
  const body = bodyOf(call, input, fields);
  const headers: Record<string, string> = { accept: 'application/json', 'user-agent': 'Backstitch' };
  if (body !== null) headers['content-type'] = body.type;
  for (const [name, value] of Object.entries(settings.headers)) setHeader(headers, name, value, keys);
  for (const [name, text] of Object.entries(call.headers)) {
    const value = filledText(text, fields, plainText);
    if (value !== undefined) setHeader(headers, name, value, keys);
  }
  // A form without its own content type cannot be read.
  if (body !== null && call.encoding) headers['content-type'] = body.type;
  const hasKey = call.idempotencyHeader !== '' && (effect !== 'none' || !/^(GET|HEAD)$/.test(call.method));
  if (hasKey) headers[call.idempotencyHeader.toLowerCase()] = keys.idempotencyKey;
  if (keys.forwardKey) headers['idempotency-forward-key'] = keys.forwardKey;
  return { method: call.method, url, body: body?.text ?? null, headers };
}

/**
 * Sends the request and returns what was received. `output` converts it as a step would get it, and throws if the call
 * failed.
 */
export async function exchangeOnce(
  operation: FrozenOf<'http'>,
  target: HttpTarget,
  input: unknown,
  meta: ActivityMeta,
  onSending: () => void
): Promise<{ received: Received; output: () => unknown }> {
  const { call, output: declared } = operation;
  const { masking, guard } = target;
  const request = requestOf(operation, target, input, keysOf(meta));
  const checks = checksOf(declared, undefined);
  const where = `${request.method} ${request.url.origin}${request.url.pathname}`;
  const hide = (text: string) => masking.hide(text);
  const received = await sendAuthenticated(request, target.settings.auth, target, {
    where,
    guard,
    hasEffect: meta.hasEffect ?? operation.effect !== 'none',
    hide,
    onSending,
  });
  const { status } = received;
  const output = () => {
    const isDenial = call.answer === 'lookup' && (status === 404 || status === 410);
    if ((status < 200 || status > 299) && !isDenial) throw statusFailure(where, received, call, hide);
    return outputOf(received, { method: call.method, answer: call.answer, where, ...checks });
  };
  return { received, output };
}

function keyFields({ idempotencyKey, forwardKey }: Keys): Record<string, unknown> {
  return { idempotencyKey, forwardKey };
}

function below(address: URL, path: string, fields: object): URL {
  for (const field of fieldsIn(path)) {
    const value = valueAt(fields, field.split('.'));
    const text = value === undefined || value === null ? '' : plainText(value);
    if (text === '' || text === '.' || text === '..')
      throw invalid(`'${field}' is part of the path, and its value is ${text === '' ? 'empty' : `'${text}'`}.`);
  }
  const filledPath = filledText(path, fields, (value) => encodeURIComponent(plainText(value))) ?? '';
  const url = new URL(address.href);
  const prefix = url.pathname.replace(/\/*$/, '/');
  const pathname = filledPath.replace(/^\/+/, '');
  url.pathname = prefix + pathname;
  if (climbs(pathname, { encoded: false }) || !url.pathname.startsWith(prefix))
    throw invalid('The path leaves the address of the connection.');
  return url;
}

function addParameter(url: URL, name: string, text: string, fields: object): void {
  const value = filled(text, fields, plainText);
  if (value === undefined || value === null) return;
  for (const one of Array.isArray(value) ? (value as unknown[]) : [value])
    url.searchParams.append(name, plainText(one));
}

function bodyOf(call: FrozenOf<'http'>['call'], input: unknown, fields: object): WrittenBody | null {
  // A mapping that is one placeholder takes its names from the input, too.
  const names = typeof call.body === 'object' && typeof call.body.mapping === 'object' ? 'definition' : 'data';
  return writtenBody(bodyValueOf(call, input, fields), call.encoding, names);
}

function bodyValueOf(call: FrozenOf<'http'>['call'], input: unknown, fields: object): unknown {
  const { body } = call;
  if (body === 'none') return undefined;
  if (body !== 'rest') return filled(body.mapping, fields, plainText);
  const used = fieldsOutside(call);
  const rest = Object.entries((input ?? {}) as Record<string, unknown>).filter(([name]) => !used.has(name));
  return Object.fromEntries(rest);
}
