/** ModifyWorkflowProperties: changes the run's memo. */
import { temporal } from '../../proto';
import type { Command } from '../api';
import { fieldsBytes } from '../limits';
import { mergeMemo } from '../search-attributes';
import { reject, requirePayload, type Checking, type CommandKind, type Performing } from './command';

const { EventType, WorkflowTaskFailedCause: Cause } = temporal.api.enums.v1;

function check({ state }: Checking, command: Command): void {
  const fields = command.modifyWorkflowPropertiesCommandAttributes?.upsertedMemo?.fields;
  const cause = Cause.WORKFLOW_TASK_FAILED_CAUSE_BAD_MODIFY_WORKFLOW_PROPERTIES_ATTRIBUTES;
  if (!fields || Object.keys(fields).length === 0) reject(cause, 'ModifyWorkflowProperties changes nothing');
  requirePayload(state, fieldsBytes(fields), cause, 'the memo of ModifyWorkflowProperties');
}

function perform({ decision, workflowTaskCompletedEventId }: Performing, command: Command): void {
  decision.write({
    eventType: EventType.EVENT_TYPE_WORKFLOW_PROPERTIES_MODIFIED,
    workflowPropertiesModifiedEventAttributes: {
      workflowTaskCompletedEventId,
      upsertedMemo: command.modifyWorkflowPropertiesCommandAttributes!.upsertedMemo,
    },
  });
  decision.effect({ kind: 'visibility' });
}

export const modifyWorkflowProperties: CommandKind = {
  check,
  perform,
  events: {
    [EventType.EVENT_TYPE_WORKFLOW_PROPERTIES_MODIFIED]: {
      apply: (state, event) => mergeMemo(state, event.workflowPropertiesModifiedEventAttributes!.upsertedMemo?.fields),
      completedBy: (event) => event.workflowPropertiesModifiedEventAttributes?.workflowTaskCompletedEventId,
    },
  },
};
