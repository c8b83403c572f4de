/** The messages about human tasks. */
import { z } from 'zod';
import type { JsonSchema } from '@/engine/flow/document';
import { LONGEST_CANDIDATE, LONGEST_QUESTION, MOST_CANDIDATES, MOST_VOTES } from '@/engine/flow/human-limits';
import { LONGEST_ID } from '@/engine/plain-text';
import type { SettleEffect } from './runs';
import type { PauseView } from '@/engine/run-view/model';
import {
  LONGEST_TEXT,
  MOST_QUESTIONS,
  PRIORITIES,
  type AskTaskInput,
  type CloseTaskInput,
  type HowMany,
  type OfferedDecision,
  type OpenTaskInput,
  type Priority,
  type TaskEvent,
  type Vote,
} from '@/engine/saga/contract';

export const TASK_OUTCOMES = ['approved', 'rejected', 'disagreed', 'timedOut', 'cancelled', 'runClosed'] as const;
export type TaskOutcome = (typeof TASK_OUTCOMES)[number];

/** A decision that a task offers, with everything it needs. */
export interface TaskDecision extends OfferedDecision {
  turnsBack: boolean;
  requireComment: boolean;
  form?: JsonSchema;
}
export interface InboxTask {
  taskId: string;
  flow: string;
  nodeId: string;
  title: string;
  question: string;
  workflowId: string;
  /** The first run of the chain. */
  runId: string;
  /** The run of the chain that waits: the target of links. */
  currentRunId: string;
  workflowType: string;
  candidates: string[];
  /** Of these, who is asked now: where several people decide, without those who have voted, or whose turn it is not. */
  asked: string[];
  /** The data of the run names the candidates: without any, nobody may decide. */
  fromData: boolean;
  /** Ids, addresses or groups of people who may not decide. */
  excluded: string[];
  requireComment: 'never' | 'onReject' | 'always';
  /** In the order of the flow. */
  decisions: TaskDecision[];
  /** Several people decide together; null: anybody alone. */
  howMany: HowMany | null;
  /** Where several people decide, in their order. */
  votes: Vote[];
  /** How many of them must agree. */
  needed: number;
  /** The person who started the run may not decide. */
  forbidStarter: boolean;
  data: unknown;
  dataHash: string;
  schema: JsonSchema | null;
  openedMs: number;
  priority: Priority;
  /** When it should be decided. */
  dueAtMs: number | null;
  /** When its time to decide ends. */
  endsAtMs: number | null;
  /** Reminders, escalations and what else happened, in their order. */
  events: TaskEvent[];
  /** The clock of the task is stopped since then, because a question is open; null: it runs. */
  stoppedSinceMs: number | null;
  /** Null while the task waits. */
  settled: {
    outcome: TaskOutcome;
    /** The key of the decision, and the values of its form; null without a decision that the task names. */
    decision: string | null;
    values: unknown;
    by: string | null;
    comment: string | null;
    atMs: number;
    /**
     * The id of the decision that was accepted. A page that lost the answer to its request recognises its own
     * decision by it.
     */
    decisionId: string | null;
    /** The run waits until then, because the decision can be taken back; null: it has gone on. */
    goesOnAtMs: number | null;
  } | null;
  /** This person decided or voted, and may take it back until then; null: they may not. */
  takeBackUntilMs: number | null;
  /** Who works on it; null: nobody has claimed it. */
  claim: TaskClaim | null;
  /** True if this person may decide the task, also if only for another person. */
  mine: boolean;
  /** The name of the person for whom they would decide it; null: in their own name. */
  actingFor: string | null;
  /** Why this person may not decide it, in one or two sentences; null when they may. */
  whyNot: string | null;
}
export interface TaskClaim {
  id: string;
  name: string;
  atMs: number;
  /** It is the claim of the person who reads. */
  own: boolean;
}
/**
 * - `waiting`: every task that waits, those that the person may decide first.
 * - `mine`: claimed by the person, or asked of the person by name and claimed by nobody.
 * - `groups`: asked of a group of the person, or of anybody, and not claimed by the person.
 * - `unassigned`: the person may decide it, and nobody has claimed it.
 * - `delegated`: the person may decide it only for somebody who is away.
 * - `done`: settled.
 */
