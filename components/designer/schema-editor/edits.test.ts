import { describe, expect, it } from 'vitest';
import type { JsonSchema } from '@/engine/flow/document';
import { jsonSchemaSchema } from '@/engine/flow/json-schema';
import { compileSchema, misfitsOf } from '@/engine/flow/schema/check';
import { schemaProblems } from '@/engine/flow/schema/problems';
import {
  addField,
  moveField,
  nameFor,
  othersOf,
  removeField,
  renameField,
  schemaOfExample,
  setRequired,
  withOthers,
} from './edits';
import { FIELD_KINDS, kindOf, withKind } from './kinds';

const order: JsonSchema = {
  type: 'object',
  required: ['amount', 'currency'],
  properties: {
    amount: { type: 'integer', format: 'money', currencyField: 'currency', minimum: 1 },
    currency: { type: 'string', title: 'Currency' },
    note: { type: 'string' },
  },
};
const names = (schema: JsonSchema) => Object.keys(schema.properties ?? {});

describe('types of fields', () => {
  it.each(FIELD_KINDS)('[SE1] %s gives a schema that the checker accepts, and is recognised again', (kind) => {
    const schema = withKind({ title: 'A field', sensitive: true }, kind);
    expect(schemaProblems(schema)).toEqual([]);
    expect(() => compileSchema(schema)).not.toThrow();
    expect(jsonSchemaSchema.safeParse(schema).success).toBe(true);
    expect(kindOf(schema)).toBe(kind);
    expect(schema).toMatchObject({ title: 'A field', sensitive: true });
  });
  it('[SE1] a group that becomes a list becomes the item of that list', () => {
    expect(withKind(order, 'list').items?.properties).toEqual(order.properties);
  });
});

describe('changes', () => {
  it('[SE2] a field has a name after its title that is free', () => {
    expect(names(addField(order, 'Ship to', 'text')).at(-1)).toBe('shipTo');
    expect(names(addField(order, 'Note', 'text')).at(-1)).toBe('note2');
    expect(nameFor('2. Straße!', [])).toBe('straE');
    expect(nameFor('', ['field'])).toBe('field2');
  });
  it('[SE2] a name is followed by what names it, and the field keeps its place', () => {
    const renamed = renameField(order, 'currency', 'unit');
    expect(names(renamed)).toEqual(['amount', 'unit', 'note']);
    expect(renamed.required).toEqual(['amount', 'unit']);
    expect(renamed.properties?.amount?.currencyField).toBe('unit');
    expect(schemaProblems(renamed)).toEqual([]);
  });
  it('[SE2] a removed field is no longer required, and no amount names it', () => {
    const removed = removeField(order, 'currency');
    expect(removed).toEqual({
      type: 'object',
      required: ['amount'],
      properties: { amount: { type: 'integer', format: 'money', minimum: 1 }, note: { type: 'string' } },
    });
    expect(removeField({ type: 'object', required: ['a'], properties: { a: {} } }, 'a')).not.toHaveProperty('required');
  });
  it('[SE2] fields move by one place, and not beyond the ends', () => {
    expect(names(moveField(order, 'note', -1))).toEqual(['amount', 'note', 'currency']);
    expect(moveField(order, 'note', 1)).toBe(order);
    expect(setRequired(order, 'note', true).required).toEqual(['amount', 'currency', 'note']);
  });
  it('[SE3] what the editor does not know is kept through changes, and can be replaced without touching the rest', () => {
    const amount = order.properties!.amount!;
    expect(othersOf(amount)).toEqual({ minimum: 1 });
    expect(withOthers(amount, { maximum: 9, type: 'string' })).toEqual({
      type: 'integer',
      format: 'money',
      currencyField: 'currency',
      maximum: 9,
    });
    const strange = { ...order, additionalProperties: false, default: { amount: 1 } };
    expect(moveField(renameField(strange, 'note', 'memo'), 'memo', -1)).toMatchObject({
      additionalProperties: false,
      default: { amount: 1 },
    });
  });
});

describe('from an example', () => {
  const example = {
    orderId: 'A-1',
    at: '2026-11-28T09:30:00Z',
    day: '2026-11-28',
    mail: 'ada@example.com',
    page: 'https://example.com/a',
    amount: 1999,
    rate: 0.5,
    paid: false,
    nothing: null,
    items: [
      { sku: 'A', qty: 1 },
      { sku: 'B', qty: 1.5, gift: true },
    ],
  };
  it('[SE4] the example fits its schema, and the schema can be used', () => {
    const schema = schemaOfExample(example);
    expect(schemaProblems(schema)).toEqual([]);
    expect(misfitsOf(example, schema)).toEqual([]);
    expect(misfitsOf({ ...example, amount: 'x' }, schema)).toHaveLength(1);
  });
  it('[SE4] types are read from the values, and fields that not every item has are optional', () => {
    const { properties = {}, required } = schemaOfExample(example);
    expect(Object.fromEntries(Object.entries(properties).map(([name, field]) => [name, kindOf(field)]))).toEqual({
      orderId: 'text',
      at: 'instant',
      day: 'date',
      mail: 'email',
      page: 'link',
      amount: 'whole',
      rate: 'number',
      paid: 'yesNo',
      nothing: 'anything',
      items: 'list',
    });
    expect(required).not.toContain('nothing');
    expect(properties.items?.items).toEqual({
      type: 'object',
      required: ['sku', 'qty'],
      properties: { sku: { type: 'string' }, qty: { type: 'number' }, gift: { type: 'boolean' } },
    });
  });
});
