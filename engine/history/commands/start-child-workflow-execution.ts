/**
 * StartChildWorkflowExecution. Defaults as a Temporal server (service/history/api/command_attr_validator.go): the task
 * queue of the parent, ALLOW_DUPLICATE, and TERMINATE when the parent closes. The child itself is made after the
 * commit (service/messages.ts).
 */
import { keyProblem } from '../../plain-text';
import { temporal } from '../../proto';
import { durationMs, toDuration } from '../../proto-time';
import { addChild } from '../children';
import { cronFault } from '../cron';
import type { Command } from '../api';
import { fieldsBytes, payloadsBytes } from '../limits';
import { completePolicy, policyFault } from '../retry';
import { isReadable } from '../search-attributes';
import { addPendingMessage, ownNamespace, requireOwnNamespace } from './between-runs';
import { reject, requirePayload, type Checking, type CommandKind, type Performing } from './command';

const {
  EventType,
  ParentClosePolicy,
  TaskQueueKind,
  WorkflowIdReusePolicy,
  WorkflowTaskFailedCause: Cause,
} = temporal.api.enums.v1;
type Attributes = temporal.api.command.v1.IStartChildWorkflowExecutionCommandAttributes;

const NAME = 'StartChildWorkflowExecution';
const TIMEOUTS = ['workflowExecutionTimeout', 'workflowRunTimeout', 'workflowTaskTimeout'] as const;
const RESERVED_QUEUES = '/_sys/';

function check(checking: Checking, command: Command): void {
  const { state, childIds } = checking;
  const cause = Cause.WORKFLOW_TASK_FAILED_CAUSE_BAD_START_CHILD_EXECUTION_ATTRIBUTES;
  const attributes = command.startChildWorkflowExecutionCommandAttributes;
  const { workflowId } = attributes ?? {};
  if (!attributes || !workflowId) reject(cause, `${NAME}: workflowId is not set`);
  requireOwnNamespace(state, attributes.namespace, cause, NAME);
  const refuse = (problem: string): never => reject(cause, `${NAME} ${workflowId}: ${problem}`);
  const type = attributes.workflowType?.name;
  if (!type) refuse('workflowType is not set');
  for (const [field, name] of [
    ['workflowId', workflowId],
    ['workflowType', type!],
    ['taskQueue', attributes.taskQueue?.name ?? ''],
  ]) {
    const problem = keyProblem(name!);
    if (problem) refuse(`${field} ${problem}`);
  }
  for (const field of TIMEOUTS) if (durationMs(attributes[field]) < 0) refuse(`${field} is negative`);
  const fault = attributes.retryPolicy && policyFault(completePolicy(attributes.retryPolicy));
  if (fault) refuse(fault);
  const cronProblem = attributes.cronSchedule ? cronFault(attributes.cronSchedule, 0) : null;
  if (cronProblem) refuse(`cronSchedule ${cronProblem}`);
  if (attributes.versioningOverride) refuse('versioningOverride is not supported by this engine');
  if (attributes.taskQueue?.name?.startsWith(RESERVED_QUEUES))
    refuse(`taskQueue begins with the reserved ${RESERVED_QUEUES}`);
  if ((attributes.priority?.priorityKey ?? 0) < 0) refuse('priority.priorityKey is negative');
  requirePayload(state, payloadsBytes(attributes.input), cause, `the input of child ${workflowId}`);
  requirePayload(state, fieldsBytes(attributes.memo?.fields), cause, `the memo of child ${workflowId}`);
  checkSearchAttributes(checking, attributes);
  addPendingMessage(
    checking,
    Cause.WORKFLOW_TASK_FAILED_CAUSE_PENDING_CHILD_WORKFLOWS_LIMIT_EXCEEDED,
    'child',
    'children'
  );
  childIds.add(workflowId);
}

function checkSearchAttributes({ state }: Checking, { searchAttributes, workflowId }: Attributes): void {
  const fields = searchAttributes?.indexedFields ?? {};
  const cause = Cause.WORKFLOW_TASK_FAILED_CAUSE_BAD_SEARCH_ATTRIBUTES;
  for (const name in fields)
    if (!isReadable(fields[name]!)) reject(cause, `${NAME} ${workflowId}: search attribute ${name} is not JSON`);
  const admission = state.rules.admitAttributes(state.namespace, fields);
  if ('problem' in admission)
    reject(cause, `${NAME} ${workflowId}: search attribute ${admission.name} ${admission.problem}`);
  requirePayload(state, fieldsBytes(fields), cause, `the search attributes of child ${workflowId}`);
}

/** Of two timeouts, where 0 means none. */
const shortest = (one: number, other: number): number => Math.min(one || other, other || one);

function perform({ decision, workflowTaskCompletedEventId }: Performing, command: Command): void {
  const { state } = decision;
  const attributes = command.startChildWorkflowExecutionCommandAttributes!;
  const { workflowExecutionTimeout, workflowRunTimeout, searchAttributes } = attributes;
  const admission = state.rules.admitAttributes(state.namespace, searchAttributes?.indexedFields ?? {});
  const initiatedEventId = decision.write({
    eventType: EventType.EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_INITIATED,
    userMetadata: command.userMetadata,
    startChildWorkflowExecutionInitiatedEventAttributes: {
      ...ownNamespace(state),
      workflowId: attributes.workflowId,
      workflowType: attributes.workflowType,
      taskQueue: {
        name: attributes.taskQueue?.name || state.started.taskQueue?.name || '',
        kind: TaskQueueKind.TASK_QUEUE_KIND_NORMAL,
      },
      input: attributes.input,
      workflowExecutionTimeout,
      workflowRunTimeout: toDuration(shortest(durationMs(workflowRunTimeout), durationMs(workflowExecutionTimeout))),
      workflowTaskTimeout: attributes.workflowTaskTimeout,
      parentClosePolicy: attributes.parentClosePolicy || ParentClosePolicy.PARENT_CLOSE_POLICY_TERMINATE,
      control: attributes.control,
      workflowTaskCompletedEventId,
      workflowIdReusePolicy:
        attributes.workflowIdReusePolicy || WorkflowIdReusePolicy.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE,
      retryPolicy: attributes.retryPolicy && completePolicy(attributes.retryPolicy),
      cronSchedule: attributes.cronSchedule,
      header: attributes.header,
      memo: attributes.memo,
      searchAttributes: searchAttributes && 'fields' in admission ? { indexedFields: admission.fields } : null,
      inheritBuildId: attributes.inheritBuildId,
      priority: attributes.priority,
    },
  });
  decision.effect({ kind: 'send', initiatedEventId });
}

export const startChildWorkflowExecution: CommandKind = {
  check,
  perform,
  events: {
    [EventType.EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_INITIATED]: {
      apply: addChild,
      completedBy: (event) => event.startChildWorkflowExecutionInitiatedEventAttributes?.workflowTaskCompletedEventId,
      references: (book, event, eventId) =>
        book.openChild(eventId, event.startChildWorkflowExecutionInitiatedEventAttributes?.workflowId ?? ''),
    },
  },
};
