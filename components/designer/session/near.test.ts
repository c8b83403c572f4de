/** [NEA1] An edit is found again where its step was: beside the nearest one that is still there, else in what is around. */
import { expect, it } from 'vitest';
import { applyGesture } from '@/engine/flow/edit/apply';
import { draftOf, step, branch } from '../inspector/testing/show';
import { findNode } from '@/engine/flow/edit/draft';
import type { Operation } from '@/engine/flow/edit/operations';
import { slotOf } from '@/engine/flow/edit/places';
import { nearOf, nowNear } from './near';

const group = {
  ...step('group', {}, 'group'),
  branches: [branch('steps', 'steps', {}, [step('x'), step('y'), step('z')])],
};
const draft = draftOf(step('a'), group, step('b'));
const typed: Operation = { op: 'set', target: { node: 'y' }, path: ['title'], value: 'Y!' };
const without = (...ids: string[]) =>
  ids.reduce((now, id) => {
    const outcome = applyGesture(now, {
      operations: [{ op: 'remove', id, was: findNode(now, id)!, from: slotOf(now, id) }],
    });
    if (outcome.refusal) throw new Error(outcome.refusal.message);
    return outcome.draft;
  }, draft);

it.each<[string[], ReturnType<typeof nowNear>]>([
  [[], { id: 'y', isItself: true }],
  [['y'], { id: 'x', isItself: false }],
  [['y', 'x'], { id: 'z', isItself: false }],
  [['y', 'x', 'z'], { id: 'group', isItself: false }],
  [['group'], { id: 'a', isItself: false }],
  [['group', 'a', 'b'], null],
])('[NEA1] without %s', (ids, near) => {
  expect(nowNear(nearOf([typed], draft), without(...ids))).toEqual(near);
});

it('[NEA1] a step that could not be added is where it was to be; an edit of the flow is nowhere', () => {
  const slot = { parent: null, branch: null, after: 'a', before: 'group' };
  expect(nowNear(nearOf([{ op: 'insert', node: step('new'), slot }], draft), draft)).toEqual({
    id: 'a',
    isItself: false,
  });
  expect(nearOf([{ op: 'set', target: { node: null }, path: ['title'], value: 'T' }], draft)).toEqual([]);
});
