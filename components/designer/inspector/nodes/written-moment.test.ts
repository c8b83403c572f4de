/** The rules are in written-moment.ts. */
import { expect, test } from 'vitest';
import { factsOf } from '@/engine/flow/nodes/table';
import { writtenMoment } from './written-moment';

const shown = (expression: string, zone?: string) => {
  const found = writtenMoment(expression, zone);
  return found && [found.local, found.zone];
};

test('[WRM1] what is computed, or is no moment, has no field', () => {
  for (const expression of ['input.due', "input.due ?? '2030-01-01T09:00Z'", '`2030-01-01T09:00Z`', "'soon'", '', "'"])
    expect(writtenMoment(expression, undefined)).toBeNull();
});

test('[WRM2] date and time are shown as they are written, with their zone', () => {
  expect(shown("'2030-01-01T09:00:00Z'")).toEqual(['2030-01-01T09:00', 'UTC']);
  expect(shown('"2030-01-01T09:00+01:00"', 'Asia/Tokyo')).toEqual(['2030-01-01T09:00', 'UTC+01:00']);
  expect(shown("'2030-01-01 09:00'", 'Europe/Berlin')).toEqual(['2030-01-01T09:00', 'Europe/Berlin']);
  expect(shown("'2030-01-01'", 'Europe/Berlin')).toEqual(['2030-01-01T00:00', 'Europe/Berlin']);
});

test('[WRM3] another time keeps the offset, and is a moment', () => {
  const next = '2031-12-31T23:59';
  const changed = (expression: string, zone?: string) => {
    const text = writtenMoment(expression, zone)!.withLocal(next)!;
    const node = {
      id: 'w',
      title: 'Wait',
      kind: 'wait',
      until: text,
      ...(zone === undefined ? {} : { zone }),
    } as const;
    factsOf(node).check(node, {}, (code) => expect(code).toBe('none'));
    return text;
  };
  expect(changed("'2030-01-01T09:00:00Z'")).toBe("'2031-12-31T23:59:00Z'");
  expect(changed('"2030-01-01T09:00-03:30"')).toBe('"2031-12-31T23:59:00-03:30"');
  expect(changed("'2030-01-01'", 'Europe/Berlin')).toBe("'2031-12-31T23:59'");
  expect(changed("'2030-01-01'")).toBe("'2031-12-31T23:59:00Z'");
  expect(writtenMoment("'2030-01-01'", undefined)!.withLocal('')).toBeNull();
});
