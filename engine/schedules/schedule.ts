/**
 * A schedule and what it decides: which runs to start, which to stop, and when it is needed again. Pure: no I/O and no
 * clock. The decisions are those of a Temporal server (service/worker/scheduler/workflow.go and buffer.go).
 *
 *   times of the spec, triggers, backfills → buffer → overlap policy → pending starts → running | not tracked
 *
 * Rules
 * [SCH1] A time is taken once: `processedMs` moves past it in the same change that puts it into the buffer. A start is
 *        pending, with its workflow id and request id, until it is known to have been made or refused, so that it can
 *        be asked for again after a crash and is made once.
 * [SCH2] Times that are older than the catch-up window are missed and counted. While the schedule is paused or has no
 *        actions left, times pass and are not made up for.
 * [SCH3] The overlap policy decides while a run of the schedule is open: skip, buffer one, buffer all, cancel or
 *        terminate the open one first, or allow all. Runs that may overlap are not tracked. A start without a policy
 *        has that of the schedule at the moment of the decision.
 * [SCH4] Triggers and backfills ignore pause, limit and catch-up window. A backfill takes its times in batches, both
 *        ends included, and leaves half of the buffer to others.
 * [SCH5] After a run that failed or timed out the schedule pauses itself if its policy says so. The next tracked run
 *        gets the last result, and the failure of the run before it.
 * [SCH6] An update replaces spec, action, policies and state, takes no time before itself, and is refused if its token
 *        is not that of the last change.
 * [SCH8] A start that is refused for good (its flow is retired, its input does not fit) is dropped, and the reason is
 *        kept until a later start is made. A start whose time was over before it could be made counts as missed.
 * [SCH7] One call takes at most a thousand times, so that an engine which was away for long stays responsive.
 */
import Long from 'long';
import { durationMs, idOf, timestampMs, toDuration } from '../proto-time';
import { temporal } from '../proto';
import { uuidOf } from '../history/run-ids';
import type { ScheduleTimes } from './times';

export const { ScheduleOverlapPolicy: OVERLAP } = temporal.api.enums.v1;
const { WorkflowExecutionStatus } = temporal.api.enums.v1;
/** Of a run that is open as far as the schedule knows. */
export const RUNNING = WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_RUNNING;
type Overlap = temporal.api.enums.v1.ScheduleOverlapPolicy;
type Status = temporal.api.enums.v1.WorkflowExecutionStatus;
type Payloads = temporal.api.common.v1.IPayloads;
type Failure = temporal.api.failure.v1.IFailure;
type Patch = temporal.api.schedule.v1.ISchedulePatch;
type Definition = temporal.api.schedule.v1.ISchedule;

const DEFAULT_CATCHUP_MS = 365 * 86_400_000;
const LEAST_CATCHUP_MS = 10_000;
const MOST_BUFFERED = 1_000;
const MOST_TIMES = 1_000;
const BACKFILLED_AT_ONCE = 10;
const RECENT = 10;

export interface Start {
  nominalMs: number;
  /** With jitter. */
  atMs: number;
  overlap: Overlap;
  /** A trigger or a backfill. */
  isManual: boolean;
}
/** A start that was decided on, and whose outcome is not known yet. */
export interface PendingStart extends Start {
  workflowId: string;
  requestId: string;
  /** The overlap policy waits for its run. */
  isTracked: boolean;
}
export interface RunOfSchedule {
  workflowId: string;
  /** The first run of its chain. */
  runId: string;
}
export interface RecentAction extends RunOfSchedule {
  scheduledMs: number;
  startedMs: number;
  status: Status;
}
interface Backfill {
  /** Times after this one. */
  afterMs: number;
  untilMs: number;
  overlap: Overlap;
}

export interface ScheduleState {
  /** Unique in the engine; ids of starts follow from it. */
  key: string;
  definition: Definition;
  createdMs: number;
  /** 0 for never. */
  updatedMs: number;
  /** Changes with each change that a person makes. */
  conflictToken: number;
  /** No time up to this one is taken any more. */
  processedMs: number;
  /** Of the next start. */
  nextStart: number;
  buffer: Start[];
  backfills: Backfill[];
  pending: PendingStart[];
  running: RunOfSchedule[];
  recent: RecentAction[];
  lastResult: Payloads | null;
  lastFailure: Failure | null;
  /** Why the last start was refused; null once one was made after it. */
  lastRefusal: string | null;
  counts: { actions: number; missedCatchupWindow: number; overlapSkipped: number; bufferDropped: number };
}

