/**
 * Cancel requests: open run → WorkflowExecutionCancelRequested, once. A second request, by the same caller or another, is
 * answered as done: the workflow has been asked. What it does about it is its own affair.
 */
import { temporal } from '../proto';
import { requireOpen, requireRoom } from './admission';
import type { Decision } from './decision';

const { EventType } = temporal.api.enums.v1;

export function cancelRun(decision: Decision, request: { reason: string; identity: string; requestId: string }): void {
  const { state } = decision;
  requireOpen(state);
  if (state.cancelRequested) return;
  requireRoom(state);
  if (request.requestId) state.cancelRequestIds.add(request.requestId);
  decision.happen({
    eventType: EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CANCEL_REQUESTED,
    workflowExecutionCancelRequestedEventAttributes: { cause: request.reason, identity: request.identity },
  });
}
