/** ScheduleActivityTask. Timeouts and the retry policy are completed as the Temporal server does. */
import { temporal } from '../../proto';
import { offer } from '../activity';
import { addActivity } from '../activity-state';
import type { Command } from '../api';
import { payloadsBytes } from '../limits';
import { completePolicy, policyFault } from '../retry';
import { completeTimeouts } from '../timeouts';
import { durationMs, toDuration } from '../../proto-time';
import { reject, requirePayload, type Checking, type CommandKind, type Performing } from './command';

const { EventType, TaskQueueKind, WorkflowTaskFailedCause: Cause } = temporal.api.enums.v1;

const TIMEOUTS = [
  'scheduleToCloseTimeout',
  'scheduleToStartTimeout',
  'startToCloseTimeout',
  'heartbeatTimeout',
] as const;

function check({ state, activityIds }: Checking, command: Command): void {
  const cause = Cause.WORKFLOW_TASK_FAILED_CAUSE_BAD_SCHEDULE_ACTIVITY_ATTRIBUTES;
  const attributes = command.scheduleActivityTaskCommandAttributes;
  if (!attributes) reject(cause, 'ScheduleActivityTask has no attributes');
  const { activityId } = attributes;
  if (!activityId) reject(cause, 'ScheduleActivityTask: activityId is not set');
  if (activityId.length > 1_000) reject(cause, 'ScheduleActivityTask: activityId is longer than 1000 characters');
  if (!attributes.activityType?.name) reject(cause, `ScheduleActivityTask ${activityId}: activityType is not set`);
  if (activityIds.has(activityId) || state.activityIds.has(activityId)) {
    reject(
      Cause.WORKFLOW_TASK_FAILED_CAUSE_SCHEDULE_ACTIVITY_DUPLICATE_ID,
      `ScheduleActivityTask: an activity with id ${activityId} is pending`
    );
  }
  for (const field of TIMEOUTS) {
    if (durationMs(attributes[field]) < 0) reject(cause, `ScheduleActivityTask ${activityId}: ${field} is negative`);
  }
  if (!durationMs(attributes.startToCloseTimeout) && !durationMs(attributes.scheduleToCloseTimeout)) {
    reject(cause, `ScheduleActivityTask ${activityId}: neither startToCloseTimeout nor scheduleToCloseTimeout is set`);
  }
  const fault = policyFault(completePolicy(attributes.retryPolicy));
  if (fault) reject(cause, `ScheduleActivityTask ${activityId}: ${fault}`);
  requirePayload(state, payloadsBytes(attributes.input), cause, `the input of activity ${activityId}`);

  activityIds.add(activityId);
  const { maxPendingActivities } = state.rules.limits;
  if (state.activities.size + activityIds.size > maxPendingActivities) {
    reject(
      Cause.WORKFLOW_TASK_FAILED_CAUSE_PENDING_ACTIVITIES_LIMIT_EXCEEDED,
      `limit maxPendingActivities: at most ${maxPendingActivities} activities of a run may be pending`
    );
  }
}

function perform({ decision, workflowTaskCompletedEventId }: Performing, command: Command): void {
  const { state } = decision;
  const attributes = command.scheduleActivityTaskCommandAttributes!;
  const timeouts = completeTimeouts(state, {
    scheduleToCloseTimeoutMs: durationMs(attributes.scheduleToCloseTimeout),
    scheduleToStartTimeoutMs: durationMs(attributes.scheduleToStartTimeout),
    startToCloseTimeoutMs: durationMs(attributes.startToCloseTimeout),
    heartbeatTimeoutMs: durationMs(attributes.heartbeatTimeout),
  });
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
      scheduleToCloseTimeout: toDuration(timeouts.scheduleToCloseTimeoutMs),
      scheduleToStartTimeout: toDuration(timeouts.scheduleToStartTimeoutMs),
      startToCloseTimeout: toDuration(timeouts.startToCloseTimeoutMs),
      heartbeatTimeout: toDuration(timeouts.heartbeatTimeoutMs),
      workflowTaskCompletedEventId,
      retryPolicy: completePolicy(attributes.retryPolicy),
      useWorkflowBuildId: attributes.useWorkflowBuildId,
      priority: attributes.priority,
    },
  });
  offer(decision, state.activities.get(scheduledEventId)!);
}

export const scheduleActivityTask: CommandKind = {
  check,
  perform,
  events: {
    [EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED]: {
      apply: addActivity,
      completedBy: (event) => event.activityTaskScheduledEventAttributes?.workflowTaskCompletedEventId,
      references(book, event, eventId) {
        const activityId = event.activityTaskScheduledEventAttributes!.activityId ?? '';
        book.activityIds.open(activityId, event);
        book.activities.set(eventId, { activityId, startedEventId: 0, cancelRequestedEventId: 0, closed: false });
      },
    },
  },
};
