/**
 * Operations from an OpenAPI 3.x document. Pure: it takes the parsed document, follows references inside the document
 * only, and fetches nothing.
 *
 * Rules
 * [OA1] Nothing outside of the document is read: an operation with a reference to another file or address is refused.
 * [OA2] The result is bounded, whatever the document is: circular references are left open where they begin again,
 *       and a schema has at most MOST_PARTS parts and MOST_DEPTH levels.
 * [OA3] An answer that the document allows fits the output: what the schemas of flows cannot say (alternatives, null)
 *       is left open.
 * [OA4] What people decided about an operation (effect, undo, look-up, key, statuses, options) is kept by an import
 *       of a newer document (openapi-again.ts).
 * [OA5] What a call creates is undone by the one call that takes it back, where the paths say so; two that could are
 *       none.
 * [OA6] A parameter is sent in the style that the document names (openapi-parameters.ts), or the operation is refused.
 *       An optional one that cannot be sent is left out, and the description says so.
 * [OA7] A body is sent as JSON, or else as a form in the style that the document names for each field
 *       (openapi-body.ts). A file is never sent.
 */
import { addBody } from './openapi-body';
import { addressesOf, jsonContent, operationName, record, texts, type Json } from './openapi-document';
import { addParameter, type Request } from './openapi-parameters';
import { SchemaReader } from './openapi-schemas';
import type { Operation, OperationOf } from './operation';
import { visibleText } from '../values/text';

/** More operations than any person chooses from. */
const MOST_LISTED = 10_000;
const METHODS = ['get', 'head', 'post', 'put', 'patch', 'delete'] as const;

/** An operation of the document, before it is converted. */
export interface Listed {
  /** Unique in the document, and free of names that differ only by case. */
  name: string;
  method: OperationOf<'http'>['call']['method'];
  path: string;
  title: string;
  tags: string[];
  deprecated: boolean;
}

export interface OpenApiList {
  title: string;
  version: string;
  /** Whole addresses of the service, their variables replaced by the defaults. */
  servers: string[];
  operations: Listed[];
  /** How many there are beyond the limit. */
  more: number;
  /** Paths whose operations are in another document, which is not read. */
  elsewhere: string[];
}

/** Returns a sentence for people if the document cannot be used. */
export function listOpenApi(document: unknown): OpenApiList | { problem: string } {
  const root = record(document);
  const version = typeof root.openapi === 'string' ? root.openapi : null;
  if (version === null || !/^3\.\d/.test(version)) {
    const found = typeof root.swagger === 'string' ? `Swagger ${root.swagger}` : (version ?? 'no OpenAPI document');
    return { problem: `OpenAPI 3.0 to 3.2 can be imported; this is ${found}.` };
  }
  const operations: Listed[] = [];
  const taken = new Map<string, number>();
  const elsewhere: string[] = [];
  let more = 0;
  for (const [path, given] of Object.entries(record(root.paths))) {
    if (!path.startsWith('/')) continue;
    const reader = new SchemaReader(root);
    const item = reader.pathItem(given);
    if (reader.problem !== null) elsewhere.push(path);
    for (const method of METHODS) {
      const found = item[method];
      if (typeof found !== 'object' || found === null) continue;
      if (operations.length >= MOST_LISTED) {
        more++;
        continue;
      }
      const { operationId, summary, tags, deprecated } = found as Json;
      const name = operationName(operationId, method, path, taken);
      operations.push({
        name,
        method: method.toUpperCase() as Listed['method'],
        path,
        title: titleIn(summary) ?? wordsOf(name),
        tags: texts(tags).slice(0, 5),
        deprecated: deprecated === true,
      });
    }
  }
  const info = record(root.info);
  return {
    title: titleIn(info.title) ?? '',
    version: titleIn(info.version) ?? '',
    servers: addressesOf(root.servers).slice(0, 10),
    operations,
    more,
    elsewhere,
  };
}

