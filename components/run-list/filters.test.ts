import { expect, test } from 'vitest';
import { runsQuerySchema } from '@/app/_contract/runs';
import { readAuditFilters } from '@/components/settings/audit-filters';
import { filterKind, NO_FILTERS, readFilters, searchOf } from './filters';

test('equal filters give one URL, in whatever order they were chosen', () => {
  const one = searchOf({ ...NO_FILTERS, standing: ['failed', 'running'], flow: 'order', id: ' order-1 ' });
  const other = searchOf({ ...NO_FILTERS, standing: ['running', 'failed'], flow: 'order', id: 'order-1' });
  expect(one).toBe(other);
});

test('unreadable parts of a link are ignored', () => {
  const filters = readFilters(new URLSearchParams('standing=failed,exploded&version=three&startedAfterMs=later'));
  expect(searchOf(filters)).toBe('standing=failed');
});

test('a version is used only together with its flow', () => {
  expect(searchOf({ ...NO_FILTERS, version: 3 })).toBe('');
  expect(searchOf({ ...NO_FILTERS, flow: 'order', version: 3 })).toBe('flow=order&version=3');
  expect(searchOf({ ...NO_FILTERS, flow: 'order', version: -3 })).toBe('flow=order');
});

test('the API accepts the query of every URL', () => {
  const wild = `standing=needsHand&flow=${'x'.repeat(500)}&id=${'y'.repeat(500)}&version=1&where=${'z'.repeat(5000)}&startedAfterMs=-5&startedBeforeMs=99999999999999999`;
  const search = searchOf(readFilters(new URLSearchParams(wild)));
  expect(runsQuerySchema.safeParse(Object.fromEntries(new URLSearchParams(search))).success).toBe(true);
});

test('an instant outside of the calendar is ignored', () => {
  for (const ms of ['99999999999999999999', '9e15', '8640000000000001', '253402300800000', '-1', '1.5']) {
    expect(readFilters(new URLSearchParams(`startedAfterMs=${ms}`)).startedAfterMs, ms).toBe(null);
    expect(readAuditFilters(new URLSearchParams(`beforeMs=${ms}`)).beforeMs, ms).toBe(null);
  }
  expect(readFilters(new URLSearchParams('startedAfterMs=1764316800000')).startedAfterMs).toBe(1_764_316_800_000);
});

test('an empty list offers to clear the kind of filter that is set', () => {
  expect(filterKind(NO_FILTERS)).toBe('none');
  expect(filterKind({ ...NO_FILTERS, standing: ['failed'] })).toBe('standing');
  expect(filterKind({ ...NO_FILTERS, standing: ['failed'], id: 'a' })).toBe('others');
});
