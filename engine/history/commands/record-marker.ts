/**
 * RecordMarker: data that the workflow library stores for itself. `core_patch` markers record which patches a run
 * took.
 */
import { temporal } from '../../proto';
import type { Command } from '../api';
import { payloadsBytes } from '../limits';
import { reject, requirePayload, type Checking, type CommandKind, type Performing } from './command';

const { EventType, WorkflowTaskFailedCause: Cause } = temporal.api.enums.v1;

function check({ state }: Checking, command: Command): void {
  const cause = Cause.WORKFLOW_TASK_FAILED_CAUSE_BAD_RECORD_MARKER_ATTRIBUTES;
  const attributes = command.recordMarkerCommandAttributes;
  if (!attributes?.markerName) reject(cause, 'RecordMarker: markerName is not set');
  let bytes = 0;
  for (const key in attributes.details) bytes += payloadsBytes(attributes.details[key]);
  requirePayload(state, bytes, cause, `the details of marker ${attributes.markerName}`);
}

function perform({ decision, workflowTaskCompletedEventId }: Performing, command: Command): void {
  const { markerName, details, header, failure } = command.recordMarkerCommandAttributes!;
  decision.write({
    eventType: EventType.EVENT_TYPE_MARKER_RECORDED,
    userMetadata: command.userMetadata,
    markerRecordedEventAttributes: { markerName, details, header, failure, workflowTaskCompletedEventId },
  });
}

export const recordMarker: CommandKind = {
  check,
  perform,
  events: {
    [EventType.EVENT_TYPE_MARKER_RECORDED]: {
      apply() {},
      completedBy: (event) => event.markerRecordedEventAttributes?.workflowTaskCompletedEventId,
    },
  },
};
