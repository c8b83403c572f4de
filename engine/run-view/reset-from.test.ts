import { expect, it } from 'vitest';
import { resetFrom } from './reset-from';
import { HistoryWriter } from './testing/history';

const RESET = 'WORKFLOW_TASK_FAILED_CAUSE_RESET_WORKFLOW';
const resetTo = (history: HistoryWriter, baseRunId: string, newRunId: string, message: string) =>
  history.add('WorkflowTaskFailed', { cause: RESET, baseRunId, newRunId, failure: { message } });

it('[RFR1] the run from which a reset made this one, with its reason; of several resets the last one', () => {
  const history = new HistoryWriter().do('reserve-inventory');
  resetTo(history, 'r-1', 'r-2', 'first (Ada)');
  const atMs = history.nowMs;
  resetTo(history, 'r-2', 'r-3', 'second (Ada)');
  expect(resetFrom(history.events, 'r-3')).toEqual({ runId: 'r-2', reason: 'second (Ada)', atMs });
});

it('[RFR1] a run that no reset made has none, whatever failed in it', () => {
  const history = new HistoryWriter();
  history.add('WorkflowTaskFailed', { failure: { message: 'the code fails' } });
  expect(resetFrom(history.events, 'r-1')).toBeNull();
  // The history before the point has the reset of its base.
  resetTo(history, 'r-1', 'r-2', 'first (Ada)');
  expect(resetFrom(history.events, 'r-3')).toBeNull();
});
