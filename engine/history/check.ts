/**
 * Proves what the official replayer does not look at: that a stored history is whole, that its references hold, and that it
 * is the one that was acknowledged. Rules by number; each finding names its rule and the event.
 *
 *   H1  ids are contiguous from 1; a batch begins at the id it is stored under
 *   H2  WorkflowExecutionStarted is the first event and stands nowhere else
 *   H3  every event has a time, exactly the attributes of its type, and the fields without which it means nothing
 *   H4  a workflow task is Scheduled, Started, then at once Completed, Failed or TimedOut, which name the two
 *   H5  a command's event stands right after the WorkflowTaskCompleted that it names
 *   H6  an activity's Started, cancel request and close name its Scheduled; its close names its Started; each stands once
 *   H7  a timer's firing or cancel names its TimerStarted and its id; each timer closes once
 *   H8  an update is accepted once, with its request, and completes once, naming its acceptance
 *   H9  a closing event is the last one
 *   H10 the history reaches as far as was acknowledged (next event id)
 *   H11 it is closed exactly if, and as, the run is
 *   H12 its bytes are those that were committed (digest)
 *
 * Pure, and independent of apply.ts on purpose: it must not repeat that one's mistakes.
 */
import { temporal } from '../proto';
import type { HistoryBatch } from '../store/port';
import type { Expectation, HistoryEvent } from './api';
import { chainDigest, emptyDigest } from './digest';
import { activityClose } from './event';
import { idOf } from './time';

const { EventType } = temporal.api.enums.v1;
const { History } = temporal.api.history.v1;

export interface Finding {
  rule: `H${number}`;
  /** 0 when it concerns the history as a whole. */
  eventId: number;
  message: string;
}

/** `expected.digest` is compared only for batches: events alone have no bytes. An empty answer means: nothing is wrong. */
export function checkHistory(
  history: readonly HistoryBatch[] | readonly HistoryEvent[],
  expected: Partial<Expectation> = {}
): Finding[] {
  const findings: Finding[] = [];
  const events: HistoryEvent[] = [];
  let digest = emptyDigest();
  for (const part of history) {
    if (!isBatch(part)) {
      events.push(part);
      continue;
    }
    try {
      const batch = History.decode(part.events).events;
      const first = idOf(batch[0]?.eventId);
      if (first !== part.firstEventId) {
        findings.push({
          rule: 'H1',
          eventId: part.firstEventId,
          message: `the batch stored under ${part.firstEventId} begins with event ${first}`,
        });
      }
      for (const event of batch) events.push(event);
    } catch (error) {
      findings.push({ rule: 'H3', eventId: part.firstEventId, message: `the batch does not decode: ${String(error)}` });
    }
    digest = chainDigest(digest, part.events);
  }
  const checker = new Checker(findings);
  events.forEach((event, index) => checker.event(event, index + 1));
  checker.end(expected);
  const hasBytes = history.length > 0 && isBatch(history[0]!);
  if (expected.digest && hasBytes && !digest.every((byte, index) => byte === expected.digest![index])) {
    findings.push({ rule: 'H12', eventId: 0, message: 'the bytes are not those that were committed' });
  }
  return findings;
}

const isBatch = (part: HistoryBatch | HistoryEvent): part is HistoryBatch => 'firstEventId' in part;

/** EVENT_TYPE_ACTIVITY_TASK_SCHEDULED → activityTaskScheduledEventAttributes */
const attributesOf = (type: number): string =>
  `${(EventType[type] ?? '')
    .replace('EVENT_TYPE_', '')
    .toLowerCase()
    .replace(/_(.)/g, (_, letter: string) => letter.toUpperCase())}EventAttributes`;

const required: Record<string, readonly string[]> = {
  workflowExecutionStarted: [
    'workflowType.name',
    'taskQueue.name',
    'workflowId',
    'originalExecutionRunId',
    'firstExecutionRunId',
    'attempt',
    'workflowTaskTimeout',
  ],
  workflowTaskScheduled: ['taskQueue.name', 'startToCloseTimeout', 'attempt'],
  activityTaskScheduled: [
    'activityId',
    'activityType.name',
    'taskQueue.name',
    'startToCloseTimeout',
    'scheduleToCloseTimeout',
    'scheduleToStartTimeout',
    'heartbeatTimeout',
    'retryPolicy.initialInterval',
    'retryPolicy.maximumInterval',
    'retryPolicy.backoffCoefficient',
  ],
  activityTaskStarted: ['attempt', 'requestId'],
  activityTaskFailed: ['failure', 'retryState'],
  activityTaskTimedOut: ['failure.timeoutFailureInfo', 'retryState'],
  timerStarted: ['timerId', 'startToFireTimeout'],
  workflowExecutionSignaled: ['signalName'],
  markerRecorded: ['markerName'],
  workflowExecutionFailed: ['failure', 'retryState'],
  workflowExecutionUpdateAccepted: ['protocolInstanceId', 'acceptedRequestMessageId', 'acceptedRequest'],
  workflowExecutionUpdateCompleted: ['outcome', 'meta.updateId'],
};

