import { expect, test } from 'vitest';
import type { JsonSchema } from '../json-schema';
import { parseFlow } from '../testing/flow';
import { applyGesture } from './apply';
import { draftOf } from './draft';
import { movePathIn, moveReads, type MovedField } from './field-reads';

const text: JsonSchema = { type: 'string' };
const group = (properties: Record<string, JsonSchema>): JsonSchema => ({ type: 'object', properties });

test.each([
  ['input.order?.id + input . order ?. id', 'input.order?.key + input . order ?. key'],
  [
    "other.input.order.id + 'input.order.id' + `input.order.id ${input.order.id}`",
    "other.input.order.id + 'input.order.id' + `input.order.id ${input.order.key}`",
  ],
  ['input.order.idle + input.id + order.id', 'input.order.idle + input.id + order.id'],
  ['[...input.order.id]', '[...input.order.key]'],
  ['list.map((input) => input.order.id)', 'list.map((input) => input.order.id)'],
])('[ERF4] %s', (expression, renamed) => {
  expect(movePathIn(expression, 'input', { from: ['order', 'id'], to: ['order', 'key'] })).toBe(renamed);
});

test('[ERF4] items of a list are read by a number', () => {
  const field = { from: ['lines', null, 'sku'], to: ['lines', null, 'article'] };
  expect(movePathIn('input.lines[0].sku + input.lines?.[1]?.sku', 'input', field)).toBe(
    'input.lines[0].article + input.lines?.[1]?.article'
  );
});

test('[ERF4] [ERF5] steps, the flow and the inputs of scenarios follow, and all of it is reverted', () => {
  const draft = draftOf(
    parseFlow({
      format: 2,
      name: 'x',
      title: 'X',
      input: group({ order: group({ id: text }) }),
      steps: [
        {
          id: 'which',
          kind: 'choice',
          title: 'Which',
          branches: [{ id: 'one', title: 'One', when: "input.order?.id === 'id'", steps: [] }],
        },
        { id: 'done', kind: 'end', title: 'Done', output: { id: { $expr: 'input.order?.id' } } },
      ],
      scenarios: [{ name: 'one', title: 'One', input: { order: { id: 'A-1' }, id: 1 } }],
    })
  );
  const operations = moveReads(draft, 'input', { from: ['order', 'id'], to: ['order', 'key'] });
  const outcome = applyGesture(draft, { operations });
  if (outcome.refusal) throw new Error(outcome.refusal.message);
  const { steps, flow } = outcome.draft;
  expect(steps[0]!.branches[0]!.fields.when).toBe("input.order?.key === 'id'");
  expect(steps[1]!.fields.output).toEqual({ id: { $expr: 'input.order?.key' } });
  expect(flow.scenarios).toMatchObject([{ input: { order: { key: 'A-1' }, id: 1 } }]);
  expect(applyGesture(outcome.draft, { operations: outcome.inverse })).toMatchObject({ draft });
});

test.each<[string, MovedField, string, string]>([
  ['out of a group', { from: ['order', 'id'], to: ['id'] }, 'input.order?.id + input.order.id', 'input.id + input.id'],
  ['into a group', { from: ['id'], to: ['order', 'id'] }, 'input.id.length', 'input.order.id.length'],
  [
    'into a group inside a group, the second of which may be missing',
    { from: ['id'], to: ['order', 'head', 'id'], mayBeMissing: [false, true, false] },
    'input ?. id',
    'input ?. order.head?.id',
  ],
  [
    'from a group into another one, with another name of the same letters beside it',
    { from: ['order', 'id'], to: ['buyer', 'id'], mayBeMissing: [true, false] },
    "input.order.idle + input.order.id + 'input.order.id'",
    "input.order.idle + input.buyer?.id + 'input.order.id'",
  ],
  [
    'within the items of a list',
    { from: ['lines', null, 'sku'], to: ['lines', null, 'article', 'sku'] },
    'input.lines?.[index + 1]?.sku',
    'input.lines?.[index + 1]?.article.sku',
  ],
  ['out of a list', { from: ['lines', null, 'sku'], to: ['sku'] }, 'input.lines[0].sku', 'input.sku'],
  ['with a name that has a sign', { from: ['$id'], to: ['order', '$id'] }, 'input.$id', 'input.order.$id'],
])('[ERF4] [ERF6] %s', (_, field, expression, moved) => {
  expect(movePathIn(expression, 'input', field)).toBe(moved);
});

test('[ERF7] what read a field outside of a list names no item, so it remains as it is', () => {
  expect(movePathIn('input.sku', 'input', { from: ['sku'], to: ['lines', null, 'sku'] })).toBe('input.sku');
});

/**
 * The input of the only scenario and of the only test after the move, and a draft that is the same after the revert.
 */
function inputAfter(field: MovedField, input: unknown): unknown {
  const draft = draftOf(
    parseFlow({
      format: 2,
      name: 'x',
      title: 'X',
      input: { type: 'object', properties: {} },
      steps: [{ id: 'done', kind: 'end', title: 'Done' }],
      scenarios: [{ name: 'one', title: 'One', input }],
    })
  );
  const operations = moveReads(draft, 'input', field);
  const outcome = applyGesture(draft, { operations });
  if (outcome.refusal) throw new Error(outcome.refusal.message);
  expect(applyGesture(outcome.draft, { operations: outcome.inverse })).toMatchObject({ draft });
  return (outcome.draft.flow.scenarios as { input: unknown }[])[0]!.input;
}

test.each<[string, MovedField, unknown, unknown]>([
  ['into a group that is made', { from: ['id'], to: ['order', 'id'] }, { id: 1, a: 2 }, { a: 2, order: { id: 1 } }],
  ['out of a group', { from: ['order', 'id'], to: ['id'] }, { order: { id: 1, b: 2 } }, { order: { b: 2 }, id: 1 }],
  [
    'into every item of a list',
    { from: ['unit'], to: ['lines', null, 'unit'] },
    { unit: 'kg', lines: [{ a: 1 }, { a: 2 }] },
    {
      lines: [
        { a: 1, unit: 'kg' },
        { a: 2, unit: 'kg' },
      ],
    },
  ],
  [
    'out of a list, if all items have the same',
    { from: ['lines', null, 'unit'], to: ['unit'] },
    { lines: [{ unit: 'kg' }, { unit: 'kg', a: 1 }] },
    { lines: [{}, { a: 1 }], unit: 'kg' },
  ],
])('[ERF5] [ERF7] a value of a scenario goes %s', (_, field, before, after) => {
  expect(inputAfter(field, before)).toEqual(after);
});

test.each<[string, MovedField, unknown]>([
  [
    'the items of a list have different values',
    { from: ['lines', null, 'unit'], to: ['unit'] },
    { lines: [{ unit: 'kg' }, { unit: 'g' }] },
  ],
  ['a list has no items', { from: ['unit'], to: ['lines', null, 'unit'] }, { unit: 'kg', lines: [] }],
  ['the group has a value of this name', { from: ['id'], to: ['order', 'id'] }, { id: 1, order: { id: 2 } }],
  ['the group is no group', { from: ['id'], to: ['order', 'id'] }, { id: 1, order: 'A-1' }],
])('[ERF7] a value of a scenario remains where it is if %s', (_, field, input) => {
  expect(inputAfter(field, input)).toEqual(input);
});
