/**
 * Cancel requests: open run → WorkflowExecutionCancelRequested, once. A second request, by any caller, succeeds
 * without a new event. The workflow itself decides how to react to it.
 *
 * Every request ends a back-off, of a failed workflow task or of a delayed start, so that a stop does not wait for
 * it.
 */
import { temporal } from '../proto';
import { requireOpen, requireRoom } from './admission';
import type { CancelRequest, Links } from './api';
import type { Decision } from './decision';

const { EventType } = temporal.api.enums.v1;

export function cancelRun(decision: Decision, request: CancelRequest): void {
  const { state } = decision;
  requireOpen(state);
  state.workflowTaskAtMs = 0;
  if (state.cancelRequested) return;
  requireRoom(state);
  if (request.requestId) state.cancelRequestIds.add(request.requestId);
  recordCancelRequest(decision, request.reason, request.identity, request.links);
}

export function recordCancelRequest(decision: Decision, reason: string, identity: string, links?: Links): void {
  decision.happen({
    eventType: EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CANCEL_REQUESTED,
    links,
    workflowExecutionCancelRequestedEventAttributes: { cause: reason, identity },
  });
}