export const INBOX_VIEWS = ['waiting', 'mine', 'groups', 'unassigned', 'delegated', 'done'] as const;
export type InboxView = (typeof INBOX_VIEWS)[number];
/** Overdue; due within a day, or a week; without a time limit. */
export const DUE_FILTERS = ['overdue', 'day', 'week', 'none'] as const;
export type DueFilter = (typeof DUE_FILTERS)[number];
/** Number of tasks in a list if the request does not set one. */
export const LISTED = 100;
export const LONGEST_SEARCH = 200;
export const inboxQuerySchema = z.object({
  view: z.enum(INBOX_VIEWS).default('waiting'),
  limit: z.coerce.number().int().min(1).max(200).default(LISTED),
  /** Words; each must be in the title, the question, the flow, an id, the shown data, or the decision. */
  text: z.string().trim().max(LONGEST_SEARCH).optional(),
  flow: z.string().min(1).max(200).optional(),
  /** Has no effect on settled tasks. */
  due: z.enum(DUE_FILTERS).optional(),
  /** `next` of the page before. */
  after: z.string().min(1).max(1_000).optional(),
});
export type InboxQuery = z.infer<typeof inboxQuerySchema>;
/** Number of waiting tasks in each view. */
export type InboxCounts = Record<Exclude<InboxView, 'done'>, number>;
export interface InboxList {
  /**
   * Waiting tasks: those for this person first, then the others; each part sorted by priority, due time, then the oldest first.
   * Done tasks: the newest first.
   */
  tasks: InboxTask[];
  /** For the next page; null: there are no more. */
  next: string | null;
  /** With the filters of the request. */
  counts: InboxCounts;
  /** Number of tasks that wait for this person. This and the next have no filter. */
  waiting: number;
  /** Number of tasks that wait for other people only. */
  waitingForOthers: number;
  /** Questions that this person is asked, the oldest first. */
  askedOfMe: AskedOfMe[];
  lastDecided: { title: string; atMs: number; outcome: TaskOutcome } | null;
  readAtMs: number;
}

/**
 * The consequences of an answer, computed from the flow and the run's ledger. Later steps may fail, so it makes no
 * promise about them.
 */
