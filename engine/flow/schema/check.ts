/**
 * Does a value fit a schema? The one check of the web, the engine and the activities. What the schema may say is `JsonSchema`
 * (document.ts); whether a schema is usable at all is found when its flow is published (problems.ts).
 *
 * Invariants
 * - The time of a check is bounded by the size of the value, whatever the schema's patterns and the value's texts are (pattern.ts).
 * - Only a value's own fields count: what every object inherits (`toString`, `constructor`) is neither there nor missing.
 * - A number that JavaScript cannot hold (`{ $exact }`) is a number: its type and size are those of the nearest one.
 * - A large value that does not fit is told with its first misfit only, so that a million of them are never collected.
 */
import { Ajv, type ErrorObject, type Options, type ValidateFunction } from 'ajv';
import { fullFormats } from 'ajv-formats/dist/formats.js';
import { LRUCache } from 'lru-cache';
import { TYPE_WORDS } from '../../saga/value-check';
import type { JsonSchema } from '../json-schema';
import { firstExact, withNearest } from '../values/json';
import { compilePattern, MOST_STEPS, PatternBudgetSpent, type PatternBudget } from './pattern';

export interface Misfit {
  /** JSON pointer into the value; '/' is the value itself. */
  at: string;
  /** The rest of the sentence that begins with the field: 'is missing', 'must be a whole number'. */
  message: string;
}

/** A schema that no value can be checked against; the message says why, as the end of a sentence. */
export class UnusableSchema extends Error {
  override readonly name = 'UnusableSchema';
}

type RegExpEngine = NonNullable<NonNullable<Options['code']>['regExp']>;
type Check = (value: unknown) => Misfit[];

/** Above this many values inside a value only its first misfit is told. */
const MANY_VALUES = 10_000;
const SCHEMAS_KEPT = 500;
/** Characters of a schema's JSON. Compiling one of this size takes well under a second. */
const LARGEST_SCHEMA = 200_000;
const checks = new LRUCache<string, Check>({ max: SCHEMAS_KEPT });

/** Every place where the value does not fit; empty when it fits. Throws `UnusableSchema`. */
export function misfitsOf(value: unknown, schema: JsonSchema): Misfit[] {
  return compileSchema(schema)(value);
}

/** Throws `UnusableSchema`. */
export function compileSchema(schema: JsonSchema): Check {
  const key = JSON.stringify(schema);
  if (key.length > LARGEST_SCHEMA) throw new UnusableSchema(`it has more than ${LARGEST_SCHEMA} characters`);
  const known = checks.get(key);
  if (known) return known;
  const check = compiled(schema);
  checks.set(key, check);
  return check;
}

/** The longest text that the regular expression of a format is run over: some of them need more than linear time. */
const LONGEST_FORMATTED = 320;
const FORMATS = ['date', 'date-time', 'email'] as const;
/** How people read a value. It says nothing about which values there are. */
const READING_FORMATS = ['money', 'duration', 'percent', 'link', 'long-text'];

function compiled(schema: JsonSchema): Check {
  const budget: PatternBudget = { steps: 0 };
  const fits = validator(schema, budget, { allErrors: false });
  let collects: ValidateFunction | null = null;
  return (given) => {
    const value = firstExact(given) ? withNearest(given) : given;
    try {
      budget.steps = MOST_STEPS;
      if (fits(value)) return [];
      if (!fewer(value, MANY_VALUES)) return (fits.errors ?? []).map(misfitOf);
      collects ??= validator(schema, budget, { allErrors: true });
      budget.steps = MOST_STEPS;
      collects(value);
      return (collects.errors ?? []).map(misfitOf);
    } catch (error) {
      if (!(error instanceof PatternBudgetSpent)) throw error;
      return [{ at: '/', message: 'has more text than can be checked against its patterns' }];
    }
  };
}

