/** The data of a task: the value that matters most for the decision, and what changed since somebody read it. Pure. */
import { wordsOf } from '@/engine/flow/values/format';
import { writeMoney } from '@/engine/flow/values/money';
import { writeNumber } from '@/engine/flow/values/numbers';
import { visibleText } from '@/engine/flow/values/text';
import type { Writing } from '@/engine/flow/values/writing';
import type { JsonSchema } from '@/engine/flow/document';
import { fieldsOf } from '@/engine/run-view/fields';

export interface ShownField {
  key: string;
  label: string;
  schema: JsonSchema | undefined;
  value: unknown;
}
/** The first field that the schema marks as primary, usually an amount. */
export function primaryOf(data: unknown, schema: JsonSchema | null): ShownField | null {
  const fields = fieldsOf(data);
  for (const [key, each] of Object.entries(schema?.properties ?? {})) {
    const value = Object.hasOwn(fields, key) ? fields[key] : null;
    if (each.primary && value !== undefined && value !== null) {
      return { key, label: each.title ?? wordsOf(key), schema: each, value };
    }
  }
  return null;
}

/** What the form of a decision begins with: values of the data that have the same name and may be shown. */
export function startOf(form: JsonSchema, { data, schema }: { data: unknown; schema: JsonSchema | null }): unknown {
  const fields = fieldsOf(data);
  const known = Object.keys(form.properties ?? {}).filter(
    (name) => Object.hasOwn(fields, name) && schema?.properties?.[name]?.sensitive !== true
  );
  return Object.fromEntries(known.map((name) => [name, fields[name]]));
}

const SHORT = 32;
/** The primary value as a button or a row writes it: '€1,290.00'. Null if it is too long for that. */
export function primaryText(data: unknown, schema: JsonSchema | null, writing: Writing): string | null {
  const primary = primaryOf(data, schema);
  if (!primary || primary.schema?.sensitive) return null;
  const { value, schema: own } = primary;
  if (typeof value === 'number' && own?.format === 'money') {
    const currency = own.currencyField ? fieldsOf(data)[own.currencyField] : null;
    return writeMoney(value, typeof currency === 'string' ? currency : null, writing);
  }
  if (typeof value === 'number' && own?.format === undefined) return writeNumber(value, writing);
  return typeof value === 'string' && own?.format === undefined && value.length <= SHORT ? visibleText(value) : null;
}

/**
 * The schema without its primary marks: if the primary value is shown above already, its row looks like the others.
 */
export function withoutPrimary(schema: JsonSchema | null): JsonSchema | null {
  if (!schema?.properties) return schema;
  const properties = Object.entries(schema.properties).map(([key, each]) => [key, { ...each, primary: false }]);
  return { ...schema, properties: Object.fromEntries(properties) as Record<string, JsonSchema> };
}

export interface ChangedField {
  key: string;
  label: string;
  schema: JsonSchema | undefined;
  before: unknown;
  after: unknown;
}
/**
 * Top-level fields whose value changed, in the order of the schema. A field that exists on one side only counts as
 * changed.
 */
export function changesOf(before: unknown, after: unknown, schema: JsonSchema | null): ChangedField[] {
  const [was, is] = [fieldsOf(before), fieldsOf(after)];
  const known = Object.keys(schema?.properties ?? {});
  const keys = new Set([...known, ...Object.keys(was), ...Object.keys(is)]);
  return [...keys]
    .filter((key) => JSON.stringify(was[key]) !== JSON.stringify(is[key]))
    .map((key) => ({
      key,
      label: schema?.properties?.[key]?.title ?? wordsOf(key),
      schema: schema?.properties?.[key],
      before: was[key],
      after: is[key],
    }));
}
