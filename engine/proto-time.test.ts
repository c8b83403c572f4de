/** [PTI1] An id is read from a number, from a Long, and from what is left of a Long that came from another thread. */
import Long from 'long';
import { expect, test } from 'vitest';
import { idOf } from './proto-time';

test.each([0, 7, 2 ** 40 + 3])('[PTI1] %d', (id) => {
  const long = Long.fromNumber(id);
  expect([id, long, structuredClone({ ...long })].map((value) => idOf(value))).toEqual([id, id, id]);
  expect(idOf(null)).toBe(0);
});
