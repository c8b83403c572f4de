/**
 * HTTP services.
 *
 * Rules
 * [OC1] A placeholder names a field of the input, or a key of the call.
 * [OC2] The path stays below the address of the connection. Its fields are required, because a path with a missing
 *       part is another path.
 * [OC6] What is sent as a form can be written as one (form-check.ts).
 * [OC3] Headers that belong to the transfer, to the authentication or to the keys are not set by an operation.
 */
import { climbs } from '../../climbs';
import type { JsonSchema } from '../../json-schema';
import { formProblems, type DrawnForm } from '../form-check';
import { isField, isRequired, KEY_FIELDS } from '../fields';
import {
  httpCallSchema,
  httpSettingsSchema,
  type HttpAuth,
  type HttpCall,
  type HttpSettings,
  type Place,
} from '../http';
import { fieldsIn, fieldsOutside, piecesOf, type Mapping } from '../mapping';
import type { Report } from '../problem';
import { lookedUp, unknownField, type KindFacts } from './kind-facts';

/** Set by the client for the transfer of a request. */
export const TRANSFER_HEADERS: ReadonlySet<string> = new Set([
  'host',
  'connection',
  'content-length',
  'transfer-encoding',
  'upgrade',
  'expect',
  'te',
]);

/** [OC6] */
function checkEncoding(call: HttpCall, input: JsonSchema, report: Report): void {
  const { encoding, headers } = call;
  if (!encoding) return;
  const body = drawnBody(call, input);
  // Names of a mapping are those of the definition.
  const insteadOf =
    call.body === 'rest' ? (name: string) => `Write the fields of the body yourself: "${name}": "{field}".` : null;
  for (const { path, message } of formProblems({ encoding, headers: Object.keys(headers), body, insteadOf }))
    report(['call', ...path, ...(path[0] === 'body' && call.body !== 'rest' ? ['mapping'] : [])], message);
}

function drawnBody(call: HttpCall, input: JsonSchema): DrawnForm['body'] {
  const { body } = call;
  if (body === 'none') return 'none';
  if (body === 'rest') {
    const used = fieldsOutside(call);
    const names = Object.keys(input.properties ?? {}).filter((name) => !used.has(name));
    return { names, areAll: !input.additionalProperties };
  }
  const { mapping } = body;
  if (typeof mapping !== 'object' || mapping === null) return isOnePlaceholder(mapping) ? 'group' : 'single';
  return Array.isArray(mapping) ? 'single' : { names: Object.keys(mapping), areAll: true };
}

function isOnePlaceholder(mapping: Mapping): boolean {
  const [only, ...more] = typeof mapping === 'string' ? piecesOf(mapping) : [];
  return only !== undefined && more.length === 0 && 'field' in only;
}

function check(call: HttpCall, { input }: { input: JsonSchema }, settings: HttpSettings, report: Report): void {
  const read = (text: string, path: (string | number)[]) => {
    for (const field of fieldsIn(text)) if (!isField(input, field)) report(path, unknownField(field));
  };
  read(call.path, ['call', 'path']);
  const drawn = piecesOf(call.path).map((piece) => ('text' in piece ? piece.text : 'x'));
  if (climbs(drawn.join(''), { encoded: true }) || /[?#\\]|%(?:2f|5c)/i.test(drawn.join('')))
    report(
      ['call', 'path'],
      "The path leads up, or has a query. Write '/orders/{orderId}', and parameters in the query."
    );
  for (const field of fieldsIn(call.path))
    if (isField(input, field) && !KEY_FIELDS.includes(field) && !isRequired(input, field))
      report(['call', 'path'], `'${field}' is part of the path, so the input must require it.`);
  for (const [name, text] of Object.entries(call.query)) read(text, ['call', 'query', name]);
  for (const [name, text] of Object.entries(call.headers)) {
    read(text, ['call', 'headers', name]);
    const why = reservedHeader(name, call.idempotencyHeader, settings);
    if (why) report(['call', 'headers', name], `The header '${name}' ${why}.`);
  }
  const withoutBody = call.method === 'GET' || call.method === 'HEAD';
  if (withoutBody && call.body !== 'none') report(['call', 'body'], `A ${call.method} request has no body.`);
  if (typeof call.body === 'object')
    for (const field of fieldsIn(call.body.mapping))
      if (!isField(input, field)) report(['call', 'body', 'mapping'], unknownField(field));
  checkEncoding(call, input, report);
}

function reservedHeader(name: string, idempotencyHeader: string, { auth }: HttpSettings): string | null {
  const lower = name.toLowerCase();
  if (TRANSFER_HEADERS.has(lower)) return 'is set by the transfer';
  if (lower === 'idempotency-forward-key' || lower === idempotencyHeader.toLowerCase())
    return 'is reserved for the key of the call';
  const own = authHeaders(auth).map((each) => each.toLowerCase());
  return own.includes(lower) ? 'is reserved for the authentication' : null;
}

/** The names of the headers with which a connection authenticates. */
function authHeaders(auth: HttpAuth): string[] {
  switch (auth.kind) {
    case 'none':
      return [];
    case 'bearer':
    case 'basic':
    case 'oauth2':
      return ['authorization'];
    case 'apiKey':
      return auth.in === 'header' ? [auth.name] : [];
    case 'hmac':
      return [auth.header, auth.timestampHeader];
  }
}

export const AUTH_WORDS: Record<HttpAuth['kind'], string> = {
  none: 'No authentication',
  bearer: 'Bearer token',
  basic: 'User name and password',
  apiKey: 'API key',
  oauth2: 'OAuth 2 client credentials',
  hmac: 'HMAC signature',
};

export const addressWords = ({ address }: { address: Place }): string =>
  typeof address === 'string' ? address : `'${address.environment}' in the configuration of the engine`;

function output({ answer }: HttpCall, declared: JsonSchema): JsonSchema {
  if (answer === 'body') return declared;
  if (answer === 'lookup') return lookedUp(declared);
  return {
    type: 'object',
    required: ['status', 'headers'],
    properties: {
      status: { type: 'integer' },
      headers: { type: 'object', additionalProperties: { type: 'string' } },
      body: declared,
    },
  };
}

export const http: KindFacts<HttpSettings, HttpCall> = {
  words: 'HTTP',
  settings: httpSettingsSchema,
  call: httpCallSchema,
  address: addressWords,
  login: ({ auth }) => AUTH_WORDS[auth.kind],
  line: ({ method, path }) => ({ verb: method, text: path }),
  fields: ({ path, query, headers, body }) =>
    [path, ...Object.values(query), ...Object.values(headers), typeof body === 'object' ? body.mapping : ''].flatMap(
      fieldsIn
    ),
  check,
  output,
  onlyReads: ({ method }) => method === 'GET' || method === 'HEAD',
};
