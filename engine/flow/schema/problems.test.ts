import fc from 'fast-check';
import { expect, test } from 'vitest';
import '../../sim/property-seed';
import type { JsonSchema } from '../json-schema';
import { compileSchema } from './check';
import { schemaProblems } from './problems';
import { anySchema, anyValue } from './testing/arbitrary';

test.each<[what: string, schema: JsonSchema, at: string]>([
  ['[PR1] a pattern that is none', { type: 'string', pattern: '[' }, 'pattern'],
  [
    '[PR1] a pattern deep inside',
    { type: 'object', properties: { list: { type: 'array', items: { type: 'string', pattern: '(?=a)' } } } },
    'properties/list/items/pattern',
  ],
  ['[PR2] an empty list of values', { type: 'string', enum: [] }, 'enum'],
  ['[PR2] a value of another type', { type: 'string', enum: ['a', 5] }, 'enum/1'],
  ['[PR2] a fraction for an integer', { type: 'integer', enum: [1, 1.5] }, 'enum/1'],
  ['[PR2] a value listed twice', { enum: ['a', 'a'] }, 'enum/1'],
  ['[PR2] a constant of another type', { type: 'boolean', const: 'true' }, 'const'],
  ['[PR3] an undeclared field is required', { type: 'object', properties: {}, required: ['amount'] }, 'required/0'],
  [
    '[PR3] so is one that every object inherits',
    { type: 'object', properties: {}, required: ['toString'] },
    'required/0',
  ],
  ['[PR3] a field is required twice', { properties: { a: {} }, required: ['a', 'a'] }, 'required/1'],
  ['[PR4] limits that exclude everything', { type: 'integer', minimum: 5, maximum: 4 }, 'minimum'],
  ['[PR4] a negative length', { type: 'string', maxLength: -1 }, 'maxLength'],
  [
    '[PR5] a currency that is not there',
    { properties: { amount: { type: 'integer', format: 'money', currencyField: 'currency' } } },
    'properties/amount/currencyField',
  ],
])('%s', (_what, schema, at) => {
  const problems = schemaProblems(schema);
  expect(problems.map(({ path }) => path.join('/'))).toEqual([at]);
});

test('[PR6] a schema with too many parts is refused', () => {
  const properties = Object.fromEntries(Array.from({ length: 2_001 }, (_, index) => [`field${index}`, {}]));
  expect(schemaProblems({ type: 'object', properties })).toHaveLength(1);
});

test('[PR7] a schema without a problem always compiles, and then checks any value without an error', () => {
  let compiled = 0;
  fc.assert(
    fc.property(anySchema(), anyValue(), (schema, value) => {
      if (schemaProblems(schema).length > 0) return;
      compiled++;
      const check = compileSchema(schema);
      for (const { at, message } of check(value))
        expect([at.startsWith('/'), message.length > 0]).toEqual([true, true]);
    }),
    { numRuns: 300 }
  );
  // The rule is about valid schemas, so the generator has to make enough of them.
  expect(compiled).toBeGreaterThan(150);
});
