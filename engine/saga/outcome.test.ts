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
    ['[O1] a schedule that was taken back did not', true, closing('canceled', { scheduled: false, started: false })],
    ['[O2] a failure that denies it speaks for all attempts', true, closing('failed', { denied: true })],
    ['[O2] any other failure leaves it open', false, closing('failed', { denied: false })],
    ['[O3] a time-out before the first attempt began', true, closing('timedOut', { started: false })],
    [
      '[O3] one between attempts, the last of which denied it',
      true,
      closing('timedOut', { started: false, denied: true }),
    ],
    [
      '[O3] one between attempts, the last of which did not',
      false,
      closing('timedOut', { started: false, denied: false }),
    ],
    ['[O3] cancelled before its only attempt', true, closing('canceled', { started: false, maximumAttempts: 1 })],
    ['[O3] cancelled, perhaps between two attempts', false, closing('canceled', { started: false })],
    ['[O3] the same without an end of attempts', false, closing('canceled', { started: false, maximumAttempts: 0 })],
    ['[O4] a time-out of an attempt', false, closing('timedOut')],
    ['[O4] cancelled under way', false, closing('canceled')],
  ])('%s: surely not = %s', (_rule, surely, closed) => expect(surelyNotApplied(closed)).toBe(surely));

  it('[O2] only the type of a failure or the first of its details can deny the effect', () => {
    expect(deniesEffect('NotApplied', undefined)).toBe(true);
    expect(deniesEffect('EgressDenied', [{ applied: false, host: 'x' }])).toBe(true);
    for (const details of [undefined, null, [], [null], ['applied'], [{ applied: true }], [{}, { applied: false }]])
      expect(deniesEffect('EgressDenied', details)).toBe(false);
    expect(deniesEffect(null, [{ applied: 0 }])).toBe(false);
  });
});