export interface Consequence {
  kind: 'goesOn' | 'unwinds' | 'fails';
  /** Titles of the next steps, up to the point where the run waits, chooses or ends. */
  runs: string[];
  /**
   * How these steps end: 'Then it waits: Parcel handed over', 'Then the run ends'. Null if there is nothing to say.
   */
  then: string | null;
  /** The steps that would be undone, in the order of the undos. */
  undoes: { step: string; undo: string }[];
  /** Effects that would remain although the run undoes what it can. */
  stays: string[];
  /** False if steps in parallel branches, or handlers of certain failures, decide at run time. */
  certain: boolean;
}
export interface TaskConsequences {
  /** By the key of the decision. */
  answers: Record<string, Consequence>;
  /** The key of the decision that counts if nobody decides in time, or 'fail'; null without a time limit. */
  onTimeout: string | null;
}
/** What the run did after the decision. */
export interface Followed {
  /** Steps that began after it, in the order in which they began. */
  steps: { title: string; outcome: 'done' | 'failed' | 'underWay' }[];
  /** Effects of the run that were undone after it. */
  undone: { step: string; undo: string | null }[];
  /** Effects that remained when the run ended, and what a person has found out since; undefined: none. */
  settled?: { step: string; found: SettleEffect['found'] }[];
  /** The type of the event with which the run ended; null: it goes on. */
  run: string | null;
}
/** Answer of `/api/inbox/<taskId>`. */
export interface InboxTaskDetail {
  task: InboxTask;
  /** Null for a settled task, and if the consequences are not known now. */
  consequences: TaskConsequences | null;
  /** Why the consequences are not known. */
  consequencesProblem: string | null;
  /** Of its run: nobody can decide until it is resumed. Null for a settled task, and if it is not known. */
  pause: PauseView | null;
  /** Null for an open task, without a decision, and if it is not known. */
  followed: Followed | null;
  /**
   * Why those whom it asks cannot decide it, because nobody or too few are left who may: who operates the flow must ask somebody
   * else. A sentence; null if they can, and for a settled task.
   */
  nobody: string | null;
  /** In the order in which they were asked. */
  questions: TaskQuestion[];
  /** This person may ask about it. */
  mayAsk: boolean;
  /** Who is asked if the question names nobody: the person who started the run. Null: nobody, or it is not known. */
  starter: { id: string; name: string } | null;
  /** Why a question must name whom it asks, in a sentence; null: whoever started the run is asked without that. */
  starterMissing: string | null;
}
/** Who may be asked a question about a task. */
export interface AskableList {
  people: { id: string; name: string }[];
}
/** A question of somebody who may decide. */
export interface TaskQuestion {
  id: string;
  text: string;
  by: string;
  of: string;
  askedAtMs: number;
  answer: string | null;
  answeredAtMs: number | null;
  withdrawnAtMs: number | null;
  /** It is open, and this person is the one who was asked. */
  mayAnswer: boolean;
  /** It is open, and this person asked it. */
  mayWithdraw: boolean;
}
/** A question that waits for an answer of the person who reads. */
export interface AskedOfMe {
  taskId: string;
  question: string;
  text: string;
  by: string;
  askedAtMs: number;
}
const text = z.string().trim().min(1).max(LONGEST_TEXT);
/** Sending the same id twice asks once. */
export const askQuestionSchema = z.object({
  questionId: z.uuid(),
  text,
  /** Id of a person; null: the person who started the run. */
  of: z.string().min(1).max(200).nullable(),
});
export type AskQuestionBody = z.infer<typeof askQuestionSchema>;
export const answerQuestionSchema = z.object({ text });
export interface QuestionReceipt {
  taskId: string;
  questionId: string;
}

/** Characters of the key of a decision: as of every name in expressions. */
const LONGEST_KEY = 63;
export const decideTaskSchema = z.object({
  /** Sending the same id twice decides once; the update id is `<taskId>/<decisionId>`. */
  decisionId: z.uuid(),
  /** The key of a decision that the task offers. */
  decision: z.string().min(1).max(LONGEST_KEY),
  comment: z.string().trim().max(4_000).default(''),
  /** Of the form of the decision. */
  values: z.unknown().optional(),
  /** Hash of the data that was shown. */
  dataHash: z.string().min(1).max(200),
  /** Where people decide in sequence: how many votes were shown. Without it, a person votes once. */
  turn: z.int().min(0).max(MOST_VOTES).optional(),
});
export type DecideTask = z.infer<typeof decideTaskSchema>;
export interface DecisionReceipt {
  taskId: string;
  /** 'voted': others are asked too. */
  outcome: 'approved' | 'rejected' | 'disagreed' | 'voted';
  /** The key of the decision. */
  decision: string;
  by: string;
  atMs: number;
  /** The run waits until then, because the decision can be taken back; null: it goes on at once. */
  goesOnAtMs: number | null;
}

/** Sending the same id twice takes back once. */
export const takeBackSchema = z.object({ requestId: z.uuid() });
export type TakeBackTask = z.infer<typeof takeBackSchema>;
export interface TakeBackReceipt {
  taskId: string;
  atMs: number;
}

