/**
 * ContinueAsNewWorkflowExecution: the run closes, and the next run of its chain starts in the same commit. What the
 * command does not say is as in the run before: type, task queue, timeouts. Memo, search attributes, retry policy and
 * schedule are those of the command alone (service/history/api/command_attr_validator.go of a Temporal server): SDKs
 * fill them in (worker/core/simple-commands.ts). Rules:
 *   CAN1 What the command does not say is as in the run before, apart from memo, search attributes, policy and schedule.
 *   CAN2 What it says is in the closing event, and in the Started event of the next run.
 *   CAN3 With something that the workflow has not seen the task fails with UnhandledCommand, and nothing is lost.
 *   CAN4 What no run could be started with fails the workflow task, with the name of the field.
 */
import { keyProblem } from '../../plain-text';
import { temporal } from '../../proto';
import { durationMs, toDuration } from '../../proto-time';
import { STATUS } from '../../run-name';
import type { Command, RunState } from '../api';
import { nextRun } from '../chain';
import { close } from '../close';
import { applyClosed } from '../close-state';
import { cronFault } from '../cron';
import { fieldsBytes, payloadsBytes } from '../limits';
import { completePolicy, policyFault } from '../retry';
import { isReadable } from '../search-attributes';
import { requireNothingUnseen } from './closing';
import { reject, requirePayload, type Checking, type CommandKind, type Performing } from './command';

const { ContinueAsNewInitiator, EventType, TaskQueueKind, WorkflowTaskFailedCause: Cause } = temporal.api.enums.v1;
type Attributes = temporal.api.command.v1.IContinueAsNewWorkflowExecutionCommandAttributes;

const NAME = 'ContinueAsNewWorkflowExecution';
const TIMEOUTS = ['workflowRunTimeout', 'workflowTaskTimeout', 'backoffStartInterval'] as const;
const RESERVED_QUEUES = '/_sys/';

function check(checking: Checking, command: Command): void {
  requireNothingUnseen(checking);
  const { state } = checking;
  const cause = Cause.WORKFLOW_TASK_FAILED_CAUSE_BAD_CONTINUE_AS_NEW_ATTRIBUTES;
  const refuse = (problem: string): never => reject(cause, `${NAME}: ${problem}`);
  const attributes = command.continueAsNewWorkflowExecutionCommandAttributes ?? refuse('has no attributes');
  for (const [field, name] of [
    ['workflowType', attributes.workflowType?.name],
    ['taskQueue', attributes.taskQueue?.name],
  ] as const) {
    const problem = keyProblem(name ?? '');
    if (problem) refuse(`${field} ${problem}`);
  }
  if (attributes.taskQueue?.name?.startsWith(RESERVED_QUEUES))
    refuse(`taskQueue begins with the reserved ${RESERVED_QUEUES}`);
  for (const field of TIMEOUTS) if (durationMs(attributes[field]) < 0) refuse(`${field} is negative`);
  const fault = attributes.retryPolicy && policyFault(completePolicy(attributes.retryPolicy));
  if (fault) refuse(fault);
  const cronProblem = attributes.cronSchedule ? cronFault(attributes.cronSchedule, 0) : null;
  if (cronProblem) refuse(`cronSchedule ${cronProblem}`);
  if (attributes.initialVersioningBehavior)
    refuse('initialVersioningBehavior: versions of workers are not supported by this engine');
  requirePayload(state, payloadsBytes(attributes.input), cause, 'the input of the next run');
  requirePayload(state, fieldsBytes(attributes.memo?.fields), cause, 'the memo of the next run');
  checkSearchAttributes(state, attributes);
}

function checkSearchAttributes(state: RunState, { searchAttributes }: Attributes): void {
  const fields = searchAttributes?.indexedFields ?? {};
  const cause = Cause.WORKFLOW_TASK_FAILED_CAUSE_BAD_SEARCH_ATTRIBUTES;
  for (const name in fields)
    if (!isReadable(fields[name]!)) reject(cause, `${NAME}: search attribute ${name} is not JSON`);
  const admission = state.rules.admitAttributes(state.namespace, fields);
  if ('problem' in admission) reject(cause, `${NAME}: search attribute ${admission.name} ${admission.problem}`);
  requirePayload(state, fieldsBytes(fields), cause, 'the search attributes of the next run');
}

/** Of two timeouts, where 0 means none. */
const shortest = (one: number, other: number): number => Math.min(one || other, other || one);

/** What the next run has of the command and of the run before. */
function completed({ started, workflowTaskTimeoutMs }: RunState, attributes: Attributes) {
  const runTimeoutMs = durationMs(attributes.workflowRunTimeout) || durationMs(started.workflowRunTimeout);
  const longestMs = shortest(runTimeoutMs, durationMs(started.workflowExecutionTimeout));
  const taskTimeoutMs = durationMs(attributes.workflowTaskTimeout) || workflowTaskTimeoutMs;
  return {
    workflowType: { name: attributes.workflowType?.name || started.workflowType?.name },
    taskQueue: {
      name: attributes.taskQueue?.name || started.taskQueue?.name,
      kind: TaskQueueKind.TASK_QUEUE_KIND_NORMAL,
    },
    input: attributes.input,
    workflowRunTimeout: toDuration(longestMs),
    workflowTaskTimeout: toDuration(shortest(taskTimeoutMs, longestMs)),
    initiator: attributes.initiator || ContinueAsNewInitiator.CONTINUE_AS_NEW_INITIATOR_WORKFLOW,
    lastCompletionResult: attributes.lastCompletionResult,
    header: attributes.header,
    memo: attributes.memo,
  };
}

function perform({ decision, workflowTaskCompletedEventId }: Performing, command: Command): void {
  const { state, now } = decision;
  const attributes = command.continueAsNewWorkflowExecutionCommandAttributes!;
  const own = completed(state, attributes);
  const admission = state.rules.admitAttributes(state.namespace, attributes.searchAttributes?.indexedFields ?? {});
  const searchAttributes =
    attributes.searchAttributes && 'fields' in admission ? { indexedFields: admission.fields } : null;
  const isRetry = own.initiator === ContinueAsNewInitiator.CONTINUE_AS_NEW_INITIATOR_RETRY;
  const next = nextRun(state, now, durationMs(attributes.backoffStartInterval), {
    ...own,
    searchAttributes,
    retryPolicy: attributes.retryPolicy,
    cronSchedule: attributes.cronSchedule,
    continuedFailure: attributes.failure,
    attempt: isRetry ? (state.started.attempt ?? 1) + 1 : 1,
  });
  if (!state.rules.isPolled(own.taskQueue.name ?? '')) next.cancelRequest = state.cancelRequest;
  close(
    decision,
    {
      eventType: EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW,
      userMetadata: command.userMetadata,
      workflowExecutionContinuedAsNewEventAttributes: {
        ...own,
        searchAttributes,
        newExecutionRunId: next.runId,
        workflowTaskCompletedEventId,
        backoffStartInterval: attributes.backoffStartInterval,
        failure: attributes.failure,
        inheritBuildId: attributes.inheritBuildId,
      },
    },
    next
  );
}

export const continueAsNewWorkflowExecution: CommandKind = {
  check,
  perform,
  closes: true,
  events: {
    [EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW]: {
      apply: (state, event) => applyClosed(state, event, STATUS.continuedAsNew),
      completedBy: (event) => event.workflowExecutionContinuedAsNewEventAttributes?.workflowTaskCompletedEventId,
    },
  },
};
