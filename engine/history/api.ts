/**
 * The contract of engine/history: a run's mutable state, and pure, synchronous decisions over it.
 *
 * A decision takes (state, request, now), changes the state in memory, and returns what must become durable (events, in
 * order, ids contiguous) and what must happen after that (effects, as data). It does no I/O and reads no clock.
 * The service appends the events, commits them, and only then performs the effects.
 *
 * Embedded workflow tasks (design D5, D11): the task itself is not durable. `openWorkflowTask` fixes the ids that its
 * Scheduled and Started events will have and writes nothing; events that arrive meanwhile are buffered; completing it
 * writes Scheduled, Started, Completed, the commands' events and then the buffer as one batch. That a run needs a
 * task is derived: it has durable or staged events after its last completed task. So a task that is lost in a crash
 * leaves no trace.
 */
import type { temporal } from '../proto';
import type { RunKey, RunStatus, TimestampMs } from '../run-name';
import type { ActivityRelease, ActivityReset, ActivitySelection } from './activity-operations';
import type {
  ActivityOptions,
  ActivityPause,
  Command,
  CancelRequested,
  Failure,
  ChildClosed,
  ChildState,
  ExternalRequest,
  HistoryEvent,
  LateAnswer,
  LeftBehind,
  Payloads,
  Rules,
  RunState,
  SettledEffect,
  WorkflowTaskState,
} from './run-state';

export type * from './run-state';

/** The result of every decision. */
export interface Transition {
  /** New events, contiguous from the run's next event id before the decision. May be empty. */
  events: HistoryEvent[];
  /** Performed in order after the events are durable. */
  effects: Effect[];
}

/** An effect of a decision. */
export type Effect = StagedEffect | DurableEffect;

/** Concerns the commit itself or the memory: handled as soon as the decision is staged. */
export type StagedEffect =
  /** The run needs a workflow task at `at` (now, or later under back-off). Call `openWorkflowTask`. */
  | { kind: 'workflowTask'; at: TimestampMs }
  /**
   * The open task failed or timed out inside this decision: the cached workflow is ahead of the history and must be
   * discarded.
   */
  | { kind: 'workflowTaskFailed'; cause: number }
  /**
   * Start the next run of the chain (retry, schedule, continue-as-new) in the same commit.
   * `start.runKey` is 0: the service assigns it. The run id is derived from this run's, so the decision stays pure.
   */
  | { kind: 'newRun'; start: StartRun }
  /** The visibility record must be written with this commit: started, search attributes or memo changed, closed. */
  | { kind: 'visibility' }
  /** A closed run may need the engine no longer: its effects are counted, or somebody has heard from it. */
  | { kind: 'rests' };

/** Leaves the engine: performed after the commit is durable. */
export type DurableEffect =
  /** Start this attempt. Already recorded as started under the current epoch. */
  | { kind: 'dispatchActivity'; scheduledEventId: number; attempt: number }
  /** Offer this attempt to pollers of its queue; it starts with `startActivity`. Only for queues that `isPolled`. */
  | { kind: 'offerActivity'; scheduledEventId: number; attempt: number }
  /** Request that a running attempt stops. */
  | {
      kind: 'cancelActivity';
      scheduledEventId: number;
      attempt: number;
      reason: 'CANCELLED' | 'TIMED_OUT' | 'WORKFLOW_CLOSED';
    }
  /** An update reached a stage; callers that wait for this or an earlier stage can be answered. */
  | {
      kind: 'updateStage';
      updateId: string;
      stage: 'accepted' | 'completed' | 'rejected' | 'aborted';
      outcome: temporal.api.update.v1.IOutcome | null;
    }
  /** Another run has to hear from this one: see `messageOf`. `again`: it may have been sent before. */
  | { kind: 'send'; initiatedEventId: number; again?: true }
  /** The run closed. Its long polls end, and its cache entry is removed. */
  | { kind: 'closed'; status: RunStatus }
  /** The run was closed without running its code: count the effects that it left behind, then call `settleCount`. */
  | { kind: 'count' }
  /** The run is to be removed, once nobody has to hear from it any more (`mayBeDeleted`). */
  | { kind: 'delete' }
  /** An attempt ended, and with it perhaps its activity. For measurements: nothing else follows from it. */
  | { kind: 'attemptEnded'; attempt: AttemptEnd };

