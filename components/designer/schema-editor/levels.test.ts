import { describe, expect, it } from 'vitest';
import type { JsonSchema } from '@/engine/flow/document';
import type { FieldSteps } from '@/engine/flow/edit/field-reads';
import { schemaProblems } from '@/engine/flow/schema/problems';
import { levelsBeside, moveTo, schemaAt, whyNotTo, type Level } from './levels';

const text: JsonSchema = { type: 'string' };
const schema: JsonSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['id', 'total'],
  properties: {
    id: text,
    total: { type: 'integer', format: 'money', currencyField: 'currency' },
    currency: text,
    buyer: { type: 'object', title: 'The buyer', properties: { id: text, name: text } },
    lines: { type: 'array', items: { type: 'object', required: ['sku'], properties: { sku: text } } },
    tags: { type: 'array', items: text },
  },
};
function moved(field: FieldSteps, level: Level, before: string | null = null) {
  const outcome = moveTo(schema, field, level, before);
  if ('refusal' in outcome) throw new Error(outcome.refusal);
  expect(schemaProblems(outcome.schema)).toEqual([]);
  return outcome;
}
const names = (of: JsonSchema, ...level: FieldSteps) => Object.keys(schemaAt(of, level)?.properties ?? {});

describe('moves of fields', () => {
  it('[SED5] into a group, out of it, and before the field that is named', () => {
    const into = moved(['total'], ['buyer'], 'name');
    expect(names(into.schema, 'buyer')).toEqual(['id', 'total', 'name']);
    expect(into.schema.required).toEqual(['id']);
    expect(into.schema.properties!.buyer!.required).toEqual(['total']);
    expect(into.moved).toEqual({ from: ['total'], to: ['buyer', 'total'], mayBeMissing: [true] });
    const out = moved(['buyer', 'name'], [], 'total');
    expect(names(out.schema)).toEqual(['id', 'name', 'total', 'currency', 'buyer', 'lines', 'tags']);
    expect(out.moved).toMatchObject({ from: ['buyer', 'name'], to: ['name'] });
  });
  it('[SED5] into the items of a list and out of them, whatever else the schema has', () => {
    const into = moved(['currency'], ['lines', null]);
    expect(names(into.schema, 'lines', null)).toEqual(['sku', 'currency']);
    expect(into.schema).toMatchObject({ additionalProperties: false });
    const out = moved(['lines', null, 'sku'], []);
    expect(names(out.schema).at(-1)).toBe('sku');
    expect(out.schema.required).toEqual(['id', 'total', 'sku']);
    expect(out.schema.properties!.lines!.items).toEqual({ type: 'object', properties: {} });
  });
  it('[SED5] an amount names its currency as long as both are at the same level', () => {
    expect(moved(['total'], ['buyer']).schema.properties!.buyer!.properties!.total).not.toHaveProperty('currencyField');
    expect(moved(['currency'], ['buyer']).schema.properties!.total).not.toHaveProperty('currencyField');
  });
  it('[SED5] within its level a field only has another place, and nothing at all if that is its own', () => {
    const first = moved(['lines'], [], 'id');
    expect(names(first.schema)).toEqual(['lines', 'id', 'total', 'currency', 'buyer', 'tags']);
    expect(first).toMatchObject({ moved: null, schema: { required: ['id', 'total'] } });
    expect(moveTo(schema, ['id'], [], 'id')).toEqual({ schema, moved: null });
  });
  it('[SED6] a name that the level has already is refused by name, and a group inside itself', () => {
    expect(whyNotTo(schema, ['id'], ['buyer'])).toBe(
      "'The buyer' has a field named 'id'. Rename one of the two first."
    );
    expect(moveTo(schema, ['buyer', 'id'], [], null)).toEqual({
      refusal: "The outermost level has a field named 'id'. Rename one of the two first.",
    });
    expect(whyNotTo(schema, ['buyer'], ['buyer'])).toBe('A field cannot go into itself.');
    expect(levelsBeside(schema, ['id'])).toEqual([
      { level: ['buyer'], refusal: expect.stringContaining("'id'") as string },
      { level: ['lines', null], refusal: null },
    ]);
  });
});
