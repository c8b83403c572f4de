/**
 * The names and shapes for reading and operating a running saga, shared by the saga library and the screens. Imports
 * nothing, so that an exported project can contain this file unchanged.
 */

/** Query: the states that the history does not contain (choices, joins, variables). Answer: `NodesReport`. */
export const NODES_QUERY = '__nodes';
/** Query: the ledger in the memory of the workflow. Answer: `LedgerReport`. */
export const LEDGER_QUERY = '__ledger';
/**
 * Query: the variables of the flow by name, as they are now. Flows without variables, and code that was published before
 * it could be asked, do not answer it.
 */
export const VARIABLES_QUERY = '__variables';
/** Update: an operator's answer for an undo that has no retries left. Argument: `UndoDecision`. */
export const UNDO_DECISION_UPDATE = '__decideUndo';
/** Update: an operator's answer for a step whose outcome is unknown. Argument: `OutcomeDecision`. */
export const OUTCOME_DECISION_UPDATE = '__decideOutcome';
/** Update: an approver's decision. Argument: `ApprovalDecision`. Update id: `<taskId>/<decisionId>`. */
export const APPROVAL_UPDATE = '__decide';

/**
 * Update: an operator names who may decide an approval, in the place of those whom it asks. Argument: `WhoDecides`.
 * Answer: `WhoIsAsked`.
 */
export const WHO_DECIDES_UPDATE = '__decideWho';
/** Update: somebody takes their decision back. Argument: `TakeBack`. Answer: `TakenBack`. */
export const TAKE_BACK_UPDATE = '__decideBack';
/** Update: an approver asks about an approval. Argument: `AskQuestion`. Answer: `QuestionsNow`. */
export const ASK_UPDATE = '__decideAsk';
/** Update: somebody answers, or withdraws their question. Argument: `AnswerQuestion`. Answer: `QuestionsNow`. */
export const ANSWER_UPDATE = '__decideAnswer';

/**
 * How the current details of a run begin (`setCurrentDetails` of the library) while it waits for a signal without a
 * timeout. The ids of the nodes follow, separated by ', '. Nothing in the history shows such a wait.
 */
export const SIGNAL_WAITS = 'Waits for a signal at: ';

/** Search attributes, written only when they change; a run that completes without unwinding writes none. */
export const SAGA_PHASE = 'SagaPhase';
export const SAGA_STANDING = 'SagaStanding';
/**
 * 'counting' is written by the engine, for a run that was closed without running its code: its effects are being
 * counted.
 */
export type SagaPhase = 'unwinding' | 'needs-hand' | 'unwound' | 'left-standing' | 'counting';

/** Activity ids: `node[~i[.j…]][:undo|:open|:ask|:back|:close|:check]` (design D7). */
export type ActivityRole = 'do' | 'undo' | 'open' | 'ask' | 'back' | 'close' | 'check';

/**
 * The state of a node in the memory of the workflow. The history shows the states of steps and undos; this shows the
 * others.
 */
export type ReportedState = 'running' | 'waiting' | 'done' | 'failed' | 'skipped' | 'cancelled';
export interface NodesReport {
  phase: 'forward' | SagaPhase | 'done';
  /**
   * Only nodes that were reached or skipped. It also contains ids of branches: 'skipped' is a branch that was not
   * taken.
   */
  nodes: Record<string, { state: ReportedState; note?: string; error?: { type: string; message: string } }>;
  /** What waits for a person now. */
  waitsFor: HumanWait[];
  /** Waits that an operator may end; missing in code that was published before they could be ended. */
  endable?: EndableWait[];
}
/** Before it undoes or looks up, a run waits for a request that was sent, or until late calls have settled. */
export interface EndableWait {
  nodeId: string;
  activityId: string;
  /** What it waits for: the answer of the step, or the time after which its undo or its look-up may begin. */
  role: 'do' | 'undo' | 'check';
  sinceMs: number;
}
/** The most items of a loop over a list. */
export const MOST_ITEMS = 1_000;

