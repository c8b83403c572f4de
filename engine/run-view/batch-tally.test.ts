/** The rules are in batch-tally.ts. */
import { expect, test } from 'vitest';
import { NO_TALLY, tallyOf, tallySum, type TalliedAct } from './batch-tally';
import { manifestOf, orderDocument } from './testing/order';
import { runs } from './testing/runs';

const manifest = manifestOf(orderDocument);
const all = Object.values(runs).map((run) => run());

test.each<[string, TalliedAct]>([
  ['a signal', { kind: 'signal', name: 'hurry' }],
  ['a retry', { kind: 'retry' }],
  ['a reset to the beginning', { kind: 'reset', to: 'first' }],
  ['a reset to the last decision', { kind: 'reset', to: 'last' }],
  ['a reset to a step', { kind: 'reset', to: { step: 'charge-payment' } }],
  ['a pause', { kind: 'pause' }],
  ['a resume', { kind: 'resume' }],
])('[BTY1] of %s, each run is in one group, also one of no flow', (_what, act) => {
  const each = [
    ...all.map((facts, index) => tallyOf(act, facts, index % 2 === 0, manifest)),
    tallyOf(act, all[0]!, false, null),
  ];
  for (const { groups } of each) expect(Object.values(groups)).toEqual([1]);
  const sum = each.reduce(tallySum, NO_TALLY);
  expect(sum.read).toBe(each.length);
  expect(Object.values(sum.groups).reduce((total, runs) => total + runs, 0)).toBe(each.length);
});

test('[BTY1] a retry begins what waits for another attempt, unless it is paused', () => {
  expect(tallyOf({ kind: 'retry' }, runs.retrying(), false, manifest).groups).toEqual({ 'retries 1': 1 });
  expect(tallyOf({ kind: 'retry' }, runs.retrying(), true, manifest).groups).toEqual({ held: 1 });
  expect(tallyOf({ kind: 'retry' }, runs.fresh(), false, manifest).groups).toEqual({ noRetry: 1 });
});

test('[BTY1] names of signals and of effects are names, whatever they are', () => {
  expect(tallyOf({ kind: 'signal', name: 'constructor' }, runs.fresh(), false, manifest).groups).toEqual({
    undeclared: 1,
  });
});
