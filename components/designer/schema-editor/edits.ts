/**
 * Changes of a schema that a person makes in one go. Pure.
 *
 * Rules
 * [SED1] Every type of field gives a schema that can be used and that is recognised as that type again (kinds.ts).
 * [SED2] What names a field (required, the currency of an amount) follows its new name, and goes when it is removed.
 * [SED3] What the editor does not know is kept.
 * [SED12] The type of a field is said in a sentence as people say it, also that of a list (kinds.ts).
 */
import type { JsonSchema } from '@/engine/flow/document';
import { wordsOf } from '@/engine/flow/values/format';
import { withKind, type FieldKind } from './kinds';

/** `Order number` → `orderNumber`, with a number where that is taken. */
export function nameFor(title: string, taken: readonly string[]): string {
  const words = title
    .replaceAll('ß', 'ss')
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

/** A new field is required, as most are: what reads it needs no answer to the question what if it is missing. */
export function addField(group: JsonSchema, title: string, kind: FieldKind): JsonSchema {
  const properties = group.properties ?? {};
  const name = nameFor(title, Object.keys(properties));
  const field = withKind(title === '' || title === wordsOf(name) ? {} : { title }, kind);
  return setRequired({ ...group, properties: { ...properties, [name]: field } }, name, true);
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

export function setRequired(group: JsonSchema, name: string, isRequired: boolean): JsonSchema {
  const others = (group.required ?? []).filter((each) => each !== name);
  return withRequired(group, isRequired ? [...others, name] : others);
}
/** Keywords keep their order: then the change of the draft is the smallest one. */
function withRequired(group: JsonSchema, required: string[]): JsonSchema {
  if (required.length > 0) return { ...group, required };
  const { required: _, ...others } = group;
  return others;
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