export type HumanWait =
  | {
      kind: 'approval';
      nodeId: string;
      taskId: string;
      question: string;
      /** Those who are asked now. Empty: everybody, or nobody if they come from the data. */
      candidates: string[];
      /** The data names who may decide. */
      fromData?: true;
      dataHash: string;
      sinceMs: number;
      /** Where several people decide. */
      howMany?: HowMany;
      votes?: Vote[];
      /** Reminders, others who were asked, and decisions that were taken back. */
      events?: TaskEvent[];
      /** It is decided, and the run goes on at this time unless the decision is taken back. */
      decided?: { decision: string | null; by: string | null; goesOnAtMs: number };
      /** How often a decision was taken back; undefined: never. */
      takeBacks?: number;
      /** Undefined: nobody has asked anything. */
      questions?: AskedQuestion[];
      /** The clock is stopped since then, because a question is open; null or undefined: it runs. */
      stoppedSinceMs?: number | null;
    }
  | { kind: 'undo'; nodeId: string; activityId: string; error: { type: string; message: string }; sinceMs: number }
  | { kind: 'outcome'; nodeId: string; activityId: string; error: { type: string; message: string }; sinceMs: number };

export type Priority = 'low' | 'normal' | 'high' | 'urgent';
export const PRIORITIES = ['low', 'normal', 'high', 'urgent'] as const satisfies readonly Priority[];

/** Characters of a question about an approval, and of its answer. */
export const LONGEST_TEXT = 2_000;
/** About one approval. */
export const MOST_QUESTIONS = 20;

/** What happened to a task beside its decisions. */
export interface TaskEvent {
  /** From 1, in the order in which they happened. */
  seq: number;
  /** 'clockGoesOn': a question is open, and the clock was stopped for as long as it may. */
  kind: 'reminded' | 'escalated' | 'takenBack' | 'asked' | 'answered' | 'withdrawn' | 'clockGoesOn';
  atMs: number;
  /** Of an escalation: who was asked, beside those before or instead of them. */
  to?: string[];
  instead?: boolean;
  /** Who took a decision back, asked, answered or withdrew; with the key of the decision that was taken back. */
  by?: string;
  decision?: string;
}

export type LedgerState =
  'notArmed' | 'standing' | 'mayStand' | 'undoing' | 'undone' | 'undoFailed' | 'doneByHand' | 'leftStanding';
export interface LedgerReport {
  entries: { nodeId: string; activityId: string; state: LedgerState }[];
  /** Number of effects that remain or may remain. */
  standing: number;
}

/** The first detail of a failure of type 'ExpressionError'. */
export interface ExpressionErrorDetail {
  /** The node, or the branch if none of its nodes has started; '' before the first node. */
  nodeId: string;
  /** The node has ended: the expression belongs to the node after it. */
  after: boolean;
}

/**
 * The type of the error for an undo whose input cannot be computed. Trying again would change nothing, so the choices
 * of the operator are 'doneByHand' and 'leave'.
 */
export const UNDO_INPUT = 'UndoInput';

