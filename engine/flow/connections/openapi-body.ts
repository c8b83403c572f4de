/**
 * The body of an OpenAPI operation in its request. [OA7] of openapi.ts.
 *
 * JSON is preferred to a form, because it says more. How the lists and groups of a form are written follows from the
 * `encoding` of each field; where the document says nothing, OpenAPI repeats the field of a list, and a group is JSON.
 */
import type { BodyEncoding, FormStyle } from './form';
import { inputField, jsonContent, record, type Json } from './openapi-document';
import type { Request } from './openapi-parameters';
import type { SchemaReader } from './openapi-schemas';
import type { JsonSchema } from '../json-schema';

const FORMS: ReadonlyMap<string, BodyEncoding['kind']> = new Map([
  ['application/x-www-form-urlencoded', 'form'],
  ['multipart/form-data', 'multipart'],
]);
const USUAL: FormStyle = { lists: 'repeated', groups: 'json' };

/**
 * Returns why the body cannot be sent; null if it can. `leftOut`: gets a sentence for each optional field that cannot
 * be sent.
 */
export function addBody(body: Json, request: Request, reader: SchemaReader, leftOut: string[]): string | null {
  const content = record(body.content);
  const asJson = jsonContent(content);
  if (asJson) {
    addFields(reader.schema(asJson.schema, 'request'), body, request);
    return null;
  }
  for (const [type, kind] of FORMS) {
    const found = Object.entries(content).find(([each]) => each.split(';')[0]?.trim().toLowerCase() === type);
    if (found) return addForm(record(found[1]), kind, { body, request, reader, leftOut });
  }
  const types = Object.keys(content).join(', ') || 'no JSON';
  return `It sends ${types.slice(0, 200)}; only JSON and forms can be sent.`;
}

interface Parts {
  body: Json;
  request: Request;
  reader: SchemaReader;
  leftOut: string[];
}

function addForm(content: Json, kind: BodyEncoding['kind'], { body, request, reader, leftOut }: Parts): string | null {
  const schema = reader.schema(content.schema, 'request');
  const raw = record(reader.resolved(content.schema).properties);
  const properties = schema.properties ?? {};
  // A form that is declared as empty.
  if (Object.keys(properties).length === 0 && record(content.schema).properties !== undefined) return null;
  const encodings = record(content.encoding);
  const styles = new Map<string, FormStyle>();
  const kept: [string, JsonSchema][] = [];
  for (const [name, field] of Object.entries(properties)) {
    const style = styleOf(
      record(encodings[name]),
      field,
      Object.hasOwn(raw, name) ? reader.resolved(raw[name]) : {},
      kind
    );
    if (typeof style === 'string') {
      const why = `It sends ${style} in '${name}', which cannot be sent.`;
      if (schema.required?.includes(name)) return why;
      leftOut.push(why);
      continue;
    }
    kept.push([name, field]);
    if (!isSingle(field)) styles.set(name, style);
  }
  const { usual, others } = mostUsual(styles);
  addFields({ ...schema, properties: Object.fromEntries(kept) }, body, request, {
    kind,
    ...usual,
    ...(others.size > 0 ? { fields: Object.fromEntries(others) } : {}),
  });
  return null;
}

/** The style of a field; a text: what it is instead, which cannot be sent. */
function styleOf(encoding: Json, schema: JsonSchema, raw: Json, kind: BodyEncoding['kind']): FormStyle | string {
  const { style, explode, contentType } = encoding;
  const type = typeof contentType === 'string' ? contentType : '';
  const isBinary = [raw, record(raw.items)].some(({ format, contentEncoding, contentMediaType }) =>
    [format === 'binary', contentEncoding !== undefined, contentMediaType !== undefined].includes(true)
  );
  if (kind === 'multipart' && (isBinary || (type !== '' && !/^(text\/plain|application\/json)\b/i.test(type))))
    return 'a file';
  if (/^application\/(\S+\+)?json/i.test(type)) return { lists: 'json', groups: 'json' };
  if (style === undefined && explode === undefined) return USUAL;
  if (style === 'deepObject') return { lists: 'indexed', groups: 'brackets' };
  // The fields of such a group would be fields of the form itself.
  if ((style !== undefined && style !== 'form') || schema.type === 'object') return `a style of its own`;
  return { ...USUAL, lists: explode === false ? 'commas' : 'repeated' };
}

/** The style of most fields, and those that have another one. */
function mostUsual(styles: ReadonlyMap<string, FormStyle>): { usual: FormStyle; others: Map<string, FormStyle> } {
  const counts = new Map<string, { style: FormStyle; count: number }>();
  const keyOf = ({ lists, groups }: FormStyle) => `${lists} ${groups}`;
  for (const style of styles.values()) {
    const count = (counts.get(keyOf(style))?.count ?? 0) + 1;
    counts.set(keyOf(style), { style, count });
  }
  const [first] = [...counts.values()].sort((one, other) => other.count - one.count);
  const usual = first?.style ?? USUAL;
  return { usual, others: new Map([...styles].filter(([, style]) => keyOf(style) !== keyOf(usual))) };
}

/** The fields of the body are fields of the input, where that is possible; otherwise the input has the whole body. */
function addFields(schema: JsonSchema, body: Json, request: Request, encoding?: BodyEncoding): void {
  const { call, input, required } = request;
  const fields = Object.entries(schema.properties ?? {});
  const isNamed = schema.type === 'object' && fields.length > 0;
  const isPlain =
    isNamed && fields.every(([field]) => !Object.hasOwn(input, field) && field === inputField(field, input));
  if (encoding) call.encoding = encoding;
  if (isPlain) {
    // A field whose parts are parameters is not used as a whole, and would be sent in the rest, too.
    const isInParts = Object.values(call.query).some((text) => text.includes('.'));
    call.body = isInParts ? { mapping: Object.fromEntries(fields.map(([field]) => [field, `{${field}}`])) } : 'rest';
    for (const [field, inner] of fields) input[field] = inner;
    required.push(...(body.required === false ? [] : (schema.required ?? [])));
    return;
  }
  // In a form a name such as 'expand[]' is usual, and is no name of an input.
  if (isNamed && encoding) {
    const mapping: Record<string, string> = {};
    for (const [wire, inner] of fields) {
      const field = inputField(wire, input);
      input[field] = inner;
      mapping[wire] = `{${field}}`;
      if (body.required !== false && schema.required?.includes(wire)) required.push(field);
    }
    call.body = { mapping };
    return;
  }
  const field = inputField('body', input);
  input[field] = schema;
  call.body = { mapping: `{${field}}` };
  if (body.required === true) required.push(field);
}

const isSingle = ({ type }: JsonSchema): boolean => type !== undefined && type !== 'object' && type !== 'array';
