/**
 * A run in the form that screens show. Pure functions compute these shapes from (history, pending state, manifest,
 * `__nodes`). One implementation for the live page, closed runs and tests: `ledger.ts`, `node-states.ts`,
 * `timeline.ts`.
 */
import type { LedgerState, NodesReport } from '../saga/contract';

/**
 * A history event as JSON for the browser: proto JSON (camelCase, enums as names), with payloads decoded if they are
 * json/plain.
 */
export interface RunEvent {
  id: number;
  timeMs: number;
  /** 'ActivityTaskScheduled', without the EVENT_TYPE_ prefix, in Temporal's Pascal case. */
  type: string;
  /**
   * The one attributes object of the event. Ids of events are numbers, instants ISO strings, durations '30s'; payload
   * lists are arrays of decoded values under the same field name.
   */
  attributes: Record<string, unknown>;
  summary?: string;
  /** For a recorded signal that the run ignored: the reason (rejected-signals.ts). */
  rejected?: string;
}

/** Pending state: a Temporal history has no events for it (design D10). */
export interface PendingActivityView {
  activityId: string;
  activityType: string;
  scheduledEventId: number;
  /** 'paused': no attempt is under way and none begins; 'pauseRequested': the attempt that is under way is the last. */
  state: 'scheduled' | 'started' | 'cancelRequested' | 'backingOff' | 'paused' | 'pauseRequested';
  attempt: number;
  maximumAttempts: number;
  lastStartedMs: number | null;
  nextAttemptMs: number | null;
  lastFailure: FailureView | null;
  heartbeat: unknown;
  /** When the last heartbeat came; missing without one. */
  heartbeatMs?: number;
  /** Missing while it is not paused. */
  pause?: PauseView;
  /** Its timeouts and its retry policy; missing if the server does not report them. */
  options?: StepOptions;
  attempts: AttemptView[];
}
/** Of a run or of a step: who paused it, why, and since when. */
export interface PauseView {
  by: string;
  reason: string;
  atMs: number;
}
/** Milliseconds; 0: no timeout, and no limit of attempts. */
export interface StepOptions {
  scheduleToCloseMs: number;
  startToCloseMs: number;
  heartbeatMs: number;
  initialIntervalMs: number;
  backoffCoefficient: number;
  maximumIntervalMs: number;
  maximumAttempts: number;
}
export interface AttemptView {
  attempt: number;
  startedMs: number;
  endedMs: number | null;
  failure: FailureView | null;
}
export interface FailureView {
  type: string;
  message: string;
  nonRetryable?: boolean;
  /** The failure proves that no attempt had its effect (saga/outcome.ts). */
  notApplied?: boolean;
  cause?: FailureView | null;
}

/** A state of the visual language. */
export type NodeState =
  | 'notYet'
  | 'running'
  | 'retrying'
  | 'done'
  | 'failed'
  | 'unwinding'
  | 'undone'
  | 'undoFailed'
  | 'waitsForPerson'
  | 'waitsForTimer'
  | 'waitsForSignal'
  | 'notTaken'
  | 'noWorker'
  | 'paused'
  | 'unknown'
  | 'cancelled'
  | 'terminated';

export interface NodeView {
  nodeId: string;
  state: NodeState;
  /**
   * The permanent mark of a forward activity that went wrong. It is kept when the step is undone and after the run
   * has closed. 'unknown': nobody found out whether its effect happened. Null while the step runs, and if it
   * succeeded.
   */
  fault: 'failed' | 'unknown' | null;
  startedMs: number | null;
  endedMs: number | null;
  /** Attempt of the step; of its undo while the undo runs. */
  attempt: number;
  maximumAttempts: number;
  /** Failure of the step itself, never of its undo; the ledger has that one. */
  failure: FailureView | null;
  output?: unknown;
  input?: unknown;
  /** One line: what the node calls, or why it waits. */
  note: string | null;
  /** When its timer fires, its task is due, or its next attempt starts. */
  dueMs: number | null;
  ledger: LedgerState | null;
  /** Of a child flow: the run that it started. `runId` is null while it has not started. */
  childRun?: { workflowId: string; runId: string | null };
  /**
   * Of a step in a loop: how many of its runs are in each state. The fields above are those of the run that matters
   * most.
   */
  runs?: Partial<Record<NodeState, number>>;
}

/** One item of a loop. */
export interface ItemView {
  /** Its number from 1, after those of the items of the loops around it. */
  path: number[];
  state: NodeState;
  startedMs: number | null;
  endedMs: number | null;
  failure: FailureView | null;
}

export interface LedgerEntry {
  nodeId: string;
  activityId: string;
  title: string;
  undoTitle: string | null;
  effect: 'reversible' | 'irreversible';
  state: LedgerState;
  /** Did the effect happen? 'maybe': an attempt was sent, and its outcome is unknown. */
  happened: 'yes' | 'maybe' | 'no';
  /** Its forward activity has not closed; only then an answer may still come. */
  underWay: boolean;
  /** The latest time at which the sent request ends; null if none is sent, or if no timeout limits it. */
  answersByMs: number | null;
  /** Its undo was carried out, but a forward call that arrives late may still have its effect. */
  undoRan: boolean;
  /** An undo that did not succeed was sent, and nothing proves that it did nothing: the effect may be gone. */
  mayBeUndone: boolean;
  /** Position in the order of undoing, 1 is next; null if it will not be undone. */
  undoOrder: number | null;
  sinceMs: number | null;
  output?: unknown;
  failure: FailureView | null;
  /** When its call was answered, if that was after the run had closed; null otherwise. */
  answeredLateMs: number | null;
  /** The operator who undid it by hand or left it as it is, with the reason. */
  decidedBy: { name: string; reason: string } | null;
  /** A run before this one in its chain did it. */
  carried: boolean;
  /** Another run to which the effect belongs now (passed-on.ts): it is counted there. Null: this run. */
  heldBy: HeldBy | null;
}
/** 'nextRun': the run as which this one continued. */
export type HeldBy = 'parent' | 'newRun' | 'nextRun';

