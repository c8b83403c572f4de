/**
 * A value that fits a schema, for trials and forms: the answer of a step that nobody has called yet. Pure and
 * deterministic: the same schema, seed and name give the same value.
 *
 * Invariant: without a problem, the value fits the schema (check.ts). Whatever the schema asks for, the value is small.
 */
import { misfitOf } from '../../saga/value-check';
import type { JsonSchema } from '../json-schema';
import { compilePattern, MOST_STEPS } from './pattern';
import { textFor, type Draw } from './pattern-sample';

export interface Sample {
  value: unknown;
  /** Why no value could be made that fits; the end of a sentence. Null: the value fits. */
  problem: string | null;
}

const LONGEST_TEXT = 10_000;
const MOST_ITEMS = 100;
/** Fixed, so that samples are the same every time. */
const DAY = '2025-06-16';

/** `name`: of the value, as in 'reservation' for an answer; texts are made of it. */
export function sampleOf(schema: JsonSchema, seed = 1, name = 'value'): Sample {
  const sampler = new Sampler(seed, name);
  try {
    return { value: sampler.value(schema, name), problem: null };
  } catch (error) {
    if (error instanceof Impossible) return { value: null, problem: error.message };
    throw error;
  }
}

class Impossible extends Error {}

class Sampler {
  readonly #draw: Draw;

  constructor(seed: number, name: string) {
    // Values of different names differ, so that two ids are not the same by chance.
    let mixed = seed;
    for (const character of name) mixed = Math.imul(mixed ^ character.charCodeAt(0), 0x01000193);
    this.#draw = drawFrom(mixed);
  }

  value(schema: JsonSchema, name: string): unknown {
    if (schema.const !== undefined) return this.#only([schema.const], schema);
    if (schema.enum) return this.#only(schema.enum, schema);
    if (isScalar(schema.default) && fits(schema.default, schema)) return schema.default;
    switch (schema.type ?? impliedType(schema)) {
      case 'object':
        return this.#object(schema);
      case 'array':
        return this.#array(schema, name);
      case 'string':
        return this.#text(schema, name);
      case 'integer':
      case 'number':
        return this.#number(schema);
      case 'boolean':
        return true;
      default:
        return null;
    }
  }

