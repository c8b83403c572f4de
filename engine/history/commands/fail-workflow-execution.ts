/** FailWorkflowExecution. The workflow's retry policy, or its schedule, may start the next run in the same commit. */
import { STATUS } from '../../run-name';
import { temporal } from '../../proto';
import type { Command } from '../api';
import { afterFailure } from '../chain';
import { close } from '../close';
import { applyClosed } from '../close-state';
import { requireNothingUnseen } from './closing';
import { reject, type Checking, type CommandKind, type Performing } from './command';

const { EventType, WorkflowTaskFailedCause: Cause } = temporal.api.enums.v1;

function check(checking: Checking, command: Command): void {
  const cause = Cause.WORKFLOW_TASK_FAILED_CAUSE_BAD_FAIL_WORKFLOW_EXECUTION_ATTRIBUTES;
  if (!command.failWorkflowExecutionCommandAttributes?.failure) {
    reject(cause, 'FailWorkflowExecution: failure is not set');
  }
  requireNothingUnseen(checking);
}

function perform({ decision, workflowTaskCompletedEventId }: Performing, command: Command): void {
  const { state, now } = decision;
  const failure = command.failWorkflowExecutionCommandAttributes!.failure!;
  const { retryState, next } = afterFailure(state, failure, now, null);
  close(
    decision,
    {
      eventType: EventType.EVENT_TYPE_WORKFLOW_EXECUTION_FAILED,
      userMetadata: command.userMetadata,
      workflowExecutionFailedEventAttributes: {
        failure,
        retryState,
        workflowTaskCompletedEventId,
        newExecutionRunId: next?.runId ?? '',
      },
    },
    next
  );
}

export const failWorkflowExecution: CommandKind = {
  check,
  perform,
  closes: true,
  events: {
    [EventType.EVENT_TYPE_WORKFLOW_EXECUTION_FAILED]: {
      apply: (state, event) => applyClosed(state, event, STATUS.failed),
      completedBy: (event) => event.workflowExecutionFailedEventAttributes?.workflowTaskCompletedEventId,
    },
  },
};
