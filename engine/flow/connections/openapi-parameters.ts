/**
 * Parameters of OpenAPI in the request of an operation. [OA6] of openapi.ts.
 *
 * The mapping of a request puts one value in one place, and repeats a parameter for each entry of a list. So
 * - a list that the service reads as one text ('a,b') is a text in the input, and its description names the separator;
 * - a group of fields (`deepObject`, or `form` with one parameter a field) is sent field by field, where its fields are
 *   single values.
 */
import type { JsonSchema } from '../json-schema';
import { inputField, jsonContent, type Json } from './openapi-document';
import type { SchemaReader } from './openapi-schemas';
import type { OperationOf } from './operation';

/** Is filled while the parameters are read. */
export interface Request {
  call: OperationOf<'http'>['call'];
  input: Record<string, JsonSchema>;
  required: string[];
}

/** Set by the connection or by the transfer. */
const NOT_OF_THE_INPUT = /^(accept|content-type|authorization|host|content-length|connection|idempotency[-_]?key)$/i;
const SEPARATORS: ReadonlyMap<string, string> = new Map([
  ['form', 'commas'],
  ['simple', 'commas'],
  ['spaceDelimited', 'spaces'],
  ['pipeDelimited', "'|'"],
]);

/** Returns why the parameter cannot be sent; null if it can. */
export function addParameter(parameter: Json, { call, input, required }: Request, reader: SchemaReader): string | null {
  const { in: place, name: wire } = parameter;
  if (typeof wire !== 'string' || wire === '') return null;
  if (place === 'header' && /^idempotency[-_]?key$/i.test(wire)) call.idempotencyHeader = wire;
  if (place === 'header' && NOT_OF_THE_INPUT.test(wire)) return null;
  if (place === 'cookie') return `It needs the cookie '${wire}', which is never sent.`;
  const asJson = jsonContent(parameter.content);
  const { schema, names } = sentAs(parameter, asJson, reader.schema(parameter.schema ?? asJson?.schema, 'request'));
  if (schema === null) return `It sends the parameter '${wire}' in a style that cannot be sent.`;
  const field = inputField(wire, input);
  if (names.some(([name]) => Object.hasOwn(call.query, name))) return `Two parameters of it are sent as '${wire}'.`;
  const { description } = parameter;
  const words = [typeof description === 'string' ? description.slice(0, 240) : '', schema.description ?? ''];
  const said = words.filter((each) => each !== '').join(' ');
  input[field] = said === '' ? schema : { ...schema, description: said.slice(0, 300) };
  if (place === 'path' || parameter.required === true) required.push(field);
  if (place === 'path') call.path = call.path.replaceAll(`{${wire}}`, `{${field}}`);
  if (place === 'header') call.headers[wire] = `{${field}}`;
  if (place === 'query')
    for (const [name, inner] of names) call.query[name] = inner === '' ? `{${field}}` : `{${field}.${inner}}`;
  return null;
}

interface SentAs {
  /** Null: it cannot be sent. */
  schema: JsonSchema | null;
  /** In the query: name of the parameter, and the field inside the value; '' for the value itself. */
  names: [name: string, inner: string][];
}

function sentAs({ in: place, name, style, explode }: Json, asJson: Json | null, schema: JsonSchema): SentAs {
  const wire = String(name);
  const whole: SentAs = { schema, names: [[wire, '']] };
  const none: SentAs = { schema: null, names: [] };
  // JSON in one parameter.
  if (asJson !== null) return schema.type === 'array' && place === 'query' ? none : whole;
  const usual = place === 'query' ? 'form' : 'simple';
  const found = typeof style === 'string' ? style : usual;
  const isExploded = typeof explode === 'boolean' ? explode : found === 'form';
  const isList = schema.type === 'array';
  const isGroup = schema.type === 'object';
  if (found === 'label' || found === 'matrix') return none;
  if (isGroup) {
    const inner = Object.entries(schema.properties ?? {});
    const isDeep = found === 'deepObject';
    const isFieldByField = place === 'query' && (isDeep || (found === 'form' && isExploded)) && inner.length > 0;
    if (!isFieldByField || !inner.every(([field, of]) => isSingle(of) && isPlaceholder(field))) return none;
    return { schema, names: inner.map(([field]) => [isDeep ? `${wire}[${field}]` : field, field]) };
  }
  if (!isList || (place === 'query' && found === 'form' && isExploded)) return whole;
  const separator = SEPARATORS.get(found);
  if (separator === undefined) return none;
  return { ...whole, schema: { type: 'string', description: `Several values, separated by ${separator}.` } };
}

const isSingle = ({ type }: JsonSchema): boolean => type !== undefined && type !== 'object' && type !== 'array';
const isPlaceholder = (name: string): boolean => /^[A-Za-z_][\w-]*$/.test(name) && !(name in Object.prototype);
