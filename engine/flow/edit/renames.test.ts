import fc from 'fast-check';
import { expect, it } from 'vitest';
import { applyGesture } from './apply';
import type { DraftNode, Json } from './draft';
import type { Operation } from './operations';
import { inverseWithRenames, withRenames } from './renames';
import { dice, EMPTY, operationsFrom } from './testing/arbitrary';

const RENAME = [{ from: 'reserve', to: 'hold-stock' }];
const slot = { parent: null, branch: null, after: 'reserve', before: null };
const set = (path: string[], value: Json): Operation => ({ op: 'set', target: { node: 'charge' }, path, value });
const step = (id: string, input: Json, inner: DraftNode[] = []): DraftNode => ({
  id,
  kind: 'group',
  fields: { title: id, input },
  branches: [{ id: 'steps', at: 'steps', fields: {}, steps: inner }],
});

it('[ER1] targets, places, steps within steps and what expressions read follow', () => {
  const operations: Operation[] = [
    { op: 'set', target: { node: 'reserve' }, path: ['title'], value: 'reserve', was: 'Reserve' },
    set(['input'], { of: [{ $expr: 'reserve.id + other.reserve' }] }),
    set(['input', 'of', '$expr'], 'reserve.id'),
    set(['when'], 'reserve.ok'),
    set(['title'], 'reserve.ok'),
    { op: 'insert', node: step('new', null, [step('in', { $expr: 'reserve' })]), slot },
    { op: 'remove', id: 'reserve', was: step('reserve', 1), from: { ...slot, after: null } },
    { op: 'move', id: 'charge', slot: { ...slot, parent: 'reserve' }, from: slot },
    { op: 'rename', id: 'reserve', to: 'mine' },
    { op: 'moveBranch', parent: 'reserve', id: 'reserve', before: null, from: null },
  ];
  const text = JSON.stringify(withRenames(operations, RENAME));
  expect(text.match(/"reserve[^"]*"/g)).toEqual(['"reserve"', '"reserve.ok"', '"reserve"', '"reserve"']);
  expect(JSON.parse(text)).toMatchObject([
    { target: { node: 'hold-stock' }, value: 'reserve' },
    { value: { of: [{ $expr: 'holdStock.id + other.reserve' }] } },
    { value: 'holdStock.id' },
    { value: 'holdStock.ok' },
    { value: 'reserve.ok' },
    {
      node: { branches: [{ steps: [{ fields: { input: { $expr: 'holdStock' } } }] }] },
      slot: { after: 'hold-stock' },
    },
    { id: 'hold-stock', was: { id: 'hold-stock', fields: { title: 'reserve' } } },
    { slot: { parent: 'hold-stock' } },
    { id: 'hold-stock', to: 'mine' },
    { parent: 'hold-stock', id: 'reserve' },
  ]);
});

it('[ER2] an edit that gives the old id to something else keeps it from there on', () => {
  const insert: Operation = { op: 'insert', node: step('reserve', null), slot };
  const before = set(['when'], 'reserve.ok');
  const target: Operation = { op: 'set', target: { node: 'reserve' }, path: ['title'], value: 'New' };
  expect(withRenames([before, insert, target], RENAME)).toEqual([set(['when'], 'holdStock.ok'), insert, target]);
});

it('[ER1] what takes back an own rename does not take back that of somebody else', () => {
  const title: Operation = { op: 'set', target: { node: 'reserve' }, path: ['title'], value: 'One', was: 'Reserve' };
  const inverse: Operation[] = [{ op: 'rename', id: 'reserve', to: 'one' }, title];
  expect(inverseWithRenames(inverse, RENAME)).toEqual([{ ...title, target: { node: 'hold-stock' } }]);
});

it('[ER1] a branch that is moved to a step goes to it by its new id', () => {
  const move: Operation = { op: 'moveBranch', parent: 'both', id: 'b', before: null, from: null, to: 'reserve' };
  expect(withRenames([move], RENAME)).toEqual([{ ...move, to: 'hold-stock' }]);
});

it('[ER1] an edit and then a rename give the same draft as the rename and then the edit', () => {
  fc.assert(
    fc.property(fc.array(dice, { minLength: 3, maxLength: 12 }), dice, fc.nat(), (all, last, which) => {
      const draft = all.reduce((at, numbers) => {
        const outcome = applyGesture(at, { operations: operationsFrom(at, numbers) });
        return outcome.refusal ? at : outcome.draft;
      }, EMPTY);
      const { id } = draft.steps[which % draft.steps.length] ?? {};
      const operations = operationsFrom(draft, last);
      if (id === undefined || operations.some(({ op }) => op === 'rename')) return;
      const rename: Operation = { op: 'rename', id, to: 'quite-another' };
      const renamed = applyGesture(draft, { operations: [rename] });
      const edited = applyGesture(draft, { operations });
      const names = [{ from: id, to: 'quite-another' }];
      if (renamed.refusal || edited.refusal) return;
      const one = applyGesture(renamed.draft, { operations: withRenames(operations, names) });
      const two = applyGesture(edited.draft, { operations: [rename] });
      // The step may be gone, or its new name read by now.
      if (two.refusal) return;
      expect(one).toMatchObject({ refusal: null, draft: two.draft });
    }),
    { numRuns: 300 }
  );
});
