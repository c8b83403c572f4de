/** Markers: what the workflow library remembers for itself. `core_patch` ones record which patches a run took. */
import type Long from 'long';
import { temporal } from '../proto';
import type { Command, RunState } from './api';
import { reject, requirePayload } from './command';
import type { Decision } from './decision';
import { payloadsBytes } from './limits';

const { EventType, WorkflowTaskFailedCause: Cause } = temporal.api.enums.v1;

export function checkMarker(state: RunState, command: Command): void {
  const cause = Cause.WORKFLOW_TASK_FAILED_CAUSE_BAD_RECORD_MARKER_ATTRIBUTES;
  const attributes = command.recordMarkerCommandAttributes;
  if (!attributes?.markerName) reject(cause, 'RecordMarker: markerName is not set');
  let bytes = 0;
  for (const key in attributes.details) bytes += payloadsBytes(attributes.details[key]);
  requirePayload(state, bytes, cause, `the details of marker ${attributes.markerName}`);
}

export function recordMarker(decision: Decision, command: Command, workflowTaskCompletedEventId: Long): void {
  const { markerName, details, header, failure } = command.recordMarkerCommandAttributes!;
  decision.write({
    eventType: EventType.EVENT_TYPE_MARKER_RECORDED,
    userMetadata: command.userMetadata,
    markerRecordedEventAttributes: { markerName, details, header, failure, workflowTaskCompletedEventId },
  });
}
