/**
 * RequestCancelActivityTask. A running attempt receives the request. An activity without a running attempt is
 * canceled at once, with an event after the task's commands.
 */
import Long from 'long';
import { temporal } from '../../proto';
import type { Command, HistoryEvent } from '../api';
import { activityClose } from '../event';
import { idOf } from '../../proto-time';
import { reject, type Checking, type CommandKind, type Performing } from './command';

const { EventType, WorkflowTaskFailedCause: Cause } = temporal.api.enums.v1;

function check({ state, cancelRequests }: Checking, command: Command): void {
  const cause = Cause.WORKFLOW_TASK_FAILED_CAUSE_BAD_REQUEST_CANCEL_ACTIVITY_ATTRIBUTES;
  const scheduledEventId = idOf(command.requestCancelActivityTaskCommandAttributes?.scheduledEventId);
  if (!scheduledEventId) reject(cause, 'RequestCancelActivityTask: scheduledEventId is not set');
  const activity = state.activities.get(scheduledEventId);
  // The close of the activity may still be in the buffer. The workflow has not seen it, so the request is recorded
  // all the same.
  if (!activity && !state.buffered.some((event) => closes(event, scheduledEventId))) {
    reject(cause, `RequestCancelActivityTask: no activity with scheduledEventId ${scheduledEventId} is pending`);
  }
  if (activity?.cancelRequestedEventId || cancelRequests.has(scheduledEventId)) {
    reject(cause, `RequestCancelActivityTask: cancel of scheduledEventId ${scheduledEventId} was requested before`);
  }
  cancelRequests.add(scheduledEventId);
}

const closes = (event: HistoryEvent, scheduledEventId: number): boolean =>
  idOf(activityClose(event)?.scheduledEventId) === scheduledEventId;

function perform({ decision, workflowTaskCompletedEventId }: Performing, command: Command): void {
  const scheduledEventId = idOf(command.requestCancelActivityTaskCommandAttributes!.scheduledEventId);
  const requestedEventId = decision.write({
    eventType: EventType.EVENT_TYPE_ACTIVITY_TASK_CANCEL_REQUESTED,
    activityTaskCancelRequestedEventAttributes: {
      scheduledEventId: Long.fromNumber(scheduledEventId),
      workflowTaskCompletedEventId,
    },
  });
  const activity = decision.state.activities.get(scheduledEventId);
  if (!activity) return;
  if (activity.epoch > 0) {
    decision.effect({ kind: 'cancelActivity', scheduledEventId, attempt: activity.attempt, reason: 'CANCELLED' });
    return;
  }
  decision.defer({
    eventType: EventType.EVENT_TYPE_ACTIVITY_TASK_CANCELED,
    activityTaskCanceledEventAttributes: {
      details: activity.heartbeatDetails,
      latestCancelRequestedEventId: Long.fromNumber(requestedEventId),
      scheduledEventId: Long.fromNumber(scheduledEventId),
      startedEventId: Long.ZERO,
      identity: activity.identity,
    },
  });
}

export const requestCancelActivityTask: CommandKind = {
  check,
  perform,
  events: {
    [EventType.EVENT_TYPE_ACTIVITY_TASK_CANCEL_REQUESTED]: {
      apply(state, event) {
        const request = event.activityTaskCancelRequestedEventAttributes!;
        const activity = state.activities.get(idOf(request.scheduledEventId));
        if (activity) activity.cancelRequestedEventId = idOf(event.eventId);
      },
      completedBy: (event) => event.activityTaskCancelRequestedEventAttributes?.workflowTaskCompletedEventId,
      references(book, event, eventId) {
        const scheduledEventId = idOf(event.activityTaskCancelRequestedEventAttributes!.scheduledEventId);
        const activity = book.activity(scheduledEventId, eventId);
        if (!activity) return;
        // The request may come after the close, because the workflow sent it before it saw the close.
        if (activity.cancelRequestedEventId) {
          book.find('H6', eventId, `cancel of activity ${activity.activityId} is asked twice`);
        }
        activity.cancelRequestedEventId = eventId;
      },
    },
  },
};
