/** Rules SCA1 to SCA4: calendar.ts; SCS1 to SCS3: spec.ts. */
import { expect, test } from 'vitest';
import { durationMs, toDuration } from '../proto-time';
import { readCron, structured, type Range } from './calendar';
import { canonicalSpec } from './spec';

const short = (ranges: readonly Range[] | null | undefined) =>
  (ranges ?? []).map(({ start, end, step }) => `${start}${end ? `-${end}` : ''}${step ? `/${step}` : ''}`).join();

test.each([
  ['hour', '9', '9'],
  ['hour', '*', '0-23'],
  ['hour', '*/6', '0-23/6'],
  ['hour', '8/4', '8-23/4'],
  ['minute', '5,10-20/5, 7'.replace(' ', ''), '5,10-20/5,7'],
  ['month', 'jan-Mar', '1-3'],
  ['month', 'septem', '9'],
  ['dayOfWeek', 'mo-fri', '1-5'],
  ['dayOfWeek', 'SUNDAY', '0'],
  ['dayOfWeek', '7', '0'],
  ['dayOfWeek', '*', '0-6'],
  ['dayOfWeek', '1-7', '0,1-6'],
  ['dayOfWeek', '3-7', '0,3-6'],
  ['dayOfWeek', '3-7/3', '3-6/3'],
  ['dayOfWeek', '1-7/2', '0,1-6/2'],
  ['year', '*', ''],
  ['year', '2027/2', '2027-2100/2'],
] as const)('[SCA1] %s %s is %s', (field, text, ranges) => {
  expect(short(structured({ [field]: text })[field])).toBe(ranges);
});

test('[SCA2] what is left out is midnight of every day', () => {
  const { comment, ...fields } = structured({ comment: 'nights' });
  expect(comment).toBe('nights');
  expect(Object.fromEntries(Object.entries(fields).map(([name, ranges]) => [name, short(ranges as Range[])]))).toEqual({
    second: '0',
    minute: '0',
    hour: '0',
    dayOfMonth: '1-31',
    month: '1-12',
    year: '',
    dayOfWeek: '0-6',
  });
});

test('[SCA3] cron strings with five, six and seven fields, a zone and a comment', () => {
  const of = (text: string) => {
    const { calendar, zone } = readCron(text);
    const { second, minute, hour, dayOfWeek, year, comment } = calendar!;
    return [short(second), short(minute), short(hour), short(dayOfWeek), short(year), comment, zone];
  };
  expect(of('30 9 * * mon-fri')).toEqual(['0', '30', '9', '1-5', '', '', '']);
  expect(of(' CRON_TZ=Europe/Berlin 30 9 * * * 2027 # Berlin, #1 ')).toEqual([
    '0',
    '30',
    '9',
    '0-6',
    '2027',
    'Berlin, #1',
    'Europe/Berlin',
  ]);
  expect(of('TZ=UTC 15 30 9 * * 7 *')).toEqual(['15', '30', '9', '0', '', '', 'UTC']);
  expect(of('@weekly')).toEqual(['0', '0', '0', '0', '', '', '']);
  const { interval } = readCron('@every 1h30m/15m');
  expect([durationMs(interval!.interval), durationMs(interval!.phase)]).toEqual([5_400_000, 900_000]);
  expect(durationMs(readCron('@every 2d').interval!.interval)).toBe(172_800_000);
});

test.each([
  ['60 * * * *', /Minute is not in range \[0-59\]/],
  ['5-2 * * * *', /Minute End is before Start/],
  ['1-2-3 * * * *', /Minute has too many dashes/],
  ['1/2/3 * * * *', /Minute has too many slashes/],
  ['1/ * * * *', /Minute missing step value/],
  ['*/0 * * * *', /Minute has invalid Step/],
  ['*/x * * * *', /Minute has invalid Step/],
  ['* 24 * * 8', /Hour is not in range \[0-23\], DayOfWeek is not in range/],
  ['* * * ja *', /Month is not in range/],
  ['* * * *', /5-7 fields/],
  ['* * * * * * * *', /5-7 fields/],
  ['', /5-7 fields/],
  ['TZ=UTC', /time zone but missing fields/],
  ['@every', /interval after @every/],
  ['@every often', /duration 'often'/],
  ['* * * * * 1999', /Year is not in range/],
])('[SCA4] %s is refused', (text, words) => {
  expect(() => readCron(text)).toThrow(words);
});

test('[SCS1] calendars and cron strings become structured, in the zone that the cron strings name', () => {
  const spec = canonicalSpec({
    calendar: [{ hour: '9' }],
    excludeCalendar: [{ month: 'dec', dayOfMonth: '25' }],
    cronString: ['CRON_TZ=Asia/Tokyo 0 8 * * *', 'CRON_TZ=Asia/Tokyo 0 12 * * *'],
    interval: [{ interval: toDuration(60_000) }],
  });
  expect(spec.structuredCalendar!.map(({ hour }) => short(hour))).toEqual(['9', '8', '12']);
  expect(short(spec.excludeStructuredCalendar![0]!.dayOfMonth)).toBe('25');
  expect(spec.timezoneName).toBe('Asia/Tokyo');
  expect(spec.calendar ?? spec.cronString ?? spec.excludeCalendar).toBeUndefined();
  expect(canonicalSpec(spec)).toEqual(spec);
  for (const conflict of [
    { cronString: ['TZ=UTC 0 8 * * *', '0 9 * * *'] },
    { cronString: ['TZ=Asia/Tokyo 0 8 * * *'], timezoneName: 'UTC' },
  ])
    expect(() => canonicalSpec(conflict)).toThrow('conflicting timezone names');
});

test.each([
  ['a value outside', { structuredCalendar: [{ hour: [{ start: 24 }] }] }, /Hour Start is not in range \[0-23\]/],
  ['an end before', { structuredCalendar: [{ hour: [{ start: 9, end: 8 }] }] }, /Hour End is before Start/],
  ['a negative step', { excludeStructuredCalendar: [{ hour: [{ start: 9, step: -1 }] }] }, /Hour has invalid Step/],
  ['a long comment', { calendar: [{ comment: 'x'.repeat(201) }] }, /comment is too long/],
  ['no interval', { interval: [{}] }, /interval is too small/],
  ['half a second', { interval: [{ interval: toDuration(500) }] }, /interval is too small/],
  ['a phase', { interval: [{ interval: toDuration(1_000), phase: toDuration(1_000) }] }, /phase cannot be greater/],
  ['a negative phase', { interval: [{ interval: toDuration(9_000), phase: toDuration(-1_000) }] }, /phase is negative/],
  ['an unknown zone', { timezoneName: 'Mars/Base' }, /unknown time zone Mars\/Base/],
  ['data of a zone', { timezoneData: new Uint8Array(4) }, /timezone_data is not supported/],
])('[SCS2] %s is refused', (_what, spec, words) => {
  expect(() => canonicalSpec(spec)).toThrow(words);
});

test('[SCS3] more than 200 calendars are refused', () => {
  const calendar = Array.from({ length: 201 }, () => ({ hour: '9' }));
  expect(() => canonicalSpec({ calendar })).toThrow('201 calendars and intervals are more than 200');
  expect(canonicalSpec({ calendar: calendar.slice(1) }).structuredCalendar).toHaveLength(200);
});
