/**
 * What the engine reports for measurements (engine/metrics). Each call is cheap, does not fail, and comes after the
 * commit that makes its subject durable; a crash in between loses it. So counts are those of one process.
 */
import type { AttemptEnd } from '../history';
import type { RunStatus } from '../run-name';

export interface Meter {
  runStarted(workflowType: string): void;
  runClosed(workflowType: string, status: RunStatus): void;
  attemptEnded(workflowType: string, attempt: AttemptEnd): void;
  /** From when the worker was given the task until its answer. */
  workflowTaskEnded(workflowType: string, ms: number, result: 'completed' | 'failed'): void;
  /** One transaction with changes of this many runs. */
  committed(ms: number, runs: number): void;
  commitFailed(): void;
}
