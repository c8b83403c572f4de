/**
 * Values that cross the border of a child flow: what the extracted steps read from outside, or what later steps read of
 * them. Each value becomes one field of a schema, or several: one for each field of it that is read. Pure.
 *
 * Rules
 * [EXV1] A value of which only declared fields are read crosses field by field: `charge.id` needs no more than the id. Any
 *        other value crosses whole, under its own name.
 * [EXV2] A field keeps its schema, with how people read it; the currency of an amount crosses with the amount. What is a
 *        part of a sensitive value is sensitive.
 * [EXV3] A value that may be missing gives fields that may be missing.
 * [EXV4] No two fields have the same name: the second is called after its value, too.
 */
import { readsIn, type Read } from '../../expression-names';
import type { JsonSchema } from '../../json-schema';
import { schemaType } from '../../schema/type';
import type { ScopeValue } from '../../scope';

/** What is read of one value, wherever it is read. */
interface ReadValue {
  value: ScopeValue;
  /** It is read as a whole somewhere. */
  isWhole: boolean;
  fields: Set<string>;
}

/** A field by which a value crosses. */
export interface Crossing {
  name: string;
  schema: JsonSchema;
  isRequired: boolean;
  /** What gives it: `charge.id`, or `charge`. */
  expression: string;
  /** In words: the title of the field, and of what it comes from. */
  title: string;
  from: string;
  isTyped: boolean;
}

/** How one value crosses. */
interface Way {
  value: ScopeValue;
  /** By the field that is read; the whole value under ''. */
  names: ReadonlyMap<string, Crossing>;
}

export class Values {
  readonly #read = new Map<string, ReadValue>();

  /** Notes what an expression reads of these values. */
  note(expression: string, valueOf: (name: string) => ScopeValue | null): void {
    for (const { name, field } of readsIn(expression)) {
      const value = valueOf(name);
      if (!value) continue;
      const known = this.#read.get(name) ?? { value, isWhole: false, fields: new Set<string>() };
      if (field && isDeclared(value, field.name)) known.fields.add(field.name);
      else known.isWhole = true;
      this.#read.set(name, known);
    }
  }

  has(name: string): boolean {
    return this.#read.has(name);
  }

  /** Those that can cross neither whole nor field by field, in words. */
  impossible(): string[] {
    return [...this.#read.values()].flatMap(({ value, isWhole }) =>
      isWhole && !isPlain(value)
        ? [`The whole of '${value.name}' is read, and its type cannot be that of a field. Read its fields one by one.`]
        : []
    );
  }

  /** `owner`: `input` where the fields are read. */
  border(owner: string): Border {
    const ways = new Map<string, Way>();
    const taken = new Set<string>();
    const all = [...this.#read].sort(([, a], [, b]) => rankOf(a.value) - rankOf(b.value));
    for (const [name, { value, isWhole, fields }] of all) {
      const names = new Map<string, Crossing>();
      if (isWhole) names.set('', wholeOf(value, free(wholeName(value), value, taken)));
      else
        for (const field of withCurrencies(value, fields))
          names.set(field, partOf(value, field, free(field, value, taken)));
      ways.set(name, { value, names });
    }
    return new Border(owner, ways);
  }
}

export class Border {
  readonly crossings: readonly Crossing[];

  constructor(
    private readonly owner: string,
    private readonly ways: ReadonlyMap<string, Way>
  ) {
    for (const { value, names } of ways.values())
      for (const [field, crossing] of names) {
        const currency = value.schema?.properties?.[field]?.currencyField;
        const other = currency === undefined ? undefined : names.get(currency);
        if (other) crossing.schema = { ...crossing.schema, currencyField: other.name };
      }
    this.crossings = [...ways.values()].flatMap(({ names }) => [...names.values()]);
  }

  get schema(): JsonSchema {
    const required = this.crossings.filter(({ isRequired }) => isRequired).map(({ name }) => name);
    return {
      type: 'object',
      ...(required.length > 0 ? { required } : {}),
      properties: Object.fromEntries(this.crossings.map(({ name, schema }) => [name, schema])),
    };
  }

