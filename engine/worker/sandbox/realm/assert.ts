/** The part of Node's assert that workflow code uses, in strict mode. It is a global in Temporal's sandbox. */
import { toJson } from './print';

interface Details {
  message?: string;
  actual?: unknown;
  expected?: unknown;
  operator?: string;
}

class AssertionError extends Error {
  override readonly name = 'AssertionError';
  readonly code = 'ERR_ASSERTION';
  readonly generatedMessage: boolean;
  readonly actual: unknown;
  readonly expected: unknown;
  readonly operator: string;

  constructor({ message, actual, expected, operator = 'fail' }: Details) {
    super(message ?? `${toJson(actual)} ${operator} ${toJson(expected)}`);
    this.generatedMessage = message === undefined;
    this.actual = actual;
    this.expected = expected;
    this.operator = operator;
  }
}

type Message = string | Error | undefined;
type Expected = RegExp | (abstract new (...args: never[]) => Error) | ((error: unknown) => boolean);

function refuse(message: Message, details: Details): never {
  if (message instanceof Error) throw message;
  throw new AssertionError({ ...details, message: message ?? details.message });
}

export function deepEqual(a: unknown, b: unknown, seen: [unknown, unknown][] = []): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Object.getPrototypeOf(a) !== Object.getPrototypeOf(b)) return false;
  if (seen.some(([left, right]) => left === a && right === b)) return true;
  const within: [unknown, unknown][] = [...seen, [a, b]];
  if (a instanceof Date && b instanceof Date && a.getTime() !== b.getTime()) return false;
  if (a instanceof RegExp && b instanceof RegExp && String(a) !== String(b)) return false;
  if (a instanceof Error && b instanceof Error && (a.message !== b.message || a.name !== b.name)) return false;
  if (a instanceof Set && b instanceof Set) return deepEqual(sorted([...a]), sorted([...b]), within);
  if (a instanceof Map && b instanceof Map) {
    return a.size === b.size && [...a].every(([key, value]) => b.has(key) && deepEqual(value, b.get(key), within));
  }
  const keys = Reflect.ownKeys(a).filter((key) => Object.prototype.propertyIsEnumerable.call(a, key));
  const others = Reflect.ownKeys(b).filter((key) => Object.prototype.propertyIsEnumerable.call(b, key));
  return keys.length === others.length && keys.every((key) => key in b && deepEqual(at(a, key), at(b, key), within));
}
const at = (object: object, key: PropertyKey) => (object as Record<PropertyKey, unknown>)[key];
const sorted = (items: unknown[]) =>
  items.map((item) => [toJson(item), item]).sort(([a], [b]) => (String(a) < String(b) ? -1 : 1));

function isExpected(error: unknown, expected: Expected | undefined): boolean {
  if (expected === undefined) return true;
  if (expected instanceof RegExp) return expected.test(String(error));
  if (expected.prototype instanceof Error || expected === (Error as unknown)) {
    return error instanceof (expected as abstract new () => Error);
  }
  return (expected as (error: unknown) => boolean)(error) === true;
}

function settle(
  threw: { error: unknown } | null,
  expected: Expected | Message,
  message: Message,
  operator: string
): void {
  const wanted = typeof expected === 'function' || expected instanceof RegExp ? expected : undefined;
  const text = wanted || typeof expected !== 'string' ? message : expected;
  if (!threw) refuse(text, { message: 'Missing expected exception.', operator });
  if (!isExpected(threw.error, wanted)) throw threw.error;
}

function equal(actual: unknown, expected: unknown, message?: Message): void {
  if (!Object.is(actual, expected)) refuse(message, { actual, expected, operator: 'strictEqual' });
}
function notEqual(actual: unknown, expected: unknown, message?: Message): void {
  if (Object.is(actual, expected)) refuse(message, { actual, expected, operator: 'notStrictEqual' });
}
function deepStrictEqual(actual: unknown, expected: unknown, message?: Message): void {
  if (!deepEqual(actual, expected)) refuse(message, { actual, expected, operator: 'deepStrictEqual' });
}
function notDeepStrictEqual(actual: unknown, expected: unknown, message?: Message): void {
  if (deepEqual(actual, expected)) refuse(message, { actual, expected, operator: 'notDeepStrictEqual' });
}
function ok(value?: unknown, message?: Message): void {
  if (!value) refuse(message, { actual: value, expected: true, operator: '==' });
}

const methods = {
  AssertionError,
  ok,
  equal,
  notEqual,
  strictEqual: equal,
  notStrictEqual: notEqual,
  deepEqual: deepStrictEqual,
  notDeepEqual: notDeepStrictEqual,
  deepStrictEqual,
  notDeepStrictEqual,
  fail: (message?: Message): never => refuse(message, { message: 'Failed' }),
  ifError(value: unknown): void {
    if (value !== null && value !== undefined) throw value;
  },
  match(text: string, pattern: RegExp, message?: Message): void {
    if (!pattern.test(text)) refuse(message, { actual: text, expected: String(pattern), operator: 'match' });
  },
  doesNotMatch(text: string, pattern: RegExp, message?: Message): void {
    if (pattern.test(text)) refuse(message, { actual: text, expected: String(pattern), operator: 'doesNotMatch' });
  },
  throws(work: () => unknown, expected?: Expected | string, message?: Message): void {
    let threw: { error: unknown } | null = null;
    try {
      work();
    } catch (error) {
      threw = { error };
    }
    settle(threw, expected, message, 'throws');
  },
  doesNotThrow(work: () => unknown): void {
    work();
  },
  async rejects(work: Promise<unknown> | (() => Promise<unknown>), expected?: Expected | string, message?: Message) {
    let threw: { error: unknown } | null = null;
    try {
      await (typeof work === 'function' ? work() : work);
    } catch (error) {
      threw = { error };
    }
    settle(threw, expected, message, 'rejects');
  },
  async doesNotReject(work: Promise<unknown> | (() => Promise<unknown>)): Promise<void> {
    await (typeof work === 'function' ? work() : work);
  },
};

export const assert = Object.assign((value?: unknown, message?: Message) => ok(value, message), methods);
Object.assign(assert, { strict: assert });