/** The person who decided. The door that authenticated the caller sets it; the workflow records it. */
export interface Actor {
  id: string;
  name: string;
  groups: string[];
  /** For whom they decided; then `name` says it as well, and `groups` has what that person is asked by. */
  actingFor?: { id: string; name: string };
}
export interface UndoDecision {
  /** In a loop the id of the item's step: `<node id>~<i>[.<j>…]`. */
  nodeId: string;
  choice: 'retry' | 'doneByHand' | 'leave';
  reason: string;
  actor: Actor;
}
export interface OutcomeDecision {
  /** In a loop the id of the item's step: `<node id>~<i>[.<j>…]`. */
  nodeId: string;
  /**
   * It happened (continue as completed, with this output); it did not happen; or it may have happened: undo it.
   * 'endWait' answers no question: it ends a wait (`EndableWait`), and the outcome remains unknown.
   */
  choice: 'applied' | 'notApplied' | 'undo' | 'endWait';
  /** The output of the step, as far as the operator found out. With 'undo', the input of the undo is made from it. */
  output?: unknown;
  reason: string;
  actor: Actor;
}
export interface ApprovalDecision {
  taskId: string;
  /** The key of a decision that the approval offers. */
  decision: string;
  comment: string;
  /** What the form of the decision asks for. */
  values?: unknown;
  /** The hash of the data that the person read; another hash is rejected with 'DataChanged'. */
  dataHash: string;
  /** In sequence: how many had voted when the person read it, so for which turn this vote is. Undefined: for their first. */
  turn?: number;
  actor: Actor;
}
/** A question about an approval, with its answer. */
export interface AskedQuestion {
  id: string;
  text: string;
  by: string;
  byId: string;
  /** Who is asked. */
  of: string;
  ofId: string;
  askedAtMs: number;
  answer?: string;
  answeredAtMs?: number;
  withdrawnAtMs?: number;
}
export interface AskQuestion {
  taskId: string;
  /** Chosen by who asks: the same one sent again asks once. */
  questionId: string;
  text: string;
  of: { id: string; name: string };
  actor: Actor;
}
export interface AnswerQuestion {
  taskId: string;
  questionId: string;
  /** Null: whoever asked withdraws it. */
  text: string | null;
  actor: Actor;
}
/** The approval as it is then. */
export interface QuestionsNow {
  candidates: string[];
  events: TaskEvent[];
  questions: AskedQuestion[];
  times: TaskTimes;
}
/** As the inbox shows them; null while the clock is stopped. */
export interface TaskTimes {
  dueAtMs: number | null;
  endsAtMs: number | null;
  stoppedSinceMs: number | null;
}
/** Whoever decided, or voted, takes it back while nothing has followed from it. */
export interface TakeBack {
  taskId: string;
  actor: Actor;
}
/** The approval as it is then. */
export interface TakenBack {
  takeBacks: number;
  candidates: string[];
  votes: Vote[];
  events: TaskEvent[];
  /** Votes that remain still decide it: when the run goes on. */
  goesOnAtMs: number | null;
}
/** Who may decide an approval, as an operator says. */
export interface WhoDecides {
  taskId: string;
  /** In the place of the candidates. Not empty. */
  candidates: string[];
  actor: Actor;
}
export interface WhoIsAsked {
  candidates: string[];
}
/** One of the decisions that an approval offers. */
export interface OfferedDecision {
  /** Unique in the approval. */
  key: string;
  title: string;
  /** The run turns back, or does what the flow says for that. Otherwise it goes on. */
  turnsBack?: boolean;
  /** Undefined: as the approval says for all of its decisions. */
  requireComment?: boolean;
  /** JSON Schema of an object: the values that belong to the decision. */
  form?: unknown;
}
/** Several people decide together: each candidate, each in its turn, or so many different people (votes.ts). */
export type HowMany = 'all' | 'inSequence' | number;
export interface Vote {
  decision: string;
  comment: string;
  values?: unknown;
  /** The name and the id of the person. */
  by: string;
  byId: string;
  /** The id of the person for whom they voted, who is away. */
  forId?: string;
  /** The candidates for whom the person can vote. */
  for: string[];
  atMs: number;
}
/** What the update with a decision answers. */
export interface DecisionAnswer {
  decision: string;
  /** Who decided. Where several people decide: whose vote was the last. */
  decidedBy: string;
  /** Where several people decide: all votes. */
  votes?: Vote[];
  /** 'open': others are asked too. */
  stage?: 'open' | 'decided' | 'disagreed';
  /** The run goes on at this time; until then the decision can be taken back. Undefined: it has gone on at once. */
  goesOnAtMs?: number;
  /** How often a decision was taken back before; undefined: never. */
  takeBacks?: number;
}
const USUAL_DECISIONS: readonly OfferedDecision[] = [
  { key: 'approve', title: 'Approve' },
  { key: 'reject', title: 'Reject', turnsBack: true },
];
/** Of an approval, or of its task. */
export const offeredBy = (asking: { decisions?: readonly OfferedDecision[] | null }): readonly OfferedDecision[] =>
  asking.decisions ?? USUAL_DECISIONS;
