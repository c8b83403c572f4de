/**
 * Rules
 * [SA1] A sample without a problem fits its schema, whatever the schema is.
 * [SA2] Schemas that people draw have a sample.
 * [SA3] The same schema, seed and name give the same value.
 * [SA4] A sample is small, whatever the schema asks for.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import '../../sim/property-seed';
import type { JsonSchema } from '../json-schema';
import { misfitsOf } from './check';
import { schemaProblems } from './problems';
import { sampleOf } from './sample';
import { anySchema } from './testing/arbitrary';

test('[SA1] [SA3] what is made for a random schema passes the check, and is made again', () => {
  let made = 0;
  let usable = 0;
  fc.assert(
    fc.property(anySchema(), fc.nat(100), (schema, seed) => {
      if (schemaProblems(schema).length > 0) return;
      usable++;
      const { value, problem } = sampleOf(schema, seed);
      expect(sampleOf(schema, seed)).toEqual({ value, problem });
      if (problem !== null) return;
      made++;
      expect(misfitsOf(value, schema)).toEqual([]);
    }),
    { numRuns: 2_000 }
  );
  expect(usable).toBeGreaterThan(1_000);
  // The rest cannot be satisfied, such as a date that has at most three characters.
  expect(made / usable).toBeGreaterThan(0.85);
});

test.each<[what: string, schema: JsonSchema]>([
  ['an e-mail address', { type: 'string', format: 'email', minLength: 30 }],
  ['a date', { type: 'string', format: 'date' }],
  ['an instant', { type: 'string', format: 'date-time' }],
  ['money', { type: 'integer', format: 'money', minimum: 1 }],
  ['a number of few values', { type: 'number', minimum: 0.1, maximum: 0.2 }],
  ['an integer below zero', { type: 'integer', maximum: -7 }],
  ['a listed value that fits its limits', { type: 'integer', enum: [1, 2, 3], minimum: 3 }],
  ['an order number', { type: 'string', pattern: '^[A-Z]{2}-\\d{6}$' }],
  ['a bank account', { type: 'string', pattern: '^DE\\d{20}$', minLength: 22, maxLength: 22 }],
  ['a colour', { type: 'string', pattern: '^#(?:[0-9a-f]{3}|[0-9a-f]{6})$' }],
  ['a pattern that is not anchored', { type: 'string', pattern: 'a+b', minLength: 12 }],
  [
    'a field that every object inherits',
    { type: 'object', properties: { name: { type: 'string' } }, required: ['name'] },
  ],
  ['at least three entries', { type: 'array', items: { type: 'string', maxLength: 2 }, minItems: 3 }],
])('[SA2] %s has a sample', (_what, schema) => {
  const { value, problem } = sampleOf(schema, 7);
  expect(problem).toBe(null);
  expect(misfitsOf(value, schema)).toEqual([]);
});

test('[SA2] a text is made of the name of its field', () => {
  const schema: JsonSchema = {
    type: 'object',
    properties: { reservationId: { type: 'string' }, customerName: { type: 'string', title: 'Name' } },
  };
  expect(sampleOf(schema).value).toEqual({
    reservationId: expect.stringMatching(/^reservation-\d{4}$/),
    customerName: 'Name',
  });
});

test.each<[what: string, schema: JsonSchema]>([
  ['a text of a gigabyte', { type: 'string', minLength: 1_000_000_000 }],
  ['a list of a million entries', { type: 'array', minItems: 1_000_000 }],
  ['a pattern that repeats a thousand times', { type: 'string', pattern: '^(?:[a-z]{999}){999}$' }],
])('[SA4] %s is not made', (_what, schema) => {
  expect(sampleOf(schema)).toMatchObject({ value: null, problem: expect.stringMatching(/./) });
});

test('[SA1] what cannot be satisfied is reported', () => {
  for (const schema of [
    { type: 'string', format: 'date', maxLength: 3 },
    { type: 'integer', minimum: 1.2, maximum: 1.8 },
    { type: 'string', pattern: '^a$', minLength: 2 },
  ] satisfies JsonSchema[])
    expect(sampleOf(schema).problem).toMatch(/\w/);
  // Where the field may be missing, the value does without it.
  const optional: JsonSchema = {
    type: 'object',
    properties: { day: { type: 'string', format: 'date', maxLength: 3 } },
  };
  expect(sampleOf(optional)).toEqual({ value: {}, problem: null });
});
