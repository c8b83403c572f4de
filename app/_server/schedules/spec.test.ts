/** Rules WSP1 and WSP2: spec.ts. */
import { expect, test } from 'vitest';
import type { When } from '@/app/_contract/schedules';
import { toDuration } from '@/engine/proto-time';
import { describedSpec } from '@/engine/schedules/described';
import { canonicalSpec } from '@/engine/schedules/spec';
import { checkedSpec, timesOf, whenOf } from './spec';

const zone = 'Europe/Berlin';
const after = Date.parse('2027-12-30T12:00:00Z');
const texts = (when: When, most: number) =>
  timesOf(when, after, most).map((ms) => new Date(ms).toISOString().slice(0, 16));

test('[WSP1] words have the times that they say', () => {
  expect(texts({ kind: 'every', count: 15, unit: 'minutes' }, 2)).toEqual(['2027-12-30T12:15', '2027-12-30T12:30']);
  expect(texts({ kind: 'weekly', days: [5, 1], times: ['09:00', '17:30'], zone }, 4)).toEqual([
    '2027-12-31T08:00',
    '2027-12-31T16:30',
    '2028-01-03T08:00',
    '2028-01-03T16:30',
  ]);
  expect(texts({ kind: 'monthly', day: 30, times: ['00:00'], zone: 'UTC' }, 3)).toEqual([
    '2028-01-30T00:00',
    '2028-03-30T00:00',
    '2028-04-30T00:00',
  ]);
});

test('[WSP1] the last day of the month is that of each month, also in leap years', () => {
  const last: When = { kind: 'monthly', day: 'last', times: ['12:00'], zone: 'UTC' };
  const found = timesOf(last, Date.parse('2026-01-01T00:00:00Z'), 12 * 20);
  const expected = found.map((_, index) => Date.UTC(2026, index + 1, 0, 12));
  expect(found).toEqual(expected);
});

const words: When[] = [
  { kind: 'every', count: 15, unit: 'minutes' },
  { kind: 'weekly', days: [5, 1], times: ['09:00', '17:30'], zone },
  { kind: 'monthly', day: 'last', times: ['12:00'], zone },
  { kind: 'cron', text: '0 9 * * 1-5', zone: 'UTC' },
];
test.each(words)('[WSP2] %j is read back from its memo while the spec is its own', (when) => {
  const described = describedSpec({ ...checkedSpec(when), jitter: toDuration(5_000) });
  expect(whenOf(described, when)).toEqual(when);
  const other = describedSpec(canonicalSpec({ cronString: ['1 2 3 * *'] }));
  expect(whenOf(other, when)).toBeNull();
});

test('[WSP2] an interval that another program made has words, and a calendar has none', () => {
  const interval = describedSpec(canonicalSpec({ interval: [{ interval: toDuration(7_200_000) }] }));
  expect(whenOf(interval, null)).toEqual({ kind: 'every', count: 2, unit: 'hours' });
  expect(whenOf(describedSpec(canonicalSpec({ cronString: ['1 2 3 * *'] })), null)).toBeNull();
  expect(whenOf(interval, { kind: 'every', count: 'x' })).toEqual({ kind: 'every', count: 2, unit: 'hours' });
});

test('[WSP1] a cron expression or a zone that cannot be is refused at its field', () => {
  const refused = (when: When) => {
    try {
      checkedSpec(when);
      return null;
    } catch (error) {
      return (error as { problems?: { at: string }[] }).problems?.map(({ at }) => at);
    }
  };
  expect(refused({ kind: 'cron', text: '61 * * * *', zone: 'UTC' })).toEqual(['/when/text']);
  expect(refused({ kind: 'weekly', days: [1], times: ['09:00'], zone: 'Mars/Olympus' })).toEqual(['/when/zone']);
});