const closing = new Map<number, number>([
  [EventType.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED, 2],
  [EventType.EVENT_TYPE_WORKFLOW_EXECUTION_FAILED, 3],
  [EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CANCELED, 4],
  [EventType.EVENT_TYPE_WORKFLOW_EXECUTION_TERMINATED, 5],
  [EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW, 6],
  [EventType.EVENT_TYPE_WORKFLOW_EXECUTION_TIMED_OUT, 7],
]);

/** A decoded message has its defaults on the prototype, so a field that was never set reads as '', 0 or null. */
function present(attributes: object, path: string): boolean {
  let value: unknown = attributes;
  for (const name of path.split('.')) {
    if (value === null || typeof value !== 'object') return false;
    value = (value as Record<string, unknown>)[name];
  }
  return value !== null && value !== undefined && value !== '' && value !== 0;
}

interface Activity {
  activityId: string;
  startedEventId: number;
  cancelRequestedEventId: number;
  closed: boolean;
}

class Checker {
  private last = 0;
  private readonly types = new Map<number, number>();
  private readonly activities = new Map<number, Activity>();
  private readonly pendingIds = new Set<string>();
  private readonly timers = new Map<number, { timerId: string; closed: boolean }>();
  private readonly pendingTimers = new Set<string>();
  private readonly updates = new Map<string, { acceptedEventId: number; completed: boolean }>();
  private task: { scheduled: number; started: number } | null = null;
  /** The last WorkflowTaskCompleted while only command events have followed it, else 0. */
  private commandsOf = 0;
  private closedBy: { eventId: number; status: number } | null = null;

  constructor(private readonly findings: Finding[]) {}

  private find(rule: Finding['rule'], eventId: number, message: string): void {
    this.findings.push({ rule, eventId, message });
  }

  event(event: HistoryEvent, position: number): void {
    const id = idOf(event.eventId);
    const type = event.eventType ?? 0;
    if (id !== this.last + 1) this.find('H1', id || position, `event ${id} follows event ${this.last}`);
    this.last = id || position;
    if (this.closedBy) this.find('H9', id, `stands after the closing event ${this.closedBy.eventId}`);
    if ((type === EventType.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED) !== (position === 1)) {
      this.find('H2', id, 'WorkflowExecutionStarted is the first event, and only the first');
    }
    this.types.set(id, type);
    if (!this.attributes(event, id, type)) return;
    this.workflowTask(event, id, type);
    this.command(event, id, type);
    this.activity(event, id);
    this.timer(event, id);
    this.update(event, id);
    const status = closing.get(type);
    if (status !== undefined) this.closedBy ??= { eventId: id, status };
  }

  private attributes(event: HistoryEvent, id: number, type: number): boolean {
    if (!event.eventTime) this.find('H3', id, 'has no time');
    const expected = attributesOf(type);
    const set = Object.keys(event).filter((key) => key.endsWith('EventAttributes') && event[key as keyof HistoryEvent]);
    if (set.length !== 1 || set[0] !== expected) {
      this.find('H3', id, `has ${set.join(', ') || 'no attributes'}; its type asks for ${expected}`);
      return false;
    }
    const attributes = event[expected as keyof HistoryEvent] as object;
    const fields = required[expected.replace('EventAttributes', '')] ?? [];
    for (const field of fields) if (!present(attributes, field)) this.find('H3', id, `${field} is not set`);
    return true;
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
      if (this.pendingIds.has(activityId))
        this.find('H6', id, `activity ${activityId} is scheduled while it is pending`);
      this.pendingIds.add(activityId);
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
    this.pendingIds.delete(activity.activityId);
  }

  private timer(event: HistoryEvent, id: number): void {
    const started = event.timerStartedEventAttributes;
    if (started) {
      const timerId = started.timerId ?? '';
      if (this.pendingTimers.has(timerId)) this.find('H7', id, `timer ${timerId} is started while it is pending`);
      this.pendingTimers.add(timerId);
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
    this.pendingTimers.delete(timer.timerId);
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

  end(expected: Partial<Expectation>): void {
    if (expected.nextEventId !== undefined && this.last + 1 !== expected.nextEventId) {
      const message = `the history ends at event ${this.last}; ${expected.nextEventId - 1} events were acknowledged`;
      this.find('H10', 0, message);
    }
    const status = this.closedBy?.status ?? 1;
    if (expected.status !== undefined && expected.status !== status) {
      this.find('H11', 0, `the run has status ${expected.status}; its history says ${status}`);
    }
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