export type ScheduleEffect =
  { kind: 'start'; start: PendingStart } | { kind: 'cancel' | 'terminate'; run: RunOfSchedule };

export interface Decision {
  effects: ScheduleEffect[];
  /** When the schedule is to be asked again, if nothing happens to it before; null for never. */
  wakeAtMs: number | null;
}

/** `definition`: with the spec as `canonicalSpec` returns it. */
export function createSchedule(key: string, definition: Definition, now: number): ScheduleState {
  return {
    key,
    definition: whole(definition),
    createdMs: now,
    updatedMs: 0,
    conflictToken: 1,
    processedMs: now,
    nextStart: 1,
    buffer: [],
    backfills: [],
    pending: [],
    running: [],
    recent: [],
    lastResult: null,
    lastFailure: null,
    lastRefusal: null,
    counts: { actions: 0, missedCatchupWindow: 0, overlapSkipped: 0, bufferDropped: 0 },
  };
}

/** With the defaults of a Temporal server, which are described like what was set. */
function whole(definition: Definition): Definition {
  const { policies } = definition;
  return {
    ...definition,
    policies: {
      ...policies,
      overlapPolicy: policies?.overlapPolicy || OVERLAP.SCHEDULE_OVERLAP_POLICY_SKIP,
      catchupWindow: toDuration(windowMs(policies?.catchupWindow)),
    },
    state: { ...definition.state },
  };
}

const windowMs = (window: Parameters<typeof durationMs>[0]) =>
  window ? Math.max(durationMs(window), LEAST_CATCHUP_MS) : DEFAULT_CATCHUP_MS;

/** Takes the times until now and decides on all that is in the buffer. Throws SpecError. */
export function advance(state: ScheduleState, times: ScheduleTimes, now: number): Decision {
  const effects: ScheduleEffect[] = [];
  const untilMs = Math.max(now, state.processedMs);
  let nextMs: number | null;
  let hasMore = false;
  if (canTake(state)) {
    const taken = take(state, times, { afterMs: state.processedMs, untilMs, most: MOST_TIMES });
    state.processedMs = taken.lastMs;
    nextMs = taken.nextMs;
    hasMore = nextMs !== null && nextMs <= untilMs;
  } else {
    // Time that passes meanwhile is not made up for.
    state.processedMs = untilMs;
    nextMs = null;
  }
  takeBackfills(state, times);
  while (decide(state, effects));
  const isBackfilling = state.backfills.length > 0 && state.buffer.length < MOST_BUFFERED / 2;
  if (hasMore || isBackfilling) return { effects, wakeAtMs: now };
  return { effects, wakeAtMs: canTake(state) ? nextMs : null };
}

/** Throws RangeError if the token is not that of the last change. 0 is every token. */
export function update(state: ScheduleState, definition: Definition, token: number, now: number): void {
  if (token !== 0 && token !== state.conflictToken) throw new RangeError('the schedule was changed meanwhile');
  state.definition = whole(definition);
  state.updatedMs = now;
  state.conflictToken++;
}

export function patch(state: ScheduleState, asked: Patch, now: number): void {
  const { triggerImmediately, backfillRequest, pause, unpause } = asked;
  if (triggerImmediately) {
    const atMs = triggerImmediately.scheduledTime ? timestampMs(triggerImmediately.scheduledTime) : now;
    buffer(state, { nominalMs: atMs, atMs, overlap: triggerImmediately.overlapPolicy ?? 0, isManual: true });
  }
  for (const { startTime, endTime, overlapPolicy } of backfillRequest ?? []) {
    if (state.backfills.length >= MOST_BUFFERED) state.counts.bufferDropped++;
    else
      state.backfills.push({
        // The first time of the range belongs to it.
        afterMs: timestampMs(startTime) - 1,
        untilMs: timestampMs(endTime),
        overlap: overlapPolicy ?? OVERLAP.SCHEDULE_OVERLAP_POLICY_UNSPECIFIED,
      });
  }
  if (pause) setPaused(state, true, pause);
  if (unpause) setPaused(state, false, unpause);
}

