import { expect, test } from 'vitest';
import { runsQuerySchema } from '@/app/_contract/runs';
import { readAuditFilters } from '@/components/settings/audit-filters';
import { filterKind, NO_FILTERS, readFilters, searchOf } from './filters';

test('equal filters are one question, in whatever order they were chosen', () => {
  const one = searchOf({ ...NO_FILTERS, standing: ['failed', 'running'], flow: 'order', id: ' order-1 ' });
  const other = searchOf({ ...NO_FILTERS, standing: ['running', 'failed'], flow: 'order', id: 'order-1' });
  expect(one).toBe(other);
});

test('what cannot be read in a link is as if it were not there', () => {
  const filters = readFilters(new URLSearchParams('standing=failed,exploded&version=three&startedAfterMs=later'));
  expect(searchOf(filters)).toBe('standing=failed');
});

test('a version narrows only the flow that it is of', () => {
  expect(searchOf({ ...NO_FILTERS, version: 3 })).toBe('');
  expect(searchOf({ ...NO_FILTERS, flow: 'order', version: 3 })).toBe('flow=order&version=3');
  expect(searchOf({ ...NO_FILTERS, flow: 'order', version: -3 })).toBe('flow=order');
});

test('whatever the URL holds, the API takes the question', () => {
  const wild = `standing=needsHand&flow=${'x'.repeat(500)}&id=${'y'.repeat(500)}&version=1&startedAfterMs=-5&startedBeforeMs=99999999999999999`;
  const search = searchOf(readFilters(new URLSearchParams(wild)));
  expect(runsQuerySchema.safeParse(Object.fromEntries(new URLSearchParams(search))).success).toBe(true);
});

test('an instant that no calendar shows is as if it were not there', () => {
  for (const ms of ['99999999999999999999', '9e15', '8640000000000001', '253402300800000', '-1', '1.5']) {
    expect(readFilters(new URLSearchParams(`startedAfterMs=${ms}`)).startedAfterMs, ms).toBe(null);
    expect(readAuditFilters(new URLSearchParams(`beforeMs=${ms}`)).beforeMs, ms).toBe(null);
  }
  expect(readFilters(new URLSearchParams('startedAfterMs=1764316800000')).startedAfterMs).toBe(1_764_316_800_000);
});

test('an empty list knows what it can offer to clear', () => {
  expect(filterKind(NO_FILTERS)).toBe('none');
  expect(filterKind({ ...NO_FILTERS, standing: ['failed'] })).toBe('standing');
  expect(filterKind({ ...NO_FILTERS, standing: ['failed'], id: 'a' })).toBe('others');
});
