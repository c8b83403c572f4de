import { describe, expect, it } from 'vitest';
import {
  durationInWords,
  formatDuration,
  formatInstant,
  formatMinute,
  formatRelative,
  parseDuration,
  shortenMiddle,
  wordsOf,
} from './format';

describe('values on screens', () => {
  it('[VF1] a duration has at most two units, the second one padded so that columns align', () => {
    expect([420, 9_949, 38_000, 64_000, 7_500_000, 273_600_000].map(formatDuration)).toEqual([
      '420ms',
      '9.9s',
      '38s',
      '1m 04s',
      '2h 05m',
      '3d 04h',
    ]);
    expect(formatDuration(-5)).toBe('0ms');
  });
  it('[VF9] a duration in a sentence has words, and at most two units', () => {
    const [minute, hour, day] = [60_000, 3_600_000, 86_400_000];
    const given = [0, 250, 1_000, 90_000, 2 * hour + 5 * minute, hour + 2_000, 60 * day, day + 30 * minute];
    expect(given.map(durationInWords)).toEqual([
      '0 seconds',
      '0.25 seconds',
      '1 second',
      '1 minute 30 seconds',
      '2 hours 5 minutes',
      '1 hour',
      '60 days',
      '1 day',
    ]);
  });
  it('[VF4] a shortened id keeps its beginning and its end', () => {
    expect(shortenMiddle('order-8841')).toBe('order-8841');
    const short = shortenMiddle('order-fulfilment-0193a7c2f1d4-5ac09d');
    expect(short).toHaveLength(18);
    expect(short.startsWith('order-fulfil')).toBe(true);
    expect(short.endsWith('c09d')).toBe(true);
  });
  it('[VF5] a relative time is in the past or in the future, and is rounded down', () => {
    expect(formatRelative(0, 119_000)).toBe('1m ago');
    expect(formatRelative(3_600_000, 0)).toBe('in 1h');
    expect(formatRelative(7_199_000, 0)).toBe('in 1h 59m');
    expect(formatRelative(0, 7_199_000)).toBe('1h ago');
    expect(formatRelative(36_300_000, 0)).toBe('in 10h');
    expect(formatRelative(7 * 86_400_000 - 1, 0)).toBe('in 6d 23h');
    expect(formatRelative(700 * 86_400_000, 0)).toBe('in 700d');
    expect(formatRelative(0, 800 * 86_400_000)).toBe('2y ago');
    expect(formatRelative(800 * 86_400_000, 0)).toBe('in 2y 70d');
    expect(formatRelative(2_912_108 * 86_400_000, 0)).toBe('in 7978y');
    expect(formatRelative(0, 1_000)).toBe('just now');
    expect(formatRelative(3_000, 0)).toBe('in 3s');
    expect(formatRelative(900, 0)).toBe('now');
  });
  it('[VF6] an instant names its time zone', () => {
    expect(formatInstant(Date.UTC(2026, 10, 21, 9, 14, 5, 120), 'UTC')).toBe('21 Nov 2026, 09:14:05.120 UTC');
    expect(formatMinute(Date.UTC(2026, 10, 21, 9, 14, 59, 999), 'UTC')).toBe('21 Nov 2026, 09:14 UTC');
  });
  it('[VF7] durations of documents and of schemas are read, and other text is refused', () => {
    expect(['30s', '12h', 'PT1H30M', 'P1D'].map(parseDuration)).toEqual([30_000, 43_200_000, 5_400_000, 86_400_000]);
    expect(['', 'P', 'PT', '3 apples'].map(parseDuration)).toEqual([null, null, null, null]);
  });
  it('[VF8] the name of a property becomes words', () => {
    expect(['shippingAddress', 'order_id', 'sku'].map(wordsOf)).toEqual(['Shipping address', 'Order id', 'Sku']);
  });
});
