/** The messages about runs: list, detail, and operations on one run. Times are milliseconds since 1970. */
import { z } from 'zod';
import type { FlowManifest } from '@/engine/flow/manifest';
import { LONGEST_ID } from '@/engine/plain-text';

export { LONGEST_ID };
import type {
  HandedOver,
  LateAnswer,
  PassedOn,
  PendingActivityView,
  RunEvent,
  RunFacts,
  Settlement,
} from '@/engine/run-view/model';
import type { FieldValue } from '@/engine/run-view/searchable';
import type { NodesReport, SagaPhase } from '@/engine/saga/contract';

export const RUN_STATUSES = [
  'running',
  'completed',
  'failed',
  'canceled',
  'terminated',
  'timedOut',
  'continuedAsNew',
] as const;
export type RunStatus = (typeof RUN_STATUSES)[number];

/**
 * The outcome of a run in rows and filters: its status and saga phase combined, so that 'Failed: all undone' and
 * 'Failed: 2 effects may remain' are different rows.
 */
export const RUN_STANDINGS = [
  'running',
  'unwinding',
  'needsHand',
  'paused',
  'completed',
  'completedStanding',
  'failedUndone',
  'failedStanding',
  'failed',
  'canceledUndone',
  'canceledStanding',
  'canceled',
  'terminatedStanding',
  'terminated',
  'timedOutStanding',
  'timedOut',
  'continuedAsNew',
] as const;
export type RunStanding = (typeof RUN_STANDINGS)[number];

export interface RunSummary {
  workflowId: string;
  runId: string;
  /** The first run of the chain: human tasks and links refer to it. */
  firstRunId: string;
  workflowType: string;
  /** Null for workflows that are not a flow of this Backstitch. */
  flow: string | null;
  version: number | null;
  /** The revision that decided the run's last task, or with which it starts; null as `version`. */
  revision: string | null;
  status: RunStatus;
  /** An open run that somebody paused. */
  isPaused?: boolean;
  standingState: RunStanding;
  phase: SagaPhase | null;
  /** Number of effects that remain or may remain; null if the saga never reported it. */
  standing: number | null;
  /** True if the run waits for a person's decision now. Present in lists only. */
  asks?: boolean;
  /** The answers of calls that came after the run had closed. */
  lateAnswers?: LateAnswer[];
  /** Which of its effects belong to other runs now; missing if all of them are its own. */
  passedOn?: PassedOn;
  /** The values of the searchable fields of its flow, by name; missing if it has none. */
  fields?: Record<string, FieldValue>;
  startMs: number;
  closeMs: number | null;
}

/** Of a filter as text. */
export const LONGEST_WHERE = 2_000;

/** Filters of the runs list; the URL of the page uses the same names. */
export const runsQuerySchema = z.object({
  standing: z
    .preprocess(
      (value) => (typeof value === 'string' ? value.split(',').filter(Boolean) : value),
      z.array(z.enum(RUN_STANDINGS))
    )
    .optional(),
  flow: z.string().max(63).optional(),
  version: z.coerce.number().int().positive().optional(),
  /** A prefix of the workflow id. */
  id: z.string().max(LONGEST_ID).optional(),
  /** A filter in Temporal's query language, by searchable fields or anything else. */
  where: z.string().max(LONGEST_WHERE).optional(),
  startedAfterMs: z.coerce.number().int().optional(),
  startedBeforeMs: z.coerce.number().int().optional(),
  pageToken: z.string().max(4_000).optional(),
  pageSize: z.coerce.number().int().min(1).max(200).default(50),
});
export type RunsQuery = z.infer<typeof runsQuerySchema>;
/** The filters of an export: those of the list. */
export const exportRunsSchema = runsQuerySchema.omit({ pageToken: true, pageSize: true });
export type ExportRuns = z.infer<typeof exportRunsSchema>;
export interface RunsPage {
  runs: RunSummary[];
  nextPageToken: string | null;
  /** Counts of all runs that match the filters but `standing`; null if the cluster cannot count. */
  counts: Partial<Record<RunStanding, number>> | null;
  total: number | null;
  /** There are too many runs to count them in the time that a page may take; `counts` and `total` are null. */
  isUncounted?: true;
  readAtMs: number;
}