/** Converts one operation. Returns a sentence for people if that is not possible. */
export function fromOpenApi(
  document: unknown,
  { name, method, path, title }: Listed,
  connection: string
): OperationOf<'http'> | { problem: string } {
  const root = record(document);
  const reader = new SchemaReader(root);
  const item = reader.pathItem(record(root.paths)[path]);
  const found = record(item[method.toLowerCase()]);
  const elsewhere = ownServer(root, item, found);
  if (elsewhere !== null)
    return { problem: `It has an address of its own: ${elsewhere}. Make a connection with this address for it.` };
  const input: NonNullable<Operation['input']['properties']> = {};
  const required: string[] = [];
  const call: OperationOf<'http'>['call'] = {
    kind: 'http',
    method,
    path,
    query: {},
    headers: {},
    body: 'none',
    answer: 'body',
    idempotencyHeader: method === 'GET' || method === 'HEAD' ? '' : 'Idempotency-Key',
  };

  const parameters = new Map<string, Json>();
  for (const list of [item.parameters, found.parameters])
    for (const each of Array.isArray(list) ? (list as unknown[]) : []) {
      const parameter = reader.resolved(each);
      parameters.set(`${String(parameter.in)}:${String(parameter.name)}`, parameter);
    }
  const request: Request = { call, input, required };
  const leftOut: string[] = [];
  for (const parameter of parameters.values()) {
    const why = addParameter(parameter, request, reader);
    if (why === null) continue;
    if (parameter.required === true || parameter.in === 'path') return { problem: why };
    leftOut.push(why);
  }
  const missing = /\{([^}]*)\}/g;
  for (const [, field = ''] of call.path.matchAll(missing))
    if (!Object.hasOwn(input, field)) return { problem: `The path has '{${field}}', which no parameter describes.` };

  const body = reader.resolved(found.requestBody);
  if (Object.keys(body).length > 0 && method !== 'GET' && method !== 'HEAD') {
    const why = addBody(body, request, reader, leftOut);
    if (why !== null) return { problem: why };
  }

  const output = outputOf(found, reader);
  if (reader.problem !== null) return { problem: reader.problem };
  const words = typeof found.description === 'string' ? visibleText(found.description).slice(0, 1_500) : '';
  const notes = leftOut.length === 0 ? '' : `Left out: ${leftOut.join(' ').slice(0, 450)}`;
  const description = [words, notes].filter((each) => each !== '').join('\n\n');
  return {
    connection,
    name,
    title,
    description,
    call,
    input: { type: 'object', ...(required.length > 0 ? { required } : {}), properties: input },
    output,
    effect: method === 'GET' || method === 'HEAD' ? 'none' : 'irreversible',
    options: {},
  };
}

/** The address of an operation that is not below one of the document; null if there is none. */
function ownServer(root: Json, item: Json, found: Json): string | null {
  const own = addressesOf(found.servers ?? item.servers);
  const common = addressesOf(root.servers);
  return own.length === 0 || own.some((each) => common.includes(each)) ? null : (own[0] ?? null);
}

/** [OA3] Left open where two statuses that mean success have answers of two forms. */
function outputOf(found: Json, reader: SchemaReader): Operation['output'] {
  const responses = record(found.responses);
  const schemas = Object.keys(responses)
    .filter((each) => /^2(\d\d|XX)$/i.test(each))
    .sort()
    .map((status) => {
      const content = jsonContent(reader.resolved(responses[status]).content);
      return content ? reader.schema(content.schema, 'response') : {};
    });
  const [first = {}, ...others] = schemas;
  return others.every((other) => JSON.stringify(other) === JSON.stringify(first)) ? first : {};
}

/** One line, in which no character is hidden; null if there is none. */
function titleIn(text: unknown): string | null {
  const line =
    typeof text === 'string' ? visibleText(text.trim().slice(0, 200)).replace(/\s+/g, ' ').slice(0, 100) : '';
  return line.trim() === '' ? null : line.trim();
}

const wordsOf = (name: string): string => {
  const words = name.replace(/([a-z0-9])([A-Z])/g, '$1 $2').toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
};

/**
 * [OA5] Undo operations that the paths suggest, if the answer has the item's id: a POST to a collection is undone by
 * one
 * `POST /…/{id}/cancel` (refund, void …), otherwise by the DELETE of the item.
 */
export function suggestUndos(operations: readonly OperationOf<'http'>[]): OperationOf<'http'>[] {
  return operations.map((operation) => {
    if (operation.call.method !== 'POST' || operation.undo) return operation;
    const candidates = operations.flatMap((other) => undoBy(operation, other) ?? []);
    const taken = candidates.filter(({ isDelete }) => !isDelete);
    const [found] = taken.length > 0 ? taken : candidates;
    if (!found || taken.length > 1) return operation;
    const { name, field, id } = found;
    const undo = { operation: name, input: { [field]: { $expr: `output.${id}` } }, armed: 'completed' as const };
    return { ...operation, effect: 'reversible' as const, undo };
  });
}

/** The last part of the path of a call that takes something back. */
const TAKES_BACK = /^(cancel|cancellations?|refunds?|void|voids|release|reverse|reversals?|revoke|undo)$/i;

/** How the other call would take back what a call created: by which of its fields, from which field of the answer. */
function undoBy({ call, output }: OperationOf<'http'>, other: OperationOf<'http'>) {
  const [, base, field = '', last] = /^(.*)\/\{([^}]+)\}(?:\/([^/{}]+))?\/*$/.exec(other.call.path) ?? [];
  const isDelete = other.call.method === 'DELETE' && last === undefined;
  const takesBack = ['POST', 'PUT'].includes(other.call.method) && last !== undefined && TAKES_BACK.test(last);
  if ((!isDelete && !takesBack) || base !== call.path.replace(/\/+$/, '')) return null;
  const answered = output.properties ?? {};
  const id = [field, 'id'].find((each) => Object.hasOwn(answered, each));
  const others = (other.input.required ?? []).filter((each) => each !== field);
  return id === undefined || others.length > 0 ? null : { name: other.name, field, id, isDelete };
}
