/**
 * The side state: the data for a rebuild that is not in the history. It is written with every commit of the run, so
 * it is small: a step of a sequential run takes about 90 bytes, a first attempt that runs three.
 *
 * Layout: version · digest · size · start request id · cancel request ids · task attempt, back-off, last failure,
 * failures in a row (from version 2 on) · pending activities by scheduled event id · buffered events · the effects
 * that the run left behind (from version 3 on) · what became known after its close (from version 4 on) · the run's own
 * time (from version 5 on) · what a closed run has to tell others (from version 6 on) · whether it is to be removed, and
 * the run that a reset made of it (from version 7 on). Activities that were operated on have a form of their own (from
 * version 8 on). What becomes of the run says also whether its parent has recorded its close (from version 9 on), and
 * whether a person keeps it (from version 10 on). At the end are the nodes that wait for a signal without a timeout, and
 * the signals of the runs before this one (from version 11 on).
 *
 * A new field needs a new version. All earlier versions can be read, and the newest is written. A version that is
 * newer than this engine is refused, because writing it back would lose its data.
 */
import { temporal } from '../proto';
import type { StoredRun } from '../store/port';
import { optionsOf, setOptions } from './activity-state';
import type { ActivityOptions, ActivityState, AfterClose, Expectation, LeftBehind, RunState } from './api';
import { ByteReader, ByteWriter } from './bytes';
import { knowSignals } from './chain';

/**
 * 1: revision 4c980ad and before. 2: failures of workflow tasks in a row. 3: what a closed run left behind. 4: what
 * became known after the close. 5: the run's own time. 6: what a closed run owes. 7: deletion and
 * reset. 8: activities that were paused, reset, or have other options. 9: recorded by the parent.
 * 10: kept by a person. 11: nodes that wait for a signal, signals of the runs before.
 */
const VERSION = 11;
const DIGEST_LENGTH = 32;
const { Failure } = temporal.api.failure.v1;
const { Payloads, RetryPolicy } = temporal.api.common.v1;
const { HistoryEvent } = temporal.api.history.v1;

/**
 * The form of an activity in the side state: running or queued since its first schedule, or any other state in full;
 * the last one with what operators did.
 */
const RUNNING = 0;
const QUEUED = 1;
const FULL = 2;
const OPERATED = 3;

/** What operators did to an activity, as bits of one number. */
const [PAUSED, HEARTBEAT_RESET, OPTIONS] = [1, 2, 4];

/** What becomes of a run, as bits of one number. */
const [DELETED, RESET, TAKEN_OVER, KEPT] = [1, 2, 4, 8];

export function encodeSide(state: RunState): Uint8Array {
  const out = new ByteWriter();
  out.number(VERSION).raw(state.digest).number(state.historySizeBytes).text(state.startRequestId);
  out.number(state.cancelRequestIds.size);
  for (const id of state.cancelRequestIds) out.text(id);

  out.number(state.workflowTaskAttempt).number(state.workflowTaskAtMs);
  const failed = state.lastWorkflowTaskFailure;
  out.number(failed ? 1 : 0);
  if (failed) {
    out.number(failed.cause).number(failed.attempt).number(failed.timeMs);
    out.block(failed.failure && Failure.encode(failed.failure).finish());
  }
  out.number(state.failedWorkflowTasks);

  out.number(state.activities.size);
  let previous = 0;
  for (const activity of state.activities.values()) {
    out.number(activity.scheduledEventId - previous);
    previous = activity.scheduledEventId;
    writeActivity(out, activity);
  }

  out.number(state.buffered.length);
  for (const event of state.buffered) out.block(HistoryEvent.encode(event).finish());
  writeLeftBehind(out, state.leftBehind);
  writeAfterClose(out, state.afterClose);
  out.number(state.ownTime ? 1 : 0);
  if (state.ownTime) out.text(state.ownTime.boot).number(state.ownTime.ms).number(state.ownTime.atMs);
  out.number(state.owed.size);
  for (const initiatedEventId of state.owed) out.number(initiatedEventId);
  const { toBeDeleted, resetRunId, takenOver, isKept } = state;
  out.number(
    (toBeDeleted ? DELETED : 0) + (resetRunId ? RESET : 0) + (takenOver ? TAKEN_OVER : 0) + (isKept ? KEPT : 0)
  );
  if (state.resetRunId) out.text(state.resetRunId).number(state.resetEventId);
  out.number(state.signalWaits.length);
  for (const node of state.signalWaits) out.text(node);
  out.number(state.signalsBefore.length);
  for (const id of state.signalsBefore) out.text(id);
  return out.finish();
}

