/** CancelWorkflowExecution: the workflow ends as canceled. */
import { STATUS } from '../../run-name';
import { temporal } from '../../proto';
import type { Command } from '../api';
import { close } from '../close';
import { applyClosed } from '../close-state';
import { requireNothingUnseen } from './closing';
import type { CommandKind, Performing } from './command';

const { EventType } = temporal.api.enums.v1;

function perform({ decision, workflowTaskCompletedEventId }: Performing, command: Command): void {
  close(decision, {
    eventType: EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CANCELED,
    userMetadata: command.userMetadata,
    workflowExecutionCanceledEventAttributes: {
      details: command.cancelWorkflowExecutionCommandAttributes?.details,
      workflowTaskCompletedEventId,
    },
  });
}

export const cancelWorkflowExecution: CommandKind = {
  check: requireNothingUnseen,
  perform,
  closes: true,
  events: {
    [EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CANCELED]: {
      apply: (state, event) => applyClosed(state, event, STATUS.canceled),
      completedBy: (event) => event.workflowExecutionCanceledEventAttributes?.workflowTaskCompletedEventId,
    },
  },
};
