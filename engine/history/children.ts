/**
 * The children of a run.
 *
 *   StartChildWorkflowExecution → Initiated, pending
 *     → started (a run is made with the derived run id) → Started → the child's last run closes → its close
 *     → the id policies refuse it → StartChildWorkflowExecutionFailed
 *     → this run closes first: a child that was not started never starts; the others follow their close policy
 *
 * As a Temporal server (service/history/transfer_queue_active_task_executor.go, and
 * service/history/api/recordchildworkflowcompleted/api.go): a child that closes before its start was recorded gets its
 * Started first, and a close names the run that closed, which is the last one of the child's chain.
 */
import Long from 'long';
import { temporal } from '../proto';
import { idOf } from '../proto-time';
import { STATUS } from '../run-name';
import type { ChildClosed, ChildState, HistoryEvent, MessageResult, RunState } from './api';
import type { Decision } from './decision';
import { childClose, PLACEHOLDER, summaryOf } from './event';
import { uuidOf } from './run-ids';

const { EventType } = temporal.api.enums.v1;
/** A failure that ends the run is of one of the last. */
const FAILED_CHILDREN_KEPT = 20;

// --- what events change ---

export function addChild(state: RunState, event: HistoryEvent): void {
  const attributes = event.startChildWorkflowExecutionInitiatedEventAttributes!;
  const initiatedEventId = idOf(event.eventId);
  state.children.set(initiatedEventId, {
    initiatedEventId,
    workflowId: attributes.workflowId!,
    workflowType: attributes.workflowType!.name!,
    runId: uuidOf(`${state.originRunId}/child/${initiatedEventId}`),
    parentClosePolicy: attributes.parentClosePolicy!,
    step: summaryOf(event),
    started: false,
    startedEventId: 0,
    initiated: { attributes, userMetadata: event.userMetadata ?? null },
  });
}

export function applyChildStarted(state: RunState, event: HistoryEvent): void {
  const child = state.children.get(idOf(event.childWorkflowExecutionStartedEventAttributes!.initiatedEventId));
  if (!child) return;
  child.started = true;
  child.initiated = null;
}

/** The Started event has its id: before that it was in the buffer. */
export function childStartedWritten(state: RunState, event: HistoryEvent): void {
  const child = state.children.get(idOf(event.childWorkflowExecutionStartedEventAttributes!.initiatedEventId));
  if (child) child.startedEventId = idOf(event.eventId);
}

/** A close, or a failed start. */
export function removeChild(state: RunState, event: HistoryEvent): void {
  const { initiatedEventId } = childClose(event) ?? event.startChildWorkflowExecutionFailedEventAttributes!;
  const child = state.children.get(idOf(initiatedEventId));
  state.children.delete(idOf(initiatedEventId));
  if (!child?.step || event.eventType === EventType.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_COMPLETED) return;
  state.failedChildren.set(child.initiatedEventId, child.step);
  for (const oldest of state.failedChildren.keys()) {
    if (state.failedChildren.size <= FAILED_CHILDREN_KEPT) break;
    state.failedChildren.delete(oldest);
  }
}

// --- what happens to a child ---

/** What became of a start: the run with the derived id exists, or it cannot be made. */
export function answerStart(decision: Decision, child: ChildState, result: MessageResult): void {
  const { state } = decision;
  if (child.started) return;
  if (result.kind === 'done') recordStarted(decision, child);
  else {
    const { attributes } = child.initiated!;
    decision.happen({
      eventType: EventType.EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_FAILED,
      startChildWorkflowExecutionFailedEventAttributes: {
        namespace: state.namespace,
        workflowId: child.workflowId,
        workflowType: { name: child.workflowType },
        cause: result.cause,
        control: attributes.control,
        initiatedEventId: Long.fromNumber(child.initiatedEventId),
        workflowTaskCompletedEventId: attributes.workflowTaskCompletedEventId,
      },
    });
  }
  sendWaiting(decision, child);
}

function recordStarted(decision: Decision, child: ChildState): void {
  const { attributes } = child.initiated!;
  decision.happen({
    eventType: EventType.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_STARTED,
    childWorkflowExecutionStartedEventAttributes: {
      namespace: decision.state.namespace,
      initiatedEventId: Long.fromNumber(child.initiatedEventId),
      workflowExecution: { workflowId: child.workflowId, runId: child.runId },
      workflowType: { name: child.workflowType },
      header: attributes.header,
    },
  });
}

/** Messages to a child wait until it is known whether it started. */
export function waitsForChild(state: RunState, workflowId: string | null | undefined): boolean {
  for (const child of state.children.values()) if (!child.started && child.workflowId === workflowId) return true;
  return false;
}

function sendWaiting(decision: Decision, child: ChildState): void {
  for (const { initiatedEventId, attributes } of decision.state.externals.values())
    if (attributes.childWorkflowOnly && attributes.workflowExecution?.workflowId === child.workflowId)
      decision.effect({ kind: 'send', initiatedEventId });
}

/** The last run of a child has closed. Does nothing if this run knows, has closed, or never had such a child. */
export function hearChild(decision: Decision, closed: ChildClosed): void {
  const { state } = decision;
  const child = state.children.get(closed.initiatedEventId);
  if (state.status !== STATUS.running || !child) return;
  if (child.workflowId !== closed.workflowId || child.runId !== closed.firstRunId) return;
  if (!child.started) {
    recordStarted(decision, child);
    sendWaiting(decision, child);
  }
  const common = {
    namespace: state.namespace,
    workflowExecution: { workflowId: closed.workflowId, runId: closed.runId },
    workflowType: { name: child.workflowType },
    initiatedEventId: Long.fromNumber(child.initiatedEventId),
    startedEventId: Long.fromNumber(child.startedEventId || PLACEHOLDER),
  };
  decision.happen(closeOf(closed.event, common));
}

type Common = Omit<temporal.api.history.v1.IChildWorkflowExecutionTerminatedEventAttributes, 'toJSON'>;

function closeOf(event: HistoryEvent, common: Common): HistoryEvent {
  switch (event.eventType) {
    case EventType.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED: {
      const { result } = event.workflowExecutionCompletedEventAttributes ?? {};
      return {
        eventType: EventType.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_COMPLETED,
        childWorkflowExecutionCompletedEventAttributes: { ...common, result },
      };
    }
    case EventType.EVENT_TYPE_WORKFLOW_EXECUTION_FAILED: {
      const { failure, retryState } = event.workflowExecutionFailedEventAttributes ?? {};
      return {
        eventType: EventType.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_FAILED,
        childWorkflowExecutionFailedEventAttributes: { ...common, failure, retryState },
      };
    }
    case EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CANCELED: {
      const { details } = event.workflowExecutionCanceledEventAttributes ?? {};
      return {
        eventType: EventType.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_CANCELED,
        childWorkflowExecutionCanceledEventAttributes: { ...common, details },
      };
    }
    case EventType.EVENT_TYPE_WORKFLOW_EXECUTION_TIMED_OUT: {
      const { retryState } = event.workflowExecutionTimedOutEventAttributes ?? {};
      return {
        eventType: EventType.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_TIMED_OUT,
        childWorkflowExecutionTimedOutEventAttributes: { ...common, retryState },
      };
    }
    default:
      return {
        eventType: EventType.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_TERMINATED,
        childWorkflowExecutionTerminatedEventAttributes: common,
      };
  }
}
