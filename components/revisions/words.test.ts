import { expect, test } from 'vitest';
import type { GateReport } from '@/app/_contract/gates';
import { actionOf, consequenceOf, goesTo, progressOf } from './words';

const report: GateReport = {
  id: 'g',
  flow: 'till',
  version: 3,
  workflowType: 'till_v3',
  revision: 'v3.1',
  live: 'v3.0',
  rollback: false,
  phase: 'checked',
  changes: [],
  total: 3_000,
  proved: 3_000,
  holding: 3_000,
  breaking: 0,
  breakingRuns: [],
  breakingNodes: [],
  message: '',
};

test('[GW1] the progress has the counts, and the result says whether all hold', () => {
  expect(progressOf({ ...report, phase: 'checking', proved: 1_250, holding: 1_204 })).toBe(
    '1,250 of 3,000 runs replayed, 1,204 hold'
  );
  // Before the runs are counted, none is known: it is not said that there is none.
  expect(progressOf({ ...report, phase: 'checking', total: 0, proved: 0, holding: 0 })).toBe(
    'Looking for the open runs…'
  );
  expect(progressOf(report)).toBe('All 3,000 runs hold.');
  expect(progressOf({ ...report, total: 1, holding: 1 })).toBe('The open run holds.');
  expect(progressOf({ ...report, total: 0, holding: 0 })).toBe('No run of this version is open.');
  expect(progressOf({ ...report, holding: 2_999, breaking: 1 })).toBe('2,999 of 3,000 runs hold, 1 would break.');
});

test('[GW2] the button says for how many runs, and its consequence says what the others do', () => {
  expect(actionOf(report)).toBe('Put v3.1 live');
  expect(consequenceOf(report)).toBe(
    'New runs of version 3 start on v3.1. 3,000 runs continue on v3.1 with the next step.'
  );
  const some = { ...report, holding: 2_999, breaking: 1 };
  expect(actionOf(some)).toBe('Put v3.1 live for 2,999 runs');
  expect(actionOf({ ...report, holding: 0, breaking: 3_000 })).toBe('Put v3.1 live for new runs');
  expect(consequenceOf(some)).toBe(
    'New runs of version 3 start on v3.1. 2,999 runs continue on v3.1 with the next step. 1 run stays on the revision that it has.'
  );
});

test('[GW3] only an earlier revision is a way back', () => {
  const [first, second] = [
    { version: 3, revision: 'v3.0', live: true },
    { version: 3, revision: 'v3.1', live: false },
  ];
  expect(goesTo(second, [second, first])).toBe('Put v3.1 live again');
  const turned = [
    { ...second, live: true },
    { ...first, live: false },
  ];
  expect(goesTo(turned[1]!, turned)).toBe('Roll back to v3.0');
});
