/**
 * The run as a whole: start, close, and the next run of its chain.
 *
 *   (none) --start--> running --Complete | Fail | Cancel command--> completed | failed | canceled
 *                     running --terminate, or a hard limit--> terminated
 *                     running --run or execution timeout--> timed out
 *   failed and timed out are followed by a new run under the workflow's retry policy, within the execution timeout.
 * A close drops what was pending: attempts are told, updates are aborted, an open task leaves no trace.
 */
import { createHash } from 'node:crypto';
import type Long from 'long';
import { temporal } from '../proto';
import { abortedOutcome } from './update-state';
import type { Command, Failure, HistoryEvent, Payloads, Rules, RunState, StartRun } from './api';
import { RequestError } from './api';
import { reject, requirePayload } from './command';
import { Decision, requireOpen } from './decision';
import { fieldsBytes, payloadsBytes } from './limits';
import { completePolicy, decideRetry, policyFault, type RetryDecision } from './retry';
import { signalRun } from './signal';
import { Run } from './state';
import { durationMs, timestampMs, toDuration, toTimestamp } from './time';

const { EventType, CommandType, RetryState, TimeoutType, ContinueAsNewInitiator } = temporal.api.enums.v1;
const { WorkflowTaskFailedCause: Cause } = temporal.api.enums.v1;

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
  const decision = new Decision(state, epoch, now);
  const executionTimeoutMs = durationMs(attributes.workflowExecutionTimeout);
  const taskTimeoutMs = durationMs(attributes.workflowTaskTimeout) || DEFAULT_TASK_TIMEOUT_MS;
  let runTimeoutMs = durationMs(attributes.workflowRunTimeout);
  if (executionTimeoutMs > 0 && runTimeoutMs > executionTimeoutMs) runTimeoutMs = executionTimeoutMs;
  const backoffMs = Math.max(0, request.firstWorkflowTaskAt - now);
  decision.write({
    eventType: EventType.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED,
    workflowExecutionStartedEventAttributes: {
      ...attributes,
      workflowId: request.workflowId,
      originalExecutionRunId: attributes.originalExecutionRunId || request.runId,
      firstExecutionRunId: request.firstRunId,
      attempt: attributes.attempt || 1,
      retryPolicy,
      workflowExecutionTimeout: toDuration(executionTimeoutMs),
      workflowRunTimeout: toDuration(runTimeoutMs),
      workflowTaskTimeout: toDuration(Math.min(taskTimeoutMs, MAX_TASK_TIMEOUT_MS)),
      firstWorkflowTaskBackoff: toDuration(backoffMs),
      workflowExecutionExpirationTime:
        attributes.workflowExecutionExpirationTime ??
        (executionTimeoutMs > 0 ? toTimestamp(now + backoffMs + executionTimeoutMs) : null),
    },
  });
  if (request.signal) signalRun(decision, request.signal);
  decision.effect({ kind: 'visibility' });
  return { state, decision };
}

function invalid(field: string, message: string): never {
  throw new RequestError('INVALID_ARGUMENT', message, { field });
}

// --- close by command ---

export function isTerminal(command: Command): boolean {
  return (
    command.commandType === CommandType.COMMAND_TYPE_COMPLETE_WORKFLOW_EXECUTION ||
    command.commandType === CommandType.COMMAND_TYPE_FAIL_WORKFLOW_EXECUTION ||
    command.commandType === CommandType.COMMAND_TYPE_CANCEL_WORKFLOW_EXECUTION
  );
}

export function checkClose(state: RunState, command: Command): void {
  const { completeWorkflowExecutionCommandAttributes: completed, failWorkflowExecutionCommandAttributes: failed } =
    command;
  if (command.commandType === CommandType.COMMAND_TYPE_COMPLETE_WORKFLOW_EXECUTION) {
    const cause = Cause.WORKFLOW_TASK_FAILED_CAUSE_BAD_COMPLETE_WORKFLOW_EXECUTION_ATTRIBUTES;
    requirePayload(state, payloadsBytes(completed?.result), cause, "the workflow's result");
  } else if (command.commandType === CommandType.COMMAND_TYPE_FAIL_WORKFLOW_EXECUTION) {
    const cause = Cause.WORKFLOW_TASK_FAILED_CAUSE_BAD_FAIL_WORKFLOW_EXECUTION_ATTRIBUTES;
    if (!failed?.failure) reject(cause, 'FailWorkflowExecution: failure is not set');
  }
}

