import { describe, expect, it } from 'vitest';
import { heldBy, readPassedOn } from './passed-on';

describe('effects that belong to another run now', () => {
  it('[PON1] [PON2] the attribute of the engine is read; what is no such text is left out', () => {
    const reset = { eventId: 12, runId: 'new' };
    expect(readPassedOn(['parent', 'reset 12 new'])).toEqual({ toParent: true, reset });
    expect(readPassedOn('reset 12 new')).toEqual({ toParent: false, reset });
    expect(readPassedOn(['parent'])).toEqual({ toParent: true, reset: null });
    for (const odd of [undefined, null, [], 7, 'reset', 'reset x new', 'reset 12', { parent: true }])
      expect(readPassedOn(odd)).toBeNull();
  });

  it.each([
    [{ toParent: true, reset: null }, 'a', 20, 'parent'],
    [{ toParent: true, reset: null }, 'b', 20, null],
    [{ toParent: false, reset: null }, 'a', 20, null],
    [{ toParent: false, reset: { eventId: 20, runId: 'n' } }, 'b', 19, 'newRun'],
    [{ toParent: false, reset: { eventId: 20, runId: 'n' } }, 'b', 20, null],
    [{ toParent: false, reset: { eventId: 20, runId: 'n' } }, 'b', null, null],
    [null, 'a', 1, null],
  ] as const)('[PON1] [PON2] %j: %s, begun by %s, belongs to %s', (passedOn, activityId, beganBy, holder) => {
    expect(heldBy({ activityId, beganBy }, new Set(['a']), passedOn)).toBe(holder);
  });
});
