/**
 * A run as screens see it: pure functions of (history, pending state, manifest, `__nodes`) project into these shapes.
 * One implementation for the live page, closed runs and tests: `ledger.ts`, `node-states.ts`, `timeline.ts`.
 */
import type { LedgerState, NodesReport } from '../saga/contract';

/** History events as JSON for the browser: proto JSON (camelCase, enums as names), payloads decoded where they are json/plain. */
export interface RunEvent {
  id: number;
  timeMs: number;
  /** 'ActivityTaskScheduled', without the EVENT_TYPE_ prefix, in Temporal's Pascal case. */
  type: string;
  /** The one attributes object of the event; ids of events are numbers, instants ISO strings, durations '30s'; payload lists are arrays of decoded values under the same field name. */
  attributes: Record<string, unknown>;
  summary?: string;
  /** Of a recorded signal that the run ignored: why (rejected-signals.ts). */
  rejected?: string;
}

/** Pending state: no event in a Temporal history (design D10). */
export interface PendingActivityView {
  activityId: string;
  activityType: string;
  scheduledEventId: number;
  state: 'scheduled' | 'started' | 'cancelRequested' | 'backingOff';
  attempt: number;
  maximumAttempts: number;
  lastStartedMs: number | null;
  nextAttemptMs: number | null;
  lastFailure: FailureView | null;
  heartbeat: unknown;
  attempts: AttemptView[];
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
  /** It says that no attempt had its effect (saga/outcome.ts). */
  notApplied?: boolean;
  cause?: FailureView | null;
}

/** One state of the grammar in the visual language. */
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
  | 'unknown'
  | 'cancelled'
  | 'terminated';

export interface NodeView {
  nodeId: string;
  state: NodeState;
  /**
   * How its forward part went wrong, for ever: whatever the way back does to it, and after the run has closed. 'unknown': nobody found
   * out whether its effect happened. Null while it is under way, and when it went well.
   */
  fault: 'failed' | 'unknown' | null;
  startedMs: number | null;
  endedMs: number | null;
  /** Of the step; of its undo while that is under way. */
  attempt: number;
  maximumAttempts: number;
  /** Of the step itself, never of its undo: that one stands on the ledger. */
  failure: FailureView | null;
  output?: unknown;
  input?: unknown;
  /** One line: what it calls, or why it waits. */
  note: string | null;
  /** When its timer fires, its task falls due, or its next attempt starts. */
  dueMs: number | null;
  ledger: LedgerState | null;
}

export interface LedgerEntry {
  nodeId: string;
  activityId: string;
  title: string;
  undoTitle: string | null;
  effect: 'reversible' | 'irreversible';
  state: LedgerState;
  /** Did the effect happen? 'maybe': an attempt was sent, and nobody knows what became of it. */
  happened: 'yes' | 'maybe' | 'no';
  /** Its forward activity has not closed; only then it may still be answered. */
  underWay: boolean;
  /** When the request that is out ends at the latest; null where none is out, or where no timeout says so. */
  answersByMs: number | null;
  /** Its undo was carried out, yet a forward call that arrives late may still have its effect. */
  undoRan: boolean;
  /** Place in the order of undoing, 1 is next; null when it will not be undone. */
  undoOrder: number | null;
  sinceMs: number | null;
  output?: unknown;
  failure: FailureView | null;
  /** Operator who did it by hand or left it, with the reason. */
  decidedBy: { name: string; reason: string } | null;
}
export interface Ledger {
  entries: LedgerEntry[];
  /** Effects that are known to have happened and were not undone. */
  remains: number;
  /** Effects that may have happened, or may remain although an undo ran. */
  mayRemain: number;
  /** `remains + mayRemain`: what the search attribute `SagaStanding` holds. */
  left: number;
}

/** What a person found out about an effect after its run had closed. */
export interface Settlement {
  /** Of the forward activity. */
  activityId: string;
  /** It did not happen; it was undone by hand; it happened, and remains. */
  found: 'notApplied' | 'undone' | 'remains';
  by: string;
  reason: string;
  atMs: number;
}

export interface TimelineRow {
  nodeId: string;
  role: 'do' | 'undo' | 'wait' | 'human';
  title: string;
  startMs: number;
  endMs: number | null;
  state: NodeState;
  attempts: AttemptView[];
}

/** Was this way gone? By branch key of the layout: `<choice>/<branch id>`, `<choice>/otherwise`, `<node>/catch-0`. */
export type BranchState = 'open' | 'taken' | 'notTaken';

export interface RunProjection {
  nodes: Record<string, NodeView>;
  branches: Record<string, BranchState>;
  ledger: Ledger;
  timeline: TimelineRow[];
  /** One sentence for the header when a run needs a hand or waits; null when all is well. */
  whatNow: WhatNow | null;
  /** The sentence for the header where `whatNow` is null: what it does, or how it ended. */
  standing: Standing;
}
/** What happens at `nextMs`: words that are followed by the time, such as 'in 6 days'. */
export type NextWords =
  | 'goes on by itself'
  | 'is rejected by itself'
  | 'is approved by itself'
  | 'fails by itself'
  | 'is tried again'
  | 'at the latest';

export interface Standing {
  state: NodeState;
  sentence: string;
  /** The step that it is about, where it is one. */
  nodeId: string | null;
  sinceMs: number | null;
  /** When something happens by itself, and what: see `NextWords`. */
  nextMs: number | null;
  next: NextWords | null;
}
export interface WhatNow {
  kind: 'undoFailed' | 'outcomeUnknown' | 'waitsForApproval' | 'retrying' | 'taskFailing' | 'noWorker';
  sentence: string;
  nodeId: string | null;
  /** Since when; the screen writes it in the reader's zone. */
  sinceMs: number | null;
  /** When something happens by itself, and what: see `NextWords`. */
  nextMs: number | null;
  next: NextWords | null;
}

export interface RunFacts {
  status: 'running' | 'completed' | 'failed' | 'canceled' | 'terminated' | 'timedOut' | 'continuedAsNew';
  events: RunEvent[];
  pending: PendingActivityView[];
  /**
   * Attempts of activities that are over, by the id of the event that scheduled them, as far as somebody watched: a history keeps
   * the last attempt only.
   */
  seenAttempts?: Readonly<Record<number, readonly AttemptView[]>>;
  /** What a person found out after the run had closed. */
  settlements?: readonly Settlement[];
  nodes: NodesReport | null;
  /** The failing workflow task, if one is. */
  workflowTask: { attempt: number; failure: FailureView | null; sinceMs: number | null } | null;
  nowMs: number;
}
