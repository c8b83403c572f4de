import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readJson, writeJson } from '../values/json';
import { misfitsOf } from './check';
import { inferSchema } from './infer';
import { schemaProblems } from './problems';

test('[IN1] every JSON value fits the schema that was proposed from it, and the schema can be used', () => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 5 }), (text) => {
      const value = readJson(text);
      const schema = inferSchema(value);
      expect(schemaProblems(schema)).toEqual([]);
      expect(misfitsOf(value, schema)).toEqual([]);
    })
  );
});

test('[IN2] items of a list share one schema, in which only common fields are required', () => {
  expect(inferSchema([{ id: 1, note: 'x' }, { id: 2.5 }])).toEqual({
    type: 'array',
    items: { type: 'object', required: ['id'], properties: { id: { type: 'number' }, note: { type: 'string' } } },
  });
  expect(inferSchema({ 101: { qty: 1 }, 102: { qty: 2 }, 103: {}, 104: {} })).toEqual({
    type: 'object',
    additionalProperties: { type: 'object', properties: { qty: { type: 'integer' } } },
  });
});

test('[IN2] an example of 300 fields has 300 fields', () => {
  const example = Object.fromEntries(
    Array.from({ length: 300 }, (_, index) => [`field${index}Of`, index % 2 ? 1 : 'a'])
  );
  expect(Object.keys(inferSchema(example).properties ?? {})).toHaveLength(300);
});

test('[IN3] a very large example gives a small schema', () => {
  const wide = Object.fromEntries(Array.from({ length: 150 }, (_, at) => [`f${at}`, { a: 1, b: 2, c: [{ d: 1 }] }]));
  const schema = inferSchema(Array.from({ length: 1_000 }, () => wide));
  expect(writeJson(schema).length).toBeLessThan(40_000);
  let deep: unknown = 1;
  for (let level = 0; level < 500; level++) deep = { deep };
  expect(writeJson(inferSchema(deep)).length).toBeLessThan(2_000);
});

test('[IN4] null leaves a type open; dates and links are recognised only if all examples are some', () => {
  expect(inferSchema({ a: null, at: '2026-11-28T11:00:00Z', day: '2026-11-28', url: 'https://x.test/1' })).toEqual({
    type: 'object',
    required: ['a', 'at', 'day', 'url'],
    properties: {
      a: {},
      at: { type: 'string', format: 'date-time' },
      day: { type: 'string', format: 'date' },
      url: { type: 'string', format: 'link' },
    },
  });
  expect(inferSchema(['2026-11-28', 'soon'])).toEqual({ type: 'array', items: { type: 'string' } });
});
