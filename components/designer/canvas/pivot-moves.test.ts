import { expect, test } from 'vitest';
import { applyGesture } from '@/engine/flow/edit/apply';
import { documentOf } from '@/engine/flow/edit/document-of';
import { draftNodes, type Draft, type DraftBranch, type DraftNode } from '@/engine/flow/edit/draft';
import { validate } from '@/engine/flow/validate';
import { isPivot, noPivot, pivotAt, pivotChoices, whyNoPivot } from './pivot-moves';

const step = (id: string, more = {}): DraftNode => {
  return { id, kind: 'action', fields: { title: id, activity: 'http.request', effect: 'none', ...more }, branches: [] };
};
const way = (id: string, steps: DraftNode[]): DraftBranch => {
  return { id, at: 'branches', fields: { title: id, when: 'true' }, steps };
};
const choice: DraftNode = {
  id: 'choice',
  kind: 'choice',
  fields: { title: 'Choice' },
  branches: [way('w1', [step('left')]), way('w2', [step('right', { pivot: true })])],
};
const loop: DraftNode = {
  id: 'loop',
  kind: 'repeat',
  fields: { title: 'Loop', while: 'true', most: 3 },
  branches: [{ id: 'steps', at: 'steps', fields: {}, steps: [step('inside')] }],
};
const pause: DraftNode = { id: 'pause', kind: 'wait', fields: { title: 'Pause', duration: '1d' }, branches: [] };
const draft: Draft = { flow: {}, steps: [step('one'), pause, choice, loop, step('last')], tray: [] };

const pivots = (at: Draft) =>
  draftNodes(at)
    .filter(isPivot)
    .map(({ id }) => id);
const after = (id: string) => {
  const outcome = applyGesture({ ...draft }, { operations: pivotAt(draft, id) });
  if (outcome.refusal) throw new Error(outcome.refusal.message);
  return outcome;
};

test('[CPM1] a step takes the point of no return from those on its way, and not from another branch of a choice', () => {
  expect(pivots(after('one').draft)).toEqual(['one']);
  expect(pivots(after('last').draft)).toEqual(['last']);
  expect(pivots(after('left').draft)).toEqual(['left', 'right']);
  for (const id of ['one', 'last', 'left']) {
    const { draft: moved, inverse } = after(id);
    const { document } = documentOf(moved);
    expect(validate(document, {}).filter(({ code }) => code.includes('pivot'))).toEqual([]);
    const back = applyGesture(moved, { operations: inverse });
    expect(back.refusal === null && back.draft).toEqual(draft);
  }
  expect(pivotAt(draft, 'right')).toEqual([]);
  expect(noPivot(draft, 'right')).toMatchObject([{ op: 'set', path: ['pivot'], was: true }]);
});
test('[CPM2] what cannot be the point of no return gives its reason', () => {
  expect(whyNoPivot(draft, 'pause')).toMatch(/Only a step/);
  expect(whyNoPivot(draft, 'inside')).toMatch(/loop/);
  expect(pivotAt(draft, 'inside')).toEqual([]);
  expect(pivotChoices(draft, 'one').map(({ id, whyNot }) => [id, whyNot === null])).toEqual([
    ['one', true],
    ['pause', false],
    ['choice', false],
    ['loop', false],
    ['last', true],
  ]);
});
