import { describe, expect, test } from 'vitest';
import type { JsonSchema } from '@/engine/flow/document';
import { WRITINGS } from '@/engine/flow/values/writing';
import { initialOf, pathOf, sentOf, textProblem } from './schema-value-of';

const { en, de } = WRITINGS;

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

describe('the first content of a form and what the form sends', () => {
  test('[SVO1] defaults fill missing values, including the least number of items', () => {
    expect(initialOf(order, { id: 'a' }, en)).toEqual({
      id: 'a',
      note: '',
      paid: false,
      items: [{ sku: undefined, quantity: '1' }],
    });
  });
  test('[SVO2] an empty field is not sent, unless its default is empty', () => {
    expect(sentOf(order, { id: '', note: '', paid: false, items: [{ sku: '', quantity: '2' }] }, en)).toEqual({
      note: '',
      paid: false,
      items: [{ quantity: 2 }],
    });
  });
  test('[SVO3] a problem is shown at its field, or above the form if it has no field', () => {
    expect(pathOf('/items/0/sku', 'value', order)).toBe('value.items.0.sku');
    expect(pathOf('/nowhere', 'value', order)).toBeNull();
    expect(pathOf('/', 'value', order)).toBeNull();
    expect(pathOf('/', 'value', { type: 'string' })).toBe('value');
  });
});

describe('numbers in a form are texts', () => {
  const price: JsonSchema = {
    type: 'object',
    properties: {
      amount: { type: 'integer', format: 'money', currencyField: 'currency', minimum: 100, default: 5_000 },
      currency: { type: 'string', enum: ['EUR', 'JPY'], default: 'EUR' },
      share: { type: 'number' },
    },
  };
  test('[SVO4] an amount is sent in minor units of the currency beside it', () => {
    expect(initialOf(price, undefined, en)).toEqual({ amount: '50.00', currency: 'EUR', share: '' });
    expect(initialOf(price, { amount: 5_000, currency: 'JPY', share: 0.5 }, de)).toMatchObject({
      amount: '5000',
      share: '0,5',
    });
    expect(sentOf(price, { amount: '50', currency: 'JPY', share: '' }, en)).toEqual({ amount: 50, currency: 'JPY' });
    expect(sentOf(price, { amount: '50', currency: 'EUR', share: '0.5' }, en)).toMatchObject({
      amount: 5_000,
      share: 0.5,
    });
  });
  test('[SVO5] an emptied amount is not sent: neither its old value nor the default', () => {
    expect(sentOf(price, { amount: '', currency: 'EUR', share: '' }, en)).toEqual({ currency: 'EUR' });
  });
  test('[SVO6] an unreadable value is reported before it is sent, in the notation of its field', () => {
    const problem = (text: string, currency: string) =>
      textProblem(price.properties?.amount ?? {}, text, en, { currency });
    expect(problem('0.005', 'EUR')).toBe('This has more decimals than EUR, which has 2 decimals.');
    expect(problem('50.00', 'JPY')).toMatch(/JPY, which has no decimals/);
    expect(problem('0.99', 'EUR')).toBe('At least €1.00.');
    expect(problem('99', 'JPY')).toBe('At least JP¥100.');
    expect(problem('abc', 'EUR')).toMatch(/is not a number/);
    expect(problem('1', 'EUR')).toBeNull();
    expect(textProblem({ type: 'integer' }, '1.5', en, {})).toBe('This is not a whole number.');
    expect(textProblem({ type: 'integer' }, '9007199254740993', en, {})).toMatch(/more digits than can be stored/);
  });
});
