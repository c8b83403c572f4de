import { expect, test } from 'vitest';
import { runs } from '@/engine/run-view/testing/runs';
import { pendingOf } from './pending-panel';
import { viewOf } from './testing/view';

/** Open runs, and whether they work, wait or ask, as their own facts say. */
const OPEN = Object.entries(runs).filter(([, facts]) => facts().status === 'running');

test.each(OPEN)(
  '[RPP1] %s: what waits is counted as pending, be it a person, a signal, a timer or a decision',
  (_, facts) => {
    const view = viewOf(facts());
    const { nodes, pending } = view.live;
    const { waits, count } = pendingOf(view);
    const asked = new Set(nodes?.waitsFor.map(({ nodeId }) => nodeId));
    for (const nodeId of asked) expect(waits.map((each) => each.nodeId)).toContain(nodeId);
    if (asked.size > 0 || pending.length > 0) expect(count).toBeGreaterThan(0);
  }
);

test('[RPP1] a run that waits for one approval has one pending entry', () => {
  const { waits, count } = pendingOf(viewOf(runs.waitsForApproval()));
  expect([waits.map(({ nodeId }) => nodeId), count]).toEqual([['approve-order'], 1]);
});

test.each(Object.entries(runs).filter(([, facts]) => facts().status !== 'running'))(
  '[RPP2] %s: nothing of a run that has ended is pending',
  (_, facts) => expect(pendingOf(viewOf(facts())).waits).toEqual([])
);