/** Which effects of a closed run belong to other runs now. */
export interface PassedOn {
  /** What it handed over belongs to its parent. */
  toParent: boolean;
  /** It was reset: effects of steps that began before this event belong to that run. */
  reset: { eventId: number; runId: string } | null;
}

/** The counts have the effects that belong to this run. */
export interface Ledger {
  entries: LedgerEntry[];
  /** Effects that are known to have happened and not to have been undone. */
  remains: number;
  /** Effects that may have happened, or may remain although an undo ran, or after an undo whose outcome is unknown. */
  mayRemain: number;
  /** `remains + mayRemain`: the value of the search attribute `SagaStanding`. */
  left: number;
}

/** What a person found out about an effect after its run had closed. */
export interface Settlement {
  /** Activity id of the forward activity. */
  activityId: string;
  /** It did not happen; it was undone by hand; it happened and remains. */
  found: 'notApplied' | 'undone' | 'remains';
  by: string;
  reason: string;
  atMs: number;
}

/** What a call answered that was out when its run closed. */
export interface LateAnswer {
  /** Of the event ActivityTaskScheduled. */
  scheduledEventId: number;
  /** False: it says that no attempt had its effect. */
  applied: boolean;
  atMs: number;
}

export interface TimelineRow {
  nodeId: string;
  role: 'do' | 'undo' | 'wait' | 'human';
  title: string;
  /** '2.1' for the first item or round of the second one; '' outside loops. */
  item: string;
  startMs: number;
  endMs: number | null;
  state: NodeState;
  attempts: AttemptView[];
}

/**
 * Was this branch taken? By branch key of the layout: `<choice>/<branch id>`, `<choice>/otherwise`,
 * `<node>/<id of a handler>`.
 */
export type BranchState = 'open' | 'taken' | 'notTaken';

export interface RunProjection {
  nodes: Record<string, NodeView>;
  branches: Record<string, BranchState>;
  /** Of each step in a loop, by its id: `<node id>~<i>[.<j>…]`. `nodes` has one view for all runs of a step. */
  steps: Record<string, NodeView>;
  /** The items of each loop that have begun, in their order. */
  items: Record<string, ItemView[]>;
  ledger: Ledger;
  timeline: TimelineRow[];
  /** Null while the run is not paused. */
  pause: PauseView | null;
  /** One sentence for the header if a run needs a decision or waits; null if it needs nothing. */
  whatNow: WhatNow | null;
  /** The sentence for the header if `whatNow` is null: what the run does, or how it ended. */
  standing: Standing;
}
/** What happens at `nextMs`, in words that are followed by the time, such as 'in 6 days'. */
export type NextWords =
  | 'continues automatically'
  | 'is rejected automatically'
  | 'is approved automatically'
  | 'fails automatically'
  | 'is retried'
  | 'at the latest';

export interface Standing {
  state: NodeState;
  sentence: string;
  /** The step that the sentence is about, if there is one. */
  nodeId: string | null;
  /** The id of that step's forward activity; differs from `nodeId` in loops. */
  stepId?: string | null;
  sinceMs: number | null;
  /** When something happens automatically, and what: see `NextWords`. */
  nextMs: number | null;
  next: NextWords | null;
}
export interface WhatNow {
  kind: 'undoFailed' | 'outcomeUnknown' | 'waitsForApproval' | 'stepPaused' | 'retrying' | 'taskFailing' | 'noWorker';
  sentence: string;
  nodeId: string | null;
  /** The id of that step's forward activity; differs from `nodeId` in loops. */
  stepId: string | null;
  /** The start of the state; the screen shows it in the reader's time zone. */
  sinceMs: number | null;
  /** When something happens automatically, and what: see `NextWords`. */
  nextMs: number | null;
  next: NextWords | null;
}

/** What became of the effects that a run handed over to the run of its parent. */
export interface HandedOver {
  by: { workflowId: string; runId: string };
  entries: Pick<
    LedgerEntry,
    'activityId' | 'state' | 'happened' | 'sinceMs' | 'decidedBy' | 'undoRan' | 'mayBeUndone' | 'failure'
  >[];
}

export interface RunFacts {
  status: 'running' | 'completed' | 'failed' | 'canceled' | 'terminated' | 'timedOut' | 'continuedAsNew';
  events: RunEvent[];
  pending: PendingActivityView[];
  /**
   * Attempts of closed activities, by the id of the event that scheduled them. Only attempts that somebody watched
   * are known, because a history has the last attempt only.
   */
  seenAttempts?: Readonly<Record<number, readonly AttemptView[]>>;
  /** What people found out about effects after the run had closed. */
  settlements?: readonly Settlement[];
  /** What calls answered after the run had closed. */
  lateAnswers?: readonly LateAnswer[];
  /** Only of a child that has ended. */
  handedOver?: HandedOver | null;
  /** Only of a run that has ended. */
  passedOn?: PassedOn | null;
  nodes: NodesReport | null;
  /** The failing workflow task, if there is one. */
  workflowTask: { attempt: number; failure: FailureView | null; sinceMs: number | null } | null;
  nowMs: number;
}
