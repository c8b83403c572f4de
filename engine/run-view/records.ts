/**
 * Reads a run's history once: activities, timers, updates and the close, in their order. Every projection uses these
 * records; none reads attributes by itself.
 */
import { carriedBy, type Carried } from '../saga/carried';
import type {
  ActivityRole,
  Actor,
  ApprovalDecision,
  OutcomeDecision,
  SagaPhase,
  TakeBack,
  UndoDecision,
} from '../saga/contract';
import {
  APPROVAL_UPDATE,
  OUTCOME_DECISION_UPDATE,
  SAGA_PHASE,
  TAKE_BACK_UPDATE,
  UNDO_DECISION_UPDATE,
} from '../saga/contract';
import {
  handedByFailure,
  handedEffects,
  handedResult,
  LEFT_STANDING,
  NOTHING_LEFT,
  type HandedScope,
} from '../saga/handed';
import { deniesEffect, surelyNotApplied } from '../saga/outcome';
import { forwardIdOf, parseActivityId, type ParsedActivityId } from './activity-id';
import { durationMsOf } from './events-from-history';
import { failureOf } from './failure';
import { fieldsOf } from './fields';
import type { FailureView, PauseView, RunEvent } from './model';

export type ActivityOutcome = 'completed' | 'failed' | 'timedOut' | 'canceled';
/** One scheduling of an activity. An undo that an operator retries has several under one activity id. */
export interface ActivityRecord {
  activityId: string;
  activityType: string;
  /** Null for activities that generated code did not schedule. */
  parsed: ParsedActivityId | null;
  /** Activity id of the forward step to which it belongs. */
  forwardId: string;
  scheduledEventId: number;
  scheduledMs: number;
  input: unknown;
  maximumAttempts: number;
  startToCloseMs: number | null;
  scheduleToCloseMs: number | null;
  startedMs: number | null;
  attempt: number;
  lastFailure: FailureView | null;
  outcome: ActivityOutcome | null;
  closedEventId: number | null;
  closedMs: number | null;
  result: unknown;
  failure: FailureView | null;
  /** Closed, and its effect certainly did not happen. */
  notApplied: boolean;
  /** The workflow requested its cancellation. Steps without an effect are then not waited for. */
  cancelRequested: boolean;
}
/** A child run that a node of the flow started. */
export interface ChildRecord {
  nodeId: string;
  /** The step that started it: in a loop `<node id>~<i>[.<j>…]`. */
  stepId: string;
  workflowId: string;
  workflowType: string;
  /** Null while it has not started. */
  runId: string | null;
  /** The run that ended; another one than `runId` if the child was reset or its run was followed by another one. */
  lastRunId: string | null;
  initiatedEventId: number;
  initiatedMs: number;
  input: unknown;
  startedMs: number | null;
  /** 'notStarted': its id was in use. */
  outcome: 'completed' | 'failed' | 'canceled' | 'terminated' | 'timedOut' | 'notStarted' | null;
  closedEventId: number | null;
  closedMs: number | null;
  /** What the flow reads: without what the child handed over. */
  result: unknown;
  failure: FailureView | null;
  /** What it has left, if it said so; null while it runs, and if it is unknown (saga/handed.ts). */
  left: HandedScope | null;
}
export interface TimerRecord {
  startedEventId: number;
  /**
   * The timer of a node's wait or time limit ('do'), or the pause before its next undo ('undo'); null for the run's
   * own timer.
   */
  nodeId: string | null;
  /** The id of the step that it belongs to: in a loop `<node id>~<i>[.<j>…]`. */
  stepId: string | null;
  role: ActivityRole;
  startedMs: number;
  firesMs: number;
  outcome: 'fired' | 'canceled' | null;
  closedMs: number | null;
}
export interface UpdateRecord {
  name: string;
  updateId: string;
  acceptedEventId: number;
  acceptedMs: number;
  argument: unknown;
  identity: string | null;
  outcome: 'completed' | 'failed' | null;
}
export interface Records {
  activities: ActivityRecord[];
  children: ChildRecord[];
  timers: TimerRecord[];
  updates: UpdateRecord[];
  startedMs: number | null;
  /** What the run before it in its chain has carried to it; null: it began by itself. */
  carried: Carried | null;
  closed: { type: string; timeMs: number } | null;
  /** Who paused the run, while it is paused. */
  pause: PauseView | null;
  /** The ids of the effects that this run handed over when it ended. */
  handed: ReadonlySet<string>;
  /**
   * The last value that the saga wrote into its search attributes; null while the run goes forward, and after
   * success.
   */
  phase: SagaPhase | null;
  taskQueue: string | null;
}

