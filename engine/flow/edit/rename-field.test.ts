import { expect, test } from 'vitest';
import { parseFlow } from '../testing/flow';
import type { JsonSchema } from '../json-schema';
import { applyGesture } from './apply';
import { draftOf } from './draft';
import { renamedField, renamePathIn, renameReads } from './rename-field';

const text: JsonSchema = { type: 'string' };
const money: JsonSchema = { type: 'integer', format: 'money', currencyField: 'currency' };
const group = (properties: Record<string, JsonSchema>): JsonSchema => ({ type: 'object', properties });

test('[ERF3] another name of one field is found at every depth, with the currency that names it', () => {
  const order = (name: string) =>
    group({ id: text, lines: { type: 'array', items: group({ [name]: text, count: text }) } });
  expect(renamedField(order('sku'), order('article'))).toEqual({ path: ['lines', null, 'sku'], to: 'article' });
  const paid = (name: string) => group({ total: { ...money, currencyField: name }, [name]: text });
  expect(renamedField(paid('currency'), paid('unit'))).toEqual({ path: ['currency'], to: 'unit' });
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
  expect(renamePathIn(expression, 'input', { path: ['order', 'id'], to: 'key' })).toBe(renamed);
});

test('[ERF4] items of a list are read by a number', () => {
  const field = { path: ['lines', null, 'sku'], to: 'article' };
  expect(renamePathIn('input.lines[0].sku + input.lines?.[1]?.sku', 'input', field)).toBe(
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
  const operations = renameReads(draft, 'input', { path: ['order', 'id'], to: 'key' });
  const outcome = applyGesture(draft, { operations });
  if (outcome.refusal) throw new Error(outcome.refusal.message);
  const { steps, flow } = outcome.draft;
  expect(steps[0]!.branches[0]!.fields.when).toBe("input.order?.key === 'id'");
  expect(steps[1]!.fields.output).toEqual({ id: { $expr: 'input.order?.key' } });
  expect(flow.scenarios).toMatchObject([{ input: { order: { key: 'A-1' }, id: 1 } }]);
  expect(applyGesture(outcome.draft, { operations: outcome.inverse })).toMatchObject({ draft });
});
