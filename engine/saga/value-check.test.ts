import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { JsonSchema } from '../flow/document';
import { misfitsOf } from '../flow/schema/check';
import { schemaProblems } from '../flow/schema/problems';
import { anySchema, anyValue } from '../flow/schema/testing/arbitrary';
import { misfitOf, type ValueSchema } from './value-check';

test.each<[value: unknown, schema: ValueSchema, at: string | null]>([
  ['lots', { type: 'integer' }, '/'],
  [{ amount: 'lots' }, { properties: { amount: { type: 'integer' } } }, '/amount'],
  [{ amount: 1.5 }, { properties: { amount: { type: 'integer' } } }, '/amount'],
  [{}, { required: ['toString'] }, '/toString'],
  [{ list: [{ a: 1 }, {}] }, { properties: { list: { items: { required: ['a'] } } } }, '/list/1/a'],
  [{ 'a/b': 1 }, { properties: {}, additionalProperties: false }, '/a~1b'],
  [{ constructor: 1 }, { properties: {}, additionalProperties: false }, '/constructor'],
  [undefined, { type: 'object' }, '/'],
  ['😀😀', { minLength: 2, maxLength: 2 }, null],
  [{ $exact: '9007199254740993' }, { type: 'integer', minimum: 1 }, null],
  [{ $exact: '9007199254740993' }, { type: 'number', maximum: 5 }, '/'],
  [{ $exact: '9007199254740993.5' }, { type: 'integer' }, '/'],
  [{ id: { $exact: '1e400' } }, { properties: { id: { type: 'object' } } }, '/id'],
  [{ id: { $exact: '1e400' } }, { properties: { id: { type: 'integer' } } }, null],
  [{ a: undefined }, { properties: { a: { type: 'string' } }, additionalProperties: false }, null],
])('[VC1] %j against %j', (value, schema, at) => expect(misfitOf(value, schema)?.at ?? null).toBe(at));

test('[VC2] the check in the run agrees with the outer one, except for patterns and formats', () => {
  let judged = 0;
  fc.assert(
    fc.property(anySchema(), anyValue(), (drawn, value) => {
      if (schemaProblems(drawn).length > 0) return;
      judged++;
      const schema = withoutTexts(drawn);
      const misfits = misfitsOf(value, schema);
      const misfit = misfitOf(value, schema);
      expect(misfit === null).toBe(misfits.length === 0);
      if (misfit) expect(misfits.map(({ at }) => at)).toContain(misfit.at);
    }),
    { numRuns: 500 }
  );
  expect(judged).toBeGreaterThan(250);
});

/** Schemas without patterns and formats. */
function withoutTexts({ pattern: _pattern, format: _format, ...schema }: JsonSchema): JsonSchema {
  const { properties, items, additionalProperties } = schema;
  return {
    ...schema,
    ...(properties
      ? { properties: Object.fromEntries(Object.entries(properties).map(([name, each]) => [name, withoutTexts(each)])) }
      : {}),
    ...(items ? { items: withoutTexts(items) } : {}),
    ...(typeof additionalProperties === 'object' ? { additionalProperties: withoutTexts(additionalProperties) } : {}),
  };
}
