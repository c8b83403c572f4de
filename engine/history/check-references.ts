/**
 * Rules H4 to H8: every event that names another one names the right one. One method a machine.
 *
 * An id may be taken again while its close waits in the buffer: then the close stands after the commands of that task, though
 * it happened before. So an id that is taken while it looks pending is held against the history only if no such close follows.
 */
import { temporal } from '../proto';
import type { HistoryEvent } from './api';
import { activityClose } from './event';
import { idOf, timestampMs } from './time';

const { EventType } = temporal.api.enums.v1;

/** `rule`, id of the event, what is wrong with it. */
export type Find = (rule: `H${number}`, eventId: number, message: string) => void;

interface Activity {
  activityId: string;
  startedEventId: number;
  cancelRequestedEventId: number;
  closed: boolean;
}

export class References {
  private readonly types = new Map<number, number>();
  private readonly activities = new Map<number, Activity>();
  private readonly activityIds: PendingIds;
  private readonly timers = new Map<number, { timerId: string; closed: boolean }>();
  private readonly timerIds: PendingIds;
  private readonly updates = new Map<string, { acceptedEventId: number; completed: boolean }>();
  private task: { scheduled: number; started: number } | null = null;
  /** The last WorkflowTaskCompleted while only command events have followed it, else 0. */
  private commandsOf = 0;

  constructor(private readonly find: Find) {
    this.activityIds = new PendingIds((id, name) =>
      find('H6', id, `activity ${name} is scheduled while it is pending`)
    );
    this.timerIds = new PendingIds((id, name) => find('H7', id, `timer ${name} is started while it is pending`));
  }

  event(event: HistoryEvent): void {
    const id = idOf(event.eventId);
    const type = event.eventType ?? 0;
    this.types.set(id, type);
    if (type === EventType.EVENT_TYPE_WORKFLOW_TASK_SCHEDULED) this.end();
    this.workflowTask(event, id, type);
    this.command(event, id, type);
    this.activity(event, id);
    this.timer(event, id);
    this.update(event, id);
  }

  /** A buffer is written before the next task: closes that are still missing by then will not come. */
  end(): void {
    this.activityIds.settle();
    this.timerIds.settle();
  }

  private workflowTask(event: HistoryEvent, id: number, type: number): void {
    const { task } = this;
    if (task && task.started === id - 1 && task.started > 0 && !this.closesTask(type)) {
      this.find('H4', id, `the workflow task started by event ${task.started} is not closed by the event after it`);
    }
    const started = event.workflowTaskStartedEventAttributes;
    const closed =
      event.workflowTaskCompletedEventAttributes ??
      event.workflowTaskFailedEventAttributes ??
      event.workflowTaskTimedOutEventAttributes;
    if (type === EventType.EVENT_TYPE_WORKFLOW_TASK_SCHEDULED) {
      if (task) this.find('H4', id, `a workflow task is scheduled while that of event ${task.scheduled} is open`);
      this.task = { scheduled: id, started: 0 };
    } else if (started) {
      if (!task || task.started > 0 || idOf(started.scheduledEventId) !== task.scheduled) {
        this.find('H4', id, `scheduledEventId ${idOf(started.scheduledEventId)} names no scheduled workflow task`);
      }
      this.task = { scheduled: idOf(started.scheduledEventId), started: id };
    } else if (closed) {
      const fits =
        task && idOf(closed.scheduledEventId) === task.scheduled && idOf(closed.startedEventId) === task.started;
      if (!fits || task.started === 0) {
        this.find(
          'H4',
          id,
          `scheduledEventId ${idOf(closed.scheduledEventId)} and startedEventId ${idOf(closed.startedEventId)} name no started workflow task`
        );
      }
      this.task = null;
    }
  }

  private closesTask(type: number): boolean {
    return (
      type === EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED ||
      type === EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED ||
      type === EventType.EVENT_TYPE_WORKFLOW_TASK_TIMED_OUT
    );
  }

  private command(event: HistoryEvent, id: number, type: number): void {
    const completed = commandOf(event);
    if (type === EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED) this.commandsOf = id;
    else if (completed !== null) {
      if (completed === 0 || completed !== this.commandsOf) {
        const named = this.types.get(completed);
        const why =
          named === EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED
            ? 'does not stand right after it'
            : 'which is no WorkflowTaskCompleted';
        this.find('H5', id, `workflowTaskCompletedEventId is ${completed}: ${why}`);
      }
    } else if (
      type === EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED ||
      type === EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_COMPLETED
    ) {
      if (this.commandsOf === 0) this.find('H5', id, 'an update is answered outside a workflow task');
    } else this.commandsOf = 0;
  }

