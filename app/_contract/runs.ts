/** Runs on the wire: list, detail, and what can be done to one. Times are milliseconds since 1970. */
import { z } from 'zod';
import type { FlowManifest } from '@/engine/flow/manifest';
import type { PendingActivityView, RunEvent, RunFacts, Settlement } from '@/engine/run-view/model';
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
 * What became of a run, as rows and filters call it: status and saga phase read together, so that 'Failed: all undone' and
 * 'Failed: 2 effects left behind' are different rows.
 */
export const RUN_STANDINGS = [
  'running',
  'unwinding',
  'needsHand',
  'completed',
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
  /** First run of the chain: human tasks and links are addressed by it. */
  firstRunId: string;
  workflowType: string;
  /** Null for workflows that are no flow of this Backstitch. */
  flow: string | null;
  version: number | null;
  status: RunStatus;
  standingState: RunStanding;
  phase: SagaPhase | null;
  /** Effects that remain or may remain; null where the saga never said. */
  standing: number | null;
  /** It waits for a person's decision now. Told by lists. */
  asks?: boolean;
  startMs: number;
  closeMs: number | null;
}

/** Filters of the runs list; the same names stand in the page's URL. */
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
  id: z.string().max(200).optional(),
  startedAfterMs: z.coerce.number().int().optional(),
  startedBeforeMs: z.coerce.number().int().optional(),
  pageToken: z.string().max(4_000).optional(),
  pageSize: z.coerce.number().int().min(1).max(200).default(50),
});
export type RunsQuery = z.infer<typeof runsQuerySchema>;
export interface RunsPage {
  runs: RunSummary[];
  nextPageToken: string | null;
  /** Of all runs that match the filters but `standing`; null where the cluster cannot count. */
  counts: Partial<Record<RunStanding, number>> | null;
  total: number | null;
  readAtMs: number;
}

/** Everything the run page starts from; what changes afterwards arrives as `RunDelta` (live.ts). */
export interface RunDetail {
  summary: RunSummary;
  /** Null for a workflow that is no published flow: the page then shows events, pending work and no drawing. */
  manifest: FlowManifest | null;
  taskQueue: string;
  memo: Record<string, unknown>;
  searchAttributes: Record<string, unknown>;
  live: RunLive;
  /** What was found out about its effects after it had closed. */
  settlements: Settlement[];
  /** What this person may do to it now. */
  may: RunPermissions;
}
export interface RunPermissions {
  operate: boolean;
  decide: boolean;
  /** Say what became of an effect. */
  resolve: boolean;
}

/** The live part of a run: `RunFacts` without the clock, with where the stream stands. */
export interface RunLive extends Omit<RunFacts, 'nowMs'> {
  summary: RunSummary;
  events: RunEvent[];
  pending: PendingActivityView[];
  nodes: NodesReport | null;
  /** Why `nodes` is missing or old, in words; null when it is current. */
  nodesProblem: string | null;
  /** Covers events, pending state and nodes: hand it back after a cut (live.ts). */
  token: string;
  /** When the upstream was last heard. */
  asOfMs: number;
}

const reasonSchema = z.string().trim().min(1, 'Say why.').max(2_000);
export const startRunSchema = z.object({
  /** The same id twice starts one run. */
  requestId: z.uuid(),
  /** Newest when missing. */
  version: z.int().positive().optional(),
  /** Made from the flow's name and a readable suffix when missing. */
  workflowId: z
    .string()
    .trim()
    .regex(/^[A-Za-z0-9][A-Za-z0-9._:@-]{0,199}$/, 'Letters, digits and . _ : @ - only; at most 200.')
    .optional(),
  input: z.record(z.string(), z.unknown()),
});
export type StartRun = z.infer<typeof startRunSchema>;
export interface StartedRun {
  workflowId: string;
  runId: string;
  /** True when this request id had started it before. */
  again: boolean;
}

export const signalRunSchema = z.object({ name: z.string().min(1).max(200), input: z.unknown(), requestId: z.uuid() });
export type SignalRun = z.infer<typeof signalRunSchema>;
export const queryRunSchema = z.object({ name: z.string().min(1).max(200), input: z.unknown().optional() });
export type QueryRun = z.infer<typeof queryRunSchema>;
export interface QueryAnswer {
  result: unknown;
}
export const updateRunSchema = z.object({ name: z.string().min(1).max(200), input: z.unknown(), requestId: z.uuid() });
export type UpdateRun = z.infer<typeof updateRunSchema>;
export interface UpdateAnswer {
  result: unknown;
}
export const cancelRunSchema = z.object({ reason: reasonSchema.optional(), requestId: z.uuid() });
export type CancelRun = z.infer<typeof cancelRunSchema>;
export const terminateRunSchema = z.object({ reason: reasonSchema });
export type TerminateRun = z.infer<typeof terminateRunSchema>;

export const decideUndoSchema = z.object({
  requestId: z.uuid(),
  nodeId: z.string().min(1).max(200),
  choice: z.enum(['retry', 'doneByHand', 'leave']),
  reason: reasonSchema,
});
export type DecideUndo = z.infer<typeof decideUndoSchema>;
/** What a person found out about an effect after its run had closed. */
export const settleEffectSchema = z.object({
  requestId: z.uuid(),
  activityId: z.string().min(1).max(200),
  found: z.enum(['notApplied', 'undone', 'remains']),
  reason: reasonSchema,
});
export type SettleEffect = z.infer<typeof settleEffectSchema>;

export const decideOutcomeSchema = z.object({
  requestId: z.uuid(),
  nodeId: z.string().min(1).max(200),
  choice: z.enum(['applied', 'notApplied', 'undo']),
  output: z.unknown().optional(),
  reason: reasonSchema,
});
export type DecideOutcome = z.infer<typeof decideOutcomeSchema>;

/** Answer to an operation that changes a run and returns nothing else. */
export interface Receipt {
  at: number;
  by: string;
}
