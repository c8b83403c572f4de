/**
 * The state changes by the events of updates, and the failures that clients of an update get if the run closes first.
 */
import type { temporal } from '../proto';
import type { HistoryEvent, RunState } from './api';
import { idOf } from '../proto-time';

/** The acceptance stores the request, so a rebuild creates the update from that event alone. */
export function addAcceptedUpdate(state: RunState, event: HistoryEvent): void {
  const accepted = event.workflowExecutionUpdateAcceptedEventAttributes!;
  const updateId = accepted.protocolInstanceId!;
  const known = state.updates.get(updateId);
  if (known) {
    known.acceptedEventId = idOf(event.eventId);
    return;
  }
  state.inFlightUpdates += 1;
  state.updates.set(updateId, {
    updateId,
    request: accepted.acceptedRequest ?? {},
    acceptedEventId: idOf(event.eventId),
    completedEventId: 0,
    sent: true,
    outcome: null,
  });
}

export function completeUpdate(state: RunState, event: HistoryEvent): void {
  const completed = event.workflowExecutionUpdateCompletedEventAttributes!;
  const update = state.updates.get(completed.meta!.updateId!);
  if (!update) return;
  update.completedEventId = idOf(event.eventId);
  update.outcome = completed.outcome ?? null;
  state.inFlightUpdates -= 1;
}

/**
 * The failure of an accepted update for which the run's close left no outcome. Its text and type are the Temporal
 * server's.
 */
export const abortedOutcome: temporal.api.update.v1.IOutcome = {
  failure: {
    message: 'Workflow Update failed because the Workflow completed before the Update completed.',
    source: 'Server',
    applicationFailureInfo: { type: 'AcceptedUpdateCompletedWorkflow', nonRetryable: true },
  },
};

/** The failure if a worker answered the task but not an update of the task. */
export const unprocessedOutcome: temporal.api.update.v1.IOutcome = {
  failure: {
    message:
      "Workflow Update is rejected because it wasn't processed by worker. Probably, Workflow Update is not supported by the worker.",
    source: 'Server',
    applicationFailureInfo: { type: 'UnprocessedUpdate', nonRetryable: true },
  },
};