/** Must a comment say why? */
export function demandsComment(
  { requireComment }: { requireComment: 'never' | 'onReject' | 'always' },
  decision: OfferedDecision
): boolean {
  if (decision.requireComment !== undefined) return decision.requireComment;
  return requireComment === 'always' || (requireComment === 'onReject' && decision.turnsBack === true);
}

/** The types of ApplicationFailures with which the updates above are rejected. */
export const REFUSALS = {
  unknownTask: 'UnknownTask',
  alreadyDecided: 'AlreadyDecided',
  dataChanged: 'DataChanged',
  notCandidate: 'NotCandidate',
  commentRequired: 'CommentRequired',
  /** The values do not fit the form of the decision. */
  valuesInvalid: 'ValuesInvalid',
  nothingToDecide: 'NothingToDecide',
  /** A decision is taken back although something has followed from it, or it was not to be taken back at all. */
  tooLate: 'TooLate',
  /** The input of the undo cannot be computed from the known output of the step. */
  undoInput: UNDO_INPUT,
} as const;

/** The input of the activities of human tasks: `human.open`, `human.ask` and `human.close`. */
export interface OpenTaskInput {
  taskId: string;
  /** The first execution run id of the chain: together with the workflow id it identifies the waiting run. */
  firstRunId: string;
  flow: string;
  nodeId: string;
  title: string;
  question: string;
  candidates: string[];
  requireComment: 'never' | 'onReject' | 'always';
  /** Undefined: approve and reject. */
  decisions?: readonly OfferedDecision[];
  /** Undefined: any one of them. */
  howMany?: HowMany;
  /** The person who started the run may not decide. */
  forbidStarter?: boolean;
  /** The data names the candidates. If there are none then, nobody may decide. */
  fromData?: boolean;
  /** Ids, addresses or groups of people who may not decide. */
  excluded?: string[];
  data: unknown;
  dataHash: string;
  /** JSON Schema for showing the data. */
  schema: unknown;
  /** When it should be decided. Without a due time of its own: when the time to decide ends. */
  dueAtMs: number | null;
  /** When the time to decide ends; undefined: at `dueAtMs`. */
  endsAtMs?: number | null;
  /** Undefined: normal. */
  priority?: Priority;
  /** So long after a decision it can be taken back; undefined: not at all. */
  takeBackMs?: number;
  /** Whoever may decide may ask about it. Code that was published before questions were known says nothing. */
  mayAsk?: true;
  /**
   * In sequence, whom a turn names may take it although they have voted for a group before. Code that was published before says
   * nothing.
   */
  againByName?: true;
}
/** Others are asked, or those who are asked are reminded. */
export interface AskTaskInput {
  taskId: string;
  firstRunId: string;
  /** Who may decide from now on. */
  candidates: string[];
  /** What the inbox has not heard of. */
  events: TaskEvent[];
  /** How often a decision was taken back, and the votes that remain. Undefined: never. */
  takeBacks?: number;
  votes?: Vote[];
  /** Undefined: nobody has asked anything. */
  questions?: AskedQuestion[];
  times?: TaskTimes;
}
export interface CloseTaskInput {
  taskId: string;
  firstRunId: string;
  /** 'rejected': the decision turns back; 'approved': the run goes on. */
  outcome: 'approved' | 'rejected' | 'disagreed' | 'timedOut' | 'cancelled';
  decidedBy: string | null;
  comment: string | null;
  /** Of an approval that names its decisions: the key of the one that was taken, and its values. */
  decision?: string;
  values?: unknown;
  votes?: Vote[];
  /** How often a decision was taken back before; undefined: never. */
  takeBacks?: number;
}
