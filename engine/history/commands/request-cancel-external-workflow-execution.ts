/**
 * RequestCancelExternalWorkflowExecution. A request to this run's own workflow id is accepted here and fails when it is
 * sent, as on a Temporal server.
 */
import { temporal } from '../../proto';
import type { Command } from '../api';
import { addExternal } from '../externals';
import { addPendingMessage, ownNamespace, requireTarget } from './between-runs';
import { reject, type Checking, type CommandKind, type Performing } from './command';

const { EventType, WorkflowTaskFailedCause: Cause } = temporal.api.enums.v1;

const NAME = 'RequestCancelExternalWorkflowExecution';

function check(checking: Checking, command: Command): void {
  const cause = Cause.WORKFLOW_TASK_FAILED_CAUSE_BAD_REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION_ATTRIBUTES;
  const attributes = command.requestCancelExternalWorkflowExecutionCommandAttributes;
  requireTarget(checking, attributes, attributes?.namespace, cause, NAME);
  if (checking.childIds.has(attributes!.workflowId!))
    reject(cause, `${NAME}: a child cannot be started and canceled by the same workflow task`);
  addPendingMessage(
    checking,
    Cause.WORKFLOW_TASK_FAILED_CAUSE_PENDING_REQUEST_CANCEL_LIMIT_EXCEEDED,
    'cancel',
    'cancel requests to other runs'
  );
}

function perform({ decision, workflowTaskCompletedEventId }: Performing, command: Command): void {
  const { workflowId, runId, control, childWorkflowOnly, reason } =
    command.requestCancelExternalWorkflowExecutionCommandAttributes!;
  const initiatedEventId = decision.write({
    eventType: EventType.EVENT_TYPE_REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION_INITIATED,
    userMetadata: command.userMetadata,
    requestCancelExternalWorkflowExecutionInitiatedEventAttributes: {
      workflowTaskCompletedEventId,
      ...ownNamespace(decision.state),
      workflowExecution: { workflowId, runId },
      control,
      childWorkflowOnly,
      reason,
    },
  });
  decision.effect({ kind: 'send', initiatedEventId });
}

export const requestCancelExternalWorkflowExecution: CommandKind = {
  check,
  perform,
  events: {
    [EventType.EVENT_TYPE_REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION_INITIATED]: {
      apply: addExternal,
      completedBy: (event) =>
        event.requestCancelExternalWorkflowExecutionInitiatedEventAttributes?.workflowTaskCompletedEventId,
      references: (book, _event, eventId) => book.openExternal(eventId, 'cancel'),
    },
  },
};
