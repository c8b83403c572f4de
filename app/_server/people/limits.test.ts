import { Redis } from 'ioredis';
import { afterEach, expect, test, vi } from 'vitest';
import { Limits } from './limits';

const RULE = { window: 60, max: 3 };
afterEach(() => void vi.useRealTimers());

test('[PL1] each caller has a fixed number of attempts in a window, and no more until the window ends', async () => {
  vi.useFakeTimers();
  const limits = new Limits(null);
  for (let each = 0; each < 3; each++)
    expect(await limits.consume('a', RULE)).toEqual({ allowed: true, retryAfter: null });
  vi.advanceTimersByTime(20_000);
  expect(await limits.consume('a', RULE)).toEqual({ allowed: false, retryAfter: 40 });
  expect(await limits.consume('b', RULE)).toMatchObject({ allowed: true });
  vi.advanceTimersByTime(39_999);
  expect(await limits.consume('a', RULE)).toEqual({ allowed: false, retryAfter: 1 });
  vi.advanceTimersByTime(1);
  expect(await limits.consume('a', RULE)).toMatchObject({ allowed: true });
});

test('[PL2] if Redis is away or does not answer, nobody is locked out and the limit still holds', async () => {
  const redis = new Redis({ host: '127.0.0.1', port: 1, maxRetriesPerRequest: 1, retryStrategy: () => 5 });
  redis.on('error', () => {});
  const limits = new Limits(redis);
  for (let each = 0; each < 3; each++) expect((await limits.consume('a', RULE)).allowed).toBe(true);
  expect((await limits.consume('a', RULE)).allowed).toBe(false);
  redis.disconnect();

  vi.useFakeTimers();
  const never = () => new Promise(() => {});
  const hanging = { status: 'ready', defineCommand: () => {}, rlflxIncr: never, del: never } as unknown as Redis;
  const waiting = new Limits(hanging);
  const verdicts = [1, 2, 3, 4].map(() => waiting.consume('a', RULE));
  await vi.advanceTimersByTimeAsync(1_000);
  expect((await Promise.all(verdicts)).map(({ allowed }) => allowed)).toEqual([true, true, true, false]);
  const forgotten = waiting.forget('a');
  await vi.advanceTimersByTimeAsync(1_000);
  await forgotten;
  const again = waiting.consume('a', RULE);
  await vi.advanceTimersByTimeAsync(1_000);
  expect((await again).allowed).toBe(true);
});

test('[PL3] a success clears the counter, and attempts counted under another rule are ignored', async () => {
  const limits = new Limits(null);
  const other = { window: 10, max: 1 };
  for (const rule of [RULE, RULE, RULE, other]) await limits.consume('a', rule);
  await limits.forget('a');
  for (const rule of [RULE, RULE, RULE, other]) expect((await limits.consume('a', rule)).allowed).toBe(true);
});
