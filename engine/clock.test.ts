/** Rules of SteadyClock, with a wall clock that is set while calls wait. */
import { describe, expect, it } from 'vitest';
import { SETTLED_MS, SteadyClock } from './clock';
import { JumpingTime } from './sim/jumping-time';
import { VirtualClock } from './sim/virtual-clock';

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

function timing() {
  const virtual = new VirtualClock();
  const time = new JumpingTime(virtual);
  const clock = new SteadyClock(time);
  const startMs = virtual.now();
  /** The time of each call since the start, by a clock that is never set. */
  const calls: number[] = [];
  const call = () => calls.push(virtual.now() - startMs);
  return { virtual, time, clock, calls, call, startMs };
}

describe('a clock that is set and corrected again', () => {
  it.each([
    ['back ten minutes for 5 s', -10 * MINUTE_MS, 5_000],
    ['back an hour for 5 s', -HOUR_MS, 5_000],
    ['on an hour for 5 s', HOUR_MS, 5_000],
    ['on an hour for 100 ms', HOUR_MS, 100],
  ])('[CK1] %s: no call is early or late', async (_, jumpMs, forMs) => {
    for (const dueMs of [1_000, 11_000, 14_000, 30_000, 20 * MINUTE_MS]) {
      const { virtual, time, clock, calls, call, startMs } = timing();
      clock.at(startMs + dueMs, call);
      await virtual.advance(10_000);
      time.offMs = jumpMs;
      // A new call is requested while the clock is wrong.
      clock.at(clock.now() + 2_000, call);
      await virtual.advance(forMs);
      time.offMs = 0;
      await virtual.advance(HOUR_MS);
      expect([...calls].sort((a, b) => a - b)).toEqual([dueMs, 12_000].sort((a, b) => a - b));
      expect(time.longestSleepMs).toBeLessThanOrEqual(5_000);
    }
  });

  it.each([-10 * MINUTE_MS, -HOUR_MS, HOUR_MS])(
    '[CK2] wrong by %d ms for a minute: after the correction no call is 10 s late',
    async (jumpMs) => {
      const { virtual, time, clock, calls, call, startMs } = timing();
      clock.at(startMs + 5 * MINUTE_MS, call);
      await virtual.advance(10_000);
      time.offMs = jumpMs;
      await virtual.advance(MINUTE_MS);
      time.offMs = 0;
      await virtual.advance(HOUR_MS);
      expect(calls).toHaveLength(1);
      expect(calls[0]).toBeLessThan(5 * MINUTE_MS + 10_000);
    }
  );
});

describe('a process that continues with the time of an earlier one', () => {
  it.each([HOUR_MS, -HOUR_MS])(
    '[CK12] by a clock that is wrong by %d ms: the time is right for SETTLED_MS',
    async (jumpMs) => {
      const { virtual, time, clock } = timing();
      const reading = clock.reading()!;
      await virtual.advance(10_000);
      time.offMs = jumpMs;
      const next = new SteadyClock(time);
      next.resume(reading);
      expect(next.now()).toBe(virtual.now());
      await virtual.advance(SETTLED_MS - 1);
      expect(next.now()).toBe(virtual.now());
      await virtual.advance(1);
      expect(next.now()).toBe(virtual.now() + jumpMs);
    }
  );

  it('[CK13] of another start of the machine, or a second time, has no effect', () => {
    const { virtual, time, clock } = timing();
    const reading = clock.reading()!;
    time.boot = 'boot-2';
    time.offMs = HOUR_MS;
    const next = new SteadyClock(time);
    next.resume(reading);
    expect(next.now()).toBe(virtual.now() + HOUR_MS);
    const now = next.reading()!;
    next.resume(now);
    next.resume({ ...now, nowMs: 0 });
    expect(next.now()).toBe(virtual.now() + HOUR_MS);
  });

  it('[CK14] writes its time down again after it followed a jump', async () => {
    const { virtual, time, clock } = timing();
    const readings: (number | undefined)[] = [];
    clock.onFollow(() => readings.push(clock.reading()?.nowMs));
    time.offMs = HOUR_MS;
    clock.now();
    await virtual.advance(SETTLED_MS);
    clock.now();
    expect(readings).toEqual([virtual.now() + HOUR_MS]);
  });
});

describe('a clock that is set and not corrected', () => {
  it('[CK3] is accepted: calls that are due by the new time come within 10 s', async () => {
    const { virtual, time, clock, calls, call, startMs } = timing();
    clock.at(startMs + 30 * MINUTE_MS, call);
    await virtual.advance(10_000);
    time.offMs = HOUR_MS;
    await virtual.advance(10_000);
    expect(calls).toHaveLength(1);
    expect(clock.now()).toBe(time.wallMs());
  });

  it('[CK4] set back, is accepted, and each call still comes after the time that was left', async () => {
    const { virtual, time, clock, calls, call, startMs } = timing();
    clock.at(startMs + 30 * MINUTE_MS, call);
    await virtual.advance(10_000);
    time.offMs = -HOUR_MS;
    await virtual.advance(10_000);
    expect(clock.now()).toBe(time.wallMs());
    await virtual.advance(2 * HOUR_MS);
    expect(calls).toEqual([30 * MINUTE_MS]);
  });

  it('[CK5] slewed in small pieces, is accepted at once', async () => {
    const { virtual, time, clock } = timing();
    for (let step = 0; step < 10; step++) {
      time.offMs += 400;
      await virtual.advance(100);
      expect(clock.now()).toBe(time.wallMs());
    }
  });
});

describe('a delay', () => {
  it('[CK6] does not depend on the wall clock', async () => {
    const { virtual, time, clock, calls, call } = timing();
    clock.after(3_000, call);
    time.offMs = -HOUR_MS;
    await virtual.advance(MINUTE_MS);
    expect(calls).toEqual([3_000]);
  });

  it('[CK7] is cancelled together with its call, near or far, and an idle clock does not sleep', async () => {
    const { virtual, clock, calls, call, startMs } = timing();
    const takeBack = [clock.at(startMs + 100, call), clock.at(startMs + HOUR_MS, call)];
    await virtual.advance(50);
    for (const cancel of takeBack) cancel();
    await virtual.advance(2 * HOUR_MS);
    expect(calls).toEqual([]);
    expect(virtual.next()).toBeNull();
  });
});