  private activity(event: HistoryEvent, id: number): void {
    const scheduled = event.activityTaskScheduledEventAttributes;
    if (scheduled) {
      const activityId = scheduled.activityId ?? '';
      this.activityIds.open(activityId, event);
      this.activities.set(id, { activityId, startedEventId: 0, cancelRequestedEventId: 0, closed: false });
      return;
    }
    const close = activityClose(event);
    const subject =
      close ?? event.activityTaskStartedEventAttributes ?? event.activityTaskCancelRequestedEventAttributes;
    if (!subject) return;
    const scheduledEventId = idOf(subject.scheduledEventId);
    const activity = this.activities.get(scheduledEventId);
    if (!activity) {
      this.find('H6', id, `scheduledEventId ${scheduledEventId} names no ActivityTaskScheduled before it`);
      return;
    }
    if (event.activityTaskCancelRequestedEventAttributes) {
      // It may follow the close: the workflow asked before it could know.
      if (activity.cancelRequestedEventId)
        this.find('H6', id, `cancel of activity ${activity.activityId} is asked twice`);
      activity.cancelRequestedEventId = id;
      return;
    }
    if (activity.closed) {
      this.find('H6', id, `activity ${activity.activityId} of event ${scheduledEventId} has closed before`);
      return;
    }
    if (!close) {
      if (activity.startedEventId) this.find('H6', id, `activity ${activity.activityId} has started before`);
      activity.startedEventId = id;
      return;
    }
    const startedEventId = idOf(close.startedEventId);
    const mayNotStart = event.activityTaskTimedOutEventAttributes ?? event.activityTaskCanceledEventAttributes;
    if (startedEventId !== activity.startedEventId || (startedEventId === 0 && !mayNotStart)) {
      this.find(
        'H6',
        id,
        `startedEventId ${startedEventId} does not name the start of activity ${activity.activityId}`
      );
    }
    const canceled = event.activityTaskCanceledEventAttributes;
    if (canceled) {
      const requested = idOf(canceled.latestCancelRequestedEventId);
      if (requested === 0 || requested !== activity.cancelRequestedEventId) {
        this.find('H6', id, `latestCancelRequestedEventId ${requested} names no cancel request of this activity`);
      }
    }
    activity.closed = true;
    this.activityIds.close(activity.activityId, scheduledEventId, event);
  }

  private timer(event: HistoryEvent, id: number): void {
    const started = event.timerStartedEventAttributes;
    if (started) {
      const timerId = started.timerId ?? '';
      this.timerIds.open(timerId, event);
      this.timers.set(id, { timerId, closed: false });
      return;
    }
    const close = event.timerFiredEventAttributes ?? event.timerCanceledEventAttributes;
    if (!close) return;
    const timer = this.timers.get(idOf(close.startedEventId));
    if (!timer || timer.timerId !== close.timerId) {
      this.find(
        'H7',
        id,
        `startedEventId ${idOf(close.startedEventId)} does not name the start of timer ${close.timerId}`
      );
      return;
    }
    if (timer.closed) this.find('H7', id, `timer ${timer.timerId} has closed before`);
    timer.closed = true;
    this.timerIds.close(timer.timerId, idOf(close.startedEventId), event);
  }

  private update(event: HistoryEvent, id: number): void {
    const accepted = event.workflowExecutionUpdateAcceptedEventAttributes;
    const completed = event.workflowExecutionUpdateCompletedEventAttributes;
    if (accepted) {
      const updateId = accepted.protocolInstanceId ?? '';
      if (this.updates.has(updateId)) this.find('H8', id, `update ${updateId} has been accepted before`);
      if (accepted.acceptedRequest?.meta?.updateId !== updateId) {
        this.find('H8', id, `the accepted request is not that of update ${updateId}`);
      }
      this.updates.set(updateId, { acceptedEventId: id, completed: false });
    } else if (completed) {
      const updateId = completed.meta?.updateId ?? '';
      const update = this.updates.get(updateId);
      if (!update || update.acceptedEventId !== idOf(completed.acceptedEventId)) {
        this.find(
          'H8',
          id,
          `acceptedEventId ${idOf(completed.acceptedEventId)} does not name the acceptance of ${updateId}`
        );
      } else if (update.completed) this.find('H8', id, `update ${updateId} has completed before`);
      else update.completed = true;
    }
  }
}

/** Which opening event each id of a kind stands for, and the ids that were taken again while they looked pending. */
class PendingIds {
  private readonly openedBy = new Map<string, number>();
  private readonly taken = new Map<number, { before: number; name: string; atMs: number }>();

  constructor(private readonly refuse: (eventId: number, name: string) => void) {}

  open(name: string, event: HistoryEvent): void {
    const eventId = idOf(event.eventId);
    const before = this.openedBy.get(name);
    if (before !== undefined) this.taken.set(eventId, { before, name, atMs: timestampMs(event.eventTime) });
    this.openedBy.set(name, eventId);
  }

  close(name: string, openedBy: number, event: HistoryEvent): void {
    if (this.openedBy.get(name) === openedBy) this.openedBy.delete(name);
    const atMs = timestampMs(event.eventTime);
    for (const [eventId, again] of this.taken) {
      if (again.before === openedBy && atMs <= again.atMs) this.taken.delete(eventId);
    }
  }

  settle(): void {
    for (const [eventId, { name }] of this.taken) this.refuse(eventId, name);
    this.taken.clear();
  }
}

/** The workflowTaskCompletedEventId of an event that a command caused, null for other events. */
function commandOf(event: HistoryEvent): number | null {
  const attributes =
    event.activityTaskScheduledEventAttributes ??
    event.activityTaskCancelRequestedEventAttributes ??
    event.timerStartedEventAttributes ??
    event.timerCanceledEventAttributes ??
    event.markerRecordedEventAttributes ??
    event.upsertWorkflowSearchAttributesEventAttributes ??
    event.workflowPropertiesModifiedEventAttributes ??
    event.workflowExecutionCompletedEventAttributes ??
    event.workflowExecutionFailedEventAttributes ??
    event.workflowExecutionCanceledEventAttributes;
  return attributes ? idOf(attributes.workflowTaskCompletedEventId) : null;
}
