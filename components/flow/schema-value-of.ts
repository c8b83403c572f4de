/**
 * Converts between a schema, the fields of a form and the value that is sent. Pure.
 *
 * The form keeps a number as text, in the number format of the person, because '12,' may be an unfinished amount, and
 * because the same digits are another amount in another currency. The text becomes a number when the value is sent. A
 * text that is not a number is sent unchanged, and validation then rejects it.
 */
import type { JsonSchema } from '@/engine/flow/document';
import { readMoney, writeAmount, writeMoney } from '@/engine/flow/values/money';
import { readNumber, writeNumber } from '@/engine/flow/values/numbers';
import type { Writing } from '@/engine/flow/values/writing';
import { isFields, type Fields } from '@/engine/run-view/fields';

/** The initial content of a form: `given` if there is one, else the default, else an empty value of the right type. */
export function initialOf(schema: JsonSchema, given: unknown, writing: Writing, siblings: Fields = {}): unknown {
  if (schema.type === 'object' && schema.properties) {
    const from = isFields(given) ? given : isFields(schema.default) ? schema.default : {};
    const properties = Object.entries(schema.properties);
    const known = Object.fromEntries(properties.map(([key, property]) => [key, from[key] ?? property.default]));
    return Object.fromEntries(
      properties.map(([key, property]) => [key, initialOf(property, from[key], writing, known)])
    );
  }
  if (isNumeric(schema)) {
    const number = given ?? schema.default ?? schema.const;
    if (typeof number !== 'number') return typeof number === 'string' ? number : '';
    return schema.format === 'money'
      ? writeAmount(number, currencyOf(schema, siblings), writing)
      : writeNumber(number, writing);
  }
  if (schema.type === 'array' && schema.items) {
    const items = schema.items;
    const from: unknown[] = Array.isArray(given) ? given : Array.isArray(schema.default) ? schema.default : [];
    const filled = from.map((item) => initialOf(items, item, writing));
    while (filled.length < (schema.minItems ?? 0)) filled.push(initialOf(items, undefined, writing));
    return filled;
  }
  if (given !== undefined) return given;
  if (schema.default !== undefined) return schema.default;
  if (schema.const !== undefined) return schema.const;
  if (schema.type === 'boolean') return false;
  return undefined;
}

/** The value to send. Empty fields are left out, so that `required` in the schema applies to them. */
export function sentOf(schema: JsonSchema, value: unknown, writing: Writing, siblings: Fields = {}): unknown {
  if (schema.type === 'object' && schema.properties && isFields(value)) {
    const properties = schema.properties;
    const kept = Object.entries(value)
      .map(([key, each]) => [key, sentOf(properties[key] ?? {}, each, writing, value)] as const)
      .filter(([, each]) => each !== undefined);
    return Object.fromEntries(kept);
  }
  if (Array.isArray(value)) return value.map((item) => sentOf(schema.items ?? {}, item, writing));
  if (isNumeric(schema)) return typeof value === 'string' ? numberOf(schema, value, writing, siblings) : value;
  if (value === '' && (schema.default !== '' || (schema.minLength ?? 0) > 0)) return undefined;
  return value;
}

function numberOf(schema: JsonSchema, text: string, writing: Writing, siblings: Fields): unknown {
  if (text.trim() === '') return undefined;
  if (schema.format === 'money') {
    const read = readMoney(text, currencyOf(schema, siblings), writing);
    return 'minor' in read ? read.minor : text;
  }
  const read = readNumber(text, writing);
  return 'value' in read ? read.value : text;
}

/** Why the text of a number field cannot be sent, as a sentence; null if it can. */
export function textProblem(schema: JsonSchema, text: string, writing: Writing, siblings: Fields): string | null {
  if (text.trim() === '') return null;
  const read =
    schema.format === 'money' ? readMoney(text, currencyOf(schema, siblings), writing) : readNumber(text, writing);
  if ('problem' in read) return `This ${read.problem.replace(/\.$/, '')}.`;
  const number = 'minor' in read ? read.minor : read.value;
  if (schema.type === 'integer' && !Number.isInteger(number)) return 'This is not a whole number.';
  const { minimum, maximum } = schema;
  if (minimum !== undefined && number < minimum) return boundSentence(schema, 'least', minimum, writing, siblings);
  if (maximum !== undefined && number > maximum) return boundSentence(schema, 'most', maximum, writing, siblings);
  return null;
}

function boundSentence(
  schema: JsonSchema,
  bound: 'least' | 'most',
  limit: number,
  writing: Writing,
  siblings: Fields
): string {
  const words =
    schema.format === 'money' ? writeMoney(limit, currencyOf(schema, siblings), writing) : writeNumber(limit, writing);
  return `At ${bound} ${words}.`;
}

export const isNumeric = (schema: JsonSchema): boolean =>
  (schema.type === 'integer' || schema.type === 'number') && schema.enum === undefined;

function currencyOf({ currencyField }: JsonSchema, siblings: Fields): string | null {
  const currency = currencyField === undefined ? undefined : siblings[currencyField];
  return typeof currency === 'string' && currency !== '' ? currency : null;
}

/** `/items/0/sku` → `value.items.0.sku`; null if the form has no such field. */
export function pathOf(pointer: string, root: string, schema: JsonSchema): string | null {
  const parts = pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
  let here: JsonSchema | undefined = schema;
  for (const part of parts) {
    if (part === '') continue;
    here = here?.type === 'array' ? here.items : here?.properties?.[part];
    if (!here) return null;
  }
  const named = [root, ...parts.filter((part) => part !== '')].join('.');
  return named === root && schema.type === 'object' ? null : named;
}
