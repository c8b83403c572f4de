/** Rules SCT1 to SCT5: times.ts. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { toDuration, toTimestamp } from '../proto-time';
import type { Spec } from './calendar';
import { canonicalSpec } from './spec';
import { ScheduleTimes } from './times';

const MINUTE_MS = 60_000;
const at = (text: string) => Date.parse(text);
const timesOf = (spec: Spec, seed = 'seed') => new ScheduleTimes(canonicalSpec(spec), seed);

/** The first times after an instant, as ISO texts in UTC. */
function first(count: number, spec: Spec, after: string): string[] {
  const times = timesOf(spec);
  const found: string[] = [];
  for (let ms = at(after); found.length < count;) {
    const next = times.next(ms);
    if (!next) break;
    found.push(new Date(next.nominalMs).toISOString().replace(':00.000Z', 'Z'));
    ms = next.nominalMs;
  }
  return found;
}
const cron = (...cronString: string[]): Spec => ({ cronString });

test.each([
  [
    'a gap is left out',
    cron('TZ=Europe/Berlin 30 2 * * *'),
    '2026-03-28T00:00Z',
    ['2026-03-28T01:30Z', '2026-03-30T00:30Z'],
  ],
  [
    'a repeated hour occurs twice',
    cron('TZ=Europe/Berlin 30 2 * * *'),
    '2026-10-24T12:00Z',
    ['2026-10-25T00:30Z', '2026-10-25T01:30Z', '2026-10-26T01:30Z'],
  ],
  [
    'hourly through a gap',
    cron('TZ=America/New_York 0 * * * *'),
    '2026-03-08T05:30Z',
    ['2026-03-08T06:00Z', '2026-03-08T07:00Z', '2026-03-08T08:00Z'],
  ],
  [
    'hourly through a repeated hour',
    cron('TZ=America/New_York 0 * * * *'),
    '2026-11-01T04:30Z',
    ['2026-11-01T05:00Z', '2026-11-01T06:00Z', '2026-11-01T07:00Z'],
  ],
  [
    'a shift by half an hour',
    cron('TZ=Australia/Lord_Howe 45 1 * * *'),
    '2026-04-04T00:00Z',
    ['2026-04-04T14:45Z', '2026-04-04T15:15Z', '2026-04-05T15:15Z'],
  ],
  [
    'a gap at midnight',
    cron('TZ=America/Santiago 0 0 * * *'),
    '2026-09-05T00:00Z',
    ['2026-09-05T04:00Z', '2026-09-07T03:00Z'],
  ],
  [
    'a day that a zone left out',
    cron('TZ=Pacific/Apia 0 12 * * *'),
    '2011-12-29T00:00Z',
    ['2011-12-29T22:00Z', '2011-12-30T22:00Z'],
  ],
  ['leap days', cron('0 0 29 2 *'), '2026-01-01T00:00Z', ['2028-02-29T00:00Z', '2032-02-29T00:00Z']],
  ['no leap day in 2100', cron('0 0 29 2 *'), '2096-03-01T00:00Z', []],
  [
    'both days must match',
    cron('0 0 13 * fri'),
    '2026-01-01T00:00Z',
    ['2026-02-13T00:00Z', '2026-03-13T00:00Z', '2026-11-13T00:00Z'],
  ],
  ['an impossible day', cron('0 0 30 2 *'), '2026-01-01T00:00Z', []],
  ['the last second', cron('59 59 23 31 12 * 2100'), '2026-01-01T00:00Z', ['2100-12-31T23:59:59.000Z']],
])('[SCT1] %s', (_what, spec, after, times) => {
  expect(first(Math.max(1, times.length), spec, after)).toEqual(times);
});

