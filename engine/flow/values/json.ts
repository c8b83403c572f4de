/**
 * JSON that keeps every digit, for services, the REST interface and payloads. A number that JavaScript cannot
 * represent is `{ $exact: digits }` here (engine/saga/exact.ts says which numbers are).
 */
import { parse, stringify } from 'lossless-json';
import { holdsExactly, isExactData, isWhole, type ExactData } from '../../saga/exact';

export { isExactData } from '../../saga/exact';

/** During reading or writing: a number by its digits. Data never contains one. */
class Digits {
  constructor(readonly text: string) {}
}

/**
 * Only a text that matches this can have a number that JavaScript cannot represent, or data that looks like an exact
 * number.
 */
const MAY_BE_INEXACT = /[\d.]{16}|\d[eE]|(?:^|[\s[,:])-0|\$exact"|\\u0024/;

/** Throws a SyntaxError for a text that is not JSON, or is nested too deep. */
export function readJson(text: string): unknown {
  return MAY_BE_INEXACT.test(text) ? marked(parseDigits(text)) : JSON.parse(text);
}

/**
 * As `readJson`, for a payload of a history: `{ "$exact": … }` in it is an exact number already. Payloads that other
 * programs wrote may have such numbers in digits too.
 */
export function readPayload(text: string): unknown {
  return MAY_BE_INEXACT.test(text) ? withMarks(parseDigits(text)) : JSON.parse(text);
}

/** `Digits` if JavaScript cannot represent the number. */
function parseDigits(text: string): unknown {
  try {
    const parseNumber = (digits: string) => (holdsExactly(digits) ? Number(digits) : new Digits(digits));
    return parse(text, null, { parseNumber, onDuplicateKey: ({ newValue }) => newValue });
  } catch (error) {
    if (error instanceof RangeError) throw new SyntaxError('It is nested too deep to be read.', { cause: error });
    throw error;
  }
}

/** JSON in which exact numbers have their digits. `value` came from JSON, or is plain data. */
export function writeJson(value: unknown, space?: number): string {
  const text = JSON.stringify(value, null, space);
  if (text === undefined || !text.includes('$exact"')) return text;
  const digits = {
    test: (inner: unknown) => inner instanceof Digits,
    stringify: (inner: unknown) => (inner as Digits).text,
  };
  return stringify(unmarked(JSON.parse(text)), null, space, [digits]) ?? 'null';
}

/** [EX3] Digits become exact data; data that only looks like it is escaped. */
function marked(value: unknown): unknown {
  if (value instanceof Digits) return { $exact: value.text } satisfies ExactData;
  return mapped(value, marked, /^\$+exact$/, (name) => `$${name}`);
}

/** Digits become exact data; nothing else changes. */
const withMarks = (value: unknown): unknown =>
  value instanceof Digits ? { $exact: value.text } : mapped(value, withMarks, NOTHING, (name) => name);
const NOTHING = /^(?!)/;

function unmarked(value: unknown): unknown {
  if (isExactData(value)) return new Digits(value.$exact);
  return mapped(value, unmarked, /^\$\$+exact$/, (name) => name.slice(1));
}

function mapped(
  value: unknown,
  map: (inner: unknown) => unknown,
  own: RegExp,
  rename: (name: string) => string
): unknown {
  if (Array.isArray(value)) return value.map(map);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value);
  const [first] = entries;
  if (first && entries.length === 1 && own.test(first[0])) return { [rename(first[0])]: map(first[1]) };
  return Object.fromEntries(entries.map(([name, inner]) => [name, map(inner)]));
}

/** Finite, and no whole number where the digits are none and a number can say so. */
function nearest(digits: string): number {
  const value = Number(digits);
  if (!Number.isFinite(value)) return Math.sign(value) * Number.MAX_VALUE;
  if (value !== 0 || isWhole(digits)) return value;
  return digits.startsWith('-') ? -Number.MIN_VALUE : Number.MIN_VALUE;
}

/** For checks of types and limits: exact numbers as the nearest number. The result must never be sent on. */
export function withNearest(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (isExactData(value)) return nearest(value.$exact);
  if (Array.isArray(value)) return value.map(withNearest);
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, withNearest(inner)]));
}
