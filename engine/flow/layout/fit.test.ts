/** The rules of fit.ts. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { foldsAround } from './folds';
import { fitInto, NO_FIT, type Fit } from './fit';
import { layoutFlow } from './layout';
import { idsOf, tree } from './testing/tree';

const asked = fc.record({ steps: tree, share: fc.double({ min: 0.2, max: 1.2, noNaN: true }), pick: fc.nat() });

describe.each(['down', 'sideways'] as const)('a drawing that has little room, %s', (direction) => {
  const across = (steps: Parameters<typeof layoutFlow>[0]['steps'], { stacked, folded }: Fit) => {
    const { bounds } = layoutFlow({ steps }, direction, { stacked, folded });
    return direction === 'down' ? bounds.width : bounds.height;
  };
  const fitted = (run: (steps: Parameters<typeof across>[0], room: number, keep: string[]) => void) =>
    fc.assert(
      fc.property(asked, ({ steps, share, pick }) => {
        const ids = idsOf(steps);
        run(steps, across(steps, NO_FIT) * share, ids.length === 0 ? [] : [ids[pick % ids.length]!]);
      }),
      { numRuns: 60 }
    );

  it('[FIT1] fits with what is done to it, or is left as it is', () => {
    const seen = { left: 0, stacked: 0, folded: 0 };
    fitted((steps, room) => {
      const fit = fitInto({ steps }, direction, { room, keep: new Set() });
      const isLeft = fit.stacked.size === 0 && fit.folded.size === 0;
      if (isLeft) seen.left++;
      else expect(across(steps, fit)).toBeLessThanOrEqual(room);
      if (across(steps, NO_FIT) <= room) expect(isLeft).toBe(true);
      if (fit.stacked.size > 0) seen.stacked++;
      if (fit.folded.size > 0) seen.folded++;
    });
    expect(seen.left).toBeGreaterThan(3);
    expect(seen.folded).toBeGreaterThan(3);
    if (direction === 'down') expect(seen.stacked).toBeGreaterThan(1);
    else expect(seen.stacked).toBe(0);
  });
  it('[FIT2] nothing of it can be left out', () => {
    fitted((steps, room) => {
      const { stacked, folded } = fitInto({ steps }, direction, { room, keep: new Set() });
      const without = (ids: ReadonlySet<string>, id: string) => new Set([...ids].filter((each) => each !== id));
      for (const id of folded) expect(across(steps, { stacked, folded: without(folded, id) })).toBeGreaterThan(room);
      for (const id of stacked) expect(across(steps, { stacked: without(stacked, id), folded })).toBeGreaterThan(room);
    });
  });
  it('[FIT3] what must be seen is not hidden', () => {
    fitted((steps, room, keep) => {
      const { folded } = fitInto({ steps }, direction, { room, keep: new Set(keep) });
      for (const id of keep) expect(foldsAround(steps, folded, id)).toEqual([]);
      expect(fitInto({ steps }, direction, { room, keep: 'all' }).folded.size).toBe(0);
    });
  });
});
