/** The end of a run: its closing event with all that follows from it, and the next run of its chain. */
import { temporal } from '../proto';
import type { Failure, HistoryEvent, RunState, StartRun } from './api';
import type { Decision } from './decision';
import { decideRetry, type RetryDecision } from './retry';
import { timestampMs } from '../proto-time';
import { oweAtClose } from './messages';
import { uuidOf } from './run-ids';
import { abortedOutcome } from './update-state';

const { ContinueAsNewInitiator } = temporal.api.enums.v1;

/** `next`: the run that follows in the same commit. */
export function close(decision: Decision, event: HistoryEvent, next: StartRun | null = null): void {
  const { state } = decision;
  for (const { epoch, scheduledEventId, attempt } of state.activities.values()) {
    if (epoch > 0) decision.effect({ kind: 'cancelActivity', scheduledEventId, attempt, reason: 'WORKFLOW_CLOSED' });
  }
  for (const { updateId, acceptedEventId, completedEventId } of state.updates.values()) {
    if (completedEventId > 0) continue;
    const outcome = acceptedEventId > 0 ? abortedOutcome : null;
    decision.effect({ kind: 'updateStage', updateId, stage: 'aborted', outcome });
  }
  decision.write(event);
  // Also at the end of one run of a chain: its children do not go on with the next one, as on a Temporal server.
  oweAtClose(decision, next !== null);
  if (next) decision.effect({ kind: 'newRun', start: next });
  decision.effect({ kind: 'visibility' });
  decision.effect({ kind: 'closed', status: state.status });
}

// --- the chain ---

export function workflowRetry(state: RunState, failure: Failure, now: number): RetryDecision {
  const expirationMs = timestampMs(state.started.workflowExecutionExpirationTime) || null;
  return decideRetry(state.started.retryPolicy, state.started.attempt ?? 1, failure, now, expirationMs);
}

/** Derived and not random, so that the same decision gives the same run id. */
export function nextRunId(state: RunState): string {
  return uuidOf(`${state.runId}/${(state.started.attempt ?? 1) + 1}`);
}

export function nextRun(state: RunState, failure: Failure, delayMs: number, now: number): StartRun {
  const runId = nextRunId(state);
  return {
    runKey: 0,
    namespace: state.namespace,
    workflowId: state.workflowId,
    runId,
    firstRunId: state.firstRunId,
    requestId: runId,
    firstWorkflowTaskAt: now + delayMs,
    // As a Temporal server: the next run has the links of the first, and not its user metadata.
    links: state.startedWith.links,
    attributes: {
      ...state.started,
      originalExecutionRunId: runId,
      attempt: (state.started.attempt ?? 1) + 1,
      continuedExecutionRunId: state.runId,
      initiator: ContinueAsNewInitiator.CONTINUE_AS_NEW_INITIATOR_RETRY,
      continuedFailure: failure,
    },
  };
}
