/** Schemas of OpenAPI as the schemas of flows. [OA1] [OA2] [OA3] of openapi.ts. */
import type { JsonSchema } from '../json-schema';
import { visibleText } from '../values/text';
import { patternProblem } from '../schema/pattern';
import { record, texts, type Json } from './openapi-document';

const MOST_PARTS = 600;
const MOST_DEPTH = 12;
const MOST_REFERENCES = 100;

type Direction = 'request' | 'response';

/** Reads the schemas of one operation. */
export class SchemaReader {
  /** Why the operation cannot be converted; null if it can. */
  problem: string | null = null;
  #parts = 0;

  constructor(private readonly root: Json) {}

  /** Follows references inside the document. An unusable reference is a problem of the operation. */
  resolved(value: unknown): Json {
    let found = record(value);
    for (let steps = 0; typeof found.$ref === 'string'; steps++) {
      if (steps > MOST_REFERENCES) {
        this.problem ??= `The reference '${found.$ref}' leads to itself.`;
        return {};
      }
      found = this.#target(found.$ref);
    }
    return found;
  }

  /** A path of the document. The fields beside its reference are its own. */
  pathItem(value: unknown): Json {
    const { $ref, ...own } = record(value);
    return typeof $ref === 'string' ? { ...this.resolved({ $ref }), ...own } : own;
  }

  schema(value: unknown, direction: Direction): JsonSchema {
    return this.#schema(value, direction, [], 0);
  }

