/**
 * Where two values of JSON differ, field by field. Pure.
 *
 * Rules
 * [VDF1] A value compared with itself, or with an equal copy, has no difference; a difference is found from both sides.
 * [VDF2] A difference is as deep as possible: fields of objects by name, items of arrays by place. What only one of them
 *        has is a difference of its own.
 * [VDF3] What is hidden in one of them is never compared: it is counted.
 */
import { isExactData } from '../saga/exact';
import { MASK } from '../flow/values/mask';
import { isFields } from './fields';

export interface ValueDifference {
  /** From the outermost value; items of arrays by their index. */
  path: (string | number)[];
  /** Undefined: not there. */
  a: unknown;
  b: unknown;
}
export interface ValueDifferences {
  differences: ValueDifference[];
  /** How many values are hidden, so that nobody sees whether they differ. */
  hidden: number;
}

export function valueDifferences(a: unknown, b: unknown): ValueDifferences {
  const found: ValueDifferences = { differences: [], hidden: 0 };
  compare(a, b, [], found);
  return found;
}

function compare(a: unknown, b: unknown, path: ValueDifference['path'], found: ValueDifferences): void {
  // [VDF3]
  if (isHidden(a) || isHidden(b)) {
    found.hidden += 1;
    return;
  }
  if (Array.isArray(a) && Array.isArray(b)) {
    const items = Math.max(a.length, b.length);
    for (let at = 0; at < items; at++) compare(a[at], b[at], [...path, at], found);
    return;
  }
  if (isObject(a) && isObject(b)) {
    const names = [...new Set([...Object.keys(a), ...Object.keys(b)])].sort();
    for (const name of names) compare(own(a, name), own(b, name), [...path, name], found);
    return;
  }
  if (!isSame(a, b)) found.differences.push({ path, a, b });
}

/** The digits of an exact number are compared as one value. */
const isObject = (value: unknown): value is Record<string, unknown> => isFields(value) && !isExactData(value);
const own = (value: Record<string, unknown>, name: string): unknown =>
  Object.hasOwn(value, name) ? value[name] : undefined;
const isHidden = (value: unknown): boolean => typeof value === 'string' && value.includes(MASK);
const isSame = (a: unknown, b: unknown): boolean =>
  Object.is(a, b) || (typeof a === 'object' && typeof b === 'object' && JSON.stringify(a) === JSON.stringify(b));

/** `items[2].sku`; 'the whole value' for an empty path. */
export const pathWords = (path: ValueDifference['path']): string =>
  path.reduce<string>(
    (words, part) => (typeof part === 'number' ? `${words}[${part}]` : words === '' ? part : `${words}.${part}`),
    ''
  ) || 'the whole value';
