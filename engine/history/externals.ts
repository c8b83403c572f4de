/**
 * What this run asks of other runs by command: a signal, or a cancel.
 *
 *   command → …Initiated, pending → the other run's commit → ExternalWorkflowExecution{Signaled, CancelRequested}
 *                                 → refused                → …ExecutionFailed with its cause
 *                                 → removed when this run closes, as on a Temporal server
 *                                   (service/history/transfer_queue_active_task_executor.go)
 *
 * The pending requests follow from the events, so nothing else is stored. The service sends them after the commit
 * (service/messages.ts), and again after a restart.
 */
import Long from 'long';
import { temporal } from '../proto';
import { idOf, timestampMs } from '../proto-time';
import type { ExternalRequest, HistoryEvent, MessageResult, RunState } from './api';
import type { Decision } from './decision';

const { EventType } = temporal.api.enums.v1;

export function addExternal(state: RunState, event: HistoryEvent): void {
  const initiatedEventId = idOf(event.eventId);
  const initiatedTimeMs = timestampMs(event.eventTime);
  const { originRunId } = state;
  const signal = event.signalExternalWorkflowExecutionInitiatedEventAttributes;
  const cancel = event.requestCancelExternalWorkflowExecutionInitiatedEventAttributes;
  const request: ExternalRequest = signal
    ? { kind: 'signal', initiatedEventId, initiatedTimeMs, originRunId, attributes: signal }
    : { kind: 'cancel', initiatedEventId, initiatedTimeMs, originRunId, attributes: cancel! };
  state.externals.set(initiatedEventId, request);
}

/** The attributes of the event that ends a pending request, null for any other event. */
export const externalEnd = (event: HistoryEvent) =>
  event.externalWorkflowExecutionSignaledEventAttributes ??
  event.signalExternalWorkflowExecutionFailedEventAttributes ??
  event.externalWorkflowExecutionCancelRequestedEventAttributes ??
  event.requestCancelExternalWorkflowExecutionFailedEventAttributes ??
  null;

/** Stores what came of the request. The run has not heard of it before: `messageOf` named it. */
export function endExternal(decision: Decision, request: ExternalRequest, result: MessageResult): void {
  const { attributes } = request;
  const { namespace, namespaceId, workflowExecution, control } = attributes;
  const initiatedEventId = Long.fromNumber(request.initiatedEventId);
  const target = { initiatedEventId, namespace, namespaceId, workflowExecution };
  if (request.kind === 'signal')
    decision.happen(
      result.kind === 'done'
        ? {
            eventType: EventType.EVENT_TYPE_EXTERNAL_WORKFLOW_EXECUTION_SIGNALED,
            externalWorkflowExecutionSignaledEventAttributes: { ...target, control },
          }
        : {
            eventType: EventType.EVENT_TYPE_SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_FAILED,
            signalExternalWorkflowExecutionFailedEventAttributes: { ...target, control, cause: result.cause },
          }
    );
  else
    decision.happen(
      result.kind === 'done'
        ? {
            eventType: EventType.EVENT_TYPE_EXTERNAL_WORKFLOW_EXECUTION_CANCEL_REQUESTED,
            externalWorkflowExecutionCancelRequestedEventAttributes: target,
          }
        : {
            eventType: EventType.EVENT_TYPE_REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION_FAILED,
            requestCancelExternalWorkflowExecutionFailedEventAttributes: { ...target, control, cause: result.cause },
          }
    );
}
