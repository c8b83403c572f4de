import { expect, test } from 'vitest';
import { instantMs, isZone } from './instant';

const iso = (text: unknown, zone?: string) => {
  const ms = instantMs(text, zone);
  return ms === null ? null : new Date(ms).toISOString();
};

test.each([
  ['2026-11-28T17:00:00Z', '2026-11-28T17:00:00.000Z'],
  ['2026-11-28T17:00Z', '2026-11-28T17:00:00.000Z'],
  ['2026-11-28T17:00:00.5+01:00', '2026-11-28T16:00:00.500Z'],
  ['2026-11-28 17:00:00-0330', '2026-11-28T20:30:00.000Z'],
  ['2026-11-28t17:00:00z', '2026-11-28T17:00:00.000Z'],
  ['2024-02-29T00:00:00.123456789Z', '2024-02-29T00:00:00.123Z'],
  ['0099-03-01T00:00:00Z', '0099-03-01T00:00:00.000Z'],
  ['2016-12-31T23:59:60Z', '2017-01-01T00:00:00.000Z'],
])('[SI1] %s is an instant', (text, instant) => expect(iso(text)).toBe(instant));

test.each([
  ['tomorrow 5'],
  ['2026-11-28'],
  ['2026-11-28T17:00:00'],
  ['11/28/2026'],
  ['Sat, 28 Nov 2026 17:00:00 GMT'],
  ['1790000000000'],
  ['2026-11-28T17:00:00 Europe/Berlin'],
  ['2026-02-30T00:00:00Z'],
  ['2025-02-29T00:00:00Z'],
  ['2026-13-01T00:00:00Z'],
  ['2026-00-10T00:00:00Z'],
  ['2026-11-28T24:00:00Z'],
  ['2026-11-28T17:60:00Z'],
  ['2026-11-28T17:00:00+24:00'],
  ['2026-11-28T17:00:00Z\n'],
  [''],
  [null],
  [undefined],
  [1_790_000_000_000],
  [{}],
])('[SI3] %j is not an instant', (text) => expect(iso(text)).toBeNull());

test.each([
  ['2026-11-28', 'Europe/Berlin', '2026-11-27T23:00:00.000Z'],
  ['2026-07-01T09:30', 'Europe/Berlin', '2026-07-01T07:30:00.000Z'],
  ['2026-07-01T09:30:00', 'Asia/Kolkata', '2026-07-01T04:00:00.000Z'],
  ['2026-07-01T09:30:00', 'Pacific/Apia', '2026-06-30T20:30:00.000Z'],
  // The offset in the text counts.
  ['2026-07-01T09:30:00Z', 'Europe/Berlin', '2026-07-01T09:30:00.000Z'],
  // Clocks go back: 02:30 occurs twice, and the first one counts.
  ['2026-10-25T02:30:00', 'Europe/Berlin', '2026-10-25T00:30:00.000Z'],
  // Clocks go forward: 02:30 does not exist.
  ['2026-03-29T02:30:00', 'Europe/Berlin', '2026-03-29T01:30:00.000Z'],
  ['2026-03-29T03:30:00', 'Europe/Berlin', '2026-03-29T01:30:00.000Z'],
  ['2026-03-08T02:30:00', 'America/New_York', '2026-03-08T07:30:00.000Z'],
  ['2026-02-30', 'Europe/Berlin', null],
  ['tomorrow', 'Europe/Berlin', null],
])('[SI2] %s in %s is %s', (text, zone, instant) => expect(iso(text, zone)).toBe(instant));

test('[SI2] the time zone of the machine has no effect', () => {
  const before = process.env.TZ;
  try {
    const read = ['UTC', 'America/Los_Angeles', 'Pacific/Kiritimati'].map((zone) => {
      process.env.TZ = zone;
      return [instantMs('2026-11-28', 'Europe/Berlin'), instantMs('2026-11-28T17:00:00+01:00')];
    });
    expect(read[1]).toEqual(read[0]);
    expect(read[2]).toEqual(read[0]);
  } finally {
    if (before === undefined) delete process.env.TZ;
    else process.env.TZ = before;
  }
});

test('[SI2] only named time zones are accepted', () => {
  expect(['Europe/Berlin', 'UTC', 'America/New_York'].map(isZone)).toEqual([true, true, true]);
  expect(['Europe/Nowhere', '+02:00', '', 'local'].map(isZone)).toEqual([false, false, false, false]);
});
