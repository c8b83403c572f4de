/** The activities, timers and updates that history/check has read so far, to which later events may refer. */
import type { HistoryEvent } from './api';
import { idOf, timestampMs } from '../proto-time';
import type Long from 'long';

/** `rule`, id of the event, what is wrong with it. */
export type Find = (rule: `H${number}`, eventId: number, message: string) => void;

interface CheckedActivity {
  activityId: string;
  startedEventId: number;
  cancelRequestedEventId: number;
  closed: boolean;
}

export class ReferenceBook {
  /** By scheduled event id. */
  readonly activities = new Map<number, CheckedActivity>();
  readonly activityIds: PendingIds;
  /** By started event id. */
  readonly timers = new Map<number, { timerId: string; closed: boolean }>();
  readonly timerIds: PendingIds;
  readonly updates = new Map<string, { acceptedEventId: number; completed: boolean }>();

  /** Pending children by initiated event id. */
  private readonly children = new Map<number, { workflowId: string; startedEventId: number }>();
  /** Signals and cancels to other runs that are pending. */
  private readonly externals = new Map<number, 'signal' | 'cancel'>();

  constructor(readonly find: Find) {
    this.activityIds = new PendingIds((id, name) =>
      find('H6', id, `activity ${name} is scheduled while it is pending`)
    );
    this.timerIds = new PendingIds((id, name) => find('H7', id, `timer ${name} is started while it is pending`));
  }

  /** The buffer is written before the next task, so closes that are still missing then will not come. */
  settle(): void {
    this.activityIds.settle();
    this.timerIds.settle();
  }

  /** The activity that event `eventId` names; it is a finding when there is none. */
  activity(scheduledEventId: number, eventId: number): CheckedActivity | undefined {
    const activity = this.activities.get(scheduledEventId);
    if (!activity) {
      this.find('H6', eventId, `scheduledEventId ${scheduledEventId} names no ActivityTaskScheduled before it`);
    }
    return activity;
  }

  openChild(initiatedEventId: number, workflowId: string): void {
    this.children.set(initiatedEventId, { workflowId, startedEventId: 0 });
  }

  startChild(initiatedEventId: number, workflowId: string | null | undefined, eventId: number): void {
    const child = this.children.get(initiatedEventId);
    if (!child || child.workflowId !== workflowId || child.startedEventId)
      this.find(
        'H14',
        eventId,
        `initiatedEventId ${initiatedEventId} names no child ${workflowId} that has yet to start`
      );
    else child.startedEventId = eventId;
  }

  /** `startedEventId`: 0 for a start that failed. */
  closeChild(
    initiatedEventId: number,
    workflowId: string | null | undefined,
    startedEventId: number,
    eventId: number
  ): void {
    const child = this.children.get(initiatedEventId);
    if (child?.workflowId !== workflowId || child?.startedEventId !== startedEventId)
      this.find(
        'H14',
        eventId,
        `initiatedEventId ${initiatedEventId} and startedEventId ${startedEventId} name no child ${workflowId}`
      );
    this.children.delete(initiatedEventId);
  }

  openExternal(initiatedEventId: number, kind: 'signal' | 'cancel'): void {
    this.externals.set(initiatedEventId, kind);
  }

  closeExternal(initiatedEventId: number, kind: 'signal' | 'cancel', eventId: number): void {
    if (this.externals.get(initiatedEventId) !== kind)
      this.find('H13', eventId, `initiatedEventId ${initiatedEventId} names no ${kind} to another run that is pending`);
    this.externals.delete(initiatedEventId);
  }

  /** A firing or a cancel. */
  closeTimer(
    close: { timerId?: string | null; startedEventId?: Long | null },
    event: HistoryEvent,
    eventId: number
  ): void {
    const startedEventId = idOf(close.startedEventId);
    const timer = this.timers.get(startedEventId);
    if (!timer || timer.timerId !== close.timerId) {
      const message = `startedEventId ${startedEventId} does not name the start of timer ${close.timerId}`;
      this.find('H7', eventId, message);
      return;
    }
    if (timer.closed) this.find('H7', eventId, `timer ${timer.timerId} has closed before`);
    timer.closed = true;
    this.timerIds.close(timer.timerId, startedEventId, event);
  }
}

/**
 * The opening event of each id of a kind, and the ids that were used again while they looked pending. An id may be
 * used again while its close waits in the buffer: the close then comes after the commands of that task, although it
 * happened before. So an id that is used while it looks pending is a finding only if no such close follows.
 */
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
