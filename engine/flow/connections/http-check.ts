/**
 * The problems of an HTTP operation that its schema does not find.
 *
 * Rules
 * [OC1] A placeholder names a field of the input, or a key of the call.
 * [OC2] The path stays below the address of the connection. Its fields are required, because a path with a missing
 *       part is another path.
 * [OC3] Headers that belong to the transfer, to the authentication or to the keys are not set by an operation.
 */
import { climbs } from '../climbs';
import { isField, isRequired, KEY_FIELDS } from './fields';
import type { HttpAuth, HttpCall, HttpSettings } from './http';
import { fieldsIn, piecesOf } from './mapping';
import type { Operation } from './operation';
import type { Report } from './problem';

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

export function checkHttp(
  call: HttpCall,
  { input }: Pick<Operation, 'input'>,
  settings: HttpSettings,
  report: Report
): void {
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
}

const unknownField = (field: string): string => `The input has no field '${field}'.`;

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