const textOf = (value: unknown) => (typeof value === 'string' ? value : '');
/** A timeout of zero means no timeout. */
const limitMsOf = (value: unknown): number | null => durationMsOf(value) || null;
const firstOf = (value: unknown): unknown => (Array.isArray(value) ? value[0] : undefined);

/** What a failure says about the effect; null: there is no failure. */
function denialOf(failure: unknown): boolean | null {
  if (failure === null || failure === undefined) return null;
  const { type, details } = fieldsOf(fieldsOf(failure).applicationFailureInfo);
  return deniesEffect(textOf(type), Array.isArray(details) ? details : null);
}

export function readRecords(events: readonly RunEvent[]): Records {
  const { records, read } = recordsReader();
  for (const event of events) read(event);
  return records;
}

/** Reading on from these changes nothing of those: what has ended does not change any more. */
export function copyOfRecords(records: Records): Records {
  const copies = <T extends { outcome: unknown }>(list: readonly T[]): T[] =>
    list.map((record) => (record.outcome === null ? { ...record } : record));
  return {
    ...records,
    activities: copies(records.activities),
    children: copies(records.children),
    timers: copies(records.timers),
    updates: copies(records.updates),
  };
}

/** Reads events one by one, in their order, after those from which `records` were read. It changes them. */
export function recordsReader(records: Records = noRecords()): { records: Records; read: (event: RunEvent) => void } {
  const open = <T extends { outcome: unknown }, K>(list: readonly T[], keyOf: (record: T) => K): Map<K, T> =>
    new Map(list.flatMap((record) => (record.outcome === null ? [[keyOf(record), record]] : [])));
  const scheduled = open(records.activities, ({ scheduledEventId }) => scheduledEventId);
  const children = open(records.children, ({ initiatedEventId }) => initiatedEventId);
  const timers = open(records.timers, ({ startedEventId }) => startedEventId);
  const updates = open(records.updates, ({ updateId }) => updateId);

  const close = (event: RunEvent, outcome: ActivityOutcome) => {
    const record = scheduled.get(Number(event.attributes.scheduledEventId));
    if (!record) return;
    record.outcome = outcome;
    record.closedEventId = event.id;
    record.closedMs = event.timeMs;
    record.result = firstOf(event.attributes.result);
    record.failure =
      failureOf(event.attributes.failure) ??
      (outcome === 'timedOut' ? { type: 'Timeout', message: 'timed out' } : null) ??
      (outcome === 'canceled' ? { type: 'Cancelled', message: 'was cancelled' } : null);
    record.notApplied =
      outcome !== 'completed' &&
      surelyNotApplied({
        kind: outcome,
        scheduled: true,
        started: record.startedMs !== null,
        denied: denialOf(outcome === 'timedOut' ? fieldsOf(event.attributes.failure).cause : event.attributes.failure),
        maximumAttempts: record.maximumAttempts,
      });
  };

  const closeChild = (event: RunEvent, outcome: NonNullable<ChildRecord['outcome']>) => {
    const record = children.get(Number(event.attributes.initiatedEventId));
    if (!record) return;
    const lastRunId = textOf(fieldsOf(event.attributes.workflowExecution).runId) || null;
    Object.assign(record, { outcome, lastRunId, closedEventId: event.id, closedMs: event.timeMs });
    Object.assign(record, endOfChild(event, outcome));
  };

  const read = (event: RunEvent): void => {
    const { attributes } = event;
    switch (event.type) {
      case 'WorkflowExecutionStarted':
        records.startedMs = event.timeMs;
        if (textOf(attributes.continuedExecutionRunId) && Array.isArray(attributes.input))
          records.carried = carriedBy(attributes.input[1]);
        records.taskQueue = textOf(fieldsOf(attributes.taskQueue).name) || null;
        break;
      case 'ActivityTaskScheduled': {
        const activityId = textOf(attributes.activityId);
        const parsed = parseActivityId(activityId);
        const record: ActivityRecord = {
          activityId,
          activityType: textOf(fieldsOf(attributes.activityType).name),
          parsed,
          forwardId: parsed ? forwardIdOf(parsed) : activityId,
          scheduledEventId: event.id,
          scheduledMs: event.timeMs,
          input: firstOf(attributes.input),
          maximumAttempts: Number(fieldsOf(attributes.retryPolicy).maximumAttempts ?? 0),
          startToCloseMs: limitMsOf(attributes.startToCloseTimeout),
          scheduleToCloseMs: limitMsOf(attributes.scheduleToCloseTimeout),
          startedMs: null,
          attempt: 1,
          lastFailure: null,
          outcome: null,
          closedEventId: null,
          closedMs: null,
          result: undefined,
          failure: null,
          notApplied: false,
          cancelRequested: false,
        };
        scheduled.set(event.id, record);
        records.activities.push(record);
        break;
      }
      case 'ActivityTaskStarted': {
        const record = scheduled.get(Number(attributes.scheduledEventId));
        if (!record) break;
        record.startedMs = event.timeMs;
        record.attempt = Number(attributes.attempt ?? 1);
        record.lastFailure = failureOf(attributes.lastFailure);
        break;
      }
      case 'ActivityTaskCancelRequested': {
        const record = scheduled.get(Number(attributes.scheduledEventId));
        if (record) record.cancelRequested = true;
        break;
      }
      case 'ActivityTaskCompleted':
        close(event, 'completed');
        break;
      case 'ActivityTaskFailed':
        close(event, 'failed');
        break;
      case 'ActivityTaskTimedOut':
        close(event, 'timedOut');
        break;
      case 'ActivityTaskCanceled':
        close(event, 'canceled');
        break;
      case 'StartChildWorkflowExecutionInitiated': {
        const of = parseActivityId(event.summary ?? '');
        if (!of) break;
        const record: ChildRecord = {
          nodeId: of.nodeId,
          stepId: forwardIdOf(of),
          workflowId: textOf(attributes.workflowId),
          workflowType: textOf(fieldsOf(attributes.workflowType).name),
          runId: null,
          lastRunId: null,
          initiatedEventId: event.id,
          initiatedMs: event.timeMs,
          input: firstOf(attributes.input),
          startedMs: null,
          outcome: null,
          closedEventId: null,
          closedMs: null,
          result: undefined,
          failure: null,
          left: null,
        };
        children.set(event.id, record);
        records.children.push(record);
        break;
      }
      case 'ChildWorkflowExecutionStarted': {
        const record = children.get(Number(attributes.initiatedEventId));
        const runId = textOf(fieldsOf(attributes.workflowExecution).runId) || null;
        if (record) Object.assign(record, { runId, startedMs: event.timeMs });
        break;
      }
      case 'StartChildWorkflowExecutionFailed':
        closeChild(event, 'notStarted');
        break;
      case 'ChildWorkflowExecutionCompleted':
        closeChild(event, 'completed');
        break;
      case 'ChildWorkflowExecutionFailed':
        closeChild(event, 'failed');
        break;
      case 'ChildWorkflowExecutionCanceled':
        closeChild(event, 'canceled');
        break;
      case 'ChildWorkflowExecutionTerminated':
        closeChild(event, 'terminated');
        break;
      case 'ChildWorkflowExecutionTimedOut':
        closeChild(event, 'timedOut');
        break;
      case 'TimerStarted': {
        const of = event.summary ? parseActivityId(event.summary) : null;
        const timer: TimerRecord = {
          startedEventId: event.id,
          nodeId: of?.nodeId ?? null,
          stepId: of && forwardIdOf(of),
          role: of?.role ?? 'do',
          startedMs: event.timeMs,
          firesMs: event.timeMs + (durationMsOf(attributes.startToFireTimeout) ?? 0),
          outcome: null,
          closedMs: null,
        };
        timers.set(event.id, timer);
        records.timers.push(timer);
        break;
      }
      case 'TimerFired':
      case 'TimerCanceled': {
        const timer = timers.get(Number(attributes.startedEventId));
        if (timer)
          Object.assign(timer, { outcome: event.type === 'TimerFired' ? 'fired' : 'canceled', closedMs: event.timeMs });
        break;
      }
      case 'WorkflowExecutionUpdateAccepted': {
        const request = fieldsOf(attributes.acceptedRequest);
        const input = fieldsOf(request.input);
        const meta = fieldsOf(request.meta);
        const update: UpdateRecord = {
          name: textOf(input.name),
          updateId: textOf(meta.updateId) || textOf(attributes.protocolInstanceId),
          acceptedEventId: event.id,
          acceptedMs: event.timeMs,
          argument: firstOf(input.args),
          identity: textOf(meta.identity) || null,
          outcome: null,
        };
        updates.set(update.updateId, update);
        records.updates.push(update);
        break;
      }
      case 'WorkflowExecutionUpdateCompleted': {
        const update = updates.get(textOf(fieldsOf(attributes.meta).updateId));
        if (update) update.outcome = fieldsOf(attributes.outcome).failure ? 'failed' : 'completed';
        break;
      }
      case 'UpsertWorkflowSearchAttributes': {
        const written = fieldsOf(fieldsOf(attributes.searchAttributes).indexedFields);
        // One value, or the list with one value that the SDK writes; an empty list removes the attribute.
        const value = written[SAGA_PHASE];
        if (SAGA_PHASE in written)
          records.phase = (textOf(Array.isArray(value) ? value[0] : value) || null) as SagaPhase;
        break;
      }
      case 'WorkflowExecutionPaused':
        records.pause = {
          by: textOf(attributes.identity) || 'somebody',
          reason: textOf(attributes.reason),
          atMs: event.timeMs,
        };
        break;
      case 'WorkflowExecutionUnpaused':
        records.pause = null;
        break;
      case 'WorkflowExecutionCompleted':
      case 'WorkflowExecutionFailed':
      case 'WorkflowExecutionCanceled':
      case 'WorkflowExecutionTerminated':
      case 'WorkflowExecutionTimedOut':
      case 'WorkflowExecutionContinuedAsNew':
        records.closed = { type: event.type, timeMs: event.timeMs };
        records.pause = null;
        records.handed = handedAtClose(event);
        break;
    }
  };
  return { records, read };
}