/** A run in the tree of runs that one run has started. */
export interface FamilyRun {
  workflowId: string;
  runId: string;
  /** The step of its parent that started it; null for the first one. */
  stepId: string | null;
  title: string | null;
  /** Null: it was deleted, or belongs to a flow that this person may not see. */
  summary: RunSummary | null;
  children: FamilyRun[];
}
export interface RunFamily {
  root: FamilyRun;
  /** False: there are more runs than are read. */
  isWhole: boolean;
}

/** The initial data of the run page; later changes arrive as `RunDelta` (live.ts). */
export interface RunDetail {
  summary: RunSummary;
  /** Null for a workflow that is not a published flow: the page then shows events and pending work, but no drawing. */
  manifest: FlowManifest | null;
  taskQueue: string;
  memo: Record<string, unknown>;
  searchAttributes: Record<string, unknown>;
  live: RunLive;
  /** What people recorded about the effects after the run had closed. */
  settlements: Settlement[];
  /** The run that started it as a child. */
  parent: { workflowId: string; runId: string } | null;
  /** What became of what it handed over to that run; null if it handed nothing over. */
  handedOver: HandedOver | null;
  /** Null while it is open. */
  retention: RunRetention | null;
  /** The permissions of this person for this run. */
  may: RunPermissions;
}
/** What becomes of a closed run. */
export interface RunRetention {
  /** When its period is over; null: it is kept for ever. */
  deletesAtMs: number | null;
  /** It stays after that, because an effect remains, or may remain, that nobody has acknowledged. */
  isHeld: boolean;
  /** Who keeps it, whatever its period is. */
  kept: { by: string; reason: string; atMs: number } | null;
}
export interface RunPermissions {
  operate: boolean;
  decide: boolean;
  /** Permission to settle an effect. */
  resolve: boolean;
  keep: boolean;
  delete: boolean;
}

/** The live part of a run: `RunFacts` without the clock, with the position in the stream. */
export interface RunLive extends Omit<RunFacts, 'nowMs'> {
  summary: RunSummary;
  events: RunEvent[];
  pending: PendingActivityView[];
  nodes: NodesReport | null;
  /** Why `nodes` is missing or old, in words; null if it is current. */
  nodesProblem: string | null;
  /** Covers events, pending state and nodes; send it back after a lost connection (live.ts). */
  token: string;
  /** When the upstream last answered. */
  asOfMs: number;
}

const reasonSchema = z.string().trim().min(1, 'Enter a reason.').max(2_000);
export const startRunSchema = z.object({
  /** Sending the same id twice starts one run. */
  requestId: z.uuid(),
  /** Default: the newest. */
  version: z.int().positive().optional(),
  /** Default: the name of the flow and a readable suffix. */
  workflowId: z
    .string()
    .trim()
    .max(LONGEST_ID, `At most ${LONGEST_ID} characters.`)
    .regex(/^[A-Za-z0-9][A-Za-z0-9._:@-]*$/, 'Letters, digits and . _ : @ - only.')
    .optional(),
  input: z.record(z.string(), z.unknown()),
});
export type StartRun = z.infer<typeof startRunSchema>;
export interface StartedRun {
  workflowId: string;
  runId: string;
  /** True if this request id had already started the run when the request came. */
  again: boolean;
}

export const signalRunSchema = z.object({
  name: z.string().min(1).max(LONGEST_ID),
  input: z.unknown(),
  requestId: z.uuid(),
});
export type SignalRun = z.infer<typeof signalRunSchema>;
export const queryRunSchema = z
  .object({
    name: z.string().min(1).max(LONGEST_ID),
    input: z.unknown().optional(),
    /** The number of an event: the answer as it was after it, by a replay up to it. */
    at: z.number().int().min(1).max(1_000_000).optional(),
  })
  .refine(({ input, at }) => at === undefined || input === undefined, {
    path: ['input'],
    message: 'a query about an earlier moment has no input',
  });
export type QueryRun = z.infer<typeof queryRunSchema>;
export interface QueryAnswer {
  result: unknown;
}
export const updateRunSchema = z.object({
  name: z.string().min(1).max(LONGEST_ID),
  input: z.unknown(),
  requestId: z.uuid(),
});
export type UpdateRun = z.infer<typeof updateRunSchema>;
export interface UpdateAnswer {
  result: unknown;
}
export const cancelRunSchema = z.object({ reason: reasonSchema.optional(), requestId: z.uuid() });
export type CancelRun = z.infer<typeof cancelRunSchema>;
export const terminateRunSchema = z.object({ reason: reasonSchema });
export type TerminateRun = z.infer<typeof terminateRunSchema>;
/** `isKept`: false ends it. */
export const keepRunSchema = z.object({ isKept: z.boolean(), reason: reasonSchema });
export type KeepRun = z.infer<typeof keepRunSchema>;
export const deleteRunSchema = z.object({ reason: reasonSchema });
export type DeleteRun = z.infer<typeof deleteRunSchema>;