function writeActivity(out: ByteWriter, activity: ActivityState): void {
  const operated = isOperated(activity);
  const first = activity.attempt === 1 && activity.lastHeartbeatTimeMs === 0 && activity.identity === '' && !operated;
  if (first && activity.epoch > 0 && activity.startedTimeMs === activity.scheduledTimeMs && activity.requestId === '') {
    out.number(RUNNING).number(activity.epoch);
  } else if (first && activity.queuedTimeMs === activity.scheduledTimeMs) {
    out.number(QUEUED);
  } else {
    out
      .number(operated ? OPERATED : FULL)
      .number(activity.attempt)
      .number(activity.epoch)
      .number(activity.startedTimeMs);
    out.number(activity.nextAttemptAtMs).number(activity.queuedTimeMs).number(activity.lastHeartbeatTimeMs);
    out.text(activity.requestId).text(activity.identity);
    out.block(activity.lastFailure && Failure.encode(activity.lastFailure).finish());
    out.block(activity.heartbeatDetails && Payloads.encode(activity.heartbeatDetails).finish());
    if (operated) writeOperated(out, activity);
  }
}

const isOperated = ({ pause, resetsHeartbeat, originalOptions, uncountedAttempts }: ActivityState): boolean =>
  pause !== null || resetsHeartbeat || originalOptions !== null || uncountedAttempts > 0;

function writeOperated(out: ByteWriter, activity: ActivityState): void {
  const { pause, resetsHeartbeat, originalOptions, uncountedAttempts } = activity;
  out.number((pause ? PAUSED : 0) + (resetsHeartbeat ? HEARTBEAT_RESET : 0) + (originalOptions ? OPTIONS : 0));
  out.number(uncountedAttempts);
  if (pause) out.number(pause.atMs).text(pause.identity).text(pause.reason);
  if (originalOptions) writeOptions(out, activity);
}

function writeOptions(out: ByteWriter, options: ActivityOptions): void {
  out.text(options.taskQueue).number(options.scheduleToCloseTimeoutMs).number(options.scheduleToStartTimeoutMs);
  out.number(options.startToCloseTimeoutMs).number(options.heartbeatTimeoutMs);
  out.block(options.retryPolicy && RetryPolicy.encode(options.retryPolicy).finish());
}

/** The options of the Scheduled event are in the activity until now. */
function readOperated(read: ByteReader, state: RunState, activity: ActivityState): void {
  const flags = read.number();
  activity.uncountedAttempts = read.number();
  activity.resetsHeartbeat = (flags & HEARTBEAT_RESET) > 0;
  if (flags & PAUSED) {
    activity.pause = { atMs: read.number(), identity: read.text(), reason: read.text() };
    state.pausedActivities += 1;
  }
  if ((flags & OPTIONS) === 0) return;
  activity.originalOptions = optionsOf(activity);
  setOptions(activity, {
    taskQueue: read.text(),
    scheduleToCloseTimeoutMs: read.number(),
    scheduleToStartTimeoutMs: read.number(),
    startToCloseTimeoutMs: read.number(),
    heartbeatTimeoutMs: read.number(),
    retryPolicy: decodeIn(read.block(), RetryPolicy),
  });
}

const decodeIn = <T>(bytes: Uint8Array | null, type: { decode(bytes: Uint8Array): T }): T | null =>
  bytes && type.decode(bytes);

/** Adds the side state to a state that was rebuilt from the events. Buffered events are not applied yet. */
export function decodeSide(state: RunState, side: Uint8Array): void {
  const read = new ByteReader(side);
  const version = readVersion(read);
  state.digest = read.raw(DIGEST_LENGTH);
  state.historySizeBytes = read.number();
  state.startRequestId = read.text();
  for (let count = read.number(); count > 0; count--) state.cancelRequestIds.add(read.text());

  state.workflowTaskAttempt = read.number();
  state.workflowTaskAtMs = read.number();
  state.lastWorkflowTaskFailure = null;
  if (read.number() === 1) {
    const [cause, attempt, timeMs] = [read.number(), read.number(), read.number()];
    const failure = read.block();
    state.lastWorkflowTaskFailure = { cause, attempt, timeMs, failure: failure && Failure.decode(failure) };
  }
  state.failedWorkflowTasks = version >= 2 ? read.number() : state.workflowTaskAttempt - 1;

  let scheduledEventId = 0;
  for (let count = read.number(); count > 0; count--) {
    scheduledEventId += read.number();
    readActivity(read, state, scheduledEventId);
  }

  for (let count = read.number(); count > 0; count--) state.buffered.push(HistoryEvent.decode(read.block()!));
  state.leftBehind = version >= 3 ? readLeftBehind(read) : null;
  state.afterClose = version >= 4 ? readAfterClose(read) : null;
  const hasOwnTime = version >= 5 && read.number() === 1;
  state.ownTime = hasOwnTime ? { boot: read.text(), ms: read.number(), atMs: read.number() } : null;
  if (version >= 6) for (let count = read.number(); count > 0; count--) state.owed.add(read.number());
  const fate = version >= 7 ? read.number() : 0;
  state.toBeDeleted = (fate & DELETED) > 0;
  state.takenOver = (fate & TAKEN_OVER) > 0;
  state.isKept = (fate & KEPT) > 0;
  if ((fate & RESET) > 0) {
    state.resetRunId = read.text();
    state.resetEventId = read.number();
  }
  if (version < 11) return;
  const texts = () => Array.from({ length: read.number() }, () => read.text());
  state.signalWaits = texts();
  knowSignals(state, texts());
}

