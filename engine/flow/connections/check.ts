/**
 * The problems of an operation that its schema does not find: what its mapping reads, where its path leads, and what it
 * names. Pure; the form and the server use it.
 *
 * Rules
 * [OC1] A placeholder names a field of the input, or a key of the call.
 * [OC2] The path stays below the address of the connection. Its fields are required, because a path with a missing
 *       part is another path.
 * [OC3] Headers that belong to the transfer, to the authentication or to the keys are not set by an operation.
 * [OC4] Undo and look-up are operations of the same connection. Only a reversible effect has an undo, and a look-up
 *       answers { applied }.
 * [OC5] Values can be checked against both schemas.
 */
import { climbs } from '../climbs';
import { schemaProblems } from '../schema/problems';
import type { JsonSchema } from '../json-schema';
import type { Connection } from './connection';
import { fieldsIn, piecesOf } from './mapping';
import { outputOf, type Operation } from './operation';

export interface Problem {
  path: (string | number)[];
  message: string;
}

const KEYS = ['idempotencyKey', 'forwardKey'];
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

/** `siblings`: the operations of the connection by name, this one included. */
export function operationProblems(
  operation: Operation,
  connection: Connection,
  siblings: ReadonlyMap<string, Pick<Operation, 'call' | 'output'>>
): Problem[] {
  const found: Problem[] = [];
  const report = (path: (string | number)[], message: string) => void found.push({ path, message });
  if (operation.call.kind !== connection.kind)
    report(['call', 'kind'], `The connection is of the kind '${connection.kind}'.`);
  checkHttp(operation, connection, report);
  checkRelated(operation, siblings, report);
  for (const field of ['input', 'output'] as const)
    for (const { path, message, fix } of schemaProblems(operation[field]))
      report([field, ...path], `${message} ${fix}`);
  return found;
}

type Report = (path: (string | number)[], message: string) => void;

function checkHttp({ call, input }: Operation, { settings }: Connection, report: Report): void {
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
    if (isField(input, field) && !KEYS.includes(field) && !isRequired(input, field))
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

function reservedHeader(name: string, idempotencyHeader: string, { auth }: Connection['settings']): string | null {
  const lower = name.toLowerCase();
  if (TRANSFER_HEADERS.has(lower)) return 'is set by the transfer';
  if (lower === 'idempotency-forward-key' || lower === idempotencyHeader.toLowerCase())
    return 'is reserved for the key of the call';
  const own = authHeaders(auth).map((each) => each.toLowerCase());
  return own.includes(lower) ? 'is reserved for the authentication' : null;
}

/** The names of the headers with which a connection authenticates. */
export function authHeaders(auth: Connection['settings']['auth']): string[] {
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

function checkRelated(
  { name, effect, undo, lookup }: Operation,
  siblings: ReadonlyMap<string, Pick<Operation, 'call' | 'output'>>,
  report: Report
): void {
  if (undo) {
    if (effect !== 'reversible') report(['undo'], 'Only a reversible effect has an undo.');
    if (undo.operation === name) report(['undo', 'operation'], 'An operation cannot undo itself.');
    else if (!siblings.has(undo.operation))
      report(['undo', 'operation'], `The connection has no operation '${undo.operation}'.`);
  }
  if (!lookup) return;
  if (effect === 'none') report(['lookup'], 'Without an effect there is nothing to look up.');
  const target = siblings.get(lookup.operation);
  if (!target) report(['lookup', 'operation'], `The connection has no operation '${lookup.operation}'.`);
  else if (!answersApplied(target))
    report(
      ['lookup', 'operation'],
      `'${lookup.operation}' does not answer { applied }. Change its answer to 'look-up'.`
    );
}

/** True if the output of a step says whether something happened: { applied: boolean, output? }. */
export function answersApplied(operation: Pick<Operation, 'call' | 'output'>): boolean {
  return outputOf(operation).properties?.applied?.type === 'boolean';
}

function isField(input: JsonSchema, field: string): boolean {
  if (KEYS.includes(field)) return true;
  let schema: JsonSchema | undefined = input;
  for (const name of field.split('.')) {
    if (schema === undefined) return false;
    // A part without a declared type may have any field.
    if (schema.type === undefined && !schema.properties) return true;
    const { properties = {}, additionalProperties }: JsonSchema = schema;
    if (Object.hasOwn(properties, name)) schema = properties[name];
    else if (additionalProperties) schema = typeof additionalProperties === 'object' ? additionalProperties : {};
    else return false;
  }
  return true;
}

function isRequired(input: JsonSchema, field: string): boolean {
  let schema: JsonSchema | undefined = input;
  for (const name of field.split('.')) {
    if (!schema?.required?.includes(name)) return false;
    schema = schema.properties?.[name];
  }
  return true;
}
