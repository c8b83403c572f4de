/**
 * SignalExternalWorkflowExecution. A signal to this run's own workflow id is accepted here and fails when it is sent,
 * as on a Temporal server.
 */
import { temporal } from '../../proto';
import type { Command } from '../api';
import { addExternal } from '../externals';
import { payloadsBytes } from '../limits';
import { addPendingMessage, ownNamespace, requireTarget } from './between-runs';
import { reject, requirePayload, type Checking, type CommandKind, type Performing } from './command';

const { EventType, WorkflowTaskFailedCause: Cause } = temporal.api.enums.v1;

function check(checking: Checking, command: Command): void {
  const cause = Cause.WORKFLOW_TASK_FAILED_CAUSE_BAD_SIGNAL_WORKFLOW_EXECUTION_ATTRIBUTES;
  const attributes = command.signalExternalWorkflowExecutionCommandAttributes;
  const name = 'SignalExternalWorkflowExecution';
  requireTarget(checking, attributes?.execution, attributes?.namespace, cause, name);
  if (!attributes?.signalName) reject(cause, `${name}: signalName is not set`);
  requirePayload(checking.state, payloadsBytes(attributes.input), cause, 'the arguments of the signal');
  addPendingMessage(
    checking,
    Cause.WORKFLOW_TASK_FAILED_CAUSE_PENDING_SIGNALS_LIMIT_EXCEEDED,
    'signal',
    'signals to other runs'
  );
}

function perform({ decision, workflowTaskCompletedEventId }: Performing, command: Command): void {
  const attributes = command.signalExternalWorkflowExecutionCommandAttributes!;
  const initiatedEventId = decision.write({
    eventType: EventType.EVENT_TYPE_SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_INITIATED,
    userMetadata: command.userMetadata,
    signalExternalWorkflowExecutionInitiatedEventAttributes: {
      workflowTaskCompletedEventId,
      ...ownNamespace(decision.state),
      workflowExecution: attributes.execution,
      signalName: attributes.signalName,
      input: attributes.input,
      control: attributes.control,
      childWorkflowOnly: attributes.childWorkflowOnly,
      header: attributes.header,
    },
  });
  decision.effect({ kind: 'send', initiatedEventId });
}

export const signalExternalWorkflowExecution: CommandKind = {
  check,
  perform,
  events: {
    [EventType.EVENT_TYPE_SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_INITIATED]: {
      apply: addExternal,
      completedBy: (event) =>
        event.signalExternalWorkflowExecutionInitiatedEventAttributes?.workflowTaskCompletedEventId,
      references: (book, _event, eventId) => book.openExternal(eventId, 'signal'),
    },
  },
};
