import { describe, expect, test } from 'vitest';
import type { JsonSchema } from '@/engine/flow/document';
import { centsOf, centsToText, initialOf, pathOf, pruned } from './schema-value-of';

const order: JsonSchema = {
  type: 'object',
  required: ['id', 'items'],
  properties: {
    id: { type: 'string', minLength: 1 },
    note: { type: 'string', default: '' },
    paid: { type: 'boolean' },
    items: {
      type: 'array',
      minItems: 1,
      items: { type: 'object', properties: { sku: { type: 'string' }, quantity: { type: 'integer', default: 1 } } },
    },
  },
};

describe('what a form starts with and what it sends', () => {
  test('[S1] defaults fill what is missing, down to the least number of items', () => {
    expect(initialOf(order, { id: 'a' })).toEqual({
      id: 'a',
      note: '',
      paid: false,
      items: [{ sku: undefined, quantity: 1 }],
    });
  });
  test('[S2] a field left empty is left out, unless empty is its default', () => {
    expect(pruned(order, { id: '', note: '', paid: false, items: [{ sku: '', quantity: 2 }] })).toEqual({
      note: '',
      paid: false,
      items: [{ quantity: 2 }],
    });
  });
  test('[S3] a problem finds its field, and one without a field stays above the form', () => {
    expect(pathOf('/items/0/sku', 'value', order)).toBe('value.items.0.sku');
    expect(pathOf('/nowhere', 'value', order)).toBeNull();
    expect(pathOf('/', 'value', order)).toBeNull();
    expect(pathOf('/', 'value', { type: 'string' })).toBe('value');
  });
});

describe('money', () => {
  test.each([
    ['1290', 129_000],
    ['1.290,50', 129_050],
    ['1,290.5', 129_050],
    ['129,00', 12_900],
    ['1.290', 129_000],
    ['0.07', 7],
    ['-3', -300],
    ["1'290.00", 129_000],
  ])('[S4] %s is %i cents', (text, cents) => {
    expect(centsOf(text)).toBe(cents);
  });
  test.each(['', 'abc', '1.2.3', '1,290,5', '12.345,678', '1e3', '1.290.50'])('[S5] %j is no amount', (text) => {
    expect(centsOf(text)).toBeNull();
  });
  test('[S6] what is shown is read back as the same amount', () => {
    for (const cents of [0, 7, 100, 12_900, 129_050, -5, 100_000_000]) expect(centsOf(centsToText(cents))).toBe(cents);
  });
});