  #target(reference: string): Json {
    if (!reference.startsWith('#/')) {
      this.problem ??= `It refers to '${reference.slice(0, 200)}', which is outside of this document. Nothing else is read.`;
      return {};
    }
    let found: unknown = this.root;
    for (const part of reference.slice(2).split('/')) {
      const name = decoded(part).replaceAll('~1', '/').replaceAll('~0', '~');
      found =
        typeof found === 'object' && found !== null && Object.hasOwn(found, name) ? (found as Json)[name] : undefined;
    }
    if (typeof found !== 'object' || found === null)
      this.problem ??= `It refers to '${reference.slice(0, 200)}', which is not in the document.`;
    return record(found);
  }

  #schema(value: unknown, direction: Direction, within: readonly string[], depth: number): JsonSchema {
    if (++this.#parts > MOST_PARTS || depth > MOST_DEPTH) return {};
    const own = record(value);
    if (typeof own.$ref === 'string') {
      // A schema inside itself is left open where it begins again.
      if (within.includes(own.$ref) || within.length > MOST_REFERENCES) return {};
      return this.#schema(this.#target(own.$ref), direction, [...within, own.$ref], depth);
    }
    const all = Array.isArray(own.allOf) ? (own.allOf as unknown[]) : [];
    const schema =
      all.length > 0 ? this.#merged([{ ...own, allOf: undefined }, ...all], direction, within, depth) : null;
    if (schema) return schema;
    const options = [own.oneOf, own.anyOf].find(Array.isArray) as unknown[] | undefined;
    if (options) return this.#oneOf(options, own, direction, within, depth);
    return this.#plain(own, direction, within, depth);
  }

  /** The properties of all parts together, as far as they are objects. */
  #merged(parts: unknown[], direction: Direction, within: readonly string[], depth: number): JsonSchema {
    const schemas = parts
      .filter((part) => Object.values(record(part)).some((inner) => inner !== undefined))
      .map((part) => this.#schema(part, direction, within, depth + 1));
    const [only, ...others] = schemas;
    if (only && others.length === 0) return only;
    // A part that only describes says nothing about the type.
    const typed = schemas.filter(({ type, enum: values }) => type !== undefined || values !== undefined);
    if (typed.length === 0 || typed.some(({ type }) => type !== 'object'))
      return typed.length === 1 ? { ...described(schemas), ...typed[0] } : described(schemas);
    // Not assigned one by one: a field may be called '__proto__'.
    const properties = Object.fromEntries(typed.flatMap((part) => Object.entries(part.properties ?? {})));
    const required = [...new Set(typed.flatMap((part) => part.required ?? []))].filter((name) =>
      Object.hasOwn(properties, name)
    );
    return {
      ...described(schemas),
      type: 'object',
      ...(required.length > 0 ? { required } : {}),
      properties,
    };
  }

  /** With null as the only other alternative, and several alternatives: the type is left open. */
  #oneOf(options: unknown[], own: Json, direction: Direction, within: readonly string[], depth: number): JsonSchema {
    const [only] = options;
    if (options.length === 1) return { ...this.#schema(only, direction, within, depth + 1), ...wordsOf(own) };
    return wordsOf(own);
  }

  #plain(own: Json, direction: Direction, within: readonly string[], depth: number): JsonSchema {
    const words = wordsOf(own);
    const types = Array.isArray(own.type) ? texts(own.type) : [own.type];
    const type = types.length === 1 && own.nullable !== true ? types[0] : undefined;
    switch (type ?? (own.properties && own.nullable !== true && !own.type ? 'object' : undefined)) {
      case 'object':
        return { ...words, ...this.#object(own, direction, within, depth) };
      case 'array': {
        const { minItems, maxItems } = counts(own, ['minItems', 'maxItems']);
        const items = own.items === undefined ? {} : { items: this.#schema(own.items, direction, within, depth + 1) };
        return { ...words, type: 'array', ...items, ...limits({ minItems, maxItems }, direction) };
      }
      case 'string':
        return { ...words, type: 'string', ...textRules(own, direction) };
      case 'integer':
      case 'number': {
        const { minimum, maximum } = own;
        const range = {
          ...(typeof minimum === 'number' && own.exclusiveMinimum !== true ? { minimum } : {}),
          ...(typeof maximum === 'number' && own.exclusiveMaximum !== true ? { maximum } : {}),
        };
        return {
          ...words,
          type: type as 'integer' | 'number',
          ...valuesOf(own, 'number'),
          ...limits(range, direction),
        };
      }
      case 'boolean':
        return { ...words, type: 'boolean' };
      case 'null':
        return { ...words, type: 'null' };
      default:
        return words;
    }
  }

  #object(own: Json, direction: Direction, within: readonly string[], depth: number): JsonSchema {
    const hidden = direction === 'request' ? 'readOnly' : 'writeOnly';
    const fields = Object.entries(record(own.properties)).filter(([, field]) => record(field)[hidden] !== true);
    const properties = Object.fromEntries(
      fields.map(([name, field]) => [name, this.#schema(field, direction, within, depth + 1)])
    );
    const required = [...new Set(texts(own.required))].filter((name) => Object.hasOwn(properties, name));
    const { additionalProperties } = own;
    return {
      type: 'object',
      ...(required.length > 0 ? { required } : {}),
      ...(fields.length > 0 ? { properties } : {}),
      ...(fields.length === 0 && typeof additionalProperties === 'object' && additionalProperties !== null
        ? { additionalProperties: this.#schema(additionalProperties, direction, within, depth + 1) }
        : {}),
    };
  }
}

const FORMATS: ReadonlyMap<string, string> = new Map([
  ['date', 'date'],
  ['date-time', 'date-time'],
  ['uri', 'link'],
  ['url', 'link'],
  ['email', 'email'],
  ['duration', 'duration'],
]);

function wordsOf({ title, description, format }: Json): JsonSchema {
  return {
    ...(typeof title === 'string' && title !== '' ? { title: visibleText(title).slice(0, 100) } : {}),
    ...(typeof description === 'string' && description !== ''
      ? { description: visibleText(description).slice(0, 300) }
      : {}),
    ...(format === 'password' ? { sensitive: true } : {}),
  };
}
function described(schemas: readonly JsonSchema[]): JsonSchema {
  const title = schemas.find((each) => each.title !== undefined)?.title;
  const description = schemas.find((each) => each.description !== undefined)?.description;
  return { ...(title === undefined ? {} : { title }), ...(description === undefined ? {} : { description }) };
}

function textRules(own: Json, direction: Direction): JsonSchema {
  const format = typeof own.format === 'string' ? FORMATS.get(own.format) : undefined;
  const pattern =
    typeof own.pattern === 'string' && patternProblem(own.pattern) === null ? { pattern: own.pattern } : {};
  const rules = { ...counts(own, ['minLength', 'maxLength']), ...pattern };
  // An answer has to be of the format only as far as screens show it.
  return { ...(format === undefined ? {} : { format }), ...valuesOf(own, 'string'), ...limits(rules, direction) };
}

/** Limits hold for what is sent. An answer outside of them is still an answer. */
const limits = (rules: JsonSchema, direction: Direction): JsonSchema => (direction === 'request' ? rules : {});

function counts(own: Json, names: readonly ('minItems' | 'maxItems' | 'minLength' | 'maxLength')[]): JsonSchema {
  const found = names.filter((name) => Number.isInteger(own[name]) && Number(own[name]) >= 0);
  return Object.fromEntries(found.map((name) => [name, own[name]])) as JsonSchema;
}

function valuesOf({ enum: values, const: only }: Json, type: 'string' | 'number'): JsonSchema {
  const list = only !== undefined ? [only] : Array.isArray(values) ? [...new Set(values as unknown[])] : [];
  return list.length > 0 && list.length <= 200 && list.every((value) => typeof value === type)
    ? { enum: list as string[] | number[] }
    : {};
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
