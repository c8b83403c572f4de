/** Random schemas of the subset that flows use, and random values. Both are small: three levels deep at most. */
import fc from 'fast-check';
import type { JsonSchema } from '../../document';

type Type = NonNullable<JsonSchema['type']>;
const TYPES = ['object', 'array', 'string', 'number', 'integer', 'boolean', 'null'] as const;
const NAMES = ['a', 'b', 'a/b', 'toString', 'constructor'] as const;
const DEPTH = 3;
const scalar = fc.oneof(fc.constantFrom('a', 'b', 'abc', ''), fc.integer({ min: -3, max: 3 }), fc.boolean());
const name = fc.constantFrom(...NAMES);

const pair = (low: keyof JsonSchema, high: keyof JsonSchema, least: number) =>
  fc
    .tuple(fc.integer({ min: least, max: 3 }), fc.nat(3), fc.constantFrom('low', 'high', 'both', 'none'))
    .map(([from, size, which]) => ({
      ...(which === 'low' || which === 'both' ? { [low]: from } : {}),
      ...(which === 'high' || which === 'both' ? { [high]: from + size } : {}),
    }));

const VALUES: Partial<Record<Type, fc.Arbitrary<unknown>>> = {
  string: fc.constantFrom('a', 'b', 'abc', ''),
  integer: fc.integer({ min: -3, max: 3 }),
  number: fc.constantFrom(-1.5, 0, 0.5, 3),
  boolean: fc.boolean(),
  null: fc.constant(null),
};

/** What a person would draw: its parts fit each other, so that it mostly has no problem. */
const fittingSchema = (type: Type, depth: number): fc.Arbitrary<JsonSchema> => {
  const inner = depth === 0 ? fc.constant({}) : schemaAt(depth - 1);
  const values = VALUES[type];
  const listed = values
    ? fc.oneof(
        { weight: 3, arbitrary: fc.constant({}) },
        fc.uniqueArray(values, { minLength: 1, maxLength: 2 }).map((list) => ({ enum: list })),
        values.map((value) => ({ const: value }))
      )
    : fc.constant({});
  const own: fc.Arbitrary<object> = {
    object: () =>
      fc
        .tuple(fc.dictionary(name, inner, { maxKeys: 3 }), fc.constantFrom('none', 'first', 'all'), fc.boolean())
        .chain(([properties, required, closed]) => {
          const names = Object.keys(properties);
          const named = required === 'all' ? names : required === 'first' ? names.slice(0, 1) : [];
          const further = closed ? fc.constant(false) : fc.oneof(fc.constant(true), inner);
          return further.map((additionalProperties) => ({ properties, required: named, additionalProperties }));
        }),
    array: () => fc.tuple(inner, pair('minItems', 'maxItems', 0)).map(([items, limits]) => ({ items, ...limits })),
    string: () =>
      fc
        .tuple(
          pair('minLength', 'maxLength', 0),
          fc.constantFrom({}, { pattern: '^a+$' }, { pattern: '(a|b)*c' }, { pattern: '^\\d{3}$' }),
          fc.constantFrom({}, {}, { format: 'date' }, { format: 'email' }, { format: 'nonsense' })
        )
        .map(([limits, pattern, format]) => ({ ...limits, ...pattern, ...format })),
    number: () => pair('minimum', 'maximum', -3),
    integer: () => pair('minimum', 'maximum', -3),
    boolean: () => fc.constant({}),
    null: () => fc.constant({}),
  }[type as (typeof TYPES)[number]]();
  return fc.tuple(own, listed).map(([facts, list]) => ({ type, ...facts, ...list }) as JsonSchema);
};

/** One thing that does not fit. */
const MISFITS: JsonSchema[] = [
  { pattern: '[' },
  { pattern: '(?=a)' },
  { enum: [] },
  { enum: ['a', 5] },
  { required: ['missing', 'toString'] },
  { minimum: 4, maximum: -1 },
  { minLength: -1 },
  { minItems: 3, maxItems: 1 },
  { format: 'money', currencyField: 'currency' },
];

const schemaAt = (depth: number): fc.Arbitrary<JsonSchema> => {
  const fitting = fc.constantFrom(...TYPES).chain((type) => fittingSchema(type, depth));
  return fc.oneof(
    { weight: 12, arbitrary: fitting },
    { weight: 1, arbitrary: fc.constant({}) },
    {
      weight: 1,
      arbitrary: fc.tuple(fitting, fc.constantFrom(...MISFITS)).map(([schema, misfit]) => ({ ...schema, ...misfit })),
    }
  );
};

/** Usable for the most part; some with one thing in them that does not fit. */
export const anySchema = (): fc.Arbitrary<JsonSchema> => schemaAt(DEPTH - 1);

export const anyValue = (): fc.Arbitrary<unknown> =>
  fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { depthSize: 'small', maxDepth: DEPTH },
      scalar,
      fc.constantFrom(null, 1.5, 'ada@example.com', '2026-11-28', 'é😀'),
      fc.array(tie('value'), { maxLength: 4 }),
      fc.dictionary(name, tie('value'), { maxKeys: 4 })
    ),
  })).value;
