/**
 * A reset: a new run that begins with the events of another one (the base) up to a workflow task, and goes on from
 * there. As a Temporal server (service/history/ndc/workflow_resetter.go).
 *
 *   base:     1 … Scheduled, Started | Completed, …        the point is the event after the task's Started or Scheduled
 *   new run:  1 … Scheduled, Started | WorkflowTaskFailed(RESET_WORKFLOW), what fails, what is applied again
 *
 * Rules:
 *   RST1 The point is the event that follows a workflow task's Scheduled or Started.
 *   RST2 Attempts of the base end with the base: in the new run their activities fail, so the code knows that it does
 *        not know their outcome. Activities that no worker had started wait for one again.
 *   RST3 Signals and updates that came after the point come again, unless they are excluded; cancel requests do not.
 *   RST4 Children of before the point belong to the new run: what became of them after it is applied again.
 *   RST5 Timeouts of run and execution count from the reset.
 *   RST6 The base does not carry out its close policy, and does not tell its parent.
 */
import Long from 'long';
import { temporal } from '../proto';
import { idOf } from '../proto-time';
import { STATUS } from '../run-name';
import { failForReset } from './activity';
import { countLeftBehind } from './after-close';
import { RequestError, type HistoryEvent, type ResetRun, type Rules, type RunState } from './api';
import { apply, written } from './apply';
import { Decision } from './decision';
import { childClose } from './event';
import { terminateRun } from './execution';
import { sendAgain } from './messages';
import { RESETTER } from './resetter';
import { Run } from './state';

const { EventType, UpdateAdmittedEventOrigin, WorkflowTaskFailedCause: Cause } = temporal.api.enums.v1;
const HISTORY_SERVICE = 'history-service';

export function reset(
  request: ResetRun,
  now: number,
  epoch: number,
  rules: Rules
): { state: RunState; decision: Decision } {
  const { runKey, namespace, workflowId, runId, firstRunId, requestId, base, reason } = request;
  const state = new Run(runKey, namespace, workflowId, runId, firstRunId, requestId, rules);
  const decision = new Decision(state, epoch, now);
  for (const event of base.events) {
    written(state, event);
    apply(state, event);
    decision.events.push(event);
  }
  failTask(decision, request);
  for (const activity of [...state.activities.values()])
    failForReset(decision, activity, { message: reason, source: 'Server', resetWorkflowFailureInfo: {} });
  for (const event of request.after) applyAgain(decision, event, request);
  // What the base asked of other runs before the point, and had no answer to, the new run asks: it is done once.
  sendAgain(decision);
  decision.effect({ kind: 'visibility' });
  return { state, decision };
}

/** The task at the point fails, and names both runs. */
function failTask(decision: Decision, { base, runId, reason }: ResetRun): void {
  const last = base.events.at(-1);
  const isScheduled = last?.eventType === EventType.EVENT_TYPE_WORKFLOW_TASK_SCHEDULED;
  if (!isScheduled && last?.eventType !== EventType.EVENT_TYPE_WORKFLOW_TASK_STARTED)
    throw new RequestError(
      'INVALID_ARGUMENT',
      `Can only reset workflow to event ID in range [WorkflowTaskScheduled +1, WorkflowTaskStarted + 1]: ${base.events.length + 1}`,
      { field: 'workflow_task_finish_event_id' }
    );
  const scheduledEventId = isScheduled ? last.eventId! : last.workflowTaskStartedEventAttributes!.scheduledEventId!;
  const startedEventId = isScheduled
    ? Long.fromNumber(
        decision.write({
          eventType: EventType.EVENT_TYPE_WORKFLOW_TASK_STARTED,
          workflowTaskStartedEventAttributes: { scheduledEventId, identity: HISTORY_SERVICE, requestId: runId },
        })
      )
    : last.eventId!;
  decision.write({
    eventType: EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED,
    workflowTaskFailedEventAttributes: {
      scheduledEventId,
      startedEventId,
      cause: Cause.WORKFLOW_TASK_FAILED_CAUSE_RESET_WORKFLOW,
      failure: { message: reason, source: 'Server', resetWorkflowFailureInfo: {} },
      identity: HISTORY_SERVICE,
      baseRunId: base.runId,
      newRunId: runId,
    },
  });
}

function applyAgain(decision: Decision, event: HistoryEvent, { excludes }: ResetRun): void {
  const { links } = event;
  const signal = event.workflowExecutionSignaledEventAttributes;
  const update = event.workflowExecutionUpdateAcceptedEventAttributes?.acceptedRequest;
  const admitted = event.workflowExecutionUpdateAdmittedEventAttributes?.request;
  const request = update ?? admitted;
  if (signal && !excludes.signals)
    decision.happen({
      eventType: EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED,
      links,
      workflowExecutionSignaledEventAttributes: signal,
    });
  if (request && !excludes.updates && !decision.state.updates.has(request.meta?.updateId ?? ''))
    decision.happen({
      eventType: EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ADMITTED,
      links,
      workflowExecutionUpdateAdmittedEventAttributes: {
        request,
        origin: UpdateAdmittedEventOrigin.UPDATE_ADMITTED_EVENT_ORIGIN_REAPPLY,
      },
    });
  const attached = event.workflowExecutionOptionsUpdatedEventAttributes;
  if (attached)
    decision.happen({
      eventType: EventType.EVENT_TYPE_WORKFLOW_EXECUTION_OPTIONS_UPDATED,
      links,
      workerMayIgnore: true,
      workflowExecutionOptionsUpdatedEventAttributes: attached,
    });
  reapplyChild(decision, event);
}

/** Only of children that the new run has: those that were initiated before the point and had not ended by then. */
function reapplyChild(decision: Decision, event: HistoryEvent): void {
  const begun = event.childWorkflowExecutionStartedEventAttributes;
  const refused = event.startChildWorkflowExecutionFailedEventAttributes;
  const close = childClose(event);
  const initiatedEventId = idOf((begun ?? refused ?? close)?.initiatedEventId);
  const child = decision.state.children.get(initiatedEventId);
  if (!child || (begun && child.started)) return;
  const { eventId: _id, taskId: _task, eventTime: _time, ...again } = event;
  const own = childClose(again);
  if (own) own.startedEventId = Long.fromNumber(child.startedEventId);
  decision.happen(again);
}

// --- the base, and the run that was current ---

/**
 * The run was reset, at this event, into that run, or shares the events before it with that run. What its code did before
 * the event belongs to the new run; where it was reset before, at a later event, to the run of then.
 */
export function markReset(decision: Decision, resetRunId: string, resetEventId: number): void {
  const { state } = decision;
  state.resetRunId = resetRunId;
  state.resetEventId = Math.max(state.resetEventId, resetEventId);
  decision.effect({ kind: 'visibility' });
  if (state.status !== STATUS.running) countLeftBehind(decision);
}

export function terminateForReset(decision: Decision, reason: string): void {
  terminateRun(decision, { reason, details: null, identity: RESETTER });
}