/** Whoever claims, releases or assigns a task sends whose it was when they looked: of two who do it at once one is refused. */
export const claimTaskSchema = z.object({
  /** Id of the person who had claimed it; null: nobody. Of another person: it is taken over. */
  from: z.string().min(1).max(200).nullable(),
});
export type ClaimTask = z.infer<typeof claimTaskSchema>;
export const assignTaskSchema = z.object({
  from: z.string().min(1).max(200).nullable(),
  /** Id of the person who is to have it; null: nobody. */
  to: z.string().min(1).max(200).nullable(),
});
export type AssignTask = z.infer<typeof assignTaskSchema>;
export interface ClaimReceipt {
  taskId: string;
  claim: TaskClaim | null;
}
/** Who may be given a task. */
export interface CandidateList {
  people: { id: string; name: string }[];
  /** Too few are asked who may decide: whoever gets the task is asked too, in the place of a name that nobody can take. */
  asksAnew: boolean;
}

/** Somebody decides for somebody else who is away. */
export interface Delegation {
  id: string;
  from: string;
  to: string;
  /** Empty: of every flow. */
  flows: string[];
  fromMs: number;
  untilMs: number;
}
export interface DelegationList {
  /** Given by the person who asks; in effect or planned. */
  own: Delegation[];
  /** For whom that person decides, or will. */
  forMe: Delegation[];
  /** Who could be chosen. */
  people: { id: string; name: string }[];
}
const instantMs = z.number().int().min(0).max(8.64e15);
export const createDelegationSchema = z.object({
  requestId: z.uuid(),
  to: z.string().min(1).max(200),
  fromMs: instantMs,
  untilMs: instantMs,
  flows: z.array(z.string().min(1).max(200)).max(100).default([]),
});
export type CreateDelegation = z.infer<typeof createDelegationSchema>;

/** Of one decision for several tasks of the same question. */
export const MOST_AT_ONCE = 100;
export const previewDecisionsSchema = z.object({
  decision: decideTaskSchema.shape.decision,
  tasks: z
    .array(z.object({ taskId: z.string().min(1).max(500), dataHash: z.string().min(1).max(200) }))
    .min(1)
    .max(MOST_AT_ONCE),
});
export type PreviewDecisions = z.infer<typeof previewDecisionsSchema>;
export interface DecisionPreview {
  taskId: string;
  /** Why this decision does not count for this task; null: it does. */
  excepted: string | null;
  /** What follows; null if it is excepted, or not known. */
  consequence: Consequence | null;
}
/** In the order of the request. */
export interface DecisionPreviews {
  tasks: DecisionPreview[];
}

