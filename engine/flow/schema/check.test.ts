import { expect, test } from 'vitest';
import type { JsonSchema } from '../json-schema';
import { inferSchema } from './infer';
import { compileSchema, misfitsOf, UnusableSchema } from './check';
import { MOST_STEPS, patternProblem } from './pattern';

test('[SC1] each problem of a value has its place as a JSON pointer', () => {
  const schema: JsonSchema = {
    type: 'object',
    properties: {
      amount: { type: 'integer', minimum: 1 },
      currency: { type: 'string', enum: ['EUR', 'JPY'] },
      'a/b': { type: 'string', pattern: '^[A-Z]{2}$' },
      due: { type: 'string', format: 'date' },
    },
    required: ['amount', 'a/b'],
    additionalProperties: false,
  };
  expect(misfitsOf({ amount: 5, 'a/b': 'DE', due: '2026-11-28' }, schema)).toEqual([]);
  expect(misfitsOf({ amount: 1.5, currency: 'XXX', due: 'tomorrow', more: 1 }, schema)).toEqual(
    expect.arrayContaining([
      { at: '/a~1b', message: 'is missing' },
      { at: '/more', message: 'is not a field of this form' },
      { at: '/amount', message: 'must be a whole number' },
      { at: '/currency', message: 'is one of: EUR, JPY' },
      { at: '/due', message: 'must be a date, such as 2026-11-28' },
    ])
  );
  expect(misfitsOf(null, schema)).toEqual([{ at: '/', message: 'must be a group of fields' }]);
  expect(misfitsOf(undefined, schema)).toHaveLength(1);
});

test('[SC2] each pattern of a schema is checked separately', () => {
  const schema: JsonSchema = {
    type: 'object',
    properties: { one: { type: 'string', pattern: '^a$' }, other: { type: 'string', pattern: '^b$' } },
  };
  expect(misfitsOf({ one: 'a', other: 'b' }, schema)).toEqual([]);
  expect(misfitsOf({ one: 'b', other: 'a' }, schema).map(({ at }) => at)).toEqual(['/one', '/other']);
});

test('[SC3] an inherited property is neither present nor missing', () => {
  const schema: JsonSchema = {
    type: 'object',
    properties: JSON.parse(
      '{ "toString": { "type": "string" }, "constructor": { "type": "string" } }'
    ) as JsonSchema['properties'],
    required: ['toString'],
  };
  expect(misfitsOf({}, schema)).toEqual([{ at: '/toString', message: 'is missing' }]);
  expect(misfitsOf({ toString: 'x' }, schema)).toEqual([]);
});

/** Patterns for which JavaScript's own engine needs exponential time, with a text of 30 characters. */
const CATASTROPHIC = [
  '^(a+)+$',
  '^(a|a)*$',
  '^(a|aa)+$',
  '^(.*a){20}$',
  '^(([a-z])+.)+[A-Z]([a-z])+$',
  '(a?){30}a{30}$',
];

test.each(CATASTROPHIC)('[SC4] checking any text against the pattern %s takes a short time', (pattern) => {
  const check = compileSchema({ type: 'array', items: { type: 'string', pattern } });
  const text = `${'a'.repeat(30)}!`;
  const cpu = process.cpuUsage();
  check(Array.from({ length: 1_000 }, () => text));
  // Milliseconds of this process's own CPU, so that a busy machine does not count: V8's own engine needs minutes for
  // one of them.
  const { user, system } = process.cpuUsage(cpu);
  expect((user + system) / 1_000).toBeLessThan(2_000);
});

test('[SC5] a check that exceeds its budget for patterns stops with an error', () => {
  const schema: JsonSchema = { type: 'array', items: { type: 'string', pattern: '^([ab]*a[ab]{200}c)+$' } };
  const check = compileSchema(schema);
  expect(check(['x'])[0]?.at).toBe('/0');
  const many = Array.from({ length: 100 }, () => 'ab'.repeat(MOST_STEPS / 20_000));
  expect(check(many)).toEqual([{ at: '/', message: 'has more text than can be checked against its patterns' }]);
  // The next check has a budget of its own.
  expect(check(['x'])[0]?.at).toBe('/0');
});

test('[SC6] an e-mail address of a million characters is refused before its pattern is matched', () => {
  const schema: JsonSchema = { type: 'string', format: 'email' };
  expect(misfitsOf('ada@example.com', schema)).toEqual([]);
  expect(misfitsOf(`a@${'a-'.repeat(500_000)}!`, schema)).toEqual([{ at: '/', message: 'must be a mail address' }]);
});

test.each([
  ['date-time', '2026-11-28T09:30:00Z', true],
  ['date-time', '2026-11-28T09:30:00.123456789012+01:00', true],
  ['date-time', '2026-11-28t09:30z', true],
  ['date-time', '2026-11-28T09:30:00', false],
  ['date-time', '2026-11-28', false],
  ['date-time', '2026-02-30T09:30:00Z', false],
  ['date-time', '2026-11-28T25:00:00Z', false],
  ['date', '2026-11-28', true],
  ['date', '2026-02-30', false],
] as const)('[FT1] [FT2] a %s: %s is one: %s', (format, text, isOne) => {
  expect(misfitsOf(text, { type: 'string', format }).length === 0).toBe(isOne);
  // A schema that was made from an example accepts the example.
  expect(misfitsOf(text, inferSchema(text))).toEqual([]);
});

test('[SC7] only the first problem of a large value is reported', () => {
  const schema: JsonSchema = { type: 'array', items: { type: 'string' } };
  expect(misfitsOf(Array<number>(100).fill(0), schema)).toHaveLength(100);
  expect(misfitsOf(Array<number>(200_000).fill(0), schema)).toEqual([{ at: '/0', message: 'must be a text' }]);
});

test('[SC8] an unusable schema of an old version is named, not run by another engine', () => {
  expect(() => compileSchema({ type: 'string', pattern: '[' })).toThrow(UnusableSchema);
  expect(() => compileSchema({ type: 'string', pattern: '^(?=.*a)b$' })).toThrow(/look-around/);
  expect(() => compileSchema({ enum: [] })).toThrow(UnusableSchema);
});

test.each([
  ['[', /not a regular expression/],
  ['(?!a)b', /look-around/],
  ['(a)\\1', /back-reference/],
  ['(((a{10}){10}){10}){10}', /not a regular expression/],
  ['a{1,900}b{1,900}', /repeats too much/],
  ['a'.repeat(1_001), /1000 characters/],
])('[SC9] the pattern %s is refused', (pattern, why) => {
  expect(patternProblem(pattern)).toMatch(why);
});

test.each([
  '^[A-Z]{2}\\d{2}[ ]?\\d{4}$',
  '^\\p{L}+$',
  '^[\\w.-]+@[\\w.-]+$',
  '\\u{1F600}',
  '^(?<year>\\d{4})$',
  '\\/x',
])('[SC10] the usual pattern %s is accepted', (pattern) => expect(patternProblem(pattern)).toBeNull());
