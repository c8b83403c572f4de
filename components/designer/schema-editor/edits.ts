/** Changes of a schema that a person makes in one go. Pure; what the editor does not know is kept. */
import type { JsonSchema } from '@/engine/flow/document';
import { wordsOf } from '@/engine/flow/values/format';
import { withKind, type FieldKind } from './kinds';

const MOST_FIELDS_OF_EXAMPLE = 500;

/** `Order number` → `orderNumber`, with a number where that is taken. */
export function nameFor(title: string, taken: readonly string[]): string {
  const words = title
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/^[^A-Za-z]+/, '')
    .split(/[^A-Za-z0-9]+/)
    .filter(Boolean);
  const camel = words
    .map((word, index) =>
      index === 0 ? word.charAt(0).toLowerCase() + word.slice(1) : word.charAt(0).toUpperCase() + word.slice(1)
    )
    .join('')
    .slice(0, 60);
  const base = camel === '' ? 'field' : camel;
  if (!taken.includes(base)) return base;
  for (let number = 2; ; number++) if (!taken.includes(`${base}${number}`)) return `${base}${number}`;
}

export function addField(group: JsonSchema, title: string, kind: FieldKind): JsonSchema {
  const properties = group.properties ?? {};
  const name = nameFor(title, Object.keys(properties));
  const field = withKind(title === '' || title === wordsOf(name) ? {} : { title }, kind);
  return { ...group, properties: { ...properties, [name]: field } };
}

export function changeField(group: JsonSchema, name: string, field: JsonSchema): JsonSchema {
  return { ...group, properties: { ...group.properties, [name]: field } };
}

/** What names the field (required, the currency of an amount) goes with it. */
export function removeField(group: JsonSchema, name: string): JsonSchema {
  const fields = Object.entries(group.properties ?? {}).filter(([each]) => each !== name);
  const properties = Object.fromEntries(fields.map(([each, field]) => [each, withoutCurrency(field, name)]));
  return withRequired(
    { ...group, properties },
    (group.required ?? []).filter((each) => each !== name)
  );
}
function withoutCurrency(field: JsonSchema, name: string): JsonSchema {
  if (field.currencyField !== name) return field;
  const { currencyField: _, ...others } = field;
  return others;
}

/** The field keeps its place, and what names it follows. */
export function renameField(group: JsonSchema, from: string, to: string): JsonSchema {
  const fields = Object.entries(group.properties ?? {}).map(([name, field]): [string, JsonSchema] => [
    name === from ? to : name,
    field.currencyField === from ? { ...field, currencyField: to } : field,
  ]);
  const required = (group.required ?? []).map((name) => (name === from ? to : name));
  return withRequired({ ...group, properties: Object.fromEntries(fields) }, required);
}

/** One place up or down. */
export function moveField(group: JsonSchema, name: string, by: 1 | -1): JsonSchema {
  const fields = Object.entries(group.properties ?? {});
  const index = fields.findIndex(([each]) => each === name);
  const field = fields[index];
  if (!field || index + by < 0 || index + by >= fields.length) return group;
  return { ...group, properties: Object.fromEntries(fields.toSpliced(index, 1).toSpliced(index + by, 0, field)) };
}

export function setRequired(group: JsonSchema, name: string, isRequired: boolean): JsonSchema {
  const others = (group.required ?? []).filter((each) => each !== name);
  return withRequired(group, isRequired ? [...others, name] : others);
}
function withRequired({ required: _, ...group }: JsonSchema, required: string[]): JsonSchema {
  return required.length > 0 ? { ...group, required } : group;
}

/** Keywords for which the editor has fields of its own. */
const KNOWN = new Set([
  'type',
  'properties',
  'required',
  'items',
  'enum',
  'format',
  'title',
  'description',
  'sensitive',
  'primary',
  'currencyField',
]);

/** Everything else of a schema: limits, patterns, a constant. */
export function othersOf(schema: JsonSchema): Record<string, unknown> {
  return Object.fromEntries(Object.entries(schema).filter(([name]) => !KNOWN.has(name)));
}
export function withOthers(schema: JsonSchema, others: Readonly<Record<string, unknown>>): JsonSchema {
  const known = Object.entries(schema).filter(([name]) => KNOWN.has(name));
  const added = Object.entries(others).filter(([name]) => !KNOWN.has(name));
  return Object.fromEntries([...known, ...added]) as JsonSchema;
}

/** The schema of an example value: fields that every example has are required. */
export function schemaOfExample(example: unknown): JsonSchema {
  let room = MOST_FIELDS_OF_EXAMPLE;
  return infer(example);

  function infer(value: unknown): JsonSchema {
    if (value === null || value === undefined || room-- <= 0) return {};
    if (Array.isArray(value)) return { type: 'array', items: value.map(infer).reduce(merged, undefined) ?? {} };
    switch (typeof value) {
      case 'string':
        return { type: 'string', ...formatOf(value) };
      case 'boolean':
        return { type: 'boolean' };
      case 'number':
        return { type: Number.isInteger(value) ? 'integer' : 'number' };
      case 'object': {
        const fields = Object.entries(value).filter(([name]) => name !== '__proto__');
        const required = fields.filter(([, each]) => each !== null).map(([name]) => name);
        const properties = Object.fromEntries(fields.map(([name, each]) => [name, infer(each)]));
        return withRequired({ type: 'object', properties }, required);
      }
      default:
        return {};
    }
  }
}

/** A schema for values of both. */
function merged(one: JsonSchema | undefined, other: JsonSchema): JsonSchema {
  if (one === undefined || Object.keys(one).length === 0) return other;
  if (Object.keys(other).length === 0) return one;
  const numbers = ['integer', 'number'];
  if (one.type !== other.type)
    return numbers.includes(one.type ?? '') && numbers.includes(other.type ?? '') ? { type: 'number' } : {};
  if (one.type === 'array') return { type: 'array', items: merged(one.items, other.items ?? {}) };
  if (one.type !== 'object') return one.format === other.format ? one : { type: one.type };
  const names = [...new Set([...Object.keys(one.properties ?? {}), ...Object.keys(other.properties ?? {})])];
  const properties = Object.fromEntries(
    names.map((name) => [name, merged(one.properties?.[name], other.properties?.[name] ?? {})])
  );
  const required = (one.required ?? []).filter((name) => other.required?.includes(name));
  return withRequired({ type: 'object', properties }, required);
}

function formatOf(text: string): Pick<JsonSchema, 'format'> {
  if (/^\d{4}-\d{2}-\d{2}$/.test(text)) return { format: 'date' };
  if (/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})$/.test(text)) return { format: 'date-time' };
  if (/^https?:\/\/\S+$/.test(text)) return { format: 'link' };
  if (/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(text)) return { format: 'email' };
  return text.length > 200 || text.includes('\n') ? { format: 'long-text' } : {};
}