/** Bodies of `/api/internal/human-tasks/open|ask|close`: the task, and the run that waits. */
export interface AskingRun {
  namespace: string;
  workflowId: string;
  /** The first execution run id of the chain: the activity puts the task's `firstRunId` here. */
  runId: string;
  /** The run of the chain that waits. */
  currentRunId?: string;
  workflowType: string;
}
export type OpenTaskBody = Omit<OpenTaskInput, 'firstRunId'> & AskingRun;
export type AskTaskBody = Omit<AskTaskInput, 'firstRunId'> & AskingRun;
export type CloseTaskBody = Omit<CloseTaskInput, 'firstRunId'> & AskingRun;
const askingRun = {
  namespace: z.string().min(1).max(LONGEST_ID),
  workflowId: z.string().min(1).max(LONGEST_ID),
  runId: z.string().min(1).max(200),
  currentRunId: z.string().min(1).max(200).optional(),
  workflowType: z.string().min(1).max(LONGEST_ID),
};
export const openTaskBodySchema = z.object({
  ...askingRun,
  taskId: z.string().min(1).max(500),
  flow: z.string().min(1).max(200),
  nodeId: z.string().min(1).max(200),
  title: z.string().max(500),
  question: z.string().max(LONGEST_QUESTION),
  candidates: z.array(z.string().max(LONGEST_CANDIDATE)).max(MOST_CANDIDATES),
  requireComment: z.enum(['never', 'onReject', 'always']),
  decisions: z
    .array(
      z.object({
        key: z.string().min(1).max(LONGEST_KEY),
        title: z.string().max(500),
        turnsBack: z.boolean().optional(),
        requireComment: z.boolean().optional(),
        form: z.unknown().optional(),
      })
    )
    .min(1)
    .max(100)
    .optional(),
  howMany: z.union([z.enum(['all', 'inSequence']), z.int().min(1)]).optional(),
  forbidStarter: z.boolean().optional(),
  fromData: z.boolean().optional(),
  excluded: z.array(z.string().max(LONGEST_CANDIDATE)).max(MOST_CANDIDATES).optional(),
  data: z.unknown(),
  dataHash: z.string().min(1).max(200),
  schema: z.unknown(),
  dueAtMs: z.number().nullable(),
  endsAtMs: z.number().nullable().optional(),
  priority: z.enum(PRIORITIES).optional(),
  mayAsk: z.literal(true).optional(),
  againByName: z.literal(true).optional(),
  takeBackMs: z
    .int()
    .min(0)
    .max(24 * 3_600_000)
    .optional(),
});
const voteSchema = z.object({
  decision: z.string().max(LONGEST_KEY),
  comment: z.string().max(4_000),
  values: z.unknown().optional(),
  by: z.string().max(500),
  byId: z.string().max(500),
  forId: z.string().max(500).optional(),
  for: z.array(z.string()),
  atMs: z.number(),
});
/** More than a run usually makes: 50 reminders, the steps of an escalation chain, and decisions that were taken back. */
const MOST_EVENTS = 10_000;
export const askTaskBodySchema = z.object({
  ...askingRun,
  taskId: z.string().min(1).max(500),
  candidates: z.array(z.string().max(LONGEST_CANDIDATE)).max(MOST_CANDIDATES),
  events: z
    .array(
      z.object({
        seq: z.int().min(1).max(10_000),
        kind: z.enum(['reminded', 'escalated', 'takenBack', 'asked', 'answered', 'withdrawn', 'clockGoesOn']),
        atMs: z.number().min(0).max(8.64e15),
        to: z.array(z.string().max(LONGEST_CANDIDATE)).max(MOST_CANDIDATES).optional(),
        instead: z.boolean().optional(),
        by: z.string().max(500).optional(),
        decision: z.string().max(LONGEST_KEY).optional(),
      })
    )
    .max(MOST_EVENTS),
  takeBacks: z.int().min(0).optional(),
  questions: z
    .array(
      z.object({
        id: z.string().min(1).max(200),
        text: z.string().max(LONGEST_TEXT),
        by: z.string().max(500),
        byId: z.string().max(500),
        of: z.string().max(500),
        ofId: z.string().max(500),
        askedAtMs: z.number().min(0).max(8.64e15),
        answer: z.string().max(LONGEST_TEXT).optional(),
        answeredAtMs: z.number().min(0).max(8.64e15).optional(),
        withdrawnAtMs: z.number().min(0).max(8.64e15).optional(),
      })
    )
    .max(MOST_QUESTIONS)
    .optional(),
  times: z
    .object({
      dueAtMs: z.number().nullable(),
      endsAtMs: z.number().nullable(),
      stoppedSinceMs: z.number().nullable(),
    })
    .optional(),
  votes: z.array(voteSchema).max(MOST_VOTES).optional(),
});
export const closeTaskBodySchema = z.object({
  ...askingRun,
  taskId: z.string().min(1).max(500),
  outcome: z.enum(['approved', 'rejected', 'disagreed', 'timedOut', 'cancelled']),
  decidedBy: z.string().max(500).nullable(),
  comment: z.string().max(4_000).nullable(),
  decision: z.string().max(LONGEST_KEY).optional(),
  values: z.unknown().optional(),
  votes: z.array(voteSchema).max(MOST_VOTES).optional(),
});
