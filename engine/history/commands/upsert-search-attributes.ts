/** UpsertWorkflowSearchAttributes. */
import { temporal } from '../../proto';
import type { Command } from '../api';
import { fieldsBytes } from '../limits';
import { isReadable, mergeSearchAttributes } from '../search-attributes';
import { reject, requirePayload, type Checking, type CommandKind, type Performing } from './command';

const { EventType, WorkflowTaskFailedCause: Cause } = temporal.api.enums.v1;

function check({ state }: Checking, command: Command): void {
  const fields = command.upsertWorkflowSearchAttributesCommandAttributes?.searchAttributes?.indexedFields;
  const cause = Cause.WORKFLOW_TASK_FAILED_CAUSE_BAD_SEARCH_ATTRIBUTES;
  if (!fields || Object.keys(fields).length === 0) {
    reject(cause, 'UpsertWorkflowSearchAttributes names no search attribute');
  }
  for (const name in fields) {
    if (!isReadable(fields[name]!)) reject(cause, `search attribute ${name} is not JSON`);
  }
  const admission = state.rules.admitAttributes(state.namespace, fields);
  if ('problem' in admission) reject(cause, `search attribute ${admission.name} ${admission.problem}`);
  requirePayload(state, fieldsBytes(fields), cause, 'the search attributes of UpsertWorkflowSearchAttributes');
}

function perform({ decision, workflowTaskCompletedEventId }: Performing, command: Command): void {
  const { namespace, rules } = decision.state;
  const { searchAttributes } = command.upsertWorkflowSearchAttributesCommandAttributes!;
  const admission = rules.admitAttributes(namespace, searchAttributes?.indexedFields ?? {});
  decision.write({
    eventType: EventType.EVENT_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES,
    upsertWorkflowSearchAttributesEventAttributes: {
      workflowTaskCompletedEventId,
      searchAttributes: 'fields' in admission ? { indexedFields: admission.fields } : searchAttributes,
    },
  });
  decision.effect({ kind: 'visibility' });
}

export const upsertSearchAttributes: CommandKind = {
  check,
  perform,
  events: {
    [EventType.EVENT_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES]: {
      apply(state, event) {
        const { searchAttributes } = event.upsertWorkflowSearchAttributesEventAttributes!;
        mergeSearchAttributes(state, searchAttributes?.indexedFields);
      },
      completedBy: (event) => event.upsertWorkflowSearchAttributesEventAttributes?.workflowTaskCompletedEventId,
    },
  },
};
