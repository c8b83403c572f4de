/**
 * Does a value match a schema? The web, the engine and the activities all use this check. `JsonSchema` (document.ts)
 * defines the allowed schemas; whether a schema is usable is checked when its flow is published (problems.ts).
 *
 * Invariants
 * - The time of a check is bounded by the size of the value, whatever the schema's patterns and the value's texts are
 *   (pattern.ts).
 * - Only a value's own fields count: inherited names (`toString`, `constructor`) do not exist.
 * - A number that JavaScript cannot hold (`{ $exact }`) is a number: its type and size are those of the nearest one.
 * - For a large value that does not match, only the first mismatch is reported, so that a million of them are never
 *   collected.
 */
import { Ajv, type ErrorObject, type Options, type ValidateFunction } from 'ajv';
import { LRUCache } from 'lru-cache';
import { TYPE_WORDS } from '../../saga/value-check';
import type { JsonSchema } from '../json-schema';
import { firstExact } from '../values/inexact';
import { withNearest } from '../values/json';
import { FORMAT_WORDS, hasFormat, RESTRICTING, type RestrictingFormat } from './formats';
import { compilePattern, MOST_STEPS, PatternBudgetSpent, type PatternBudget } from './pattern';

export interface Misfit {
  /** JSON pointer into the value; '/' is the value itself. */
  at: string;
  /** The rest of a sentence that begins with the field: 'is missing', 'must be a whole number'. */
  message: string;
}

/** Thrown for a schema against which no value can be checked. The message is the end of a sentence. */
export class UnusableSchema extends Error {
  override readonly name = 'UnusableSchema';
}

type RegExpEngine = NonNullable<NonNullable<Options['code']>['regExp']>;
type Check = (value: unknown) => Misfit[];

/** If a value contains more values than this, only the first mismatch is reported. */
const MANY_VALUES = 10_000;
const SCHEMAS_KEPT = 500;
/** Characters of the JSON of a schema. Compiling a schema of this size takes much less than a second. */
const LARGEST_SCHEMA = 200_000;
const checks = new LRUCache<string, Check>({ max: SCHEMAS_KEPT });

/** Every place where the value does not match; empty if it matches. Throws `UnusableSchema`. */
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

/** Formats that only describe how people read a value; they do not restrict it. */
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

/**
 * Each schema has an Ajv of its own, because an Ajv keeps everything that it has compiled. Without the meta-schema
 * creating one takes almost no time.
 */
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
  for (const name of RESTRICTING) ajv.addFormat(name, (text: string) => hasFormat(text, name));
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
    // Ajv treats two patterns of one schema as the same if their texts are equal.
    const pattern = { test: (text: string) => test(text, budget), toString: () => source };
    return pattern;
  };
  // Ajv uses `code` only for validators that are written to files, which this product does not do.
  return Object.assign(compile, { code: 'compile' });
}

/** True if the value contains fewer values than the limit; counting ends there. */
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
  if (keyword === 'format') return { at, message: FORMAT_WORDS[named.format as RestrictingFormat] };
  return {
    at,
    message: wordsOf(keyword, params as { limit?: number; type?: unknown }) ?? message ?? 'is not accepted',
  };
}

/**
 * The mismatch in words for a person; null for one that cannot occur in a form. Limits of amounts are in minor units,
 * like the value.
 */
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