export interface AttemptEnd {
  activityId: string;
  activityType: string;
  /** 'lost': the engine stopped while it ran. */
  result: 'completed' | 'failed' | 'timedOut' | 'canceled' | 'lost';
  /** How many attempts there were, and how long it was since the activity was scheduled; null: another one follows. */
  activity: { attempts: number; ms: number } | null;
}

/** The attributes of WorkflowExecutionStarted, and the position of the run in its chain. */
export interface StartRun {
  runKey: RunKey;
  namespace: string;
  workflowId: string;
  runId: string;
  firstRunId: string;
  requestId: string;
  attributes: temporal.api.history.v1.IWorkflowExecutionStartedEventAttributes;
  /** Of the Started event, beside its attributes. */
  userMetadata?: temporal.api.sdk.v1.IUserMetadata | null;
  links?: Links;
  /** A signal to write right after Started (SignalWithStart). */
  signal?: SignalRequest;
  /** Request ids of signals of the runs before, the newest last (CHN7). */
  signalsBefore?: readonly string[];
  /** A request to stop to write right after Started: that of the run before (CHN6). */
  cancelRequest?: CancelRequested | null;
  /** First workflow task not before this (start delay, wait of a chain). */
  firstWorkflowTaskAt: TimestampMs;
  /** The delay that was asked for, instead of what remains until `firstWorkflowTaskAt` when the run is written. */
  startDelayMs?: number;
  /** When it starts, for the next run of a chain: the close of the run before. Otherwise it starts now. */
  atMs?: TimestampMs;
}

/** A run that begins with the events of another one. */
export interface ResetRun {
  runKey: RunKey;
  namespace: string;
  workflowId: string;
  runId: string;
  firstRunId: string;
  requestId: string;
  /** Its events before the point. They become events of the new run: they are not to be shared. */
  base: { runId: string; events: HistoryEvent[] };
  reason: string;
  /** Events of the base after the point, and of the runs that followed it, in order; not to be shared either. */
  after: HistoryEvent[];
  excludes: { signals: boolean; updates: boolean };
}

export interface SignalRequest {
  signalName: string;
  input: Payloads | null;
  header: temporal.api.common.v1.IHeader | null;
  identity: string;
  /** For deduplication within the run; '' for none. */
  requestId: string;
  links?: Links;
  /** Another run asks: the request does not count against the limit of buffered events. */
  asker?: Asker;
  /** The first workflow task no longer waits for the start delay. */
  endsStartDelay?: boolean;
}
/** What another run has to hear from this one. */
export type Message =
  | ExternalRequest
  | { kind: 'startChild'; initiatedEventId: number; child: ChildState }
  /** The run has closed: its close policy for that child. */
  | { kind: 'closeChild'; initiatedEventId: number; child: ChildState }
  /** The run has closed: its parent has to hear how. */
  | {
      kind: 'tellParent';
      initiatedEventId: number;
      namespace: string;
      workflowId: string;
      runId: string;
      closed: ChildClosed;
    };
/** What became of a message. `cause`: a failed cause in the numbers of the message's own kind. */
export type MessageResult =
  /** `recorded`: of 'tellParent', the parent's history has the close. */
  { kind: 'done'; recorded?: boolean } | { kind: 'failed'; cause: number };

/** The run that asks, when a request comes from a run. */
export interface Asker {
  workflowId: string;
  runId: string;
  initiatedEventId: number;
}

/** What caused a request elsewhere: kept with the event that the request writes. */
export type Links = temporal.api.common.v1.ILink[] | null | undefined;

/** What a start attaches to a run that is already open. */
export interface AttachRequest {
  /** '' for none. */
  requestId: string;
  links?: Links;
}
export interface CancelRequest {
  reason: string;
  identity: string;
  requestId: string;
  links?: Links;
  /** See `SignalRequest.asker`. */
  asker?: Asker;
}
/** Of a run, or the end of its pause. */
export interface PauseRequest {
  identity: string;
  reason: string;
  /** '' for none. */
  requestId: string;
}
export interface TerminateRequest {
  reason: string;
  details: Payloads | null;
  identity: string;
  links?: Links;
}

