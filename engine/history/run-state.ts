/**
 * The types of a run in memory. The service reads the fields; only engine/history writes them, and only apply.ts
 * writes those that are derived from events. The requests and results of decisions are in api.ts.
 */
import type { temporal } from '../proto';
import type { RunKey, RunStatus, TimestampMs } from '../run-name';
import type { Admission, SearchAttributeValue } from '../visibility/record';
import type { Deadlines } from './deadlines';

export type HistoryEvent = temporal.api.history.v1.IHistoryEvent;
export type Command = temporal.api.command.v1.ICommand;
export type CancelRequested = temporal.api.history.v1.IWorkflowExecutionCancelRequestedEventAttributes;
export type Failure = temporal.api.failure.v1.IFailure;
export type Payload = temporal.api.common.v1.IPayload;
export type Payloads = temporal.api.common.v1.IPayloads;
/** Numbers in force for a run; section 2 of the engine notes. All are per run unless they say otherwise. */
export interface HistoryLimits {
  suggestContinueAsNewEvents: number; // 4_096
  suggestContinueAsNewBytes: number; // 4 MiB
  maxEvents: number; // 51_200
  maxBytes: number; // 50 MiB
  maxPayloadBytes: number; // 2 MiB, per payload list
  maxPendingActivities: number; // 2_000
  maxPendingTimers: number; // 2_000
  maxPendingMessages: number; // 2_000, to other runs, of a kind
  /** From this share of maxEvents or maxBytes on the run is asked to turn back, and takes no more signals. */
  turnBackShare: number; // 0.8
  maxSignals: number; // 10_000
  maxBufferedEvents: number; // 100... bounded, in events
  maxInFlightUpdates: number; // 10
  maxTotalUpdates: number; // 2_000
}

/** Rules for a run that are not in its history. Never stored: passed at the start and at a rebuild. */
export interface Rules {
  limits: HistoryLimits;
  /** True for activity task queues that are served over gRPC: their attempts wait to be started by a poller. */
  isPolled(taskQueue: string): boolean;
  /** True for workflow types whose remaining effects can be counted if a run is cut off; see `LeftBehind`. */
  isCounted(workflowType: string): boolean;
  /** The search attributes that a workflow writes: admitted, or the first one that is not. */
  admitAttributes(namespace: string, fields: Readonly<Record<string, Payload>>): Admission;
  /** False for workflow types with sensitive values, which the message of an error may quote: lists do not show it. */
  showsErrors(workflowType: string): boolean;
  /** The step whose expression failed the run; null if that is not certain. '': the run names no revision. */
  stepOfExpression(workflowType: string, revision: string, failed: { nodeId: string; after: boolean }): string | null;
}

/**
 * The effects that a closed run left behind: a run that was closed without its code (terminated, timed out,
 * replaced), that completed although a step had not succeeded, or of which something became known after its close.
 * The commit stores 'counting'; the result of the count is stored later. No event contains it, because nothing is
 * added to a history after the close.
 */
export type LeftBehind =
  { state: 'counting' } | { state: 'counted'; phase: 'unwound' | 'left-standing' | null; standing: number };

/** What became known after the close (after-close.ts). */
export interface AfterClose {
  readonly lateAnswers: readonly LateAnswer[];
  /** The findings of people, one entry per effect. */
  readonly settled: readonly SettledEffect[];
}
/** The answer to a call that was in flight when its run closed. */
export interface LateAnswer {
  scheduledEventId: number;
  /** False: the answer proves that no attempt had its effect. An answer that proves neither is not stored. */
  applied: boolean;
  atMs: TimestampMs;
}
export interface SettledEffect {
  /** Of the forward activity. */
  activityId: string;
  found: 'notApplied' | 'undone' | 'remains';
}

/** The options of an activity that can be changed while it is pending. */
export interface ActivityOptions {
  taskQueue: string;
  scheduleToCloseTimeoutMs: number;
  scheduleToStartTimeoutMs: number;
  startToCloseTimeoutMs: number;
  heartbeatTimeoutMs: number;
  retryPolicy: temporal.api.common.v1.IRetryPolicy | null;
}

/** See activity-operations.ts. */
export interface ActivityPause {
  atMs: TimestampMs;
  identity: string;
  reason: string;
}
/** Of a run: see paused.ts. */
export interface RunPause extends ActivityPause {
  requestId: string;
}

