/** The rules are in moments.ts. */
import { expect, test } from 'vitest';
import { dueAtMs, momentsOf, MOST_REMINDERS, type Times } from './moments';

const HOUR = 3_600_000;
/** '2 reminded', '3 escalated': hours from the beginning. */
const said = (times: Partial<Times>): string[] =>
  momentsOf({ beganMs: 10 * HOUR, dueAtMs: null, endsAtMs: null, ...times }).map(
    ({ atMs, kind }) => `${atMs / HOUR - 10} ${kind}`
  );

test('[AMO1] others are asked in the order of their times, and not after the end', () => {
  const escalate = [
    { after: '2h', to: ['boss'] },
    { after: '4h', to: ['board'] },
  ];
  expect(said({ escalate })).toEqual(['2 escalated', '4 escalated']);
  expect(said({ escalate, endsAtMs: 14 * HOUR })).toEqual(['2 escalated']);
});

test('[AMO2] reminders come before and after the due time', () => {
  const remind = { before: ['3h', '1h'], every: '2h' };
  expect(said({ remind, dueAtMs: 14 * HOUR, endsAtMs: 19 * HOUR })).toEqual([
    '1 reminded',
    '3 reminded',
    '6 reminded',
    '8 reminded',
  ]);
  // Without a due time nothing is before it.
  expect(said({ remind, endsAtMs: 15 * HOUR })).toEqual(['2 reminded', '4 reminded']);
});

test('[AMO2] what was over when the step began is left out; there is an end to reminders', () => {
  expect(said({ remind: { before: ['1h'], every: '2h' }, dueAtMs: 7 * HOUR, endsAtMs: 14 * HOUR })).toEqual([
    '1 reminded',
    '3 reminded',
  ]);
  expect(said({ remind: { every: '1m' } })).toHaveLength(MOST_REMINDERS);
  expect(said({ remind: { every: '1m' }, dueAtMs: 0 })).toHaveLength(MOST_REMINDERS);
});

test('[AMO4] at the same moment others are asked first', () => {
  expect(said({ escalate: [{ after: '2h', to: ['boss'] }], remind: { every: '2h' }, endsAtMs: 13 * HOUR })).toEqual([
    '2 escalated',
    '2 reminded',
  ]);
});

test('[AMO3] a due time is an instant or a time', () => {
  expect(dueAtMs('2h', HOUR)).toBe(3 * HOUR);
  expect(dueAtMs(HOUR, HOUR)).toBe(2 * HOUR);
  expect(dueAtMs('1970-01-01T05:00:00+01:00', HOUR)).toBe(4 * HOUR);
  expect(dueAtMs(null, HOUR)).toBeNull();
  for (const wrong of ['tomorrow', '1970-01-02', '', Number.NaN])
    expect(() => dueAtMs(wrong, HOUR)).toThrow(/due time/);
});
