import { expect, test } from 'vitest';
import { itemPlanOf, stopsAt, type Answer } from '@/engine/flow/trial-plan';
import {
  answersWith,
  answerOutcome,
  answerUndo,
  editAsked,
  editItem,
  editStep,
  EMPTY_PLAN,
  lastReached,
  meaningful,
  stopAt,
  withAnotherAttempt,
} from './plan-edits';

const fails: Answer = { kind: 'failure', effect: 'none', type: 'Down', message: 'down', retryable: true };

test('[PE1] a change keeps what the plan says of other nodes, and leaves no empty node', () => {
  const one = editStep(EMPTY_PLAN, 'charge', { answers: [fails] });
  const two = editStep(one, 'ship', { decision: 'reject' });
  expect(two.steps).toEqual({ charge: { answers: [fails] }, ship: { decision: 'reject' } });
  expect(editStep(two, 'charge', { answers: undefined }).steps).toEqual({ ship: { decision: 'reject' } });
  expect(EMPTY_PLAN.steps).toEqual({});
});

test('[PE2] one attempt is answered differently; those before it are as they were', () => {
  expect(answersWith(undefined, 0, fails)).toEqual([fails]);
  expect(answersWith(undefined, 2, fails)).toEqual([{ kind: 'output' }, { kind: 'output' }, fails]);
  expect(answersWith([fails], 1, { kind: 'output' })).toEqual([fails, { kind: 'output' }]);
});

test('[PE3] answers that are the usual ones are not kept', () => {
  expect(meaningful([{ kind: 'output' }, { kind: 'output' }])).toBe(undefined);
  expect(meaningful([fails, fails])).toEqual([fails]);
  expect(meaningful([fails, { kind: 'output' }])).toEqual([fails, { kind: 'output' }]);
  expect(meaningful([{ kind: 'output', output: 5 }])).toEqual([{ kind: 'output', output: 5 }]);
});

test('[PE5] an item of a loop answers differently from the others, also if they fail and it does not', () => {
  const second = editItem(EMPTY_PLAN, 'score', '2', { answers: [fails] });
  expect(itemPlanOf(second, 'score~2').answers).toEqual([fails]);
  expect(itemPlanOf(second, 'score~1').answers).toBe(undefined);
  expect(editItem(second, 'score', '2', { answers: undefined })).toEqual(EMPTY_PLAN);
  const all = editStep(EMPTY_PLAN, 'score', { answers: [fails] });
  const but = editItem(all, 'score', '2', { answers: undefined });
  expect(itemPlanOf(but, 'score~1').answers).toEqual([fails]);
  expect(itemPlanOf(but, 'score~2').answers).toEqual([{ kind: 'output' }]);
});

test('[PE4] an undo that an operator tries again works then', () => {
  const plan = editStep(EMPTY_PLAN, 'charge', { undo: [fails] });
  expect(answerUndo(plan, { nodeId: 'charge' }, 'retry').steps.charge).toEqual({
    undo: [fails, { kind: 'output' }],
    afterUndoFailed: ['retry'],
  });
  expect(answerUndo(plan, { nodeId: 'charge' }, 'leave').steps.charge).toEqual({
    undo: [fails],
    afterUndoFailed: ['leave'],
  });
  const asked = answerOutcome(answerOutcome(EMPTY_PLAN, { nodeId: 'charge' }, 'undo'), { nodeId: 'charge' }, 'applied');
  expect(asked.steps.charge).toEqual({ outcome: [{ choice: 'undo' }, { choice: 'applied' }] });
});

test('[PE5] a run is stopped at one node, or nowhere', () => {
  expect(stopAt(EMPTY_PLAN, 'charge').stopAt).toBe('charge');
  expect(stopAt(stopAt(EMPTY_PLAN, 'charge'), null)).toEqual(EMPTY_PLAN);
});

test('[PE7] an undo that is tried again works then, and fails as often as before until then', () => {
  const silent = { kind: 'timeout', effect: 'none' } as const;
  const plan = editStep(EMPTY_PLAN, 'charge', { undo: [silent] });
  const retried = answerUndo(plan, { nodeId: 'charge' }, 'retry', 3);
  expect(itemPlanOf(retried, 'charge').undo).toEqual([silent, silent, silent, { kind: 'output' }]);
});

test('[PE6] a question about one item is answered for this item alone, and the run is stopped at one item', () => {
  const second = { nodeId: 'charge', item: '2' };
  const all = editStep(EMPTY_PLAN, 'charge', { undo: [fails], decision: 'nobody' });
  const retried = answerUndo(all, second, 'retry');
  expect(itemPlanOf(retried, 'charge~2')).toMatchObject({
    undo: [fails, { kind: 'output' }],
    afterUndoFailed: ['retry'],
  });
  expect(itemPlanOf(retried, 'charge~1')).toEqual({ undo: [fails], decision: 'nobody' });
  expect(itemPlanOf(answerOutcome(all, second, 'applied'), 'charge~1').outcome).toBe(undefined);
  expect(itemPlanOf(editAsked(all, second, { decision: undefined }), 'charge~2').decision).toBe('approve');
  const stopped = stopAt(EMPTY_PLAN, 'charge', '2');
  expect([stopsAt(stopped, 'charge~2'), stopsAt(stopped, 'charge~1')]).toEqual([true, false]);
  expect(stopAt(stopped, 'charge')).toEqual({ ...EMPTY_PLAN, stopAt: 'charge' });
});

test('[PE8] another attempt is reached: it is before what works, or what fails before it may be tried again', () => {
  const works: Answer = { kind: 'output' };
  const once = withAnotherAttempt([works]);
  expect(once).toMatchObject([{ kind: 'failure', retryable: true }, works]);
  expect(withAnotherAttempt(once).map(({ kind }) => kind)).toEqual(['failure', 'failure', 'output']);
  expect(withAnotherAttempt([{ ...fails, retryable: false }])).toEqual([fails, works]);
  expect(withAnotherAttempt([{ kind: 'timeout', effect: 'none' }])).toEqual([
    { kind: 'timeout', effect: 'none' },
    works,
  ]);
  for (const list of [[works], [fails], once]) expect(lastReached(withAnotherAttempt(list))).toBe(null);
});

test('[PE9] an attempt behind one that works or is final is not reached', () => {
  const works: Answer = { kind: 'output' };
  expect(lastReached([works, fails])).toEqual({ index: 0, works: true });
  expect(lastReached([fails, { ...fails, retryable: false }, works])).toEqual({ index: 1, works: false });
  expect(lastReached([{ kind: 'timeout', effect: 'happened' }, fails, works])).toBe(null);
});