/** A pending start has been made. */
export function started(state: ScheduleState, requestId: string, runId: string, startedMs: number): void {
  const start = removePending(state, requestId);
  if (!start) return;
  const { workflowId, atMs: scheduledMs } = start;
  state.lastRefusal = null;
  state.counts.actions++;
  state.recent = [...state.recent, { workflowId, runId, scheduledMs, startedMs, status: RUNNING }].slice(-RECENT);
  if (start.isTracked) state.running.push({ workflowId, runId });
}

/** A pending start is refused for good, or its time is over: `why` is null then. */
export function notStarted(state: ScheduleState, requestId: string, why: string | null): void {
  if (!removePending(state, requestId)) return;
  if (why === null) state.counts.missedCatchupWindow++;
  else state.lastRefusal = why;
}

/** The time to make a start is over. There is none for triggers and backfills. */
export const isTooLate = (state: ScheduleState, { atMs, isManual }: PendingStart, now: number): boolean =>
  !isManual && now - atMs > catchupMs(state);

function removePending(state: ScheduleState, requestId: string): PendingStart | undefined {
  const start = state.pending.find((each) => each.requestId === requestId);
  state.pending = state.pending.filter((each) => each !== start);
  return start;
}

/** The last run of a chain has closed, or is gone. */
export function closed(
  state: ScheduleState,
  { workflowId, runId }: RunOfSchedule,
  { status, result, failure }: { status: Status; result?: Payloads | null; failure?: Failure | null }
): void {
  const isRun = (each: RunOfSchedule) => each.workflowId === workflowId && each.runId === runId;
  state.recent = state.recent.map((each) => (isRun(each) ? { ...each, status } : each));
  if (!state.running.some(isRun)) return;
  state.running = state.running.filter((each) => !isRun(each));
  const hasFailed = status === WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_FAILED;
  const hasTimedOut = status === WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_TIMED_OUT;
  if ((hasFailed || hasTimedOut) && state.definition.policies?.pauseOnFailure && !state.definition.state?.paused) {
    const why = hasFailed ? `failure: ${workflowId}: ${failure?.message ?? ''}` : `timeout: ${workflowId}`;
    setPaused(state, true, `paused due to workflow ${why}`);
  }
  if (result) [state.lastResult, state.lastFailure] = [result, null];
  else if (failure) state.lastFailure = failure;
}

/** The next times of the schedule, with jitter, as it would take them. Throws SpecError. */
export function futureTimes(state: ScheduleState, times: ScheduleTimes, most: number): number[] {
  const { limitedActions, remainingActions } = state.definition.state ?? {};
  const count = limitedActions ? Math.min(most, idOf(remainingActions)) : most;
  const found: number[] = [];
  for (let after = state.processedMs; found.length < count;) {
    const next = times.next(after);
    if (!next) break;
    after = next.atMs;
    if (next.atMs >= state.updatedMs) found.push(next.atMs);
  }
  return found;
}

function setPaused(state: ScheduleState, paused: boolean, notes: string): void {
  state.definition.state = { ...state.definition.state, paused, notes };
  state.conflictToken++;
}

/** Whether a time of the spec would be taken now. */
function canTake({ definition: { state } }: ScheduleState): boolean {
  if (state?.paused) return false;
  return !state?.limitedActions || idOf(state.remainingActions) > 0;
}

const catchupMs = ({ definition: { policies } }: ScheduleState): number => windowMs(policies?.catchupWindow);

interface Range {
  afterMs: number;
  untilMs: number;
  most: number;
  /** For a backfill. */
  overlap?: Overlap;
}

/** Puts the times of a range into the buffer. `lastMs`: the last one that was taken or missed. */
function take(state: ScheduleState, times: ScheduleTimes, { afterMs, untilMs, most, overlap }: Range) {
  const isManual = overlap !== undefined;
  let lastMs = afterMs;
  for (let count = 0; ;) {
    const next = times.next(lastMs);
    if (!next || next.atMs > untilMs || count++ >= most) return { lastMs, nextMs: next?.atMs ?? null };
    lastMs = next.atMs;
    if (!isManual && next.atMs < state.updatedMs) continue;
    if (!isManual && untilMs - next.atMs > catchupMs(state)) state.counts.missedCatchupWindow++;
    else buffer(state, { ...next, overlap: overlap ?? OVERLAP.SCHEDULE_OVERLAP_POLICY_UNSPECIFIED, isManual });
  }
}