/** Slow and plain: every minute of two days, by the local time that the runtime prints. */
test('[SCT1] the times of a calendar are those whose local time it matches', () => {
  const zones = [
    'UTC',
    'Europe/Berlin',
    'America/New_York',
    'Australia/Lord_Howe',
    'America/Santiago',
    'Asia/Kathmandu',
  ];
  const from = [
    '2026-03-07T20:00Z',
    '2026-03-28T12:00Z',
    '2026-04-04T00:00Z',
    '2026-09-05T00:00Z',
    '2026-10-24T18:00Z',
    '2026-10-31T22:00Z',
  ];
  const field = (least: number, most: number) =>
    fc.uniqueArray(fc.integer({ min: least, max: most }), { minLength: 1, maxLength: 3 }).map((each) => each.join());
  fc.assert(
    fc.property(
      fc.constantFrom(...zones),
      fc.constantFrom(...from),
      field(0, 59),
      fc.oneof(field(0, 3), fc.constant('*')),
      fc.oneof(field(0, 6), fc.constant('*')),
      (timezoneName, start, minute, hour, dayOfWeek) => {
        const times = timesOf({ timezoneName, calendar: [{ minute, hour, dayOfWeek }] });
        const isIn = (list: string, value: number) => list === '*' || list.split(',').includes(String(value));
        const format = new Intl.DateTimeFormat('sv-SE', {
          timeZone: timezoneName,
          dateStyle: 'short',
          timeStyle: 'short',
        });
        const expected: number[] = [];
        const found: number[] = [];
        const end = at(start) + 2_880 * MINUTE_MS;
        for (let ms = at(start) + MINUTE_MS; ms <= end; ms += MINUTE_MS) {
          const [date = '', time = ''] = format.format(ms).split(' ');
          const [h = 0, m = 0] = time.split(':').map(Number);
          if (isIn(minute, m) && isIn(hour, h) && isIn(dayOfWeek, new Date(date).getUTCDay())) expected.push(ms);
        }
        for (let next = times.next(at(start)); next && next.nominalMs <= end; next = times.next(next.nominalMs))
          found.push(next.nominalMs);
        expect(found).toEqual(expected);
      }
    ),
    { numRuns: 60 }
  );
});

test('[SCT2] intervals are multiples since 1970, moved by the phase, and the earliest of all times comes first', () => {
  const interval = [{ interval: toDuration(3_600_000), phase: toDuration(300_000) }];
  expect(first(2, { interval }, '2026-01-01T00:05Z')).toEqual(['2026-01-01T01:05Z', '2026-01-01T02:05Z']);
  expect(first(3, { interval, ...cron('30 1 * * *') }, '2026-01-01T01:00Z')).toEqual([
    '2026-01-01T01:05Z',
    '2026-01-01T01:30Z',
    '2026-01-01T02:05Z',
  ]);
});

test('[SCT3] excluded times and those outside of the range are none; both ends belong to it', () => {
  const spec = {
    ...cron('0 9 * * *'),
    excludeCalendar: [
      { dayOfWeek: 'sat,sun', hour: '*', minute: '*', second: '*' },
      { hour: '9', dayOfMonth: '6' },
    ],
    startTime: toTimestamp(at('2026-07-03T09:00:00Z')),
    endTime: toTimestamp(at('2026-07-08T09:00:00Z')),
  };
  expect(first(9, spec, '2026-01-01T00:00Z')).toEqual(['2026-07-03T09:00Z', '2026-07-07T09:00Z', '2026-07-08T09:00Z']);
});

test('[SCT4] jitter is the same each time, differs between schedules, and does not reach the next time', () => {
  const spec = { interval: [{ interval: toDuration(60_000) }], jitter: toDuration(3_600_000) };
  const jitters = (seed: string) => {
    const times = timesOf(spec, seed);
    return Array.from({ length: 200 }, (_, minute) => {
      const { nominalMs, atMs } = times.next(minute * MINUTE_MS)!;
      return atMs - nominalMs;
    });
  };
  const [one, again, other] = [jitters('a'), jitters('a'), jitters('b')];
  expect(one).toEqual(again);
  expect(one).not.toEqual(other);
  expect(Math.min(...one)).toBeGreaterThanOrEqual(0);
  expect(Math.max(...one)).toBeLessThan(MINUTE_MS);
  expect(Math.max(...one) - Math.min(...one)).toBeGreaterThan(MINUTE_MS / 2);
  const few = timesOf({ ...spec, jitter: toDuration(1_000) }, 'a').next(0)!;
  expect(few.atMs - few.nominalMs).toBeLessThan(1_000);
});

test('[SCT5] whole excluded days cost little; a spec that excludes its own times one by one is refused', () => {
  const everySecond = { hour: '*', minute: '*', second: '*' };
  const weekdays = { calendar: [everySecond], excludeCalendar: [{ ...everySecond, dayOfWeek: 'sat,sun' }] };
  expect(first(1, weekdays, '2026-07-03T23:59:59Z')).toEqual(['2026-07-06T00:00Z']);
  const nearlyAll = { calendar: [everySecond], excludeCalendar: [{ ...everySecond, second: '0-58' }, everySecond] };
  expect(() =>
    timesOf({
      calendar: [everySecond],
      excludeCalendar: [
        { ...everySecond, minute: '*/2' },
        { ...everySecond, minute: '1/2' },
      ],
    }).next(at('2026-01-01T00:00Z'))
  ).toThrow('exclude too many');
  expect(() => timesOf(nearlyAll).next(at('2026-01-01T00:00Z'))).toThrow('exclude too many');
});
