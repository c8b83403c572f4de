/**
 * What a trial gives: the history of its run, and the moments between which a screen goes back and forth. A moment is a
 * prefix of the history with what was pending then; `factsAt` makes of it what a live run has, for
 * engine/run-view/project. Pure, shared with the browser.
 */
import type { FlowManifest } from '../flow/manifest';
import type { EndKind } from '../flow/tests';
import type { LedgerEntry, PendingActivityView, RunEvent, RunFacts } from '../run-view/model';
import type { ActivityRole, HumanWait, NodesReport } from '../saga/contract';
import type { Answer, TrialPlan } from '../flow/trial-plan';

export interface Moment {
  /** How many events of the history there were. */
  events: number;
  atMs: number;
  pending: PendingActivityView[];
  /** Nodes whose report changed since the moment before. */
  nodes: NodesReport['nodes'];
  phase: NodesReport['phase'];
  waitsFor: HumanWait[];
}

/** One call that the flow made, or one thing that came from outside, in the order in which they happened. */
export interface TrialCall {
  nodeId: string;
  /** The items of the loops around it, from 1; empty outside loops. */
  path: readonly number[];
  /** 'decision' and 'signal' came from outside. 'time': a wait or a time limit of this node ended. */
  role: ActivityRole | 'decision' | 'signal' | 'operator' | 'stop' | 'time';
  /** From 1. */
  attempt: number;
  atMs: number;
  /** What was sent; sensitive fields are masked by the screen, as in runs. */
  input?: unknown;
  /** How it was answered. Null: something came from outside. */
  answer: Answer | null;
  /** In words, for what came from outside: 'approved'. */
  words: string | null;
  /** Of a signal: false if its wait did not take it. */
  isTaken?: boolean;
  /** The first moment that shows it. */
  moment: number;
}

export type { EndKind } from '../flow/tests';

export interface TrialQuestion {
  nodeId: string;
  kind: HumanWait['kind'];
  words: string;
  /** In a loop. */
  item?: string;
  /** The answer that the run does not accept here, of those that it accepts otherwise. */
  without?: 'retry' | 'undo';
}

export interface TrialEnd {
  kind: EndKind;
  /** How it ended, as a sentence. */
  sentence: string;
  failure: { type: string; message: string } | null;
  output?: unknown;
  /** What a person is asked. */
  questions: TrialQuestion[];
  /** Flow time from the start to the end, or to the question. */
  elapsedMs: number;
}

/** An effect that remains or may remain; `surelyRemains` of the ledger says which of the two. */
export interface LeftEffect extends Pick<LedgerEntry, 'nodeId' | 'title' | 'state' | 'happened' | 'mayBeUndone'> {
  /** In a loop: the item that it belongs to. */
  item?: string;
}

/** What the services know, since the plan says what happened: the ledger of the run must agree. */
export interface Book {
  activityId: string;
  applied: boolean;
  undone: boolean;
}

export interface TrialResult {
  manifest: FlowManifest;
  plan: TrialPlan;
  events: RunEvent[];
  moments: Moment[];
  calls: TrialCall[];
  end: TrialEnd;
  /** As the run's ledger says: what remains and what may have happened. */
  left: LeftEffect[];
  /** The nodes whose effects were undone, in the order of their undos. */
  undone: string[];
  /** The nodes that the run reached. */
  reached: string[];
  books: Book[];
  startedMs: number;
}

/** The facts of the run at a moment: those of a live run then. */
export function factsAt(
  { events, moments, end }: Pick<TrialResult, 'events' | 'moments' | 'end'>,
  at: number
): RunFacts {
  const index = Math.max(0, Math.min(at, moments.length - 1));
  const moment = moments[index];
  if (!moment) return { status: 'running', events: [], pending: [], nodes: null, workflowTask: null, nowMs: 0 };
  const shown = events.slice(0, moment.events);
  const nodes: NodesReport['nodes'] = Object.assign({}, ...moments.slice(0, index + 1).map((each) => each.nodes));
  const last = index === moments.length - 1;
  return {
    status: statusOf(shown),
    events: shown,
    pending: moment.pending,
    nodes: { phase: moment.phase, nodes, waitsFor: moment.waitsFor },
    workflowTask: last && end.kind === 'broken' ? { attempt: 2, failure: end.failure, sinceMs: moment.atMs } : null,
    nowMs: moment.atMs,
  };
}

function statusOf(events: readonly RunEvent[]): RunFacts['status'] {
  switch (events.at(-1)?.type) {
    case 'WorkflowExecutionCompleted':
      return 'completed';
    case 'WorkflowExecutionFailed':
      return 'failed';
    case 'WorkflowExecutionCanceled':
      return 'canceled';
    case 'WorkflowExecutionTimedOut':
      return 'timedOut';
    default:
      return 'running';
  }
}
