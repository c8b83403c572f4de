/**
 * The two commands of the activity machine: ScheduleActivityTask and RequestCancelActivityTask. A `check…` throws what the
 * workflow task is to fail with and changes nothing; timeouts and policies are completed as the Temporal server does.
 */
import Long from 'long';
import { temporal } from '../proto';
import { offer } from './activity';
import type { Command, HistoryEvent, RunState } from './api';
import { reject, requirePayload } from './command';
import type { Decision } from './decision';
import { activityClose } from './event';
import { payloadsBytes } from './limits';
import { completePolicy, policyFault } from './retry';
import { durationMs, idOf, toDuration } from './time';

const { EventType, TaskQueueKind, WorkflowTaskFailedCause: Cause } = temporal.api.enums.v1;

/** Timeouts and retry policy as the server completes them. Throws when they cannot be. */
export function checkSchedule(state: RunState, command: Command, taken: (activityId: string) => boolean): void {
  const cause = Cause.WORKFLOW_TASK_FAILED_CAUSE_BAD_SCHEDULE_ACTIVITY_ATTRIBUTES;
  const attributes = command.scheduleActivityTaskCommandAttributes;
  if (!attributes) reject(cause, 'ScheduleActivityTask has no attributes');
  const { activityId } = attributes;
  if (!activityId) reject(cause, 'ScheduleActivityTask: activityId is not set');
  if (activityId.length > 1_000) reject(cause, 'ScheduleActivityTask: activityId is longer than 1000 characters');
  if (!attributes.activityType?.name) reject(cause, `ScheduleActivityTask ${activityId}: activityType is not set`);
  if (taken(activityId)) {
    reject(
      Cause.WORKFLOW_TASK_FAILED_CAUSE_SCHEDULE_ACTIVITY_DUPLICATE_ID,
      `ScheduleActivityTask: an activity with id ${activityId} is pending`
    );
  }
  for (const field of [
    'scheduleToCloseTimeout',
    'scheduleToStartTimeout',
    'startToCloseTimeout',
    'heartbeatTimeout',
  ] as const) {
    if (durationMs(attributes[field]) < 0) reject(cause, `ScheduleActivityTask ${activityId}: ${field} is negative`);
  }
  if (!durationMs(attributes.startToCloseTimeout) && !durationMs(attributes.scheduleToCloseTimeout)) {
    reject(cause, `ScheduleActivityTask ${activityId}: neither startToCloseTimeout nor scheduleToCloseTimeout is set`);
  }
  const fault = policyFault(completePolicy(attributes.retryPolicy));
  if (fault) reject(cause, `ScheduleActivityTask ${activityId}: ${fault}`);
  requirePayload(state, payloadsBytes(attributes.input), cause, `the input of activity ${activityId}`);
}

function completeTimeouts(
  state: RunState,
  attributes: temporal.api.command.v1.IScheduleActivityTaskCommandAttributes
): { scheduleToClose: number; scheduleToStart: number; startToClose: number; heartbeat: number } {
  const runTimeout = durationMs(state.started.workflowRunTimeout);
  let scheduleToClose = durationMs(attributes.scheduleToCloseTimeout);
  let scheduleToStart = durationMs(attributes.scheduleToStartTimeout);
  let startToClose = durationMs(attributes.startToCloseTimeout);
  let heartbeat = durationMs(attributes.heartbeatTimeout);
  if (scheduleToClose > 0) {
    scheduleToStart = scheduleToStart > 0 ? Math.min(scheduleToStart, scheduleToClose) : scheduleToClose;
    startToClose = startToClose > 0 ? Math.min(startToClose, scheduleToClose) : scheduleToClose;
  } else {
    scheduleToClose = runTimeout;
    if (scheduleToStart === 0) scheduleToStart = runTimeout;
  }
  if (runTimeout > 0) {
    scheduleToClose = Math.min(scheduleToClose, runTimeout);
    scheduleToStart = Math.min(scheduleToStart, runTimeout);
    startToClose = Math.min(startToClose, runTimeout);
  }
  if (heartbeat > 0) heartbeat = Math.min(heartbeat, startToClose);
  return { scheduleToClose, scheduleToStart, startToClose, heartbeat };
}

export function schedule(decision: Decision, command: Command, workflowTaskCompletedEventId: Long): void {
  const { state } = decision;
  const attributes = command.scheduleActivityTaskCommandAttributes!;
  const timeouts = completeTimeouts(state, attributes);
  const scheduledEventId = decision.write({
    eventType: EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED,
    userMetadata: command.userMetadata,
    activityTaskScheduledEventAttributes: {
      activityId: attributes.activityId,
      activityType: attributes.activityType,
      taskQueue: {
        name: attributes.taskQueue?.name || state.started.taskQueue?.name || '',
        kind: TaskQueueKind.TASK_QUEUE_KIND_NORMAL,
      },
      header: attributes.header,
      input: attributes.input,
      scheduleToCloseTimeout: toDuration(timeouts.scheduleToClose),
      scheduleToStartTimeout: toDuration(timeouts.scheduleToStart),
      startToCloseTimeout: toDuration(timeouts.startToClose),
      heartbeatTimeout: toDuration(timeouts.heartbeat),
      workflowTaskCompletedEventId,
      retryPolicy: completePolicy(attributes.retryPolicy),
      useWorkflowBuildId: attributes.useWorkflowBuildId,
      priority: attributes.priority,
    },
  });
  offer(decision, state.activities.get(scheduledEventId)!);
}

export function checkRequestCancel(state: RunState, command: Command, asked: ReadonlySet<number>): number {
  const cause = Cause.WORKFLOW_TASK_FAILED_CAUSE_BAD_REQUEST_CANCEL_ACTIVITY_ATTRIBUTES;
  const scheduledEventId = idOf(command.requestCancelActivityTaskCommandAttributes?.scheduledEventId);
  if (!scheduledEventId) reject(cause, 'RequestCancelActivityTask: scheduledEventId is not set');
  const activity = state.activities.get(scheduledEventId);
  // Its close may wait in the buffer: the workflow could not know, and the request is recorded all the same.
  if (!activity && !state.buffered.some((event) => closes(event, scheduledEventId))) {
    reject(cause, `RequestCancelActivityTask: no activity with scheduledEventId ${scheduledEventId} is pending`);
  }
  if (activity?.cancelRequestedEventId || asked.has(scheduledEventId)) {
    reject(cause, `RequestCancelActivityTask: cancel of scheduledEventId ${scheduledEventId} was requested before`);
  }
  return scheduledEventId;
}

const closes = (event: HistoryEvent, scheduledEventId: number): boolean =>
  idOf(activityClose(event)?.scheduledEventId) === scheduledEventId;

export function requestCancelActivity(decision: Decision, command: Command, workflowTaskCompletedEventId: Long): void {
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
