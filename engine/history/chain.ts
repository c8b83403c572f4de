/**
 * The next run of a chain. It is created by the commit that closes the run before it, which names it in its closing
 * event (`newExecutionRunId`):
 *
 *   failed | timed out, with a retry policy   → the same input, attempt + 1, after the policy's wait
 *   completed | failed | timed out, with cron  → the same input, at the next time of the schedule
 *   ContinueAsNewWorkflowExecution             → what the command says (commands/continue-as-new-workflow-execution.ts)
 *
 * As a Temporal server (service/history/workflow/retry.go: SetupNewWorkflowForRetryOrCron). Rules:
 *   CHN1 A retry comes before the schedule; neither follows a cancel, a terminate, or the execution timeout.
 *   CHN2 The run id follows from that of the run before, so that the same decision names the same run.
 *   CHN3 Runs of a chain begin at least a second apart, so that a chain cannot be a busy loop.
 *   CHN4 All runs of a chain have the execution timeout, the parent, the priority and the links of the first.
 *   CHN5 Times of a schedule that passed while a run was busy are left out.
 *   CHN6 A run of the embedded worker that was asked to stop and continues as new passes the request on, with who asked
 *        and why: a saga continues as new in the middle of its rollback, and the chain is to end as one run would, as
 *        stopped. A Temporal server passes nothing on, and neither do runs that are polled.
 *   CHN7 A signal whose answer was lost is sent again, and may meet the next run: a run knows the newest request ids of
 *        the signals of the runs before it, and takes none of them twice. A Temporal server would.
 */
import Long from 'long';
import { temporal } from '../proto';
import { timestampMs, toTimestamp } from '../proto-time';
import type { Failure, Payloads, RunState, StartRun } from './api';
import { nextTime } from './cron';
import { decideRetry } from './retry';
import { uuidOf } from './run-ids';

const { ContinueAsNewInitiator, RetryState } = temporal.api.enums.v1;

type Started = StartRun['attributes'];

/** `history.workflowIdReuseMinimalInterval` of a Temporal server. */
const APART_MS = 1_000;

/** A client gives up, or was answered, before so many others were: they are written with every commit of the next run. */
const SIGNALS_KNOWN = 32;

export interface Following {
  /** For the closing event of a run that failed or timed out. */
  retryState: number;
  /** Null: the chain ends. */
  next: StartRun | null;
}

/** What follows a run that failed or timed out with this failure. */
export function afterFailure(
  state: RunState,
  failure: Failure,
  now: number,
  lastCompletionResult: Payloads | null | undefined
): Following {
  const expirationMs = timestampMs(state.started.workflowExecutionExpirationTime) || null;
  if (expirationMs !== null && now >= expirationMs) return { retryState: RetryState.RETRY_STATE_TIMEOUT, next: null };
  const attempt = state.started.attempt ?? 1;
  const retry = decideRetry(state.started.retryPolicy, attempt, failure, now, expirationMs);
  if (retry.delayMs === null) {
    const next = scheduled(state, now, { continuedFailure: failure, lastCompletionResult: lastResultOf(state) });
    return { retryState: retry.state, next };
  }
  const next = nextRun(state, now, retry.delayMs, {
    ...state.started,
    attempt: attempt + 1,
    initiator: ContinueAsNewInitiator.CONTINUE_AS_NEW_INITIATOR_RETRY,
    continuedFailure: failure,
    lastCompletionResult,
  });
  return { retryState: retry.state, next };
}

/** The next run of a schedule; null for a run without one. */
export const afterCompletion = (state: RunState, result: Payloads | null | undefined, now: number): StartRun | null =>
  scheduled(state, now, { continuedFailure: null, lastCompletionResult: result });

export const lastResultOf = ({ started }: RunState) => started.lastCompletionResult;

function scheduled(
  state: RunState,
  now: number,
  carried: Pick<Started, 'continuedFailure' | 'lastCompletionResult'>
): StartRun | null {
  const { cronSchedule } = state.started;
  const delayMs = cronSchedule ? cronDelayMs(cronSchedule, state.firstWorkflowTaskAtMs, now) : null;
  if (delayMs === null) return null;
  return nextRun(state, now, delayMs, {
    ...state.started,
    ...carried,
    attempt: 1,
    initiator: ContinueAsNewInitiator.CONTINUE_AS_NEW_INITIATOR_CRON_SCHEDULE,
  });
}