const noRecords = (): Records => ({
  activities: [],
  children: [],
  timers: [],
  updates: [],
  startedMs: null,
  carried: null,
  closed: null,
  pause: null,
  handed: new Set(),
  phase: null,
  taskQueue: null,
});

function handedAtClose({ type, attributes }: RunEvent): ReadonlySet<string> {
  const outcome = type === 'WorkflowExecutionCompleted' ? 'completed' : 'failed';
  const { left } = endOfChild({ attributes }, outcome);
  return new Set(left ? handedEffects(left).map(({ activityId }) => activityId) : []);
}

/** As the saga library reads it (saga/child.ts). */
function endOfChild(
  { attributes }: Pick<RunEvent, 'attributes'>,
  outcome: NonNullable<ChildRecord['outcome']>
): Pick<ChildRecord, 'result' | 'failure' | 'left'> {
  const none = { result: undefined, failure: null };
  switch (outcome) {
    case 'completed': {
      const given = firstOf(attributes.result);
      const handed = handedResult(given);
      return { result: handed ? handed.output : given, failure: null, left: handed?.effects ?? null };
    }
    case 'failed': {
      const { type, details } = fieldsOf(fieldsOf(attributes.failure).applicationFailureInfo);
      const left = handedByFailure(textOf(type), Array.isArray(details) ? details : []);
      const failure = failureOf(attributes.failure);
      // What it has left is in the ledger; what failed in it is the cause.
      return { ...none, failure: (failure?.type === LEFT_STANDING && failure.cause) || failure, left };
    }
    case 'canceled':
      return { ...none, failure: { type: 'ChildStopped', message: 'its run was stopped' }, left: NOTHING_LEFT };
    case 'notStarted':
      return {
        ...none,
        failure: { type: 'ChildAlreadyRunning', message: 'a run with its id is open already' },
        left: NOTHING_LEFT,
      };
    case 'terminated':
      return { ...none, failure: { type: 'Terminated', message: 'its run was terminated' }, left: null };
    case 'timedOut':
      return { ...none, failure: { type: 'Timeout', message: 'its run ended by a time limit' }, left: null };
  }
}

