/**
 * A virtual run for tests of the worker: its history is handed to the proof of the test file, which declares with
 * `provesHistories` how it is checked.
 */
import { witness, type WorkflowSource } from '../../history/testing/proof';
import type { HistoryBatch } from '../../store/port';
import { VirtualRun, type VirtualRunOptions } from '../../trial/virtual-run';
import type { ActivityWorker, WorkflowWorker } from '../port';

export class WorkflowUnderTest extends VirtualRun {
  constructor(
    worker: WorkflowWorker,
    activities: ActivityWorker,
    workflowType: string,
    args: unknown[] = [],
    options: VirtualRunOptions & { source?: WorkflowSource } = {}
  ) {
    const batches: HistoryBatch[] = [];
    super(worker, activities, workflowType, args, { ...options, onBatch: (batch) => batches.push(batch) });
    const { state, runId } = this;
    witness(() => ({
      workflowId: state.workflowId,
      runId,
      batches,
      expected: { nextEventId: state.nextEventId, digest: state.digest, status: state.status },
      source: options.source,
      broken: this.failures.length > 0,
    }));
  }
}