/**
 * The wait until the next time of the schedule that is not before now, in whole seconds (common/backoff/cron.go). Null:
 * there is no such time.
 */
function cronDelayMs(schedule: string, scheduledMs: number, now: number): number | null {
  const at = now < scheduledMs ? scheduledMs : nextTime(schedule, scheduledMs, now);
  return at === null ? null : Math.ceil((at - now) / 1_000) * 1_000;
}

/** What the Started event of the first run of a schedule says; of a run without a schedule, nothing. */
export function firstOfSchedule(
  schedule: string | null | undefined,
  now: number
): { delayMs: number; initiator: temporal.api.enums.v1.ContinueAsNewInitiator | undefined } {
  if (!schedule) return { delayMs: 0, initiator: undefined };
  const initiator = ContinueAsNewInitiator.CONTINUE_AS_NEW_INITIATOR_CRON_SCHEDULE;
  return { delayMs: cronDelayMs(schedule, now, now) ?? 0, initiator };
}

/** For the run itself: where each revision first decided. */
export const resetPointsOf = ({ runId, resetPoints }: RunState) =>
  resetPoints.map(({ revision, eventId, timeMs }) => ({
    buildId: revision,
    runId,
    firstWorkflowTaskCompletedId: Long.fromNumber(eventId),
    createTime: toTimestamp(timeMs),
    resettable: true,
  }));

/** As a Temporal server, which keeps the last 20 of a chain (history.maxAutoResetPoints). */
function pointsOf(state: RunState): temporal.api.workflow.v1.IResetPoints | null {
  const points = [...(state.started.prevAutoResetPoints?.points ?? []), ...resetPointsOf(state)].slice(-20);
  return points.length > 0 ? { points } : null;
}

/** The revision that decided last: before the first workflow task, in the run that continued as this one; '' for none. */
export function revisionOfTask({ started, revision, lastCompletedTaskStartedEventId }: RunState): string {
  const goesOn = started.initiator === ContinueAsNewInitiator.CONTINUE_AS_NEW_INITIATOR_WORKFLOW;
  if (lastCompletedTaskStartedEventId > 0 || !goesOn || !started.continuedExecutionRunId) return revision;
  return started.prevAutoResetPoints?.points?.at(-1)?.buildId ?? '';
}

/** Derived and not random, so that the same decision gives the same run id. */
const nextRunId = (state: RunState): string => uuidOf(`${state.runId}/${(state.started.attempt ?? 1) + 1}`);

/** `attributes`: of its Started event, apart from its place in the chain. */
/** [CHN7] */
function signalsOf({ signalsBefore, signalRequestIds }: RunState): readonly string[] {
  const own = [...signalRequestIds].filter((id) => !signalsBefore.includes(id));
  return [...signalsBefore, ...own].slice(-SIGNALS_KNOWN);
}

/** [CHN7] The run knows these as its own. */
export function knowSignals(state: RunState, before: readonly string[]): void {
  state.signalsBefore = before;
  for (const id of before) state.signalRequestIds.add(id);
}

export function nextRun(state: RunState, now: number, delayMs: number, attributes: Started): StartRun {
  const runId = nextRunId(state);
  const { started } = state;
  const livedMs = now - state.firstWorkflowTaskAtMs;
  return {
    runKey: 0,
    namespace: state.namespace,
    workflowId: state.workflowId,
    runId,
    firstRunId: state.firstRunId,
    requestId: runId,
    atMs: now,
    firstWorkflowTaskAt: now + (livedMs + delayMs < APART_MS ? APART_MS - livedMs : delayMs),
    // The next run has the links of the first, and not its user metadata.
    links: state.startedWith.links,
    signalsBefore: signalsOf(state),
    attributes: {
      ...attributes,
      parentWorkflowNamespace: started.parentWorkflowNamespace,
      parentWorkflowNamespaceId: started.parentWorkflowNamespaceId,
      parentWorkflowExecution: started.parentWorkflowExecution,
      parentInitiatedEventId: started.parentInitiatedEventId,
      rootWorkflowExecution: started.rootWorkflowExecution,
      workflowExecutionTimeout: started.workflowExecutionTimeout,
      workflowExecutionExpirationTime: started.workflowExecutionExpirationTime,
      priority: started.priority,
      originalExecutionRunId: runId,
      continuedExecutionRunId: state.runId,
      prevAutoResetPoints: pointsOf(state),
      identity: '',
    },
  };
}