/** Signatures that engine/history/index.ts exports. `epoch` is the lease's; every `now` is in milliseconds. */
export interface HistoryApi {
  startRun(
    start: StartRun,
    now: TimestampMs,
    epoch?: number,
    rules?: Rules
  ): { state: RunState; transition: Transition };
  /** Throws a RequestError for a point at which no workflow task is open. */
  resetRun(
    request: ResetRun,
    now: TimestampMs,
    epoch: number,
    rules: Rules
  ): { state: RunState; transition: Transition };
  /** For the base: the new run, and the event after which the base is no longer its own. */
  markReset(state: RunState, resetRunId: string, resetEventId: number, now: TimestampMs): Transition;
  /** Ends the current run for a reset of `base`, which may be the same. No close policy is carried out. */
  endForReset(
    state: RunState,
    reason: string,
    base: { resetRunId: string; resetEventId: number } | null,
    now: TimestampMs
  ): Transition;
  /** Rebuild from all stored events and the side state. Pure apply: no decision is repeated. */
  rebuildRun(stored: import('../store/port').StoredRun, events: HistoryEvent[], rules?: Rules): RunState;
  encodeSide(state: RunState): Uint8Array;
  /** One commit's events as `temporal.api.history.v1.History` bytes. */
  encodeBatch(events: HistoryEvent[]): Uint8Array;
  /** How many bytes `encodeBatch` would give, without making them. */
  batchBytes(events: HistoryEvent[]): number;
  /**
   * Accounts for a batch that is passed to the store: updates the chained digest and the size. Call it before
   * `encodeSide`.
   */
  recordBatch(state: RunState, batch: Uint8Array): void;
  /** The values that `checkHistory` can expect for a stored run. */
  readExpectation(stored: import('../store/port').StoredRun): Expectation;
  /**
   * After every rebuild of an open run (takeover, reload, waking). Attempts of older epochs are lost, and the retry
   * policy decides whether another one runs. Attempts of this epoch are dispatched again (the service drops those
   * that are already running). Buffered events are written, because the task for which they waited is gone.
   */
  recoverRun(state: RunState, epoch: number, now: TimestampMs): Transition;

  /** When the run next needs the engine without a request (timer, timeout, retry, task back-off); null for never. */
  nextDeadline(state: RunState): TimestampMs | null;
  /** Performs everything that is due now: fires timers, times out, starts due retries, closes on run timeout. */
  advance(state: RunState, epoch: number, now: TimestampMs): Transition;

  /** Opens an embedded task if one is needed and none is open; null otherwise. Writes nothing. */
  openWorkflowTask(state: RunState, now: TimestampMs): WorkflowTaskState | null;
  /** Throws a RequestError when commands are invalid (the service then fails the task with that cause). */
  completeWorkflowTask(
    state: RunState,
    completion: WorkflowTaskCompletion,
    epoch: number,
    now: TimestampMs
  ): Transition;
  /** The events for the worker: those that the workflow has not processed, then this task's Scheduled and Started. */
  taskEvents(state: RunState): HistoryEvent[];
  /**
   * The open task's Scheduled, unless it is written already, and Started, which follow the stored events when a workflow is replayed from event 1.
   */
  openTaskEvents(state: RunState): HistoryEvent[];
  failWorkflowTask(
    state: RunState,
    cause: number,
    failure: Failure,
    identity: string,
    now: TimestampMs,
    task?: WorkflowTaskCompletion['task']
  ): Transition;

  signal(state: RunState, request: SignalRequest, now: TimestampMs): Transition;
  requestCancel(state: RunState, request: CancelRequest, now: TimestampMs): Transition;
  /** Causes no workflow task. */
  attach(state: RunState, request: AttachRequest, now: TimestampMs): Transition;
  /** What `send` names; null once it was answered. */
  messageOf(state: RunState, initiatedEventId: number): Message | null;
  /** True while others have to hear something from this run. */
  hasMessages(state: RunState): boolean;
  /** Stores what became of a message; nothing if it was answered before. */
  answerMessage(state: RunState, message: Message, result: MessageResult, now: TimestampMs): Transition;
  /** Nothing if the run has closed, or has no such child (any more). */
  childClosed(state: RunState, closed: ChildClosed, now: TimestampMs): Transition;
  terminate(state: RunState, request: TerminateRequest, now: TimestampMs): Transition;
  /** See paused.ts. */
  pauseRun(state: RunState, request: PauseRequest, now: TimestampMs): Transition;
  unpauseRun(state: RunState, request: PauseRequest, epoch: number, now: TimestampMs): Transition;
  /** An open run is terminated. */
  requestDeletion(state: RunState, now: TimestampMs): Transition;
  /** The same, for a caller: throws a RequestError if the run must stay (deletion.ts). */
  deleteByRequest(state: RunState, now: TimestampMs): Transition;
  /** For a closed run: stores the counted effects. Writes no event; counting again changes nothing else. */
  settleCount(state: RunState, leftBehind: LeftBehind | null, now: TimestampMs): Transition;
  /**
   * For a closed run: stores the answer to a call that was in flight at the close. Writes no event; requests another
   * count.
   */
  answerLate(state: RunState, answer: LateAnswer, now: TimestampMs): Transition;
  /** For a closed run: stores the findings of a person about an effect. Writes no event; requests another count. */
  settleEffect(state: RunState, effect: SettledEffect, now: TimestampMs): Transition;
  /** For a closed run: whether a person keeps it. Writes no event. */
  keepRun(state: RunState, isKept: boolean, now: TimestampMs): Transition;
  /** Admit an update in memory; deduplicates by id. No event before acceptance. */
  admitUpdate(state: RunState, request: temporal.api.update.v1.IRequest, now: TimestampMs): Transition;