  #only(values: readonly unknown[], schema: JsonSchema): unknown {
    const fitting = values.filter((each) => fits(each, schema));
    if (fitting.length === 0) throw new Impossible('none of the listed values fits the rest of the schema');
    return fitting[0];
  }

  #object({ properties = {}, required = [], additionalProperties }: JsonSchema): unknown {
    const made: [name: string, value: unknown][] = [];
    for (const [name, inner] of Object.entries(properties)) {
      try {
        made.push([name, this.value(inner, name)]);
      } catch (error) {
        // Without a field that may be missing the value fits all the same.
        if (!(error instanceof Impossible) || required.includes(name)) throw error;
      }
    }
    for (const name of required) {
      if (Object.hasOwn(properties, name)) continue;
      if (additionalProperties === false) throw new Impossible(`'${name}' is required and not allowed`);
      made.push([name, typeof additionalProperties === 'object' ? this.value(additionalProperties, name) : null]);
    }
    // A field may have any name, also `__proto__`: fromEntries defines fields and calls no setter.
    return Object.fromEntries(made);
  }

  #array({ items = {}, minItems = 0, maxItems = Infinity }: JsonSchema, name: string): unknown {
    if (minItems > maxItems) throw new Impossible('it must have more entries than it may have');
    if (minItems > MOST_ITEMS) throw new Impossible(`it must have more than ${MOST_ITEMS} entries`);
    const count = Math.min(maxItems, Math.max(minItems, 1));
    if (count < 1) return [];
    try {
      return Array.from({ length: count }, () => this.value(items, name.replace(/s$/, '')));
    } catch (error) {
      if (error instanceof Impossible && minItems <= 0) return [];
      throw error;
    }
  }

  #number({ type, minimum = -Infinity, maximum = Infinity, format }: JsonSchema): number {
    const whole = type === 'integer' || format === 'money';
    const from = whole ? Math.ceil(minimum) : minimum;
    const to = whole ? Math.floor(maximum) : maximum;
    if (from > to) throw new Impossible('no number lies between its limits');
    const usual = format === 'money' ? 4_900 : format === 'percent' ? 25 : format === 'duration' ? 60 : 3;
    return Math.min(to, Math.max(from, usual));
  }

  #text(schema: JsonSchema, name: string): string {
    const { minLength = 0, maxLength = Infinity, pattern } = schema;
    if (minLength > maxLength) throw new Impossible('it must be longer than it may be');
    if (minLength > LONGEST_TEXT) throw new Impossible(`it must have more than ${LONGEST_TEXT} characters`);
    const texts = this.#textsOf(schema, name, minLength, maxLength);
    if (pattern !== undefined)
      for (const more of [0, 1, 2, 4, 8, Math.max(0, minLength)])
        for (let index = 0; index < 4; index++) {
          const text = textFor(pattern, this.#draw, more);
          if (text !== null) texts.push(text);
        }
    const found = texts.find((text) => fits(text, schema));
    if (found === undefined) throw new Impossible('no text was found that has its form and its length');
    return found;
  }

  #textsOf({ format, title }: JsonSchema, name: string, minLength: number, maxLength: number): string[] {
    switch (format) {
      case 'date':
        return [DAY];
      case 'date-time':
        return [`${DAY}T09:30:00Z`];
      case 'email':
        return ['ada@example.com', 'a@b.co', `${'a'.repeat(Math.min(60, Math.max(1, minLength - 12)))}@example.com`];
      case 'link':
        return [sized('https://example.com/', minLength, maxLength)];
      case 'duration':
        return [sized('PT1H', minLength, maxLength)];
      default:
        return [sized(this.#words(name, title), minLength, maxLength)];
    }
  }

  /** 'reservationId' → 'reservation-4711'; other texts are the words of their name. */
  #words(name: string, title: string | undefined): string {
    const words = name.replace(/([a-z0-9])([A-Z])/g, '$1 $2').toLowerCase();
    const id = /^(.+?)[ _-](?:id|key|number|ref|reference|code|token)$/.exec(words);
    if (id) return `${id[1]!.replaceAll(/[ _]/g, '-')}-${1_000 + this.#draw(9_000)}`;
    return title ?? words;
  }
}

function sized(text: string, minLength: number, maxLength: number): string {
  // Characters are counted as people count them; a title may have any of them.
  const characters = [...text];
  const padded = characters.concat([...'x'.repeat(Math.max(0, minLength - characters.length))]);
  return padded.slice(0, Math.min(padded.length, maxLength)).join('');
}

function impliedType({ properties, required, items, minItems }: JsonSchema): JsonSchema['type'] {
  if (properties || required) return 'object';
  return items || minItems !== undefined ? 'array' : undefined;
}

const isScalar = (value: unknown): boolean =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' || value === null;

/** For values without fields or entries. */
function fits(value: unknown, schema: JsonSchema): boolean {
  if (misfitOf(value, schema)) return false;
  if (typeof value !== 'string') return true;
  if (!hasFormat(value, schema.format)) return false;
  if (schema.pattern === undefined) return true;
  try {
    return compilePattern(schema.pattern)(value, { steps: MOST_STEPS });
  } catch {
    return false;
  }
}

/** Stricter than the check of values: what passes here passes there. */
function hasFormat(text: string, format: string | undefined): boolean {
  switch (format) {
    case 'date':
      return isDay(text);
    case 'date-time':
      return /^\d{4}-\d\d-\d\dT([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,9})?Z$/.test(text) && isDay(text.slice(0, 10));
    case 'email':
      return /^[a-z0-9]{1,64}@[a-z0-9]{1,60}(\.[a-z0-9]{2,60})+$/i.test(text) && text.length <= 254;
    default:
      return true;
  }
}
function isDay(text: string): boolean {
  const ms = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(text) : Number.NaN;
  return !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(text);
}

/** Mulberry32. */
function drawFrom(seed: number): Draw {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296) * below);
  };
}
