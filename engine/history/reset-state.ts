/** What the event of a reset changes in the run that begins with it: WorkflowTaskFailed, RESET_WORKFLOW. See reset.ts. */
import { temporal } from '../proto';
import { durationMs, timestampMs, toTimestamp } from '../proto-time';
import type { HistoryEvent, RunState } from './api';

const { WorkflowTaskFailedCause: Cause } = temporal.api.enums.v1;

/** From here on the events are the run's own, and its timeouts begin anew. */
export function applyReset(state: RunState, event: HistoryEvent): void {
  const { newRunId } = event.workflowTaskFailedEventAttributes!;
  const atMs = timestampMs(event.eventTime);
  const executionTimeoutMs = durationMs(state.started.workflowExecutionTimeout);
  const runTimeoutMs = durationMs(state.started.workflowRunTimeout);
  state.originRunId = newRunId!;
  state.startTimeMs = atMs;
  state.firstWorkflowTaskAtMs = atMs;
  state.workflowTaskAtMs = 0;
  state.runDeadlineMs = runTimeoutMs > 0 ? atMs + runTimeoutMs : null;
  if (executionTimeoutMs > 0) {
    const expirationMs = atMs + executionTimeoutMs;
    state.started = { ...state.started, workflowExecutionExpirationTime: toTimestamp(expirationMs) };
    state.runDeadlineMs = Math.min(state.runDeadlineMs ?? Infinity, expirationMs);
  }
}

export const isReset = (event: HistoryEvent): boolean =>
  event.workflowTaskFailedEventAttributes?.cause === Cause.WORKFLOW_TASK_FAILED_CAUSE_RESET_WORKFLOW;