  /** What gives the fields. */
  get template(): { [name: string]: { $expr: string } } {
    return Object.fromEntries(this.crossings.map(({ name, expression }) => [name, { $expr: expression }]));
  }

  /** What is read on the other side instead of a read; null: it is none of these values. */
  replace(expression: string, { name, field, to }: Read): { text: string; withField: boolean } | null {
    const way = this.ways.get(name);
    if (!way) return null;
    const whole = way.names.get('');
    if (whole) return { text: `${this.owner}.${whole.name}`, withField: false };
    const part = field && way.names.get(field.name);
    if (!part) return null;
    // `charge?.card.number` reads nothing further of a charge that is missing.
    const next = expression.slice(field.to ?? to).trimStart()[0];
    const isChained = field.isOptional && !part.isRequired && (next === '.' || next === '[');
    return { text: `${this.owner}.${part.name}${isChained ? (next === '[' ? '?.' : '?') : ''}`, withField: true };
  }
}

const isDeclared = ({ schema }: ScopeValue, field: string): boolean =>
  schema?.type !== 'array' && Object.hasOwn(schema?.properties ?? {}, field);

/** Can a field have its type? One that may be null cannot; one that may be left out can. */
const isPlain = ({ type }: ScopeValue): boolean => !/\| null\b/.test(type);

/** Fields of the input come first: they keep their names. */
const rankOf = ({ from }: ScopeValue): number => (from === 'input' ? 0 : from === 'output' ? 2 : 1);

const wholeName = ({ name, from }: ScopeValue): string => (from === 'input' ? 'flowInput' : name);

/** [EXV4] */
function free(wanted: string, { name }: ScopeValue, taken: Set<string>): string {
  const long = name === wanted ? wanted : `${name}${wanted[0]!.toUpperCase()}${wanted.slice(1)}`;
  let found = [wanted, long].find((each) => !taken.has(each));
  for (let number = 2; found === undefined; number++) if (!taken.has(`${long}${number}`)) found = `${long}${number}`;
  taken.add(found);
  return found;
}

/** [EXV2] */
function withCurrencies({ schema }: ScopeValue, fields: ReadonlySet<string>): string[] {
  const declared = schema?.properties ?? {};
  const currencies = [...fields].flatMap((field) => declared[field]?.currencyField ?? []);
  const wanted = new Set([...fields, ...currencies.filter((name) => Object.hasOwn(declared, name))]);
  return Object.keys(declared).filter((name) => wanted.has(name));
}

/** [EXV1] [EXV3] */
function wholeOf(value: ScopeValue, name: string): Crossing {
  const declared = value.schema ?? {};
  const schema: JsonSchema = value.from === 'input' ? { ...declared, type: 'object' } : declared;
  return {
    name,
    schema: { ...schema, title: schema.title ?? value.title },
    isRequired: !value.mayBeMissing,
    expression: value.name,
    title: schema.title ?? value.title,
    from: value.title,
    isTyped: value.schema !== undefined && schemaType(schema) !== 'unknown',
  };
}

function partOf(value: ScopeValue, field: string, name: string): Crossing {
  const { properties = {}, required = [], sensitive } = value.schema!;
  const { currencyField: _currency, ...own } = properties[field]!;
  // The approval of nobody has nobody who decided it, and no field has this type.
  const isOpen = value.type.includes(`${field}: string | null`);
  const schema: JsonSchema = isOpen ? {} : own;
  return {
    name,
    schema: { ...schema, ...(sensitive ? { sensitive } : {}) },
    isRequired: required.includes(field) && !value.mayBeMissing,
    expression: `${value.name}${value.mayBeMissing ? '?' : ''}.${field}`,
    title: own.title ?? field,
    from: value.title,
    isTyped: schemaType(schema) !== 'unknown',
  };
}
