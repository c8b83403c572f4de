/**
 * Cancel requests: open run → WorkflowExecutionCancelRequested, once. A second request, by any caller, succeeds
 * without a new event. The workflow itself decides how to react to it.
 *
 * Every request ends a back-off, of a failed workflow task or of a delayed start, so that a stop does not wait for
 * it.
 */
import Long from 'long';
import { temporal } from '../proto';
import { requireOpen, requireRoom } from './admission';
import type { Asker, CancelRequest, CancelRequested, Links } from './api';
import type { Decision } from './decision';
import { scheduleFirst } from './workflow-task';

const { EventType } = temporal.api.enums.v1;

export function cancelRun(decision: Decision, request: CancelRequest): void {
  const { state } = decision;
  requireOpen(state);
  state.workflowTaskAtMs = 0;
  // That of another run is kept even if it changes nothing, because it may be sent again when the run has closed.
  if (request.requestId && request.asker) state.cancelRequestIds.add(request.requestId);
  if (state.cancelRequest) return;
  if (!request.asker) requireRoom(state);
  if (request.requestId) state.cancelRequestIds.add(request.requestId);
  recordCancelRequest(decision, request.reason, request.identity, request.links, request.asker);
  scheduleFirst(decision);
}

/** The request that the run before had is one of this run, too (CHN6). It does not end the wait between two runs. */
export function passCancelRequest(decision: Decision, attributes: CancelRequested): void {
  decision.happen({
    eventType: EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CANCEL_REQUESTED,
    workflowExecutionCancelRequestedEventAttributes: attributes,
  });
}

export function recordCancelRequest(
  decision: Decision,
  reason: string,
  identity: string,
  links?: Links,
  asker?: Asker
): void {
  decision.happen({
    eventType: EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CANCEL_REQUESTED,
    links,
    workflowExecutionCancelRequestedEventAttributes: {
      cause: reason,
      identity,
      ...(asker && {
        externalInitiatedEventId: Long.fromNumber(asker.initiatedEventId),
        externalWorkflowExecution: { workflowId: asker.workflowId, runId: asker.runId },
      }),
    },
  });
}
