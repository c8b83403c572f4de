/** What the machine of a run reads from events that belong to no other machine, and how it names events. */
import { temporal } from '../../proto';
import type { HistoryEvent } from '../../history/api';
import type { Job } from '../sandbox/protocol';
import { randomnessSeed } from './seed';
import { ownFailure, ownFields, ownPayload, ownPayloads } from './payload';

const { EventType, WorkflowTaskFailedCause: Cause } = temporal.api.enums.v1;

/** A stack trace without its first line. */
export const framesOf = (stack: string | undefined) => stack?.slice(stack.indexOf('\n') + 1);

export function initializeJob(event: HistoryEvent): Job {
  const started = event.workflowExecutionStartedEventAttributes ?? {};
  return {
    variant: 'initializeWorkflow',
    initializeWorkflow: {
      workflowType: started.workflowType?.name,
      arguments: ownPayloads(started.input),
      headers: ownFields(started.header?.fields),
      continuedFailure: started.continuedFailure ? ownFailure(started.continuedFailure) : undefined,
      lastCompletionResult: started.lastCompletionResult
        ? { payloads: (started.lastCompletionResult.payloads ?? []).map(ownPayload) }
        : undefined,
      memo: { fields: ownFields(started.memo?.fields) },
      searchAttributes: { indexedFields: ownFields(started.searchAttributes?.indexedFields) },
    },
  };
}

/** After a reset the code gets other random numbers than the base. Null for other failures of a task. */
export function resetJob({ workflowTaskFailedEventAttributes: failed }: HistoryEvent): Job | null {
  if (failed?.cause !== Cause.WORKFLOW_TASK_FAILED_CAUSE_RESET_WORKFLOW) return null;
  // As bytes: structured clone would remove the class of a 64-bit number.
  return { variant: 'updateRandomSeed', seed: randomnessSeed(failed.newRunId ?? '') };
}

/** Describes an event by its type and its most important attribute. */
export function describe(event: HistoryEvent): string {
  const type = (EventType[event.eventType ?? 0] ?? 'an unknown event')
    .replace('EVENT_TYPE_', '')
    .toLowerCase()
    .replace(/(^|_)(\w)/g, (_, __, letter: string) => letter.toUpperCase());
  const scheduled = event.activityTaskScheduledEventAttributes;
  const detail = scheduled
    ? `${scheduled.activityId} (${scheduled.activityType?.name})`
    : (event.timerStartedEventAttributes?.timerId ??
      event.timerCanceledEventAttributes?.timerId ??
      event.markerRecordedEventAttributes?.markerName ??
      event.workflowExecutionUpdateAcceptedEventAttributes?.protocolInstanceId ??
      '');
  return detail ? `${type} ${detail}` : type;
}
