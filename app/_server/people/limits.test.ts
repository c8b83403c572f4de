import { Redis } from 'ioredis';
import { expect, test, vi } from 'vitest';
import { Limits } from './limits';

const RULE = { window: 60, max: 3 };
const quiet = { warn: () => {} };

test('[L1] so many tries in a window, then none until it ends, and each caller for itself', async () => {
  let now = 1_000;
  const limits = new Limits(null, quiet, () => now);
  for (let each = 0; each < 3; each++)
    expect(await limits.consume('a', RULE)).toEqual({ allowed: true, retryAfter: null });
  now += 20_000;
  expect(await limits.consume('a', RULE)).toEqual({ allowed: false, retryAfter: 40 });
  expect(await limits.consume('b', RULE)).toMatchObject({ allowed: true });
  now += 39_999;
  expect(await limits.consume('a', RULE)).toEqual({ allowed: false, retryAfter: 1 });
  now += 1;
  expect(await limits.consume('a', RULE)).toMatchObject({ allowed: true });
});

test('[L2] a Redis that is away, or that hangs, locks nobody out, and the limit still holds', async () => {
  const redis = new Redis({ host: '127.0.0.1', port: 1, maxRetriesPerRequest: 1, retryStrategy: () => 5 });
  redis.on('error', () => {});
  const limits = new Limits(redis, quiet);
  for (let each = 0; each < 3; each++) expect((await limits.consume('a', RULE)).allowed).toBe(true);
  expect((await limits.consume('a', RULE)).allowed).toBe(false);
  redis.disconnect();

  const hanging = { status: 'ready', eval: () => new Promise(() => {}) } as unknown as Redis;
  vi.useFakeTimers();
  const waiting = new Limits(hanging, quiet).consume('a', { ...RULE, max: 0 });
  await vi.advanceTimersByTimeAsync(1_000);
  expect((await waiting).allowed).toBe(false);
  vi.useRealTimers();
});
