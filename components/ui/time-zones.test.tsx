// @vitest-environment jsdom
/** Time zones on screens. The rules are in time.tsx. */
import { readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { cleanup, render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, expect, test } from 'vitest';
import { preferencesSchema } from '@/app/_contract/account';
import { fromLocalField, toLocalField } from '@/engine/flow/zones';
import { Instant, RelativeTime, TimeZoneProvider, zoneWords } from './time';

afterEach(cleanup);
const AT = Date.parse('2026-11-21T09:14:05.120Z');

/** Zones are named there, times are not written. */
const MAY_ASK = ['components/ui/time.tsx', 'components/ui/zone-field.tsx', 'components/shell/zone-dialog.tsx'];
const WRITES = /Intl\.DateTimeFormat\(|\.toLocale(Time|Date)String\(|\.getTimezoneOffset\(|\.get(Hours|Minutes|Date)\(/;

test('[TMZ1] no screen writes a time by itself', async () => {
  const files = (await Promise.all(['components', 'app'].map(filesIn))).flat();
  expect(files.length).toBeGreaterThan(300);
  const around = files.filter((file) => !MAY_ASK.includes(file) && WRITES.test(readFileSync(file, 'utf8')));
  expect(around).toEqual([]);
});
const filesIn = async (folder: string): Promise<string[]> =>
  (await readdir(folder, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name) && !/\.(test|spec)\./.test(entry.name))
    .map(({ parentPath, name }) => path.join(parentPath, name));

test('[TMZ1] a time is in the zone that was chosen, whatever the zone of the machine is', () => {
  const text = (zone: string) => {
    const { container, unmount } = render(
      <TimeZoneProvider choice={zone}>
        <Instant atMs={AT} to="minute" />
      </TimeZoneProvider>
    );
    const shown = container.textContent;
    unmount();
    return shown;
  };
  expect(text('UTC')).toBe('21 Nov 2026, 09:14 UTC');
  expect(text('Asia/Kolkata')).toBe('21 Nov 2026, 14:44 GMT+5:30');
  expect(text('America/New_York')).toBe('21 Nov 2026, 04:14 GMT-5');
  expect(preferencesSchema.parse({ zone: 'utc' })).toEqual({ zone: 'UTC' });
  for (const zone of ['Mars/Olympus', '', 'Europe/Berlin; DROP', 'x'.repeat(101)])
    expect(preferencesSchema.safeParse({ zone }).success).toBe(false);
});

test('[TMZ2] a field leads back to its instant, also around a change of the clock', () => {
  for (const zone of ['UTC', 'Europe/Berlin', 'Asia/Kolkata', 'America/New_York', 'Australia/Lord_Howe', undefined])
    for (let ms = Date.parse('2026-03-01T00:00:00Z'); ms < Date.parse('2026-12-01T00:00:00Z'); ms += 7.5 * 3_600_000) {
      const minute = Math.floor(ms / 60_000) * 60_000;
      const back = fromLocalField(toLocalField(minute, zone), zone);
      // The hour that is there twice is its first one.
      expect([0, 1_800_000, 3_600_000]).toContain(minute - (back ?? 0));
    }
  // Skipped, and repeated.
  expect(fromLocalField('2026-03-29T02:30', 'Europe/Berlin')).toBe(Date.parse('2026-03-29T03:30:00+02:00'));
  expect(fromLocalField('2026-10-25T02:30', 'Europe/Berlin')).toBe(Date.parse('2026-10-25T02:30:00+02:00'));
  for (const text of ['', '2026-13-01T00:00', 'tomorrow']) expect(fromLocalField(text, 'Europe/Berlin')).toBeNull();
});

test('[TMZ3] the tooltip of a time and the help of a field name the zone', async () => {
  render(
    <TimeZoneProvider choice="America/New_York">
      <RelativeTime atMs={AT} />
    </TimeZoneProvider>
  );
  await userEvent.hover(document.querySelector('time')!);
  const [tooltip] = await screen.findAllByRole('tooltip');
  expect(tooltip?.textContent).toContain('04:14:05.120 GMT-5, America/New York');
  expect(zoneWords('Asia/Kolkata')).toBe('In Asia/Kolkata.');
  expect(zoneWords(undefined)).toMatch(/^In the time zone of this browser, .+\.$/);
});
