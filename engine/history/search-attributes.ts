/** Search attributes and memo: as payloads for the wire, and search attributes as plain values for lists. */
import { temporal } from '../proto';
import type { SearchAttributeValue } from '../store/port';
import type { Command, Payload, RunState } from './api';
import { reject, requirePayload } from './command';
import type { Decision } from './decision';
import { fieldsBytes } from './limits';
import type Long from 'long';

const { EventType, WorkflowTaskFailedCause: Cause } = temporal.api.enums.v1;
const decoder = new TextDecoder();
type Fields = Record<string, Payload>;

const isNull = (payload: Payload): boolean =>
  !payload.data?.length || decoder.decode(payload.metadata?.encoding ?? new Uint8Array()) === 'binary/null';

/** Plain value of a payload; null unsets it. A single value in a list counts as that value unless its type is a list. */
export function decodeSearchAttribute(payload: Payload): SearchAttributeValue | null {
  if (isNull(payload)) return null;
  let value: unknown;
  try {
    value = JSON.parse(decoder.decode(payload.data!));
  } catch {
    return null;
  }
  const type = decoder.decode(payload.metadata?.type ?? new Uint8Array());
  if (Array.isArray(value)) {
    if (value.length === 0) return null;
    if (type === 'KeywordList' || type === 'INDEXED_VALUE_TYPE_KEYWORD_LIST' || value.length > 1)
      return value.map(String);
    value = value[0];
  }
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : null;
}

export function mergeSearchAttributes(state: RunState, fields: Fields | null | undefined): void {
  for (const name in fields) {
    const value = decodeSearchAttribute(fields[name]!);
    if (value === null) {
      delete state.searchAttributes[name];
      delete state.searchAttributePayloads[name];
    } else {
      state.searchAttributes[name] = value;
      state.searchAttributePayloads[name] = fields[name]!;
    }
  }
}

export function mergeMemo(state: RunState, fields: Fields | null | undefined): void {
  for (const name in fields) {
    if (isNull(fields[name]!)) delete state.memo[name];
    else state.memo[name] = fields[name]!;
  }
}

export function checkUpsert(state: RunState, command: Command): void {
  const fields = command.upsertWorkflowSearchAttributesCommandAttributes?.searchAttributes?.indexedFields;
  const cause = Cause.WORKFLOW_TASK_FAILED_CAUSE_BAD_SEARCH_ATTRIBUTES;
  if (!fields || Object.keys(fields).length === 0)
    reject(cause, 'UpsertWorkflowSearchAttributes names no search attribute');
  for (const name in fields) {
    if (!isNull(fields[name]!)) {
      try {
        JSON.parse(decoder.decode(fields[name]!.data!));
      } catch {
        reject(cause, `search attribute ${name} is not JSON`);
      }
    }
  }
  requirePayload(state, fieldsBytes(fields), cause, 'the search attributes of UpsertWorkflowSearchAttributes');
}

export function upsert(decision: Decision, command: Command, workflowTaskCompletedEventId: Long): void {
  decision.write({
    eventType: EventType.EVENT_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES,
    upsertWorkflowSearchAttributesEventAttributes: {
      workflowTaskCompletedEventId,
      searchAttributes: command.upsertWorkflowSearchAttributesCommandAttributes!.searchAttributes,
    },
  });
  decision.effect({ kind: 'visibility' });
}

export function checkModify(state: RunState, command: Command): void {
  const fields = command.modifyWorkflowPropertiesCommandAttributes?.upsertedMemo?.fields;
  const cause = Cause.WORKFLOW_TASK_FAILED_CAUSE_BAD_MODIFY_WORKFLOW_PROPERTIES_ATTRIBUTES;
  if (!fields || Object.keys(fields).length === 0) reject(cause, 'ModifyWorkflowProperties changes nothing');
  requirePayload(state, fieldsBytes(fields), cause, 'the memo of ModifyWorkflowProperties');
}

export function modify(decision: Decision, command: Command, workflowTaskCompletedEventId: Long): void {
  decision.write({
    eventType: EventType.EVENT_TYPE_WORKFLOW_PROPERTIES_MODIFIED,
    workflowPropertiesModifiedEventAttributes: {
      workflowTaskCompletedEventId,
      upsertedMemo: command.modifyWorkflowPropertiesCommandAttributes!.upsertedMemo,
    },
  });
  decision.effect({ kind: 'visibility' });
}
