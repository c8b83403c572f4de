/**
 * The words for what ending many runs does.
 *
 * [CWO1] The rows together are all runs that were read; one run has the singular.
 */
import { expect, test } from 'vitest';
import { NO_CONSEQUENCES, type Consequences } from '@/engine/run-view/consequences';
import { consequenceNotes, consequenceRows } from './consequence-words';

const told: Consequences = {
  ...NO_CONSEQUENCES,
  read: 217,
  undo: { 1: 1, 2: 180 },
  nothing: 1,
  idle: { pastPivot: 34, undoing: 0, asked: 1 },
  wait: 3,
  ask: 1,
  leave: 200,
  effects: { remains: 390, mayRemain: 3 },
};

test('[CWO1] all runs are in the rows, those that undo most first', () => {
  const rows = consequenceRows('cancel', told);
  expect(rows.map(({ runs, words }) => `${runs} ${words}`)).toEqual([
    '180 undo 2 steps',
    '1 undoes 1 step',
    '1 stops with nothing to undo',
    '34 are past the point of no return and will continue to the end',
    '1 was asked to stop already',
  ]);
  expect(rows.reduce((sum, { runs }) => sum + runs, 0)).toBe(told.read);
  expect(consequenceNotes('cancel', told)).toEqual([
    '3 runs first wait for answers to requests that were sent',
    '1 run may ask a person: nothing but an answer tells whether a step happened',
  ]);
  const killed = consequenceRows('terminate', told);
  expect(killed.map(({ runs, words }) => `${runs} ${words}`)).toEqual([
    '200 end with effects: 390 effects remain, 3 may remain',
    '17 end with no effect that remains',
  ]);
  expect(consequenceNotes('terminate', told)).toEqual([]);
});
