/** What is wrong with a field, as a sentence for the person who fills it in. Pure. */
import type { core } from 'zod';

/** The part of an issue of Zod that is used. */
export interface FieldIssue {
  code: string;
  message: string;
  origin?: unknown;
  minimum?: unknown;
  maximum?: unknown;
  inclusive?: unknown;
  expected?: unknown;
  keys?: unknown;
  values?: unknown;
  options?: unknown;
}

const WORDS: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a group of fields',
  record: 'a group of fields',
};

/** Of a value that is none of several alternatives. */
export const UNFIT = 'This value cannot be used here.';

/** Messages of schemas of the product are kept; those of the library itself are replaced. */
export function wordsOfIssue(issue: FieldIssue): string {
  const { code, message, origin, minimum, maximum, inclusive, expected, keys, values, options } = issue;
  // Messages of the library begin with these words.
  const isOwn = !/^(Invalid|Too small|Too big|Unrecognized)\b/.test(message);
  if (isOwn) return asSentence(message);
  if (code === 'too_small' && typeof minimum === 'number' && inclusive === false)
    return `More than ${amount(minimum, origin)}.`;
  if (code === 'too_big' && typeof maximum === 'number' && inclusive === false)
    return `Less than ${amount(maximum, origin)}.`;
  if (code === 'too_small' && typeof minimum === 'number')
    return origin === 'string' && minimum === 1 ? 'Fill this in.' : `At least ${amount(minimum, origin)}.`;
  if (code === 'too_big' && typeof maximum === 'number') return `At most ${amount(maximum, origin)}.`;
  if (code === 'invalid_type' && /received undefined$/.test(message)) return 'This is missing.';
  if (code === 'invalid_type' && typeof expected === 'string' && WORDS[expected])
    return `It must be ${WORDS[expected]}.`;
  if (code === 'invalid_value' && Array.isArray(values) && values.length > 0) return oneOf(values);
  // Of alternatives that a field tells apart.
  if (code === 'invalid_union' && Array.isArray(options) && options.length > 0) return oneOf(options);
  if (code === 'invalid_union') return UNFIT;
  if (code === 'invalid_format') return 'It has a form that cannot be used here.';
  if (code === 'unrecognized_keys' && Array.isArray(keys))
    return `There is no field ${keys.map((key) => `'${String(key)}'`).join(', ')} here.`;
  return asSentence(message);
}

const oneOf = (values: unknown[]): string => `It must be ${values.map((each) => `'${String(each)}'`).join(' or ')}.`;

/** The same for an issue of the library, at the innermost place that it names. */
export function plainIssue(issue: core.$ZodIssue): { path: (string | number)[]; message: string } {
  return innermost(issue, pathOf(issue));
}

/** Of the alternatives that a value could match, the one that matches most of it has the most useful message. */
function innermost(issue: core.$ZodIssue, path: (string | number)[]): ReturnType<typeof plainIssue> {
  const nested = issue.code === 'invalid_union' ? issue.errors.flat() : [];
  let best = { path, message: wordsOfIssue(issue as FieldIssue) };
  for (const each of nested) {
    const inner = innermost(each, [...path, ...pathOf(each)]);
    if (inner.path.length > best.path.length) best = inner;
  }
  return best;
}

const pathOf = ({ path }: core.$ZodIssue): (string | number)[] =>
  path.filter((part): part is string | number => typeof part !== 'symbol');

/** A field by the names around it: 'branches › 2 › when'. The entries of a list are counted from 1. */
export const wordsOfPath = (path: readonly PropertyKey[]): string =>
  path.map((part) => String(typeof part === 'number' ? part + 1 : part)).join(' › ');

/** The same with its field, for a place that does not name the field: 'properties › name: It must be a text.' */
export function issueInWords(issue: FieldIssue & { path: readonly PropertyKey[] }): string {
  const field = wordsOfPath(issue.path);
  return field === '' ? wordsOfIssue(issue) : `${field}: ${wordsOfIssue(issue)}`;
}

function amount(count: number, origin: unknown): string {
  const figure = count.toLocaleString('en');
  if (origin === 'string') return count === 1 ? '1 character' : `${figure} characters`;
  if (origin === 'array') return count === 1 ? '1 entry' : `${figure} entries`;
  return figure;
}

function asSentence(text: string): string {
  const [first = ''] = text;
  const ended = /[.!?…]$/.test(text) ? text : `${text}.`;
  return first.toUpperCase() + ended.slice(1);
}
