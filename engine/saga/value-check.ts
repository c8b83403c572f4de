/**
 * Does a value match a schema? This check runs in the run itself, because everybody who may call the cluster can send
 * inputs, signals and updates. It runs inside workflows, and an exported project contains this file unchanged. A
 * number that JavaScript cannot represent (exact.ts) is a number here: its digits decide its type, the nearest number
 * its size.
 *
 * It reads only the keywords below. Patterns and formats are checked by the doors outside (engine/flow/schema),
 * because a regular expression may need more time than a workflow task has. For the keywords that both read, both
 * give the same result (value-check.test.ts).
 */

import { ExactNumber, isExactData, isWhole } from './exact';

/** The keywords of JSON Schema that restrict values. */
export interface ValueSchema {
  type?: 'object' | 'array' | 'string' | 'number' | 'integer' | 'boolean' | 'null';
  properties?: Readonly<Record<string, ValueSchema>>;
  required?: readonly string[];
  additionalProperties?: boolean | ValueSchema;
  items?: ValueSchema;
  enum?: readonly (string | number | boolean)[];
  const?: string | number | boolean | null;
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  minItems?: number;
  maxItems?: number;
}

export interface ValueMisfit {
  /** JSON pointer into the value; '/' is the value itself. */
  at: string;
  /** The rest of a sentence that begins with the field: 'is missing', 'must be a whole number'. */
  message: string;
}

/** The words for types in messages for people. */
export const TYPE_WORDS: Readonly<Record<NonNullable<ValueSchema['type']>, string>> = {
  object: 'a group of fields',
  array: 'a list',
  string: 'a text',
  number: 'a number',
  integer: 'a whole number',
  boolean: 'yes or no (true or false)',
  null: 'empty (null)',
};

/** The first place where the value does not match; null if it matches. */
export function misfitOf(value: unknown, schema: ValueSchema, at = ''): ValueMisfit | null {
  const wrong = (message: string) => ({ at: at || '/', message });
  const { type, const: only } = schema;
  const digits = digitsOf(value);
  const fitsType = digits === null ? type === undefined || isOfType(value, type) : isNumberOfType(digits, type);
  if (type !== undefined && !fitsType) return wrong(`must be ${TYPE_WORDS[type]}`);
  if (schema.enum && !schema.enum.some((each) => each === value)) return wrong(`is one of: ${schema.enum.join(', ')}`);
  if (only !== undefined && value !== only) return wrong(`must be ${String(only)}`);
  if (typeof value === 'number' || digits !== null) {
    const outside = range(Number(digits ?? value), schema.minimum, schema.maximum);
    if (outside) return wrong(`must be ${outside}`);
  } else if (typeof value === 'string') {
    const outside = range(charactersIn(value), schema.minLength, schema.maxLength);
    if (outside) return wrong(`must have ${outside} characters`);
  } else if (Array.isArray(value)) return misfitOfItems(value, schema, at);
  else if (typeof value === 'object' && value !== null) return misfitOfFields(value as Fields, schema, at);
  return null;
}

type Fields = Record<string, unknown>;

/** The digits of an exact number, parsed or in its JSON form; null for any other value. */
function digitsOf(value: unknown): string | null {
  if (value instanceof ExactNumber) return value.toString();
  return isExactData(value) ? value.$exact : null;
}

function isNumberOfType(digits: string, type: ValueSchema['type']): boolean {
  return type === undefined || type === 'number' || (type === 'integer' && isWhole(digits));
}

function isOfType(value: unknown, type: NonNullable<ValueSchema['type']>): boolean {
  switch (type) {
    case 'object':
      return typeof value === 'object' && value !== null && !Array.isArray(value);
    case 'array':
      return Array.isArray(value);
    case 'null':
      return value === null;
    case 'integer':
      return Number.isInteger(value);
    case 'number':
      return Number.isFinite(value);
    default:
      return typeof value === type;
  }
}

function misfitOfItems(items: unknown[], schema: ValueSchema, at: string): ValueMisfit | null {
  const outside = range(items.length, schema.minItems, schema.maxItems);
  if (outside) return { at: at || '/', message: `must have ${outside} entries` };
  if (!schema.items) return null;
  for (const [index, item] of items.entries()) {
    const misfit = misfitOf(item, schema.items, `${at}/${index}`);
    if (misfit) return misfit;
  }
  return null;
}

function misfitOfFields(fields: Fields, schema: ValueSchema, at: string): ValueMisfit | null {
  const { properties = {}, required = [], additionalProperties = true } = schema;
  const inside = (name: string) => `${at}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
  for (const name of required) if (!has(fields, name)) return { at: inside(name), message: 'is missing' };
  for (const name of Object.keys(fields)) {
    if (fields[name] === undefined) continue;
    const declared = Object.hasOwn(properties, name) ? properties[name] : additionalProperties;
    if (declared === false) return { at: inside(name), message: 'is not a field of this form' };
    const misfit = typeof declared === 'object' ? misfitOf(fields[name], declared, inside(name)) : null;
    if (misfit) return misfit;
  }
  return null;
}

/** Inherited names of objects are not fields of the value. */
const has = (fields: Fields, name: string): boolean => Object.hasOwn(fields, name) && fields[name] !== undefined;

function range(count: number, least: number | undefined, most: number | undefined): string | null {
  if (least !== undefined && count < least) return `at least ${least}`;
  if (most !== undefined && count > most) return `at most ${most}`;
  return null;
}

/** Characters as people count them: those outside of the first 65,536 are two units of a JavaScript string. */
function charactersIn(text: string): number {
  let count = 0;
  for (let at = 0; at < text.length; at++) if (!(isHigh(text, at) && isLow(text, at + 1))) count++;
  return count;
}
const isHigh = (text: string, at: number): boolean => (text.charCodeAt(at) & 0xfc00) === 0xd800;
const isLow = (text: string, at: number): boolean => (text.charCodeAt(at) & 0xfc00) === 0xdc00;