/** Each schema has an Ajv of its own, because an Ajv keeps all that it ever compiled. Without the meta-schema one is made in no time. */
function validator(schema: JsonSchema, budget: PatternBudget, { allErrors }: { allErrors: boolean }): ValidateFunction {
  const ajv = new Ajv({
    allErrors,
    strict: false,
    ownProperties: true,
    meta: false,
    validateSchema: false,
    logger: false,
    code: { regExp: patternsSpending(budget) },
  });
  for (const name of FORMATS) ajv.addFormat(name, (text: string) => hasFormat(text, name));
  for (const name of READING_FORMATS) ajv.addFormat(name, true);
  try {
    return ajv.compile(schema);
  } catch (error) {
    throw new UnusableSchema(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

function patternsSpending(budget: PatternBudget): RegExpEngine {
  const compile = (source: string): ReturnType<RegExpEngine> => {
    const test = compilePattern(source);
    // Ajv takes two patterns of one schema for the same when their texts are equal.
    const pattern = { test: (text: string) => test(text, budget), toString: () => source };
    return pattern;
  };
  // `code` is how the engine would be named in validators that are written to files; these never are.
  return Object.assign(compile, { code: 'compile' });
}

function hasFormat(text: string, name: (typeof FORMATS)[number]): boolean {
  if (text.length > LONGEST_FORMATTED) return false;
  const format = fullFormats[name];
  const validate = typeof format === 'object' && 'validate' in format ? format.validate : format;
  if (validate instanceof RegExp) return validate.test(text);
  return typeof validate === 'function' && Boolean((validate as (text: string) => boolean)(text));
}

/** Has the value fewer values in it than that? Stops counting there. */
function fewer(value: unknown, most: number): boolean {
  const open = [value];
  let count = 0;
  for (let next = open.pop(); count < most; next = open.pop()) {
    count++;
    if (typeof next === 'object' && next !== null) {
      const inner: unknown[] = Object.values(next);
      if (count + inner.length >= most) return false;
      open.push(...inner);
    }
    if (open.length === 0) return true;
  }
  return false;
}

function misfitOf({ instancePath, keyword, params, message }: ErrorObject): Misfit {
  const named = params as {
    missingProperty?: string;
    additionalProperty?: string;
    allowedValues?: unknown[];
    format?: string;
    pattern?: string;
  };
  if (keyword === 'required')
    return { at: `${instancePath}/${pointerPart(named.missingProperty)}`, message: 'is missing' };
  if (keyword === 'additionalProperties')
    return { at: `${instancePath}/${pointerPart(named.additionalProperty)}`, message: 'is not a field of this form' };
  const at = instancePath || '/';
  if (keyword === 'enum') return { at, message: `is one of: ${named.allowedValues?.map(String).join(', ')}` };
  if (keyword === 'format') return { at, message: `must be a value of format ${named.format}` };
  return {
    at,
    message: wordsOf(keyword, params as { limit?: number; type?: unknown }) ?? message ?? 'is not accepted',
  };
}

/** As a person would say it; null for what a form cannot come to. Limits of amounts are in minor units, as the value is. */
function wordsOf(keyword: string, { limit = 0, type }: { limit?: number; type?: unknown }): string | null {
  const things = (one: string, many: string) => `${limit} ${limit === 1 ? one : many}`;
  switch (keyword) {
    case 'type':
      return `must be ${[type]
        .flat()
        .map((name) => TYPE_WORDS[name as keyof typeof TYPE_WORDS] ?? String(name))
        .join(' or ')}`;
    case 'minimum':
      return `must be at least ${limit}`;
    case 'maximum':
      return `must be at most ${limit}`;
    case 'minLength':
      return limit === 1 ? 'must not be empty' : `must have at least ${things('character', 'characters')}`;
    case 'maxLength':
      return `must have at most ${things('character', 'characters')}`;
    case 'minItems':
      return `must have at least ${things('entry', 'entries')}`;
    case 'maxItems':
      return `must have at most ${things('entry', 'entries')}`;
    case 'pattern':
      return 'does not have the required form';
    default:
      return null;
  }
}

const pointerPart = (name = ''): string => name.replaceAll('~', '~0').replaceAll('/', '~1');
