/**
 * An activity as the workflow's code sees it.
 *
 *   created --command sent, Scheduled--> scheduled --Completed | Failed | TimedOut | Canceled--> closed
 *   created --cancel, not sent yet--> closed (the command is removed; resolved within the task)
 *   scheduled --cancel, TRY_CANCEL | ABANDON--> closed (resolved within the task; TRY_CANCEL also sends a request)
 *   scheduled --cancel, WAIT_CANCELLATION_COMPLETED--> scheduled, a request is sent; the close decides
 */
import Long from 'long';
import { coresdk, temporal } from '../../../proto';
import type { Failure, HistoryEvent } from '../../../history/api';
import type { Job } from '../../sandbox/protocol';
import { reviveDuration, reviveRetryPolicy } from '../duration';
import { ownFailure, ownPayload } from '../payload';
import type { PendingCommand } from '../pending-command';

const { EventType, CommandType } = temporal.api.enums.v1;
const { ActivityCancellationType } = coresdk.workflow_commands;
type Schedule = coresdk.workflow_commands.IScheduleActivity;

export class ActivityMachine {
  scheduledEventId = 0;
  closed = false;
  #cancelRequested = false;

  constructor(
    readonly seq: number,
    readonly schedule: Schedule,
    readonly userMetadata: temporal.api.sdk.v1.IUserMetadata | null
  ) {}

  scheduleCommand(onScheduled: (scheduledEventId: number) => void): PendingCommand {
    const { schedule } = this;
    return {
      title: `ScheduleActivityTask ${schedule.activityId} (${schedule.activityType})`,
      sent: false,
      command: {
        commandType: CommandType.COMMAND_TYPE_SCHEDULE_ACTIVITY_TASK,
        userMetadata: this.userMetadata,
        scheduleActivityTaskCommandAttributes: {
          activityId: schedule.activityId,
          activityType: { name: schedule.activityType },
          taskQueue: { name: schedule.taskQueue },
          header: { fields: schedule.headers },
          input: schedule.arguments?.length ? { payloads: schedule.arguments } : null,
          scheduleToCloseTimeout: reviveDuration(schedule.scheduleToCloseTimeout),
          scheduleToStartTimeout: reviveDuration(schedule.scheduleToStartTimeout),
          startToCloseTimeout: reviveDuration(schedule.startToCloseTimeout),
          heartbeatTimeout: reviveDuration(schedule.heartbeatTimeout),
          retryPolicy: reviveRetryPolicy(schedule.retryPolicy),
          requestEagerExecution: false,
          priority: schedule.priority,
        },
      },
      matches: ({ activityTaskScheduledEventAttributes: event }) =>
        event?.activityId === schedule.activityId && event?.activityType?.name === schedule.activityType,
      recorded: (event) => {
        this.scheduledEventId = Number(event.eventId);
        onScheduled(this.scheduledEventId);
      },
    };
  }

  /**
   * The consequences of a cancellation by the code. `isSent`: the schedule command was already sent by the worker.
   */
  cancel(isSent: boolean): { takeBack?: true; request?: PendingCommand; job?: Job } {
    if (this.closed || this.#cancelRequested) return {};
    if (!isSent) {
      this.closed = true;
      return { takeBack: true, job: this.#cancelled(null, 0) };
    }
    this.#cancelRequested = true;
    const type = this.schedule.cancellationType ?? ActivityCancellationType.TRY_CANCEL;
    const request = type === ActivityCancellationType.ABANDON ? undefined : this.#requestCommand();
    if (type === ActivityCancellationType.WAIT_CANCELLATION_COMPLETED) return { request };
    this.closed = true;
    return { request, job: this.#cancelled(null, 0) };
  }

  #requestCommand(): PendingCommand {
    const scheduledEventId = Long.fromNumber(this.scheduledEventId);
    return {
      title: `RequestCancelActivityTask ${this.schedule.activityId}`,
      sent: false,
      command: {
        commandType: CommandType.COMMAND_TYPE_REQUEST_CANCEL_ACTIVITY_TASK,
        requestCancelActivityTaskCommandAttributes: { scheduledEventId },
      },
      matches: ({ activityTaskCancelRequestedEventAttributes: event }) =>
        Number(event?.scheduledEventId) === this.scheduledEventId,
      recorded: () => {},
    };
  }

  /** The job for a closing event; null if the code no longer waits for the activity. */
  close(event: HistoryEvent): Job | null {
    if (this.closed) return null;
    this.closed = true;
    switch (event.eventType) {
      case EventType.EVENT_TYPE_ACTIVITY_TASK_COMPLETED: {
        const result = event.activityTaskCompletedEventAttributes?.result?.payloads?.[0];
        return this.#resolve({ completed: { result: result ? ownPayload(result) : undefined } });
      }
      case EventType.EVENT_TYPE_ACTIVITY_TASK_FAILED: {
        const { failure, startedEventId, retryState, identity } = event.activityTaskFailedEventAttributes ?? {};
        const info = this.#info(Number(startedEventId), retryState, identity);
        return this.#resolve({ failed: { failure: wrap('Activity task failed', failure, info) } });
      }
      case EventType.EVENT_TYPE_ACTIVITY_TASK_TIMED_OUT: {
        const { failure, startedEventId, retryState } = event.activityTaskTimedOutEventAttributes ?? {};
        const info = this.#info(Number(startedEventId), retryState);
        return this.#resolve({ failed: { failure: wrap('Activity task timed out', failure, info) } });
      }
      default: {
        const { details, startedEventId, identity } = event.activityTaskCanceledEventAttributes ?? {};
        return this.#cancelled(details ?? null, Number(startedEventId), identity);
      }
    }
  }

  #cancelled(details: temporal.api.common.v1.IPayloads | null, startedEventId: number, identity?: string | null): Job {
    const cause: Failure = { canceledFailureInfo: { details } };
    const info = this.#info(startedEventId, undefined, identity);
    return this.#resolve({ cancelled: { failure: wrap('Activity cancelled', cause, info) } });
  }

  #info(startedEventId: number, retryState?: number | null, identity?: string | null) {
    return {
      scheduledEventId: Long.fromNumber(this.scheduledEventId),
      startedEventId: Long.fromNumber(startedEventId || 0),
      identity: identity ?? '',
      activityType: { name: this.schedule.activityType },
      activityId: this.schedule.activityId,
      retryState: retryState ?? 0,
    };
  }

  #resolve(result: coresdk.activity_result.IActivityResolution): Job {
    return { variant: 'resolveActivity', resolveActivity: { seq: this.seq, result } };
  }
}

function wrap(
  message: string,
  cause: Failure | null | undefined,
  activityFailureInfo: temporal.api.failure.v1.IActivityFailureInfo
): Failure {
  return { message, cause: cause ? ownFailure(cause) : undefined, activityFailureInfo };
}
