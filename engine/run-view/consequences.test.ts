/** The rules are in consequences.ts. */
import { expect, test } from 'vitest';
import { consequencesOf, NO_CONSEQUENCES, sumOf, type Consequences } from './consequences';
import { manifestOf, orderDocument } from './testing/order';
import { runs } from './testing/runs';

const manifest = manifestOf(orderDocument);

test('[CSQ1] each run is in one group of a stop, and one that is past the point of no return changes nothing', () => {
  const all = [
    consequencesOf(runs.fresh(), null, manifest),
    consequencesOf(runs.retrying(), null, manifest),
    consequencesOf(runs.retrying(), 'unwinding', manifest),
    consequencesOf(runs.fresh(), null, null),
  ];
  const sum = all.reduce(sumOf, NO_CONSEQUENCES);
  expect(sum).toMatchObject({ read: 4, undo: { 3: 1 }, nothing: 1, idle: { undoing: 1 }, untold: 1, wait: 1 });
  expect(groups(sum)).toBe(4);
  for (const each of all) expect(groups(each)).toBe(1);
  // What a kill would leave: the three known effects and the uncertain one, in both runs that have any.
  expect(sum).toMatchObject({ leave: 2, effects: { remains: 6, mayRemain: 2 } });
});

const groups = ({ undo, waitOnly, nothing, idle, untold }: Consequences) =>
  [...Object.values(undo), waitOnly, nothing, ...Object.values(idle), untold].reduce((total, each) => total + each, 0);
