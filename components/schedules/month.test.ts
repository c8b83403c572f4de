/** Rules MOV1 to MOV3: month.ts. */
import { expect, test } from 'vitest';
import { clockOf, monthBefore, monthOf, nextMonth, rangeOf, timesOfInterval, weeksOf } from './month';

const at = (text: string) => Date.parse(text);

test('[MOV1] a time is on the day that it has in the zone of the schedule', () => {
  const times = [at('2026-02-28T23:30:00Z'), at('2026-03-01T10:00:00Z')];
  const daysWith = (zone: string, month: string) =>
    weeksOf(month, times, zone)
      .flat()
      .filter((day) => day !== null && day.times.length > 0)
      .map((day) => day!.date);
  expect(daysWith('UTC', '2026-02')).toEqual(['2026-02-28']);
  expect(daysWith('Europe/Berlin', '2026-02')).toEqual([]);
  expect(daysWith('Europe/Berlin', '2026-03')).toEqual(['2026-03-01']);
  expect(monthOf(times[0]!, 'Europe/Berlin')).toBe('2026-03');
  expect(clockOf(times[0]!, 'Europe/Berlin')).toBe('00:30');
  expect(clockOf(times[0]! + 5_000, 'UTC')).toBe('23:30:05');
});

test('[MOV3] every day of a month has the times of an interval', () => {
  const range = rangeOf('2026-11');
  const minutely = timesOfInterval({ kind: 'every', count: 1, unit: 'minutes' }, range);
  const days = weeksOf('2026-11', minutely, 'Europe/Berlin')
    .flat()
    .filter((day) => day !== null);
  expect(days.map(({ times }) => times.length)).toEqual(Array.from({ length: 30 }, () => 1_440));
  const weekly = timesOfInterval({ kind: 'every', count: 7, unit: 'days' }, range);
  expect(weekly.map((ms) => new Date(ms).getUTCDay())).toEqual(weekly.map(() => 4));
});

test('[MOV2] the grid has whole weeks from Monday on, and every day of the month once', () => {
  for (let month = '2026-01'; month < '2028-03'; month = nextMonth(month)) {
    const weeks = weeksOf(month, [], 'UTC');
    for (const week of weeks) expect(week).toHaveLength(7);
    const days = weeks.flat().filter((day) => day !== null);
    expect(days.map(({ day }) => day)).toEqual(days.map((_, index) => index + 1));
    const first = weeks[0]!.findIndex((day) => day !== null);
    expect(new Date(`${month}-01T12:00:00Z`).getUTCDay()).toBe((first + 1) % 7);
    const { from, until } = rangeOf(month);
    expect([from, until].map((ms) => new Date(ms).toISOString().slice(0, 7))).toEqual([
      monthBefore(month),
      nextMonth(month),
    ]);
  }
  expect(weeksOf('2028-02', [], 'UTC').flat().filter(Boolean)).toHaveLength(29);
});
