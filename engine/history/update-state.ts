/**
 * The state changes by the events of updates, and the failures that clients of an update get if the run closes first.
 */
import type { temporal } from '../proto';
import type { HistoryEvent, RunState } from './api';
import { idOf } from '../proto-time';

/** A reset applies an update again: the event has the request, so it is delivered also after a rebuild. */
export function addAdmittedUpdate(state: RunState, event: HistoryEvent): void {
  const { request } = event.workflowExecutionUpdateAdmittedEventAttributes!;
  const updateId = request!.meta!.updateId!;
  state.inFlightUpdates += 1;
  state.unsentUpdates += 1;
  state.updates.set(updateId, {
    updateId,
    request: request!,
    acceptedEventId: 0,
    admittedEventId: idOf(event.eventId),
    offered: false,
    completedEventId: 0,
    sent: false,
    outcome: null,
  });
}

/** A task completed; what it does not accept by its own events it has rejected. */
export function offerAdmitted(state: RunState): void {
  if (state.inFlightUpdates === 0) return;
  for (const update of state.updates.values())
    if (update.admittedEventId > 0 && update.admittedEventId < state.lastCompletedTaskStartedEventId)
      update.offered = true;
}

/** After a rebuild: what was rejected left no event. */
export function dropRejected(state: RunState): void {
  for (const { updateId, offered, acceptedEventId } of [...state.updates.values()]) {
    if (!offered || acceptedEventId > 0) continue;
    state.updates.delete(updateId);
    state.inFlightUpdates -= 1;
    state.unsentUpdates -= 1;
  }
}

/** The acceptance stores the request, so a rebuild creates the update from that event alone. */
export function addAcceptedUpdate(state: RunState, event: HistoryEvent): void {
  const accepted = event.workflowExecutionUpdateAcceptedEventAttributes!;
  const updateId = accepted.protocolInstanceId!;
  const known = state.updates.get(updateId);
  if (known) {
    known.acceptedEventId = idOf(event.eventId);
    // In a rebuild it was never sent.
    if (!known.sent) state.unsentUpdates -= 1;
    known.sent = true;
    return;
  }
  state.inFlightUpdates += 1;
  state.updates.set(updateId, {
    updateId,
    request: accepted.acceptedRequest ?? {},
    acceptedEventId: idOf(event.eventId),
    admittedEventId: 0,
    offered: false,
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
