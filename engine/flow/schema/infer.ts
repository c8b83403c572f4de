/**
 * A schema that fits an example value: for 'Send once', whose answer proposes the output, and for pasted JSON. Pure.
 *
 * Rules
 * [IN1] The example fits the schema. Null, and items of different types, leave the type open.
 * [IN2] A field of an object is required if every example of the object has it. Objects with very many fields, or with
 *       fields that look like keys, are records: their values share one schema.
 * [IN3] The schema is small: at most MOST_PARTS parts and MOST_DEPTH levels; what is beyond is left open.
 * [IN4] Texts that are dates or links are recognised if every example is one.
 */
import type { JsonSchema } from '../json-schema';
import { isExactData } from '../values/json';
import { hasFormat } from './formats';

const MOST_PARTS = 1_000;
const MOST_DEPTH = 20;
/** Items of a list that are looked at. */
const MOST_ITEMS = 200;
const MOST_FIELDS = 500;

/** `value` comes from `readJson`: exact numbers are numbers. */
export function inferSchema(value: unknown): JsonSchema {
  const budget = { parts: MOST_PARTS };
  return infer([value], 0, budget);
}

interface Budget {
  parts: number;
}

function infer(examples: readonly unknown[], depth: number, budget: Budget): JsonSchema {
  if (--budget.parts < 0 || depth > MOST_DEPTH || examples.length === 0) return {};
  const types = new Set(examples.map(typeOf));
  // A whole number is a number, too.
  if (types.has('integer') && types.has('number')) types.delete('integer');
  const [type, ...others] = types;
  if (type === undefined || type === 'null' || others.length > 0) return {};
  switch (type) {
    case 'object':
      return inferObject(examples as Record<string, unknown>[], depth, budget);
    case 'array': {
      const items = (examples as unknown[][]).flatMap((list) => list.slice(0, MOST_ITEMS)).slice(0, MOST_ITEMS);
      return items.length === 0 ? { type } : { type, items: infer(items, depth + 1, budget) };
    }
    case 'string': {
      const format = formatOf(examples as string[]);
      return format === null ? { type } : { type, format };
    }
    default:
      return { type };
  }
}

function inferObject(examples: readonly Record<string, unknown>[], depth: number, budget: Budget): JsonSchema {
  const names = [...new Set(examples.flatMap(Object.keys))];
  if (names.length > MOST_FIELDS || (names.length > 3 && names.every(isKey))) {
    const values = examples.flatMap(Object.values).slice(0, MOST_ITEMS);
    return { type: 'object', additionalProperties: infer(values, depth + 1, budget) };
  }
  const properties = Object.fromEntries(
    names.map((name) => {
      const values = examples.filter((each) => Object.hasOwn(each, name)).map((each) => each[name]);
      return [name, infer(values, depth + 1, budget)] as const;
    })
  );
  const required = names.filter((name) => examples.every((each) => Object.hasOwn(each, name)));
  return { type: 'object', ...(required.length > 0 ? { required } : {}), properties };
}

type Type = NonNullable<JsonSchema['type']>;

function typeOf(value: unknown): Type {
  if (value === null || value === undefined) return 'null';
  if (isExactData(value)) return 'number';
  if (Array.isArray(value)) return 'array';
  switch (typeof value) {
    case 'number':
      return Number.isInteger(value) ? 'integer' : 'number';
    case 'boolean':
      return 'boolean';
    case 'string':
      return 'string';
    default:
      return 'object';
  }
}

/** Ids, UUIDs and dates as names of fields. */
const isKey = (name: string): boolean => /^\d+$|^[0-9a-f]{8}-[0-9a-f-]{27}$|^\d{4}-\d\d-\d\d/i.test(name);

function formatOf(texts: readonly string[]): string | null {
  if (texts.every((text) => hasFormat(text, 'date-time'))) return 'date-time';
  if (texts.every((text) => hasFormat(text, 'date'))) return 'date';
  if (texts.every((text) => /^https?:\/\/[^\s]+$/.test(text))) return 'link';
  return null;
}