function takeBackfills(state: ScheduleState, times: ScheduleTimes): void {
  let left = BACKFILLED_AT_ONCE;
  while (left > 0 && state.buffer.length < MOST_BUFFERED / 2) {
    const [backfill] = state.backfills;
    if (!backfill) return;
    const before = state.buffer.length;
    const { lastMs, nextMs } = take(state, times, { ...backfill, most: left });
    left -= state.buffer.length - before;
    if (nextMs === null || nextMs > backfill.untilMs) state.backfills.shift();
    else backfill.afterMs = lastMs;
  }
}

function buffer(state: ScheduleState, { nominalMs, atMs, overlap, isManual }: Start): void {
  if (state.buffer.length >= MOST_BUFFERED) state.counts.bufferDropped++;
  else state.buffer.push({ nominalMs, atMs, overlap, isManual });
}

function overlapOf({ definition: { policies } }: ScheduleState, { overlap }: Start): Overlap {
  return overlap || policies?.overlapPolicy || OVERLAP.SCHEDULE_OVERLAP_POLICY_SKIP;
}

/** Applies the overlap policy to the buffer. True if there may be more to do at once. */
function decide(state: ScheduleState, effects: ScheduleEffect[]): boolean {
  if (!state.definition.action?.startWorkflow) state.buffer = [];
  if (state.buffer.length === 0) return false;
  const isRunning = state.running.length > 0 || state.pending.some(({ isTracked }) => isTracked);
  const kept: Start[] = [];
  let overlapping: Start[] = [];
  let single: Start | null = null;
  let stop: 'cancel' | 'terminate' | null = null;
  for (const start of state.buffer) {
    const policy = overlapOf(state, start);
    if (policy === OVERLAP.SCHEDULE_OVERLAP_POLICY_ALLOW_ALL) overlapping.push(start);
    else if (!isRunning && !single) single = start;
    else if (policy === OVERLAP.SCHEDULE_OVERLAP_POLICY_BUFFER_ALL) kept.push(start);
    else if (policy === OVERLAP.SCHEDULE_OVERLAP_POLICY_BUFFER_ONE && kept.length === 0) kept.push(start);
    else if (stopOf(policy)) {
      if (!isRunning) {
        // It takes the place of the one that has not been started yet.
        state.counts.overlapSkipped++;
        single = start;
      } else {
        if (stop !== 'terminate') stop = stopOf(policy);
        kept.push(start);
      }
    } else state.counts.overlapSkipped++;
  }
  // They would be stopped at once.
  if (stop) overlapping = [];
  state.buffer = kept;
  let tryAgain = false;
  for (const start of [...overlapping, ...(single ? [single] : [])]) {
    if (!start.isManual && !takeAction(state)) {
      tryAgain = true;
      continue;
    }
    const pending = pendingStart(state, start, start === single);
    state.pending.push(pending);
    effects.push({ kind: 'start', start: pending });
  }
  if (stop) for (const run of state.running) effects.push({ kind: stop, run });
  return tryAgain;
}

function stopOf(policy: Overlap): 'cancel' | 'terminate' | null {
  if (policy === OVERLAP.SCHEDULE_OVERLAP_POLICY_CANCEL_OTHER) return 'cancel';
  return policy === OVERLAP.SCHEDULE_OVERLAP_POLICY_TERMINATE_OTHER ? 'terminate' : null;
}

/** Counts down the actions that are left. False: none is. */
function takeAction(state: ScheduleState): boolean {
  if (!canTake(state)) return false;
  const { limitedActions, remainingActions } = state.definition.state ?? {};
  if (limitedActions) {
    state.definition.state = {
      ...state.definition.state,
      remainingActions: Long.fromNumber(idOf(remainingActions) - 1),
    };
    state.conflictToken++;
  }
  return true;
}

function pendingStart(state: ScheduleState, start: Start, isTracked: boolean): PendingStart {
  const base = state.definition.action?.startWorkflow?.workflowId ?? '';
  const second = new Date(Math.floor(start.nominalMs / 1_000) * 1_000).toISOString().replace('.000Z', 'Z');
  const requestId = uuidOf(`${state.key}/${state.nextStart++}`);
  return { ...start, workflowId: `${base}-${second}`, requestId, isTracked };
}
