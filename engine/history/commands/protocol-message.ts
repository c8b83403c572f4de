/** ProtocolMessage: the position of the answer to an update among the commands. The update machine is ../update.ts. */
import { temporal } from '../../proto';
import type { Command } from '../api';
import { idOf } from '../../proto-time';
import { answer } from '../update';
import { addAcceptedUpdate, completeUpdate } from '../update-state';
import { reject, type Checking, type CommandKind, type Performing } from './command';

const { EventType, WorkflowTaskFailedCause: Cause } = temporal.api.enums.v1;

function check({ answers, messages }: Checking, command: Command): void {
  const messageId = command.protocolMessageCommandAttributes?.messageId ?? '';
  if (!answers.has(messageId) || messages.has(messageId)) {
    reject(
      Cause.WORKFLOW_TASK_FAILED_CAUSE_BAD_UPDATE_WORKFLOW_EXECUTION_MESSAGE,
      `ProtocolMessage names message ${messageId || '(none)'}, which is not in this completion or was named before`
    );
  }
  messages.add(messageId);
}

function perform({ decision, answers, taskScheduledEventId }: Performing, command: Command): void {
  const messageId = command.protocolMessageCommandAttributes!.messageId!;
  const message = answers.get(messageId)!;
  answers.delete(messageId);
  answer(decision, message, taskScheduledEventId);
}

export const protocolMessage: CommandKind = {
  check,
  perform,
  events: {
    [EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED]: {
      apply: addAcceptedUpdate,
      completedBy: null,
      references(book, event, eventId) {
        const accepted = event.workflowExecutionUpdateAcceptedEventAttributes!;
        const updateId = accepted.protocolInstanceId ?? '';
        if (book.updates.has(updateId)) book.find('H8', eventId, `update ${updateId} has been accepted before`);
        if (accepted.acceptedRequest?.meta?.updateId !== updateId) {
          book.find('H8', eventId, `the accepted request is not that of update ${updateId}`);
        }
        book.updates.set(updateId, { acceptedEventId: eventId, completed: false });
      },
    },
    [EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_COMPLETED]: {
      apply: completeUpdate,
      completedBy: null,
      references(book, event, eventId) {
        const completed = event.workflowExecutionUpdateCompletedEventAttributes!;
        const updateId = completed.meta?.updateId ?? '';
        const update = book.updates.get(updateId);
        const acceptedEventId = idOf(completed.acceptedEventId);
        if (!update || update.acceptedEventId !== acceptedEventId) {
          const message = `acceptedEventId ${acceptedEventId} does not name the acceptance of ${updateId}`;
          book.find('H8', eventId, message);
        } else if (update.completed) book.find('H8', eventId, `update ${updateId} has completed before`);
        else update.completed = true;
      },
    },
  },
};