export interface ActivityState extends ActivityOptions {
  scheduledEventId: number;
  activityId: string;
  activityType: string;
  input: Payloads | null;
  header: temporal.api.common.v1.IHeader | null;
  scheduledTimeMs: TimestampMs;
  cancelRequestedEventId: number;
  /** The revision whose workflow task scheduled it; see `RunState.revision`. */
  revision: string;
  // Below: not in history until the activity closes; kept in the side state.
  /** Attempts are counted from 1, and no number is given twice. */
  attempt: number;
  /** The attempts that its retry policy does not count, because it was told to begin again. */
  uncountedAttempts: number;
  /** Null while it is not paused. */
  pause: ActivityPause | null;
  /** The next attempt does not get the details of the last heartbeat. */
  resetsHeartbeat: boolean;
  /** The options of its Scheduled event, if they were changed. */
  originalOptions: ActivityOptions | null;
  /** The epoch under which the running attempt was started; 0 while it waits for its next attempt. */
  epoch: number;
  /** Start of the running attempt; 0 while none runs. */
  startedTimeMs: TimestampMs;
  /** When the next attempt is due, while it backs off; else 0. */
  nextAttemptAtMs: TimestampMs;
  /** The time since which the attempt waits for a poller; else 0. */
  queuedTimeMs: TimestampMs;
  /** The identity of the worker that started the running attempt, if it is known. */
  identity: string;
  lastFailure: Failure | null;
  lastHeartbeatTimeMs: TimestampMs;
  heartbeatDetails: Payloads | null;
  requestId: string;
  /** The last 20 attempts, oldest first, for the screens; in memory only. */
  attempts: { attempt: number; startedTimeMs: TimestampMs; endedTimeMs: TimestampMs; failure: Failure | null }[];
}

export interface TimerState {
  timerId: string;
  startedEventId: number;
  fireAtMs: TimestampMs;
  /** That names it; '' if no step does (waits.ts). */
  step: string;
}

/** A signal or a cancel for another run, from its Initiated event to its result. */
export type ExternalRequest = {
  initiatedEventId: number;
  /** The run that initiated it: the base of a reset goes on asking through the new run. */
  originRunId: string;
  initiatedTimeMs: TimestampMs;
} & (
  | {
      kind: 'signal';
      attributes: temporal.api.history.v1.ISignalExternalWorkflowExecutionInitiatedEventAttributes;
    }
  | {
      kind: 'cancel';
      attributes: temporal.api.history.v1.IRequestCancelExternalWorkflowExecutionInitiatedEventAttributes;
    }
);

export interface ChildState {
  initiatedEventId: number;
  workflowId: string;
  workflowType: string;
  /** Of its first run: derived from this run's id and the Initiated event. */
  runId: string;
  parentClosePolicy: number;
  /** The summary of its start, by which flows name the step that runs it; '' if there is none. */
  step: string;
  /** Its Started event happened; while that is in the buffer, `startedEventId` is 0. */
  started: boolean;
  startedEventId: number;
  /** Null once it has started. */
  initiated: {
    attributes: temporal.api.history.v1.IStartChildWorkflowExecutionInitiatedEventAttributes;
    userMetadata: temporal.api.sdk.v1.IUserMetadata | null;
  } | null;
}

/** The last run of a child has closed, with this event. */
export interface ChildClosed {
  initiatedEventId: number;
  workflowId: string;
  runId: string;
  firstRunId: string;
  event: HistoryEvent;
}

export interface UpdateState {
  updateId: string;
  request: temporal.api.update.v1.IRequest;
  /** 0 while only admitted. */
  acceptedEventId: number;
  /** Of an update that a reset admitted again: it is in the history. 0 for others, which are in memory only. */
  admittedEventId: number;
  /** A task that could have accepted it completed. */
  offered: boolean;
  completedEventId: number;
  /** Delivered with the open task, or with the earlier task that accepted it. */
  sent: boolean;
  outcome: temporal.api.update.v1.IOutcome | null;
}

export interface WorkflowTaskState {
  scheduledEventId: number;
  startedEventId: number;
  attempt: number;
  scheduledTimeMs: TimestampMs;
  startedTimeMs: TimestampMs;
  /** The time at which an open task times out. */
  deadlineMs: TimestampMs;
  /** The content of WorkflowTaskStarted; fixed when the task opens. */
  historySizeBytes: number;
  suggestContinueAsNew: boolean;
}