export function closeByCommand(decision: Decision, command: Command, workflowTaskCompletedEventId: Long): void {
  const { state } = decision;
  switch (command.commandType) {
    case CommandType.COMMAND_TYPE_COMPLETE_WORKFLOW_EXECUTION:
      return close(decision, {
        eventType: EventType.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED,
        userMetadata: command.userMetadata,
        workflowExecutionCompletedEventAttributes: {
          result: command.completeWorkflowExecutionCommandAttributes?.result,
          workflowTaskCompletedEventId,
        },
      });
    case CommandType.COMMAND_TYPE_CANCEL_WORKFLOW_EXECUTION:
      return close(decision, {
        eventType: EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CANCELED,
        userMetadata: command.userMetadata,
        workflowExecutionCanceledEventAttributes: {
          details: command.cancelWorkflowExecutionCommandAttributes?.details,
          workflowTaskCompletedEventId,
        },
      });
    default: {
      const failure = command.failWorkflowExecutionCommandAttributes!.failure!;
      const retry = workflowRetry(state, failure, decision.now);
      close(
        decision,
        {
          eventType: EventType.EVENT_TYPE_WORKFLOW_EXECUTION_FAILED,
          userMetadata: command.userMetadata,
          workflowExecutionFailedEventAttributes: {
            failure,
            retryState: retry.state,
            workflowTaskCompletedEventId,
            newExecutionRunId: retry.delayMs === null ? '' : nextRunId(state),
          },
        },
        retry.delayMs === null ? null : nextRun(state, failure, retry.delayMs, decision.now)
      );
    }
  }
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
  const expirationMs = timestampMs(state.started.workflowExecutionExpirationTime);
  const retry: RetryDecision =
    expirationMs > 0 && decision.now >= expirationMs
      ? { state: RetryState.RETRY_STATE_TIMEOUT, delayMs: null }
      : workflowRetry(state, failure, decision.now);
  dropTask(decision);
  close(
    decision,
    {
      eventType: EventType.EVENT_TYPE_WORKFLOW_EXECUTION_TIMED_OUT,
      workflowExecutionTimedOutEventAttributes: {
        retryState: retry.state,
        newExecutionRunId: retry.delayMs === null ? '' : nextRunId(state),
      },
    },
    retry.delayMs === null ? null : nextRun(state, failure, retry.delayMs, decision.now)
  );
}

export function terminateRun(
  decision: Decision,
  request: { reason: string; details: Payloads | null; identity: string }
): void {
  requireOpen(decision.state);
  dropTask(decision);
  close(decision, {
    eventType: EventType.EVENT_TYPE_WORKFLOW_EXECUTION_TERMINATED,
    workflowExecutionTerminatedEventAttributes: request,
  });
}

/** A run whose history is too long to go on with is terminated, and says which limit it met. */
export function enforceSize(decision: Decision): void {
  const { state } = decision;
  const { maxEvents, maxBytes } = state.rules.limits;
  if (state.status !== 1) return;
  const reason =
    state.nextEventId - 1 > maxEvents
      ? `limit maxEvents: the history has more than ${maxEvents} events`
      : state.historySizeBytes > maxBytes
        ? `limit maxBytes: the history has more than ${maxBytes} bytes`
        : null;
  if (reason) terminateRun(decision, { reason, details: null, identity: 'history-service' });
}

/** An open embedded task is not durable: it ends without a trace, and what it held back is written. */
function dropTask(decision: Decision): void {
  if (decision.state.workflowTask) {
    decision.state.workflowTask = null;
    decision.effect({ kind: 'workflowTaskFailed', cause: Cause.WORKFLOW_TASK_FAILED_CAUSE_FORCE_CLOSE_COMMAND });
  }
  decision.flush();
}

function close(decision: Decision, event: HistoryEvent, next: StartRun | null = null): void {
  const { state } = decision;
  for (const { epoch, scheduledEventId, attempt } of state.activities.values()) {
    if (epoch > 0) decision.effect({ kind: 'cancelActivity', scheduledEventId, attempt, reason: 'WORKFLOW_CLOSED' });
  }
  for (const { updateId, acceptedEventId, completedEventId } of state.updates.values()) {
    if (completedEventId > 0) continue;
    const outcome = acceptedEventId > 0 ? abortedOutcome : null;
    decision.effect({ kind: 'updateStage', updateId, stage: 'aborted', outcome });
  }
  decision.write(event);
  if (next) decision.effect({ kind: 'newRun', start: next });
  decision.effect({ kind: 'visibility' });
  decision.effect({ kind: 'closed', status: state.status });
}

// --- the chain ---

function workflowRetry(state: RunState, failure: Failure, now: number): RetryDecision {
  const expirationMs = timestampMs(state.started.workflowExecutionExpirationTime) || null;
  return decideRetry(state.started.retryPolicy, state.started.attempt ?? 1, failure, now, expirationMs);
}

/** Derived, not drawn: the same decision names the same run. Shaped as a UUID of version 5. */
function nextRunId(state: RunState): string {
  const hex = createHash('sha1')
    .update(`${state.runId}/${(state.started.attempt ?? 1) + 1}`)
    .digest('hex');
  const variant = ((parseInt(hex[16]!, 16) & 3) | 8).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-5${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

function nextRun(state: RunState, failure: Failure, delayMs: number, now: number): StartRun {
  const runId = nextRunId(state);
  return {
    runKey: 0,
    namespace: state.namespace,
    workflowId: state.workflowId,
    runId,
    firstRunId: state.firstRunId,
    requestId: runId,
    firstWorkflowTaskAt: now + delayMs,
    attributes: {
      ...state.started,
      originalExecutionRunId: runId,
      attempt: (state.started.attempt ?? 1) + 1,
      continuedExecutionRunId: state.runId,
      initiator: ContinueAsNewInitiator.CONTINUE_AS_NEW_INITIATOR_RETRY,
      continuedFailure: failure,
    },
  };
}
