/**
 * The run as a whole: its start, and closes from outside. close.ts writes the close and creates the next run of the
 * chain.
 *
 *   (none) --start--> running --Complete | Fail | Cancel command--> completed | failed | canceled
 *                     running --terminate, or a hard limit--> terminated
 *                     running --run or execution timeout--> timed out
 *                     running --ContinueAsNew command--> continued as new
 *
 * Another run of the chain may follow: chain.ts.
 * A close drops everything that was pending: attempts are requested to stop, updates are aborted, and an open task
 * leaves no trace.
 */
import { temporal } from '../proto';
import { nearLimit, requireOpen } from './admission';
import type { Failure, Rules, StartRun, TerminateRequest } from './api';
import { RequestError } from './api';
import { passCancelRequest, recordCancelRequest } from './cancel';
import { countLeftBehind } from './after-close';
import { afterFailure, knowSignals, lastResultOf } from './chain';
import { close } from './close';
import { Decision } from './decision';
import { fieldsBytes, payloadsBytes } from './limits';
import { completePolicy, policyFault } from './retry';
import { signalRun } from './signal';
import { Run } from './state';
import { scheduleFirst } from './workflow-task';
import { durationMs, toDuration, toTimestamp } from '../proto-time';
import { STATUS } from '../run-name';

const { EventType, TimeoutType, WorkflowTaskFailedCause: Cause } = temporal.api.enums.v1;

/** The identity of the engine when it ends a run, or asks it to end, because of a limit. */
const HISTORY_SERVICE = 'history-service';
const DEFAULT_TASK_TIMEOUT_MS = 10_000;
const MAX_TASK_TIMEOUT_MS = 120_000;

export function start(request: StartRun, now: number, epoch: number, rules: Rules): { state: Run; decision: Decision } {
  const { attributes } = request;
  if (!attributes.workflowType?.name) invalid('workflowType.name', 'workflowType.name is not set');
  if (!attributes.taskQueue?.name) invalid('taskQueue.name', 'taskQueue.name is not set');
  for (const field of ['workflowExecutionTimeout', 'workflowRunTimeout', 'workflowTaskTimeout'] as const) {
    if (durationMs(attributes[field]) < 0) invalid(field, `${field} is negative`);
  }
  const retryPolicy = attributes.retryPolicy ? completePolicy(attributes.retryPolicy) : null;
  const fault = retryPolicy && policyFault(retryPolicy);
  if (fault) invalid('retryPolicy', fault);
  const limit = rules.limits.maxPayloadBytes;
  for (const [field, bytes] of [
    ['input', payloadsBytes(attributes.input)],
    ['memo', fieldsBytes(attributes.memo?.fields)],
    ['searchAttributes', fieldsBytes(attributes.searchAttributes?.indexedFields)],
  ] as const) {
    if (bytes > limit)
      invalid(field, `limit maxPayloadBytes: ${field} has ${bytes} bytes, at most ${limit} are allowed`);
  }

  const state = new Run(
    request.runKey,
    request.namespace,
    request.workflowId,
    request.runId,
    request.firstRunId,
    request.requestId,
    rules
  );
  knowSignals(state, request.signalsBefore ?? []);
  const decision = new Decision(state, epoch, now);
  const executionTimeoutMs = durationMs(attributes.workflowExecutionTimeout);
  const runTimeoutMs = shortest(durationMs(attributes.workflowRunTimeout), executionTimeoutMs);
  const taskTimeoutMs = durationMs(attributes.workflowTaskTimeout) || DEFAULT_TASK_TIMEOUT_MS;
  const backoffMs = request.startDelayMs || Math.max(0, request.firstWorkflowTaskAt - now);
  decision.write({
    eventType: EventType.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED,
    userMetadata: request.userMetadata,
    links: request.links,
    workflowExecutionStartedEventAttributes: {
      ...attributes,
      workflowId: request.workflowId,
      originalExecutionRunId: attributes.originalExecutionRunId || request.runId,
      firstExecutionRunId: request.firstRunId,
      attempt: attributes.attempt || 1,
      retryPolicy,
      workflowExecutionTimeout: toDuration(executionTimeoutMs),
      workflowRunTimeout: toDuration(runTimeoutMs),
      workflowTaskTimeout: toDuration(shortest(Math.min(taskTimeoutMs, MAX_TASK_TIMEOUT_MS), runTimeoutMs)),
      firstWorkflowTaskBackoff: toDuration(backoffMs),
      workflowExecutionExpirationTime:
        attributes.workflowExecutionExpirationTime ??
        (executionTimeoutMs > 0 ? toTimestamp(now + backoffMs + executionTimeoutMs) : null),
    },
  });
  // As on a Temporal server, the signal of SignalWithStart does not end the delay of the run that it starts.
  if (request.signal) signalRun(decision, { ...request.signal, endsStartDelay: false });
  if (request.cancelRequest) passCancelRequest(decision, request.cancelRequest);
  scheduleFirst(decision);
  decision.effect({ kind: 'visibility' });
  return { state, decision };
}

