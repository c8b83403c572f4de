import { expect, test } from 'vitest';
import type { JsonSchema } from '../json-schema';
import { renamedField } from './rename-field';

const text: JsonSchema = { type: 'string' };
const money: JsonSchema = { type: 'integer', format: 'money', currencyField: 'currency' };
const group = (properties: Record<string, JsonSchema>): JsonSchema => ({ type: 'object', properties });

test('[ERF3] another name of one field is found at every depth, with the currency that names it', () => {
  const order = (name: string) =>
    group({ id: text, lines: { type: 'array', items: group({ [name]: text, count: text }) } });
  expect(renamedField(order('sku'), order('article'))).toEqual({
    from: ['lines', null, 'sku'],
    to: ['lines', null, 'article'],
  });
  const paid = (name: string) => group({ total: { ...money, currencyField: name }, [name]: text });
  expect(renamedField(paid('currency'), paid('unit'))).toEqual({ from: ['currency'], to: ['unit'] });
});

test('[ERF3] anything else is no other name: another type too, two fields, a field that is added, moved or removed', () => {
  const before = group({ a: text, b: text });
  for (const after of [
    before,
    group({ c: { type: 'integer' }, b: text }),
    group({ c: text, d: text }),
    group({ b: text, a: text }),
    group({ a: text }),
    group({ a: text, b: text, c: text }),
  ])
    expect(renamedField(before, after)).toBeNull();
});
