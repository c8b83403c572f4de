import { expect, test } from 'vitest';
import type { RunEvent } from '@/engine/run-view/model';
import { SAGA_PHASE, SAGA_STANDING } from '@/engine/saga/contract';
import { reportOf } from './file-view';

const wrote = (id: number, phase: string[], standing: number[]): RunEvent => ({
  id,
  timeMs: 0,
  type: 'UpsertWorkflowSearchAttributes',
  attributes: { searchAttributes: { indexedFields: { [SAGA_PHASE]: phase, [SAGA_STANDING]: standing } } },
});

test('[OHI4] a run that completed as it was meant to leaves nothing to look at, whatever its effects are', () => {
  expect(reportOf([], 'completed', 4)).toEqual({ phase: null, standing: null });
  const caught = [wrote(5, ['unwinding'], [2]), wrote(9, [], [])];
  expect(reportOf(caught, 'completed', 4)).toEqual({ phase: null, standing: null });
});

test('[OHI4] what a run said last counts; one that could say nothing is counted', () => {
  const undone = [wrote(5, ['unwinding'], [2]), wrote(9, ['unwound'], [0])];
  expect(reportOf(undone, 'failed', 1)).toEqual({ phase: 'unwound', standing: 0 });
  expect(reportOf([wrote(5, ['left-standing'], [1])], 'completed', 4)).toEqual({ phase: 'left-standing', standing: 1 });
  expect(reportOf([], 'terminated', 3)).toEqual({ phase: null, standing: 3 });
  expect(reportOf([], 'running', 3)).toEqual({ phase: null, standing: null });
});