/** Of two timeouts, where 0 means none. */
const shortest = (one: number, other: number): number => Math.min(one || other, other || one);

function invalid(field: string, message: string): never {
  throw new RequestError('INVALID_ARGUMENT', message, { field });
}

// --- close from outside ---

/** Run or execution timeout. Only the run timeout leaves room for another run. */
export function timeOutRun(decision: Decision): void {
  const { state } = decision;
  const failure: Failure = {
    message: 'workflow timeout',
    source: 'Server',
    timeoutFailureInfo: { timeoutType: TimeoutType.TIMEOUT_TYPE_START_TO_CLOSE },
  };
  const { retryState, next } = afterFailure(state, failure, decision.now, lastResultOf(state));
  dropTask(decision);
  close(
    decision,
    {
      eventType: EventType.EVENT_TYPE_WORKFLOW_EXECUTION_TIMED_OUT,
      workflowExecutionTimedOutEventAttributes: { retryState, newExecutionRunId: next?.runId ?? '' },
    },
    next
  );
  // The code did not run at this close, so it has not reported the remaining effects.
  countLeftBehind(decision);
}

export function terminateRun(decision: Decision, { reason, details, identity, links }: TerminateRequest): void {
  requireOpen(decision.state);
  dropTask(decision);
  close(decision, {
    eventType: EventType.EVENT_TYPE_WORKFLOW_EXECUTION_TERMINATED,
    links,
    workflowExecutionTerminatedEventAttributes: { reason, details, identity },
  });
  // The code did not run at this close, so it has not reported the remaining effects.
  countLeftBehind(decision);
}

/**
 * A run whose history is too long to continue is terminated with the name of the limit. Well before that it is asked
 * to cancel, while there is room to unwind.
 */
export function enforceSize(decision: Decision): void {
  const { state } = decision;
  const { maxEvents, maxBytes } = state.rules.limits;
  if (state.status !== STATUS.running) return;
  const reason =
    state.nextEventId - 1 > maxEvents
      ? `limit maxEvents: the history has more than ${maxEvents} events`
      : state.historySizeBytes > maxBytes
        ? `limit maxBytes: the history has more than ${maxBytes} bytes`
        : null;
  if (reason) return terminateRun(decision, { reason, details: null, identity: HISTORY_SERVICE });
  const near = state.cancelRequest ? null : nearLimit(state);
  if (near) recordCancelRequest(decision, near, HISTORY_SERVICE);
}

/**
 * An open embedded task is not durable: it ends without a trace, and the events that were buffered during it are
 * written.
 */
function dropTask(decision: Decision): void {
  if (decision.state.workflowTask) {
    decision.state.workflowTask = null;
    decision.effect({ kind: 'workflowTaskFailed', cause: Cause.WORKFLOW_TASK_FAILED_CAUSE_FORCE_CLOSE_COMMAND });
  }
  decision.flush();
}
