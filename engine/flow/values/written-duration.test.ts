import fc from 'fast-check';
import { expect, it } from 'vitest';
import { durationMs, durationSchema } from '../duration';
import { durationInWords } from './format';
import { writtenDuration } from './written-duration';

it.each([
  ['400 days', '400d'],
  ['0 seconds', '0s'],
  ['1 hour 30 minutes', '90m'],
  ['30 min and 1 h', '90m'],
  ['2 Weeks', '14d'],
  ['1.5h', '90m'],
  ['0.1 s', '100ms'],
  ['1d, 2h', '26h'],
])('[WRD1] %s is %s', (text, duration) => {
  expect(writtenDuration(text)).toBe(duration);
});
it('[WRD1] the words of every duration are read as that duration', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 100_000 }), fc.constantFrom('s', 'm', 'h', 'd'), (amount, unit) => {
      // Two units at most are in the words.
      const ms = durationMs(`${amount}${unit}`);
      const words = durationInWords(ms);
      const read = writtenDuration(words);
      const isTooLong = ms > durationMs('36500d');
      expect(durationSchema.safeParse(read).success).toBe(!isTooLong);
      if (!isTooLong) expect(durationInWords(durationMs(read!))).toBe(words);
    })
  );
});
it.each(['90m', '0s', '250ms', '3600s'])('[WRD2] %s remains', (text) => {
  expect(writtenDuration(text)).toBe(text);
});
it.each([
  '',
  '5',
  'five minutes',
  '-5m',
  '1e309',
  '5 fortnights',
  '1h 2h',
  'Infinity days',
  '0.5ms',
  '40000 days',
  '${input.days}',
  'constructor',
  '1'.repeat(10_000),
])('[WRD3] %j is not guessed', (text) => {
  expect(writtenDuration(text)).toBeNull();
});
