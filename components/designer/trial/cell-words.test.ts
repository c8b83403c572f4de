import { expect, test } from 'vitest';
import type { MatrixCell, MatrixRow } from '@/engine/trial/matrix-cells';
import type { LeftEffect, TrialEnd } from '@/engine/trial/result';
import { leavesSilently } from '@/engine/trial/outcome';
import { cellWords, itemWords, leftItems, leftOf, placesOf, summaryOf } from './cell-words';

const end = (kind: TrialEnd['kind'], questions: TrialEnd['questions'] = []): TrialEnd => ({
  kind,
  questions,
  sentence: '',
  failure: null,
  elapsedMs: 0,
});
const remains: LeftEffect = { nodeId: 'a', title: 'A', state: 'standing', happened: 'yes', mayBeUndone: false };
const maybe: LeftEffect = { nodeId: 'b', title: 'B', state: 'mayStand', happened: 'maybe', mayBeUndone: false };
const words = (ended: TrialEnd, left: LeftEffect[] = [], undone: string[] = []) =>
  cellWords({ end: ended, left, undone });

test('[CW1] a cell says how the run ended and what remains', () => {
  expect(words(end('failed'), [], ['a'])).toEqual({ mark: 'undone', words: 'Failed: all undone', left: null });
  expect(words(end('failed'))).toEqual({ mark: 'cancelled', words: 'Failed: nothing to undo', left: null });
  expect(words(end('canceled'), [remains])).toEqual({ mark: 'failed', words: 'Stopped', left: '1 remains' });
  expect(words(end('completed'))).toEqual({ mark: 'done', words: 'Completed', left: null });
  expect(words(end('completed'), [maybe])).toEqual({ mark: 'unknown', words: 'Completed', left: '1 may remain' });
});

test('[CW2] a question is named', () => {
  const ask = (kind: 'undo' | 'outcome' | 'approval') => words(end('asks', [{ nodeId: 'a', kind, words: '' }])).words;
  expect([ask('undo'), ask('outcome'), ask('approval')]).toEqual([
    'Needs a decision: undo failed',
    'Needs a decision: did it happen?',
    'Waits for a person',
  ]);
});

test('[CW3] an effect that may have happened is never counted as one that remains', () => {
  expect(leftOf([remains, remains, maybe])).toBe('2 remain, 1 may remain');
  // Its undo failed, and may have been carried out all the same.
  expect(leftOf([{ ...remains, state: 'undoFailed', mayBeUndone: true }, remains])).toBe('1 remains, 1 may remain');
  expect(leftOf([])).toBe(null);
});

test('[CW4] what is left behind without a question is counted', () => {
  const cell = (kind: TrialEnd['kind'], left: LeftEffect[]) => ({ end: end(kind), left }) as MatrixCell;
  expect(leavesSilently(cell('failed', [remains]))).toBe(true);
  expect(leavesSilently(cell('asks', [remains]))).toBe(false);
  expect(summaryOf([cell('failed', [remains]), cell('asks', [remains]), cell('failed', [])])).toBe(
    '1 of 3 failures leaves an effect behind without a question. 1 asks a person.'
  );
  expect(summaryOf([cell('failed', [])])).toBe('None of 1 failure leaves an effect behind without a question.');
});

test('[CW5] a row has two places for each failure after which its undo may be called', () => {
  const row = { undo: 'Refund', reached: true, failures: ['before', 'after', 'stopped'] } as MatrixRow;
  expect(placesOf(row).map(({ failure, undo }) => `${failure} ${undo}`)).toEqual([
    'before none',
    'after works',
    'after fails',
    'stopped works',
    'stopped fails',
  ]);
  expect(placesOf({ ...row, reached: false })).toEqual([]);
});

test('[MX6] what remains of a step in a loop is named once, with its items', () => {
  const of = (item: string): LeftEffect => ({ ...remains, title: `Charge (item ${item})`, item });
  expect(leftItems([of('1'), of('3'), { ...maybe, item: '2' }])).toBe('Charge: items 1, 3; B: item 2');
  expect(leftItems(['1', '2', '3', '4', '5', '6', '7', '8'].map(of))).toBe('Charge: items 1, 2, 3, 4, 5, 6 and 2 more');
  const round = (item: string): LeftEffect => ({ ...remains, title: `Ask (round ${item})`, item });
  expect(leftItems([round('1')])).toBe('Ask: round 1');
  expect(leftItems([round('1'), round('2')])).toBe('Ask: rounds 1, 2');
  expect(leftItems([{ ...remains, title: 'Ask (item 1, round 2)', item: '1.2' }])).toBe('Ask: item 1.2');
  expect(leftItems([remains])).toBe(null);
});

test('[MX6] the item that fails alone is named by its number, or by its place in nested loops', () => {
  expect(itemWords({ at: 'middle', item: '2', of: 3, unit: 'item' })).toBe('item 2 of 3');
  expect(itemWords({ at: 'last', item: '3.2', of: 6, unit: 'round' })).toBe('the last of 6 rounds');
});
