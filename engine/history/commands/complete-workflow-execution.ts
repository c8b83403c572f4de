/** CompleteWorkflowExecution. The workflow's schedule may start the next run of the chain in the same commit. */
import { STATUS } from '../../run-name';
import { temporal } from '../../proto';
import type { Command } from '../api';
import { countLeftBehind } from '../after-close';
import { afterCompletion } from '../chain';
import { close } from '../close';
import { applyClosed } from '../close-state';
import { payloadsBytes } from '../limits';
import { requireNothingUnseen } from './closing';
import { requirePayload, type Checking, type CommandKind, type Performing } from './command';

const { EventType, WorkflowTaskFailedCause: Cause } = temporal.api.enums.v1;

function check(checking: Checking, command: Command): void {
  const cause = Cause.WORKFLOW_TASK_FAILED_CAUSE_BAD_COMPLETE_WORKFLOW_EXECUTION_ATTRIBUTES;
  const bytes = payloadsBytes(command.completeWorkflowExecutionCommandAttributes?.result);
  requirePayload(checking.state, bytes, cause, "the workflow's result");
  requireNothingUnseen(checking);
}

function perform({ decision, workflowTaskCompletedEventId }: Performing, command: Command): void {
  const { result } = command.completeWorkflowExecutionCommandAttributes ?? {};
  const next = afterCompletion(decision.state, result, decision.now);
  close(
    decision,
    {
      eventType: EventType.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED,
      userMetadata: command.userMetadata,
      workflowExecutionCompletedEventAttributes: {
        result,
        workflowTaskCompletedEventId,
        newExecutionRunId: next?.runId ?? '',
      },
    },
    next
  );
  // A step that did not succeed may have left an effect that nobody intended. If all steps completed, all remaining
  // effects are intended.
  if (decision.state.hadFailures) countLeftBehind(decision);
}

export const completeWorkflowExecution: CommandKind = {
  check,
  perform,
  closes: true,
  events: {
    [EventType.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED]: {
      apply: (state, event) => applyClosed(state, event, STATUS.completed),
      completedBy: (event) => event.workflowExecutionCompletedEventAttributes?.workflowTaskCompletedEventId,
    },
  },
};