/** The number of the phase in the side state. */
const PHASES = [null, 'unwound', 'left-standing'] as const;
const [NOT_COUNTED, COUNTING, COUNTED] = [0, 1, 2];

function writeLeftBehind(out: ByteWriter, left: LeftBehind | null): void {
  if (left?.state !== 'counted') out.number(left ? COUNTING : NOT_COUNTED);
  else out.number(COUNTED).number(PHASES.indexOf(left.phase)).number(left.standing);
}

function readLeftBehind(read: ByteReader): LeftBehind | null {
  const form = read.number();
  if (form === NOT_COUNTED) return null;
  if (form === COUNTING) return { state: 'counting' };
  const phase = PHASES[read.number()] ?? null;
  return { state: 'counted', phase, standing: read.number() };
}

/** The number of a settlement in the side state. */
const FOUND = ['notApplied', 'undone', 'remains'] as const;

function writeAfterClose(out: ByteWriter, known: AfterClose | null): void {
  out.number(known ? 1 : 0);
  if (!known) return;
  out.number(known.lateAnswers.length);
  for (const { scheduledEventId, applied, atMs } of known.lateAnswers)
    out
      .number(scheduledEventId)
      .number(applied ? 1 : 0)
      .number(atMs);
  out.number(known.settled.length);
  for (const { activityId, found } of known.settled) out.text(activityId).number(FOUND.indexOf(found));
}

function readAfterClose(read: ByteReader): AfterClose | null {
  if (read.number() === 0) return null;
  const lateAnswers = Array.from({ length: read.number() }, () => ({
    scheduledEventId: read.number(),
    applied: read.number() === 1,
    atMs: read.number(),
  }));
  const settled = Array.from({ length: read.number() }, () => ({
    activityId: read.text(),
    found: FOUND[read.number()]!,
  }));
  return { lateAnswers, settled };
}

function readVersion(read: ByteReader): number {
  const version = read.number();
  if (version >= 1 && version <= VERSION) return version;
  throw new Error(
    `the run was written by a newer engine: its side state has version ${version}, this engine reads 1 to ${VERSION}`
  );
}

function readActivity(read: ByteReader, state: RunState, scheduledEventId: number): void {
  const activity = state.activities.get(scheduledEventId);
  if (!activity) throw new Error(`side state names activity ${scheduledEventId}, which is not pending in the history`);
  const form = read.number();
  if (form === QUEUED) return;
  activity.queuedTimeMs = 0;
  if (form === RUNNING) {
    activity.epoch = read.number();
    activity.startedTimeMs = activity.scheduledTimeMs;
    return;
  }
  activity.attempt = read.number();
  activity.epoch = read.number();
  activity.startedTimeMs = read.number();
  activity.nextAttemptAtMs = read.number();
  activity.queuedTimeMs = read.number();
  activity.lastHeartbeatTimeMs = read.number();
  activity.requestId = read.text();
  activity.identity = read.text();
  const failure = read.block();
  activity.lastFailure = failure && Failure.decode(failure);
  if (activity.lastFailure) state.retryingActivities += 1;
  const details = read.block();
  activity.heartbeatDetails = details && Payloads.decode(details);
  if (form === OPERATED) readOperated(read, state, activity);
}

export function readExpectation(stored: StoredRun): Expectation {
  const read = new ByteReader(stored.side);
  readVersion(read);
  return { nextEventId: stored.nextEventId, digest: read.raw(DIGEST_LENGTH), status: stored.status };
}
