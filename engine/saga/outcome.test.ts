import { describe, expect, it } from 'vitest';
import { deniesEffect, surelyNotApplied, type Closing } from './outcome';

const closing = (kind: Closing['kind'], more: Partial<Closing> = {}): Closing => ({
  kind,
  scheduled: true,
  started: true,
  denied: null,
  maximumAttempts: 5,
  ...more,
});

describe('the outcome of a step', () => {
  it.each<[string, boolean, Closing]>([
    [
      '[OU1] the schedule was removed before it was sent',
      true,
      closing('canceled', { scheduled: false, started: false }),
    ],
    ['[OU2] the failure denies the effect of all attempts', true, closing('failed', { denied: true })],
    ['[OU2] the failure does not deny the effect', false, closing('failed', { denied: false })],
    ['[OU3] a timeout before the first attempt', true, closing('timedOut', { started: false })],
    [
      '[OU3] a timeout between attempts, the last of which denied the effect',
      true,
      closing('timedOut', { started: false, denied: true }),
    ],
    [
      '[OU3] a timeout between attempts, the last of which did not deny it',
      false,
      closing('timedOut', { started: false, denied: false }),
    ],
    ['[OU3] a cancel before the only attempt', true, closing('canceled', { started: false, maximumAttempts: 1 })],
    ['[OU3] a cancel, possibly between two attempts', false, closing('canceled', { started: false })],
    [
      '[OU3] a cancel with an unlimited number of attempts',
      false,
      closing('canceled', { started: false, maximumAttempts: 0 }),
    ],
    ['[OU4] a timeout of an attempt', false, closing('timedOut')],
    ['[OU4] a cancel during an attempt', false, closing('canceled')],
  ])('%s: certainly not applied = %s', (_rule, surely, closed) => expect(surelyNotApplied(closed)).toBe(surely));

  it('[OU2] only the type of a failure or the first of its details can deny the effect', () => {
    expect(deniesEffect('NotApplied', undefined)).toBe(true);
    expect(deniesEffect('EgressDenied', [{ applied: false, host: 'x' }])).toBe(true);
    for (const details of [undefined, null, [], [null], ['applied'], [{ applied: true }], [{}, { applied: false }]])
      expect(deniesEffect('EgressDenied', details)).toBe(false);
    expect(deniesEffect(null, [{ applied: 0 }])).toBe(false);
  });
});
