/**
 * A start that meets an open run may attach to it: its request id, so that a repetition of the request is known, and
 * its links. Open run → WorkflowExecutionOptionsUpdated, which the workflow does not see and which causes no workflow
 * task (service/history/api/startworkflow/api.go of a Temporal server).
 */
import { temporal } from '../proto';
import { idOf } from '../proto-time';
import { requireOpen, requireRoom, takeHistoryRoom } from './admission';
import type { AttachRequest, HistoryEvent, RunState } from './api';
import type { Decision } from './decision';

const { EventType } = temporal.api.enums.v1;

export function attach(decision: Decision, { requestId, links }: AttachRequest): void {
  const { state } = decision;
  requireOpen(state);
  requireRoom(state);
  takeHistoryRoom(state, linksBytes(links));
  decision.happen({
    eventType: EventType.EVENT_TYPE_WORKFLOW_EXECUTION_OPTIONS_UPDATED,
    links,
    workerMayIgnore: true,
    workflowExecutionOptionsUpdatedEventAttributes: { attachedRequestId: requestId },
  });
}

function linksBytes(links: AttachRequest['links']): number {
  let bytes = 0;
  for (const link of links ?? []) bytes += temporal.api.common.v1.Link.encode(link).len;
  return bytes;
}

/** When the event happens, and again when it has its id: a buffered event has none. */
export function applyAttached(state: RunState, event: HistoryEvent): void {
  const requestId = event.workflowExecutionOptionsUpdatedEventAttributes?.attachedRequestId;
  if (requestId) state.attachedRequests.set(requestId, idOf(event.eventId));
}
