/** The OpenAPI document as the page shows it: operations by group, fields as rows, a call to paste. Pure. */
import type { ApiDocument, ApiOperation, ApiSchema } from '@/app/_contract/api';
import { shell } from '@/components/flow/program-texts';
import type { JsonSchema } from '@/engine/flow/document';
import { sampleOf } from '@/engine/flow/schema/sample';

export interface Call extends ApiOperation {
  method: 'GET' | 'POST';
  path: string;
}
export interface Group {
  name: string;
  description: string;
  calls: Call[];
}

/** The groups of the document with what has all the words, in their order. */
export function groupsOf({ tags, paths }: ApiDocument, search: string): Group[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  const calls = Object.entries(paths).flatMap(([path, methods]) =>
    (['get', 'post'] as const).flatMap((method): Call[] => {
      const operation = methods[method];
      return operation ? [{ ...operation, path, method: method === 'get' ? 'GET' : 'POST' }] : [];
    })
  );
  const has = ({ method, path, summary, tags: [tag = ''] }: Call) => {
    const text = `${method} ${path} ${summary} ${tag}`.toLowerCase();
    return words.every((word) => text.includes(word));
  };
  return tags.flatMap(({ name, description }) => {
    const found = calls.filter((call) => call.tags.includes(name) && has(call));
    return found.length > 0 ? [{ name, description, calls: found }] : [];
  });
}

export interface FieldRow {
  name: string;
  type: string;
  isRequired: boolean;
  description: string;
  /** The fields of an object, or of the objects of a list. */
  inner: FieldRow[];
}

/** Deeper ones are not shown: the document has them. */
const DEEPEST = 6;

export function fieldsOfSchema(schema: ApiSchema, depth = 0): FieldRow[] {
  if (depth >= DEEPEST) return [];
  const { properties = {}, required = [] } = schema;
  return Object.entries(properties).map(([name, field]) => ({
    name,
    type: typeOfSchema(field),
    isRequired: required.includes(name),
    description: field.description ?? field.title ?? '',
    inner: fieldsOfSchema(insideOf(field), depth + 1),
  }));
}

/** What has fields: the schema itself, an item of its list, or the one of several that is not null. */
function insideOf(schema: ApiSchema): ApiSchema {
  if (schema.items) return insideOf(schema.items);
  const several = (schema.anyOf ?? schema.oneOf ?? []).filter(({ type }) => type !== 'null');
  return several.length === 1 ? insideOf(several[0]!) : schema;
}

export function typeOfSchema({ type, format, enum: values, const: only, items, anyOf, oneOf }: ApiSchema): string {
  if (values) return values.map((value) => JSON.stringify(value)).join(' or ');
  if (only !== undefined) return JSON.stringify(only);
  const several = anyOf ?? oneOf;
  if (several) return [...new Set(several.map(typeOfSchema))].join(' or ');
  if (type === 'array') return `list of ${items ? typeOfSchema(items) : 'anything'}`;
  return [type ?? 'anything', format].filter(Boolean).join(', ');
}

export const bodyOf = ({ requestBody }: ApiOperation): ApiSchema | null =>
  requestBody?.content['application/json'].schema ?? null;
export const answerOf = ({ responses }: ApiOperation): ApiSchema => responses[200].content['application/json'].schema;

/** With a value for each field that is needed. */
export function curlOf(origin: string, call: Call): string {
  const body = bodyOf(call);
  const url = shell(`${origin}${call.path}`).replace(/\{(\w+)\}/g, '<$1>');
  const takesKey = call.parameters.some((each) => each.in === 'header');
  const lines = [
    `curl ${call.method === 'POST' ? '-X POST ' : ''}${url}`,
    `-H "Authorization: Bearer $BACKSTITCH_KEY"`,
    ...(body ? [`-H 'Content-Type: application/json'`] : []),
    ...(takesKey ? [`-H 'Idempotency-Key: order-4711'`] : []),
    ...(body ? [`-d ${shell(JSON.stringify(bodySample(body), null, 2))}`] : []),
  ];
  return lines.join(' \\\n  ');
}

function bodySample({ properties = {}, required = [] }: ApiSchema): unknown {
  return Object.fromEntries(
    required.map((name) => {
      const schema = properties[name] ?? {};
      // What fits any flow, or any message, has no type.
      return [name, schema.type === undefined && !schema.enum ? {} : sampleOf(schema as JsonSchema, 1, name).value];
    })
  );
}
