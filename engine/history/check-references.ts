/**
 * Rules H4 to H8, H13 and H14: every event that refers to another event names the right one. The references of a command's event
 * are defined in that command's file (commands/). This file checks workflow tasks, and the events of activities and
 * timers.
 */
import { temporal } from '../proto';
import type { HistoryEvent } from './api';
import { commandEvents } from './commands/table';
import { activityClose, childClose } from './event';
import { externalEnd } from './externals';
import { ReferenceBook, type Find } from './reference-book';
import { idOf } from '../proto-time';

const { EventType } = temporal.api.enums.v1;

const externalKind = (event: HistoryEvent): 'signal' | 'cancel' =>
  (event.externalWorkflowExecutionSignaledEventAttributes ?? event.signalExternalWorkflowExecutionFailedEventAttributes)
    ? 'signal'
    : 'cancel';

export class References {
  private readonly types = new Map<number, number>();
  private readonly book: ReferenceBook;
  private task: { scheduled: number; started: number } | null = null;
  /** The last WorkflowTaskCompleted while only command events have followed it, else 0. */
  private commandsOf = 0;

  constructor(private readonly find: Find) {
    this.book = new ReferenceBook(find);
  }

  event(event: HistoryEvent): void {
    const id = idOf(event.eventId);
    const type = event.eventType ?? 0;
    this.types.set(id, type);
    if (type === EventType.EVENT_TYPE_WORKFLOW_TASK_SCHEDULED) this.end();
    this.workflowTask(event, id, type);
    this.command(event, id, type);
    this.activity(event, id);
    const fired = event.timerFiredEventAttributes;
    if (fired) this.book.closeTimer(fired, event, id);
    this.child(event, id);
    const end = externalEnd(event);
    if (end) this.book.closeExternal(idOf(end.initiatedEventId), externalKind(event), id);
  }

  end(): void {
    this.book.settle();
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
    const caused = commandEvents.get(type);
    if (type === EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED) this.commandsOf = id;
    else if (!caused) this.commandsOf = 0;
    else if (caused.completedBy) this.completedBy(idOf(caused.completedBy(event)), id);
    else if (this.commandsOf === 0) this.find('H5', id, 'an update is answered outside a workflow task');
    caused?.references?.(this.book, event, id);
  }

  private completedBy(completed: number, id: number): void {
    if (completed !== 0 && completed === this.commandsOf) return;
    const named = this.types.get(completed);
    const why =
      named === EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED
        ? 'is not right after it'
        : 'which is not a WorkflowTaskCompleted';
    this.find('H5', id, `workflowTaskCompletedEventId is ${completed}: ${why}`);
  }

  private child(event: HistoryEvent, id: number): void {
    const started = event.childWorkflowExecutionStartedEventAttributes;
    const failed = event.startChildWorkflowExecutionFailedEventAttributes;
    const close = childClose(event);
    if (started) this.book.startChild(idOf(started.initiatedEventId), started.workflowExecution?.workflowId, id);
    if (failed) this.book.closeChild(idOf(failed.initiatedEventId), failed.workflowId, 0, id);
    if (close) {
      const { initiatedEventId, startedEventId, workflowExecution } = close;
      // A close always has a Started before it.
      this.book.closeChild(idOf(initiatedEventId), workflowExecution?.workflowId, idOf(startedEventId) || -1, id);
    }
  }

  private activity(event: HistoryEvent, id: number): void {
    const close = activityClose(event);
    const subject = close ?? event.activityTaskStartedEventAttributes;
    if (!subject) return;
    const scheduledEventId = idOf(subject.scheduledEventId);
    const activity = this.book.activity(scheduledEventId, id);
    if (!activity) return;
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
    this.book.activityIds.close(activity.activityId, scheduledEventId, event);
  }
}
