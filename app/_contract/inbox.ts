/** Human tasks on the wire. */
import { z } from 'zod';
import type { JsonSchema } from '@/engine/flow/document';
import { LONGEST_CANDIDATE, LONGEST_QUESTION, MOST_CANDIDATES } from '@/engine/flow/human-limits';
import type { CloseTaskInput, OpenTaskInput } from '@/engine/saga/contract';

export const TASK_OUTCOMES = ['approved', 'rejected', 'timedOut', 'cancelled', 'runClosed'] as const;
export type TaskOutcome = (typeof TASK_OUTCOMES)[number];

export interface InboxTask {
  taskId: string;
  flow: string;
  nodeId: string;
  title: string;
  question: string;
  workflowId: string;
  /** First run of the chain. */
  runId: string;
  /** The run of the chain that asks: where a link goes. */
  currentRunId: string;
  workflowType: string;
  candidates: string[];
  requireComment: 'never' | 'onReject' | 'always';
  /** The person who started the run may not decide. */
  forbidStarter: boolean;
  data: unknown;
  dataHash: string;
  schema: JsonSchema | null;
  openedMs: number;
  dueAtMs: number | null;
  /** Null while it waits. */
  settled: {
    outcome: TaskOutcome;
    by: string | null;
    comment: string | null;
    atMs: number;
    /** Of the decision that counted: a page that lost its answer knows its own by it. */
    decisionId: string | null;
  } | null;
  /** May this person decide it? */
  mine: boolean;
  /** Why this person may not decide it, in one or two sentences; null when they may. */
  whyNot: string | null;
}
export const INBOX_VIEWS = ['waiting', 'done'] as const;
export type InboxView = (typeof INBOX_VIEWS)[number];
/** How many tasks a list shows unless it is asked for another number. */
export const LISTED = 100;
export const inboxQuerySchema = z.object({
  view: z.enum(INBOX_VIEWS).default('waiting'),
  limit: z.coerce.number().int().min(1).max(200).default(LISTED),
});
export type InboxQuery = z.infer<typeof inboxQuerySchema>;
export interface InboxList {
  /** Waiting: those for this person first, each part the soonest due and then the oldest first. Done: the newest first. */
  tasks: InboxTask[];
  /** Waiting for this person. */
  waiting: number;
  /** Waiting for others only. */
  waitingForOthers: number;
  lastDecided: { title: string; atMs: number; outcome: TaskOutcome } | null;
  readAtMs: number;
}

/** What follows from an answer, read off the flow and the run's ledger. Steps yet to come may fail: it promises nothing about them. */
export interface Consequence {
  kind: 'goesOn' | 'unwinds' | 'fails';
  /** Titles of the steps that run next, up to where the run waits, chooses or ends. */
  runs: string[];
  /** Where that stretch ends: 'Then it waits: Parcel handed over', 'Then the run ends'. Null when nothing is to say. */
  then: string | null;
  /** What is taken back, the first undo first. */
  undoes: { step: string; undo: string }[];
  /** Effects that stay although the run takes back what it can. */
  stays: string[];
  /** False where steps that run beside this one, or a handler of certain failures, decide at run time. */
  certain: boolean;
}
export interface TaskConsequences {
  approve: Consequence;
  reject: Consequence;
  /** What counts when nobody answers in time; null without a limit. */
  onTimeout: 'approve' | 'reject' | 'fail' | null;
}
/** Answer of `/api/inbox/<taskId>`. */
export interface InboxTaskDetail {
  task: InboxTask;
  /** Null for a settled task, and where they cannot be told now. */
  consequences: TaskConsequences | null;
  /** Why they cannot be told. */
  consequencesProblem: string | null;
}

export const decideTaskSchema = z.object({
  /** The same id twice decides once; the update id is `<taskId>/<decisionId>`. */
  decisionId: z.uuid(),
  decision: z.enum(['approve', 'reject']),
  comment: z.string().trim().max(4_000).default(''),
  /** Hash of the data that was on the screen. */
  dataHash: z.string().min(1).max(200),
});
export type DecideTask = z.infer<typeof decideTaskSchema>;
export interface DecisionReceipt {
  taskId: string;
  outcome: 'approved' | 'rejected';
  by: string;
  atMs: number;
}

/** Bodies of `/api/internal/human-tasks/open|close`: the task, and the run that asks. */
export interface AskingRun {
  namespace: string;
  workflowId: string;
  /** First execution run id of the chain: the activity puts the task's `firstRunId` here. */
  runId: string;
  /** The run of the chain that asks. */
  currentRunId?: string;
  workflowType: string;
}
export type OpenTaskBody = Omit<OpenTaskInput, 'firstRunId'> & AskingRun;
export type CloseTaskBody = Omit<CloseTaskInput, 'firstRunId'> & AskingRun;
const askingRun = {
  namespace: z.string().min(1).max(1_000),
  workflowId: z.string().min(1).max(1_000),
  runId: z.string().min(1).max(200),
  currentRunId: z.string().min(1).max(200).optional(),
  workflowType: z.string().min(1).max(1_000),
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
  forbidStarter: z.boolean().optional(),
  data: z.unknown(),
  dataHash: z.string().min(1).max(200),
  schema: z.unknown(),
  dueAtMs: z.number().nullable(),
});
export const closeTaskBodySchema = z.object({
  ...askingRun,
  taskId: z.string().min(1).max(500),
  outcome: z.enum(['approved', 'rejected', 'timedOut', 'cancelled']),
  decidedBy: z.string().max(500).nullable(),
  comment: z.string().max(4_000).nullable(),
});