export interface Decided<D> {
  decision: D;
  by: string;
  eventId: number;
  atMs: number;
}
/** Decisions that the workflow accepted and whose handler did not fail. */
function decisions<D extends { actor?: Actor }>(records: Records, name: string): Decided<D>[] {
  return records.updates
    .filter(
      (update) =>
        update.name === name &&
        update.outcome !== 'failed' &&
        typeof update.argument === 'object' &&
        update.argument !== null
    )
    .map((update) => {
      const decision = update.argument as D;
      return {
        decision,
        by: decision.actor?.name || update.identity || 'somebody',
        eventId: update.acceptedEventId,
        atMs: update.acceptedMs,
      };
    });
}
export const undoDecisions = (records: Records) => decisions<UndoDecision>(records, UNDO_DECISION_UPDATE);
const aboutOutcomes = (records: Records) => decisions<OutcomeDecision>(records, OUTCOME_DECISION_UPDATE);
/** Answers to the question whether a step happened. */
export const outcomeDecisions = (records: Records) =>
  aboutOutcomes(records).filter(({ decision }) => decision.choice !== 'endWait');

/**
 * The decision by which an operator ended the wait for this call, or for its late calls to settle; null if nobody did.
 */
export function waitEnd(records: Records, call: ActivityRecord): Decided<OutcomeDecision> | null {
  const ends = aboutOutcomes(records).filter(
    ({ decision, eventId }) =>
      decision.choice === 'endWait' &&
      eventId > call.scheduledEventId &&
      (decision.nodeId === call.activityId || decision.nodeId === call.parsed?.nodeId)
  );
  return ends[0] ?? null;
}

/** True if an operator ended a wait for the late calls of an effect that a child handed over with this event. */
export function isHandedWaitEnded(records: Records, activityId: string, handedBy: number): boolean {
  return aboutOutcomes(records).some(
    ({ decision, eventId }) => decision.choice === 'endWait' && decision.nodeId === activityId && eventId > handedBy
  );
}

/** True if an operator ended the wait for the answer of this call before it came. */
export function isWaitEnded(records: Records, call: ActivityRecord): boolean {
  const end = waitEnd(records, call);
  return end !== null && (call.closedEventId === null || end.eventId < call.closedEventId);
}
/** Without those that were taken back. */
export function approvalDecisions(records: Records): Decided<ApprovalDecision>[] {
  const back = decisions<TakeBack>(records, TAKE_BACK_UPDATE);
  const isBack = ({ decision: { taskId, actor }, eventId }: Decided<ApprovalDecision>) =>
    back.some(
      (each) => each.eventId > eventId && each.decision.taskId === taskId && each.decision.actor?.id === actor?.id
    );
  return decisions<ApprovalDecision>(records, APPROVAL_UPDATE).filter((each) => !isBack(each));
}
