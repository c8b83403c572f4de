/**
 * Names and shapes by which a running saga is read and operated: the saga library answers them, the screens ask.
 * Imports nothing, so that the exported project carries it as it is.
 */

/** Query: what the history does not tell (choices, joins, variables). Answer: `NodesReport`. */
export const NODES_QUERY = '__nodes';
/** Query: the rollback stack as the workflow sees it. Answer: `LedgerReport`. */
export const LEDGER_QUERY = '__ledger';
/** Update: an operator's answer to an undo that ran out of retries. Argument: `UndoDecision`. */
export const UNDO_DECISION_UPDATE = '__decideUndo';
/** Update: an operator's answer to a step whose outcome is unknown. Argument: `OutcomeDecision`. */
export const OUTCOME_DECISION_UPDATE = '__decideOutcome';
/** Update: an approver's decision. Argument: `ApprovalDecision`. Update id: `<taskId>/<decisionId>`. */
export const APPROVAL_UPDATE = '__decide';

/** Search attributes, upserted on change only; a clean success writes none. */
export const SAGA_PHASE = 'SagaPhase';
export const SAGA_STANDING = 'SagaStanding';
/** 'counting' is the engine's word, for a run that was closed without its code: what it left behind is being worked out. */
export type SagaPhase = 'unwinding' | 'needs-hand' | 'unwound' | 'left-standing' | 'counting';

/** Activity ids: `node[~i[.j…]][:undo|:open|:close|:check]` (design D7). */
export type ActivityRole = 'do' | 'undo' | 'open' | 'close' | 'check';

/** State of a node as the workflow knows it. Steps and undos are told by history; this tells the rest. */
export type ReportedState = 'running' | 'waiting' | 'done' | 'failed' | 'skipped' | 'cancelled';
export interface NodesReport {
  phase: 'forward' | SagaPhase | 'done';
  /** Only nodes that were reached or passed by. Branch ids too: 'skipped' is a branch not taken. */
  nodes: Record<string, { state: ReportedState; note?: string; error?: { type: string; message: string } }>;
  /** What waits for a person now. */
  waitsFor: HumanWait[];
}
export type HumanWait =
  | {
      kind: 'approval';
      nodeId: string;
      taskId: string;
      question: string;
      candidates: string[];
      dataHash: string;
      sinceMs: number;
    }
  | { kind: 'undo'; nodeId: string; activityId: string; error: { type: string; message: string }; sinceMs: number }
  | { kind: 'outcome'; nodeId: string; activityId: string; error: { type: string; message: string }; sinceMs: number };

export type LedgerState =
  'notArmed' | 'standing' | 'mayStand' | 'undoing' | 'undone' | 'undoFailed' | 'doneByHand' | 'leftStanding';
export interface LedgerReport {
  entries: { nodeId: string; activityId: string; state: LedgerState }[];
  /** Effects that stand or may stand. */
  standing: number;
}

/** First detail of a failure of type 'ExpressionError'. */
export interface ExpressionErrorDetail {
  /** Node, or branch where none of its nodes was entered yet; '' before the first. */
  nodeId: string;
  /** It is through: the expression belongs to what comes after it. */
  after: boolean;
}

/**
 * Type of the error by which an operator is asked about an undo whose input cannot be made: trying again would change nothing, so that
 * the choices are 'doneByHand' and 'leave'.
 */
export const UNDO_INPUT = 'UndoInput';

/** Who decided, set by the door that authenticated the caller; the workflow records it. */
export interface Actor {
  id: string;
  name: string;
  groups: string[];
}
export interface UndoDecision {
  nodeId: string;
  choice: 'retry' | 'doneByHand' | 'leave';
  reason: string;
  actor: Actor;
}
export interface OutcomeDecision {
  nodeId: string;
  /** It happened (go on as completed, with this output), it did not, or it may have: undo it. */
  choice: 'applied' | 'notApplied' | 'undo';
  /** What the step answered, as far as the operator found out. With 'undo' its undo is made from this. */
  output?: unknown;
  reason: string;
  actor: Actor;
}
export interface ApprovalDecision {
  taskId: string;
  decision: 'approve' | 'reject';
  comment: string;
  /** Hash of the data that the decider saw; another one is refused with 'DataChanged'. */
  dataHash: string;
  actor: Actor;
}
/** Refusals of the updates above: ApplicationFailure types. */
export const REFUSALS = {
  unknownTask: 'UnknownTask',
  alreadyDecided: 'AlreadyDecided',
  dataChanged: 'DataChanged',
  notCandidate: 'NotCandidate',
  commentRequired: 'CommentRequired',
  nothingToDecide: 'NothingToDecide',
  /** The undo of a step cannot be made from what is known of the step's output. */
  undoInput: UNDO_INPUT,
} as const;

/** Input of the open and close human-task activities: `human.open` and `human.close`. */
export interface OpenTaskInput {
  taskId: string;
  /** First execution run id of the chain that asks: with the workflow id it names the asking run. */
  firstRunId: string;
  flow: string;
  nodeId: string;
  title: string;
  question: string;
  candidates: string[];
  requireComment: 'never' | 'onReject' | 'always';
  /** Whoever started the run may not decide. */
  forbidStarter?: boolean;
  data: unknown;
  dataHash: string;
  /** JSON Schema that the data renders from. */
  schema: unknown;
  dueAtMs: number | null;
}
export interface CloseTaskInput {
  taskId: string;
  firstRunId: string;
  outcome: 'approved' | 'rejected' | 'timedOut' | 'cancelled';
  decidedBy: string | null;
  comment: string | null;
}
