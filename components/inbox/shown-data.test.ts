import { expect, test } from 'vitest';
import { DEFAULT_WRITING } from '@/engine/flow/values/writing';
import type { JsonSchema } from '@/engine/flow/document';
import { changesOf, primaryOf, primaryText, startOf, withoutPrimary } from './shown-data';

const schema: JsonSchema = {
  type: 'object',
  properties: {
    orderId: { type: 'string', title: 'Order' },
    amount: { type: 'integer', title: 'Amount', format: 'money', currencyField: 'currency', primary: true },
    currency: { type: 'string' },
  },
};
const data = { orderId: 'o-1', amount: 129_000, currency: 'EUR' };

test('the primary value is the first one that the schema marks as primary', () => {
  expect(primaryOf(data, schema)).toMatchObject({ key: 'amount', label: 'Amount', value: 129_000 });
  expect(primaryOf({ orderId: 'o-1' }, schema)).toBeNull();
  expect(primaryOf(data, null)).toBeNull();
  expect(primaryOf('text', schema)).toBeNull();
});

test('the primary value is put on a button only if it fits', () => {
  expect(primaryText(data, schema, DEFAULT_WRITING)).toBe('€1,290.00');
  expect(
    primaryText({ amount: 5 }, { properties: { amount: { type: 'integer', primary: true } } }, DEFAULT_WRITING)
  ).toBe('5');
  const text: JsonSchema = { properties: { name: { type: 'string', primary: true } } };
  expect(primaryText({ name: 'A trip to Lisbon' }, text, DEFAULT_WRITING)).toBe('A trip to Lisbon');
  expect(primaryText({ name: 'x'.repeat(33) }, text, DEFAULT_WRITING)).toBeNull();
  expect(
    primaryText(
      { pin: 5 },
      { properties: { pin: { type: 'integer', primary: true, sensitive: true } } },
      DEFAULT_WRITING
    )
  ).toBeNull();
  expect(primaryText(data, null, DEFAULT_WRITING)).toBeNull();
});

test('a schema without a primary mark keeps all other values', () => {
  expect(withoutPrimary(schema)?.properties?.amount).toMatchObject({ primary: false, format: 'money' });
  expect(withoutPrimary(null)).toBeNull();
});

test('a changed value is named with its old and new value; added and removed values are named too', () => {
  expect(changesOf(data, { orderId: 'o-1', amount: 130_000, note: 'new' }, schema)).toMatchObject([
    { label: 'Amount', before: 129_000, after: 130_000 },
    { label: 'Currency', before: 'EUR', after: undefined },
    { label: 'Note', before: undefined, after: 'new' },
  ]);
});

test('equal data has no changes, lists included', () => {
  const items = [{ sku: 'A', quantity: 1 }];
  expect(changesOf({ items }, { items: structuredClone(items) }, null)).toEqual([]);
});

test('[SHD9] the form of a decision begins with the values of the data that have its names, but no sensitive one', () => {
  const text = { type: 'string' as const };
  const form = {
    type: 'object' as const,
    properties: { amount: { type: 'integer' as const }, card: text, note: text },
  };
  const schema = { type: 'object' as const, properties: { card: { ...text, sensitive: true } } };
  expect(startOf(form, { data: { amount: 5, card: '•••', who: 'Ada' }, schema })).toEqual({ amount: 5 });
  expect(startOf(form, { data: null, schema: null })).toEqual({});
});
