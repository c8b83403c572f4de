import { describe, expect, it } from 'vitest';
import { planOf } from './attempts';

const begins = (plan: ReturnType<typeof planOf>) => plan.attempts.map(({ at }) => at);

describe('when the attempts of a call fall', () => {
  const retry = { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '4s', maximumAttempts: 5 };
  it('[ATP1] pauses grow by the factor up to the longest, and the last attempt ends it', () => {
    const plan = planOf({ retry }, 'atOnce');
    expect(begins(plan)).toEqual([0, 1_000, 3_000, 7_000, 11_000]);
    expect(plan).toMatchObject({ givesUpAt: 11_000, total: 5, endedBy: 'attempts' });
  });
  it('[ATP2] attempts without an answer last as long as one may', () => {
    const plan = planOf({ startToCloseTimeout: '10s', retry: { ...retry, maximumAttempts: 2 } }, 'atTimeout');
    expect(plan.attempts).toEqual([
      { at: 0, until: 10_000 },
      { at: 11_000, until: 21_000 },
    ]);
    expect(plan.givesUpAt).toBe(21_000);
  });
  it('[ATP3] no attempt begins after the time for all of them, and none lasts longer', () => {
    const plan = planOf({ startToCloseTimeout: '10s', scheduleToCloseTimeout: '15s', retry }, 'atTimeout');
    expect(plan.attempts).toEqual([
      { at: 0, until: 10_000 },
      { at: 11_000, until: 15_000 },
    ]);
    expect(plan).toMatchObject({ givesUpAt: 15_000, total: 2, endedBy: 'time' });
  });
  it('[ATP4] without a limit it never gives up', () => {
    expect(planOf({ startToCloseTimeout: '5s', retry: { maximumAttempts: 0 } }, 'atTimeout')).toMatchObject({
      givesUpAt: null,
      total: null,
    });
    expect(planOf({}, 'atTimeout').attempts[0]).toEqual({ at: 0, until: 0 });
  });
  it('[ATP1] one attempt ends it at once; with the factor 1 all pauses are the same', () => {
    expect(planOf({ retry: { ...retry, maximumAttempts: 1 } }, 'atOnce')).toEqual({
      attempts: [{ at: 0, until: 0 }],
      givesUpAt: 0,
      total: 1,
      endedBy: 'attempts',
    });
    const even = { initialInterval: '2s', backoffCoefficient: 1, maximumAttempts: 4 };
    expect(begins(planOf({ retry: even }, 'atOnce'))).toEqual([0, 2_000, 4_000, 6_000]);
    expect(planOf({ retry: { ...even, maximumAttempts: 0 } }, 'atOnce')).toMatchObject({
      givesUpAt: null,
      total: null,
    });
    // Without a limit of attempts, the time for all of them ends it.
    const timed = planOf({ scheduleToCloseTimeout: '5s', retry: { ...even, maximumAttempts: 0 } }, 'atOnce');
    expect([begins(timed), timed.endedBy]).toEqual([[0, 2_000, 4_000], 'time']);
  });
});
