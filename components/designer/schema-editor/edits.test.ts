import { describe, expect, it } from 'vitest';
import type { JsonSchema } from '@/engine/flow/document';
import { jsonSchemaSchema } from '@/engine/flow/json-schema';
import { compileSchema } from '@/engine/flow/schema/check';
import { schemaProblems } from '@/engine/flow/schema/problems';
import { addField, nameFor, othersOf, removeField, renameField, setRequired, withOthers } from './edits';
import { schemaOfText } from './paste-json';
import { FIELD_KINDS, kindOf, typeWords, withKind } from './kinds';

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
  it.each(FIELD_KINDS)('[SED1] %s gives a schema that the checker accepts, and is recognised again', (kind) => {
    const schema = withKind({ title: 'A field', sensitive: true }, kind);
    expect(schemaProblems(schema)).toEqual([]);
    expect(() => compileSchema(schema)).not.toThrow();
    expect(jsonSchemaSchema.safeParse(schema).success).toBe(true);
    expect(kindOf(schema)).toBe(kind);
    expect(schema).toMatchObject({ title: 'A field', sensitive: true });
  });
  it('[SED1] a group that becomes a list becomes the item of that list', () => {
    expect(withKind(order, 'list').items?.properties).toEqual(order.properties);
  });
});

describe('changes', () => {
  it('[SED2] a field has a name after its title that is free, and is required', () => {
    expect(names(addField(order, 'Ship to', 'text')).at(-1)).toBe('shipTo');
    expect(names(addField(order, 'Note', 'text')).at(-1)).toBe('note2');
    expect(addField(order, 'Note', 'text').required).toEqual(['amount', 'currency', 'note2']);
    expect(nameFor('2. Straße!', [])).toBe('strasse');
    expect(nameFor('', ['field'])).toBe('field2');
  });
  it('[SED2] a name is followed by what names it, and the field keeps its place', () => {
    const renamed = renameField(order, 'currency', 'unit');
    expect(names(renamed)).toEqual(['amount', 'unit', 'note']);
    expect(renamed.required).toEqual(['amount', 'unit']);
    expect(renamed.properties?.amount?.currencyField).toBe('unit');
    expect(schemaProblems(renamed)).toEqual([]);
  });
  it('[SED2] a removed field is no longer required, and no amount names it', () => {
    const removed = removeField(order, 'currency');
    expect(removed).toEqual({
      type: 'object',
      required: ['amount'],
      properties: { amount: { type: 'integer', format: 'money', minimum: 1 }, note: { type: 'string' } },
    });
    expect(removeField({ type: 'object', required: ['a'], properties: { a: {} } }, 'a')).not.toHaveProperty('required');
  });
  it('[SED2] a field that becomes required is the last of those', () => {
    expect(setRequired(order, 'note', true).required).toEqual(['amount', 'currency', 'note']);
  });
  it('[SED3] what the editor does not know is kept through changes, and can be replaced without touching the rest', () => {
    const amount = order.properties!.amount!;
    expect(othersOf(amount)).toEqual({ minimum: 1 });
    expect(withOthers(amount, { maximum: 9, type: 'string' })).toEqual({
      type: 'integer',
      format: 'money',
      currencyField: 'currency',
      maximum: 9,
    });
    const strange = { ...order, additionalProperties: false, default: { amount: 1 } };
    expect(renameField(strange, 'note', 'memo')).toMatchObject({
      additionalProperties: false,
      default: { amount: 1 },
    });
  });
});

describe('pasted JSON', () => {
  const of = (text: string, groupOnly = false) => schemaOfText(text, groupOnly);
  it('[SED4] an example gives its schema, and a schema is taken as it is', () => {
    expect(of('{"orderId": "A-1", "amount": 1999}')).toEqual({
      schema: {
        type: 'object',
        required: ['orderId', 'amount'],
        properties: { orderId: { type: 'string' }, amount: { type: 'integer' } },
      },
    });
    expect(of(JSON.stringify({ $schema: 'x', ...order }))).toEqual({ schema: order });
  });
  it('[SED4] what would block the page or cannot be kept is refused with the reason', () => {
    const deep = `${'{"type":"object","properties":{"a":'.repeat(3_000)}{}${'}}'.repeat(3_000)}`;
    expect(of(deep)).toEqual({ problem: 'It has more than 100 levels of nesting.' });
    expect(of(`${'['.repeat(100_000)}${']'.repeat(100_000)}`)).toHaveProperty('problem');
    const large = JSON.stringify({ type: 'object', properties: { a: { description: 'x'.repeat(10_000_000) } } });
    expect(of(large)).toEqual({ problem: expect.stringMatching(/^The text has 10\.0 million characters/) as string });
    const circular = '{"type":"object","properties":{"a":{"$ref":"#"}}}';
    expect(of(circular)).toEqual({ problem: expect.stringContaining('properties › a') as string });
    const endless = '{"type":"object","properties":{"a":{"type":"string","pattern":"^(?=(a+)+$)"}}}';
    expect(of(endless)).toEqual({ problem: expect.stringContaining('pattern') as string });
  });
  it('[SED4] what is no JSON, no usable schema, or no object where one is needed is refused with the reason', () => {
    expect(of('{"a": ')).toEqual({ problem: expect.stringMatching(/^This is not JSON\. Line 1, column 7: /) });
    expect(of('[1]', true)).toMatchObject({ problem: expect.stringContaining('must be an object') as string });
    expect(of('{"type": "object", "properties": {"a": {"type": "text"}}}')).toMatchObject({
      problem: expect.stringContaining('properties › a › type') as string,
    });
    expect(of('{"type": "object", "properties": {}, "required": ["a"]}')).toMatchObject({
      problem: expect.stringContaining('is not declared') as string,
    });
  });
});

it.each<[JsonSchema, string]>([
  [{ type: 'string' }, 'text'],
  [{ type: 'array', items: { type: 'string' } }, 'list of texts'],
  [{ type: 'array', items: { type: 'object', properties: {} } }, 'list of groups of fields'],
  [{ type: 'array', items: { type: 'array', items: { type: 'integer' } } }, 'list of lists of whole numbers'],
  [{ type: 'null' }, 'nothing'],
])('[SED12] the type %j is said as %j in a sentence', (schema, words) => {
  expect(typeWords(schema)).toBe(words);
});