export interface RunState {
  runKey: RunKey;
  namespace: string;
  workflowId: string;
  runId: string;
  firstRunId: string;
  startRequestId: string;
  status: RunStatus;
  nextEventId: number;
  historySizeBytes: number;
  /** How often a Temporal server would have written this run: see transitions.ts. */
  stateTransitions: number;
  /** Chained digest over the committed batches' bytes; see `chainDigest`. */
  digest: Uint8Array;
  started: temporal.api.history.v1.IWorkflowExecutionStartedEventAttributes;
  /** Of the Started event, beside its attributes. */
  startedWith: {
    userMetadata: temporal.api.sdk.v1.IUserMetadata | null;
    links: temporal.api.common.v1.ILink[];
  };
  /** Of a run that began with a reset: the time of the reset. */
  startTimeMs: TimestampMs;
  /** Of the Started event. */
  originalStartTimeMs: TimestampMs;
  closeTimeMs: TimestampMs | null;
  closeEvent: HistoryEvent | null;
  /** Deadlines of the run and of the execution chain; null for none. */
  runDeadlineMs: TimestampMs | null;
  firstWorkflowTaskAtMs: TimestampMs;
  lastCompletedTaskStartedEventId: number;
  /**
   * The revision that decided the last completed workflow task, e.g. 'v3.1': the build id of its event. '' before the
   * first task, for hand-written workflows, and for runs whose workflow tasks named none.
   */
  revision: string;
  lastWorkflowTaskFailure: { cause: number; failure: Failure | null; attempt: number; timeMs: TimestampMs } | null;
  /** The open task, null when none is open. */
  workflowTask: WorkflowTaskState | null;
  /** The WorkflowTaskScheduled that is written while its task has not ended; null: the task that opens next writes it. */
  scheduledTask: { eventId: number; timeMs: TimestampMs } | null;
  /** Attempt number of the next task (1 unless the last one failed), and when back-off lets it open (0: at once). */
  workflowTaskAttempt: number;
  workflowTaskAtMs: TimestampMs;
  /** True when something happened that the workflow has not seen: `unseenWake`, or an update waits for delivery. */
  readonly needsWorkflowTask: boolean;
  /** There is an event that wakes the workflow after its last completed task. */
  unseenWake: boolean;
  /** Admitted updates that no task has carried yet. */
  unsentUpdates: number;
  /**
   * Events after the WorkflowTaskStarted of the last completed task, in order: the next task delivers them. See
   * `taskEvents`.
   */
  unseen: HistoryEvent[];
  /** Failed and timed-out workflow tasks since the last one that completed; UnhandledCommand is not counted. */
  failedWorkflowTasks: number;
  /** Bytes of signals and updates that arrived since the last commit was passed to the store. */
  uncountedBytes: number;
  /** Default timeout of workflow tasks. */
  workflowTaskTimeoutMs: number;
  /** Admitted or accepted, not completed. */
  inFlightUpdates: number;
  rules: Rules;
  /** Lower bounds of when activities and timers need the engine; engine/history only. */
  readonly deadlines: Deadlines;
  /** The request to stop that the run has; null: it has none. */
  cancelRequest: CancelRequested | null;
  /** Null while the run is not paused. */
  pause: RunPause | null;
  /** Null for runs that are open, that were closed by their code, or that cannot be counted. */
  leftBehind: LeftBehind | null;
  /** Null while nothing is known. */
  afterClose: AfterClose | null;
  /**
   * The run's own time `atMs` at its last commit, and the time since the start of the machine `boot` then (clock.ts):
   * the next process continues with it. Null where the machine does not name its starts.
   */
  ownTime: { boot: string; ms: number; atMs: TimestampMs } | null;
  /** True if an activity closed without being completed. */
  hadFailures: boolean;
  /** The last activity that closed without being completed or cancelled: of a run that asks, what it asks about. */
  lastFailed: { activityId: string; activityType: string; error: string } | null;
  signalCount: number;
  activities: Map<number, ActivityState>;
  /** How many of them are paused. */
  pausedActivities: number;
  /** How many of them have failed and are tried again. */
  retryingActivities: number;
  activityIds: Map<string, number>;
  /** The steps that have a task open, for a person (waits.ts). */
  openTasks: Set<string>;
  /** The nodes that wait for a signal without a timeout, as the worker has reported them with the last task (waits.ts). */
  signalWaits: readonly string[];
  /** Counts the changes of where it waits. */
  waitChanges: number;
  timers: Map<string, TimerState>;
  updates: Map<string, UpdateState>;
  /** By the id of the Initiated event. */
  externals: Map<number, ExternalRequest>;
  /** Pending children by the id of the Initiated event; of a closed run, those that it had at its close. */
  children: Map<number, ChildState>;
  /** The steps of the last children that did not complete, by the id of the Initiated event. */
  failedChildren: Map<number, string>;
  /** What a closed run still has to tell others: ids of messages. See messages.ts. */
  owed: Set<number>;
  /** It was asked to be removed. */
  toBeDeleted: boolean;
  /** A person keeps the closed run: no retention period removes it. */
  isKept: boolean;
  /** The run that a reset of this one made; '' for none. */
  resetRunId: string;
  /**
   * The last event at which it was reset; 0 for none. What happened before belongs to a newer run, which has it in its
   * own history.
   */
  resetEventId: number;
  /** It is closed, and its parent has recorded the close: what it handed over belongs to the parent. */
  takenOver: boolean;
  /** The run whose events are being written: this one, or the base of a reset before the reset's point. */
  originRunId: string;
  /** Revisions in the order in which they first completed a workflow task, at most 20. */
  resetPoints: { revision: string; eventId: number; timeMs: TimestampMs }[];
  buffered: HistoryEvent[];
  searchAttributes: Record<string, SearchAttributeValue>;
  searchAttributePayloads: Record<string, Payload>;
  memo: Record<string, Payload>;
  signalRequestIds: Set<string>;
  /** Those of the runs before in the chain, the newest last (CHN7). They are in `signalRequestIds` as well. */
  signalsBefore: readonly string[];
  pauseRequestIds: Set<string>;
  unpauseRequestIds: Set<string>;
  cancelRequestIds: Set<string>;
  /** Ids of start requests that attached to this open run, with the event that records it; 0 while it is buffered. */
  attachedRequests: Map<string, number>;
}
