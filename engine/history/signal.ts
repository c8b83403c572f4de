/**
 * Signals: open run → WorkflowExecutionSignaled, in their order of arrival; deduplicated by request id, which is in
 * the event, so it also works after a rebuild.
 */
import { temporal } from '../proto';
import { requireOpen, requireRoom, takeHistoryRoom } from './admission';
import { RequestError, type Asker, type SignalRequest } from './api';
import type { Decision } from './decision';
import { payloadsBytes } from './limits';
import { scheduleFirst } from './workflow-task';

const { EventType } = temporal.api.enums.v1;

const executionOf = ({ workflowId, runId }: Asker) => ({ workflowId, runId });

export function signalRun(decision: Decision, request: SignalRequest): void {
  const { state } = decision;
  const { limits } = state.rules;
  requireOpen(state);
  if (!request.signalName) {
    throw new RequestError('INVALID_ARGUMENT', 'signalName is not set', { field: 'signalName' });
  }
  if (request.requestId && state.signalRequestIds.has(request.requestId)) return;
  const bytes = payloadsBytes(request.input);
  if (bytes > limits.maxPayloadBytes) {
    const message = `limit maxPayloadBytes: the signal's input has ${bytes} bytes, at most ${limits.maxPayloadBytes} are allowed`;
    throw new RequestError('INVALID_ARGUMENT', message, { field: 'input' });
  }
  if (state.signalCount >= limits.maxSignals) {
    const message = `limit maxSignals: the run has received ${limits.maxSignals} signals`;
    throw new RequestError('FAILED_PRECONDITION', message);
  }
  if (!request.asker) requireRoom(state);
  takeHistoryRoom(state, bytes);
  decision.happen({
    eventType: EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED,
    links: request.links,
    workflowExecutionSignaledEventAttributes: {
      signalName: request.signalName,
      input: request.input,
      identity: request.identity,
      header: request.header,
      requestId: request.requestId,
      externalWorkflowExecution: request.asker && executionOf(request.asker),
    },
  });
  // As on a Temporal server, SignalWithStart ends the start delay of a run that has not begun, and a signal does not
  // (service/history/api/signalworkflow/api.go and signalwithstartworkflow). Neither ends the back-off of a chain or of
  // a failed task.
  const delayed = state.lastCompletedTaskStartedEventId === 0 && state.failedWorkflowTasks === 0;
  if (request.endsStartDelay && delayed && !state.started.continuedExecutionRunId) {
    state.workflowTaskAtMs = 0;
    scheduleFirst(decision);
  }
}