export const resetRunSchema = z.object({
  /** Sending the same id twice makes one run. */
  requestId: z.uuid(),
  /** The completion of a workflow task, as previewReset (run-view/reset-preview.ts) gives it. */
  eventId: z.int().positive(),
  reason: reasonSchema,
  /** Messages that came after the point are delivered to the new run. */
  signals: z.boolean(),
  updates: z.boolean(),
});
export type ResetRun = z.infer<typeof resetRunSchema>;
export interface ResetDone extends Receipt {
  /** The new run. */
  runId: string;
}

/** Shorter than other reasons: the engine writes it with every commit of what is paused. */
const LONGEST_PAUSE_REASON = 1_000;
const pauseReasonSchema = reasonSchema.max(LONGEST_PAUSE_REASON);
export const pauseRunSchema = z.object({ requestId: z.uuid(), reason: pauseReasonSchema });
export type PauseRun = z.infer<typeof pauseRunSchema>;
export const resumeRunSchema = z.object({ requestId: z.uuid(), reason: pauseReasonSchema.optional() });
export type ResumeRun = z.infer<typeof resumeRunSchema>;

/** A pending activity: the forward call of a step, its undo, its look-up, or the opening or closing of its task. */
const stepSchema = z.object({ requestId: z.uuid(), activityId: z.string().min(1).max(LONGEST_ID) });
export const pauseStepSchema = stepSchema.extend({ reason: pauseReasonSchema });
export type PauseStep = z.infer<typeof pauseStepSchema>;
/** For the end of its pause, and for its next attempt at once. */
export const onStepSchema = stepSchema;
export type OnStep = z.infer<typeof onStepSchema>;

const TEN_YEARS_MS = 3_650 * 86_400_000;
const limitSchema = z.int().min(0).max(TEN_YEARS_MS);
/** As `StepOptions` (run-view/model.ts); what is missing stays as it is. */
export const changedOptionsSchema = z
  .object({
    scheduleToCloseMs: limitSchema,
    startToCloseMs: limitSchema,
    heartbeatMs: limitSchema,
    initialIntervalMs: limitSchema.min(1, 'At least 1 millisecond.'),
    backoffCoefficient: z.number().min(1, 'At least 1: the wait becomes longer, or stays as it is.').max(100),
    maximumIntervalMs: limitSchema.min(1, 'At least 1 millisecond.'),
    maximumAttempts: z.int().min(0).max(1_000_000),
  })
  .partial()
  .strict();
export const changeStepSchema = stepSchema.extend({
  /** Null: the options that the flow gave it. */
  options: changedOptionsSchema.nullable(),
});
export type ChangeStep = z.infer<typeof changeStepSchema>;

export const decideUndoSchema = z.object({
  requestId: z.uuid(),
  nodeId: z.string().min(1).max(LONGEST_ID),
  choice: z.enum(['retry', 'doneByHand', 'leave']),
  reason: reasonSchema,
});
export type DecideUndo = z.infer<typeof decideUndoSchema>;
/** What a person found out about an effect after its run had closed. */
export const settleEffectSchema = z.object({
  requestId: z.uuid(),
  activityId: z.string().min(1).max(LONGEST_ID),
  found: z.enum(['notApplied', 'undone', 'remains']),
  reason: reasonSchema,
});
export type SettleEffect = z.infer<typeof settleEffectSchema>;

export const decideOutcomeSchema = z.object({
  requestId: z.uuid(),
  nodeId: z.string().min(1).max(LONGEST_ID),
  /** 'endWait' ends the wait of a run that turns back; the others say what became of the step. */
  choice: z.enum(['applied', 'notApplied', 'undo', 'endWait']),
  output: z.unknown().optional(),
  reason: reasonSchema,
});
export type DecideOutcome = z.infer<typeof decideOutcomeSchema>;

/** The answer of an operation that changes a run and returns nothing else. */
export interface Receipt {
  at: number;
  by: string;
}
