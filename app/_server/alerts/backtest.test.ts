/** The rules are in backtest.ts. */
import { expect, test } from 'vitest';
import { firings, firingsOfSpans, type Measured } from './backtest';

const MINUTE = 60_000;
const timing = { fromMs: 0, toMs: 100 * MINUTE, perMs: MINUTE, holdMs: 0, clearMs: 0 };
const cells = (...minutes: [minute: number, ended: number, wanted: number][]): Measured[] =>
  minutes.map(([minute, ended, wanted]) => ({ atMs: minute * MINUTE, ended, wanted }));
const most = ({ ended, wanted }: { ended: number; wanted: number }) => ended >= 4 && wanted * 2 > ended;
const minutes = (times: number[]) => times.map((time) => time / MINUTE);

test('[ALB1] it opens at the end of the cell with which it holds, once, and again after it was over', () => {
  const own = cells([10, 4, 0], [12, 4, 4], [13, 4, 4], [40, 3, 3], [60, 5, 5]);
  // At 13: 4 of 8. At 14: 8 of 12. From 23 on less and less, until nothing is left.
  expect(minutes(firings(own, 10 * MINUTE, most, timing))).toEqual([14, 61]);
});

test('[ALB1] it opens after it has held for its time, and what is over for less than its time does not end it', () => {
  const own = cells([10, 4, 4], [30, 4, 4]);
  const of = (change: object) => minutes(firings(own, 10 * MINUTE, most, { ...timing, ...change }));
  expect(of({})).toEqual([11, 31]);
  expect(of({ holdMs: 5 * MINUTE })).toEqual([16, 36]);
  expect(of({ holdMs: 11 * MINUTE })).toEqual([]);
  expect(of({ clearMs: 20 * MINUTE })).toEqual([11]);
});

test('[ALB1] what ended within the cell of now counts now', () => {
  const now = { ...timing, toMs: 100.5 * MINUTE };
  expect(minutes(firings(cells([100, 4, 4]), 10 * MINUTE, most, now))).toEqual([100.5]);
});

test('[ALB2] what had begun before is no moment of the time that is asked for', () => {
  const own = cells([-5, 4, 4], [50, 4, 4]);
  expect(minutes(firings(own, 10 * MINUTE, most, timing))).toEqual([51]);
  expect(firings([], 10 * MINUTE, most, timing)).toEqual([]);
});

test('[ALB1] [ALB2] spans that overlap, or follow soon, are one', () => {
  const of = (spans: [number, number][], change: object = {}) =>
    minutes(
      firingsOfSpans(
        spans.map(([from, to]) => [from * MINUTE, to * MINUTE] as const),
        { ...timing, ...change }
      )
    );
  expect(
    of([
      [30, 40],
      [10, 20],
      [15, 25],
      [-9, -3],
    ])
  ).toEqual([10, 30]);
  expect(
    of(
      [
        [10, 20],
        [25, 30],
      ],
      { clearMs: 6 * MINUTE }
    )
  ).toEqual([10]);
  expect(
    of(
      [
        [10, 12],
        [20, 30],
      ],
      { holdMs: 5 * MINUTE }
    )
  ).toEqual([25]);
  expect(of([[-9, 500]])).toEqual([]);
  expect(of([[90, 500]], { holdMs: 20 * MINUTE })).toEqual([]);
  expect(of([])).toEqual([]);
});