  /** A poller takes an offered attempt. Starting the same attempt again with the same request id changes nothing. */
  startActivity(
    state: RunState,
    attempt: AttemptRef,
    requestId: string,
    identity: string,
    epoch: number,
    now: TimestampMs
  ): Transition;
  completeActivity(
    state: RunState,
    attempt: AttemptRef,
    result: Payloads | null,
    identity: string,
    epoch: number,
    now: TimestampMs
  ): Transition;
  /** Retries under the policy, or closes. */
  failActivity(
    state: RunState,
    attempt: AttemptRef,
    failure: Failure,
    identity: string,
    epoch: number,
    now: TimestampMs
  ): Transition;
  cancelActivity(
    state: RunState,
    attempt: AttemptRef,
    details: Payloads | null,
    identity: string,
    epoch: number,
    now: TimestampMs
  ): Transition;
  heartbeatActivity(state: RunState, attempt: AttemptRef, details: Payloads | null, now: TimestampMs): Transition;

  // What operators do with pending activities: activity-operations.ts. Each throws NOT_FOUND where none is selected.
  pauseActivities(
    state: RunState,
    selection: ActivitySelection,
    by: Omit<ActivityPause, 'atMs'>,
    now: TimestampMs
  ): Transition;
  unpauseActivities(
    state: RunState,
    selection: ActivitySelection,
    release: ActivityRelease,
    epoch: number,
    now: TimestampMs
  ): Transition;
  resetActivities(
    state: RunState,
    selection: ActivitySelection,
    reset: ActivityReset,
    epoch: number,
    now: TimestampMs
  ): Transition;
  /** Null restores the options of the Scheduled event. Also returns the options of the last one. */
  changeActivityOptions(
    state: RunState,
    selection: ActivitySelection,
    change: Partial<ActivityOptions> | null,
    epoch: number,
    now: TimestampMs
  ): { transition: Transition; options: ActivityOptions };
}

/**
 * For an attempt that is no longer the running one (timed out, closed, older epoch) the call throws RequestError
 * NOT_FOUND.
 */
export interface AttemptRef {
  scheduledEventId: number;
  attempt: number;
}

export interface WorkflowTaskCompletion {
  identity: string;
  commands: Command[];
  messages: temporal.api.protocol.v1.IMessage[];
  sdkMetadata: temporal.api.sdk.v1.IWorkflowTaskCompletedMetadata | null;
  revision: string;
  /** The nodes that now wait for a signal without a timeout; missing: the worker does not report them. */
  signalWaits?: readonly string[];
  /** The task that this completes, so that an answer to a timed-out task cannot complete a later one. */
  task?: { startedEventId: number; attempt: number };
}

export interface Expectation {
  nextEventId: number;
  digest: Uint8Array;
  status: RunStatus;
}

/** A request that cannot be served: the code is gRPC's, `field` names the offending field for INVALID_ARGUMENT. */
export class RequestError extends Error {
  override name = 'RequestError';
  constructor(
    readonly code:
      | 'INVALID_ARGUMENT'
      | 'NOT_FOUND'
      | 'ALREADY_EXISTS'
      | 'FAILED_PRECONDITION'
      | 'RESOURCE_EXHAUSTED'
      | 'UNIMPLEMENTED'
      | 'UNAVAILABLE',
    message: string,
    readonly detail: {
      field?: string;
      runId?: string;
      startRequestId?: string;
      /** WorkflowTaskFailedCause, when a workflow task's completion was refused. */
      cause?: number;
    } = {}
  ) {
    super(message);
  }
}
