/** Acts on many runs at once, carried out by the engine. Times are milliseconds since 1970. */
import { z } from 'zod';
import type { BatchTally } from '@/engine/run-view/batch-tally';
import type { Consequences } from '@/engine/run-view/consequences';
import { exportRunsSchema, LONGEST_ID } from './runs';

export const retryGroupSchema = z.object({
  /** Of the batch: sent twice, it is one. */
  requestId: z.uuid(),
  flow: z.string().min(1).max(1_000),
  key: z.string().min(3).max(500),
  reason: z.string().trim().min(1, 'Enter a reason.').max(1_000),
});
export type RetryGroup = z.infer<typeof retryGroupSchema>;

/**
 * 'cancel': 'Stop and undo'. 'terminate': 'Kill now', nothing is undone. 'retry': all steps that wait for another attempt
 * begin it now.
 */
export const BATCH_KINDS = ['cancel', 'terminate', 'signal', 'retry', 'reset', 'pause', 'resume'] as const;
export type BatchKind = (typeof BATCH_KINDS)[number];
/** The kinds that end runs. */
export type StopKind = 'cancel' | 'terminate';

/** Where a reset begins again: at the first or the last completed workflow task, or at a step. */
const resetPointSchema = z.union([z.enum(['first', 'last']), z.object({ step: z.string().min(1).max(63) })]);
export type BatchResetPoint = z.infer<typeof resetPointSchema>;

const actSchema = z.object({
  kind: z.enum(BATCH_KINDS),
  /** With the kind 'signal', and only then. */
  signal: z.object({ name: z.string().min(1).max(LONGEST_ID), input: z.unknown().optional() }).optional(),
  /** With the kind 'reset', and only then. */
  reset: z
    .object({
      to: resetPointSchema,
      /** Messages that came after the point are delivered again. */
      signals: z.boolean().default(true),
      updates: z.boolean().default(true),
    })
    .optional(),
});
export type BatchAct = z.infer<typeof actSchema>;

/** At most so many runs can be named. */
export const MOST_NAMED_RUNS = 1_000;
const runNameSchema = z.object({ workflowId: z.string().min(1).max(LONGEST_ID), runId: z.uuid() });
export type RunName = z.infer<typeof runNameSchema>;

/** Acts on runs that are named, or on all that match the filters of the list. */
export const startBatchSchema = actSchema
  .extend({
    /** Of the batch: sent twice, it is one. */
    requestId: z.uuid(),
    /** With `startedBeforeMs` of the preview: runs that started later were not in it, and are not touched. */
    filters: exportRunsSchema.required({ startedBeforeMs: true }).optional(),
    runs: z.array(runNameSchema).min(1).max(MOST_NAMED_RUNS).optional(),
    reason: z.string().trim().min(1, 'Enter a reason.').max(1_000),
  })
  .superRefine(({ kind, signal, reset, filters, runs }, context) => {
    const refuse = (path: string, message: string) => context.addIssue({ code: 'custom', path: [path], message });
    if (Boolean(filters) === Boolean(runs)) refuse('runs', 'Name either runs or filters.');
    if ((kind === 'signal') !== Boolean(signal)) refuse('signal', 'Is needed for a signal, and only then.');
    if ((kind === 'reset') !== Boolean(reset)) refuse('reset', 'Is needed for a reset, and only then.');
  });
export type StartBatch = z.infer<typeof startBatchSchema>;

/** Histories are read: so many runs at a time. */
export const PREVIEWED_RUNS = 20;
/** A page of what an act would do: of the runs that match the filters, or of those that are named. */
export const previewBatchSchema = exportRunsSchema.extend({
  pageToken: z.string().max(4_000).optional(),
  kind: z.enum(BATCH_KINDS).default('cancel'),
  /** The name of the signal. */
  signal: z.string().max(LONGEST_ID).optional(),
  /** Of a reset: 'first', 'last' or 'step:<node id>'. */
  to: z.string().max(80).optional(),
  runIds: z
    .preprocess(
      (value) => (typeof value === 'string' ? value.split(',').filter(Boolean) : value),
      z.array(z.uuid()).max(PREVIEWED_RUNS)
    )
    .optional(),
});
export type PreviewBatch = z.infer<typeof previewBatchSchema>;

/** What an act on the runs would do, told by a page of them, the newest first. */
export interface BatchPreview {
  /** What ending them would do; of another act there is none. */
  consequences: Consequences;
  /** What another act would do; of ending them there is none. */
  tally: BatchTally;
  /** The runs that match, on the first page; null on others, and if they cannot be counted. Of named runs: this page. */
  total: number | null;
  /** Of `total`, runs that undo already: 'Stop and undo' leaves them alone. Null as `total`. */
  undoing: number | null;
  /** Of named runs: those that have closed, and are left alone. */
  closed: number;
  /** Of named runs: those that are not there any more, or that the person may not act on. */
  missing: number;
  /** To be sent with further pages and with the batch. */
  startedBeforeMs: number;
  nextPageToken: string | null;
}

export interface Batch {
  id: string;
  kind: BatchKind | null;
  state: 'running' | 'completed' | 'stopped';
  /** Runs, as they were counted when it began. */
  total: number;
  done: number;
  /** Runs that refused. */
  failed: number;
  startedMs: number;
  endedMs: number | null;
  /** Missing for a batch that was not asked for here. */
  by?: string;
  reason?: string;
  /** What it does: the title of the signal or of the step. */
  about?: string;
  /** This person may stop it. */
  mayStop: boolean;
  /** It can be done again to the runs that refused. */
  canRepeat: boolean;
}

export const batchListSchema = z.object({
  /** 'own': those that this person began. */
  of: z.enum(['all', 'own']).default('all'),
  pageToken: z.string().max(200).optional(),
  pageSize: z.coerce.number().int().min(1).max(100).default(25),
});
export type BatchListQuery = z.infer<typeof batchListSchema>;
/** The newest first. */
export interface BatchList {
  batches: Batch[];
  nextPageToken: string | null;
}

export const stopBatchSchema = z.object({ reason: z.string().trim().min(1, 'Enter a reason.').max(1_000) });
export type StopBatch = z.infer<typeof stopBatchSchema>;

/** The same again, for the runs that refused: the first 1,000 of them. */
export const repeatBatchSchema = z.object({
  requestId: z.uuid(),
  reason: z.string().trim().min(1, 'Enter a reason.').max(1_000),
});
export type RepeatBatch = z.infer<typeof repeatBatchSchema>;

/** 'nothing': it had closed or was gone, or there was nothing to do. 'waiting': it was not asked yet. */
export const BATCH_RESULTS = ['done', 'nothing', 'refused', 'waiting'] as const;
export type BatchOutcome = (typeof BATCH_RESULTS)[number];
export const batchResultsSchema = z.object({
  /** Without it: all that were asked. */
  outcome: z.enum(BATCH_RESULTS).optional(),
  pageToken: z.string().max(4_000).optional(),
  pageSize: z.coerce.number().int().min(1).max(200).default(100),
});
export type BatchResultsQuery = z.infer<typeof batchResultsSchema>;
export interface BatchRun extends RunName {
  outcome: BatchOutcome;
  /** Why it was refused, or why there was nothing to do. */
  problem: string | null;
  /** When it was asked; null: not yet. */
  atMs: number | null;
}
export interface BatchRuns {
  runs: BatchRun[];
  nextPageToken: string | null;
}
