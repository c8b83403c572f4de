/** Acts on many runs at once, carried out by the engine. Times are milliseconds since 1970. */
import { z } from 'zod';
import type { Consequences } from '@/engine/run-view/consequences';
import { exportRunsSchema } from './runs';

export const retryGroupSchema = z.object({
  /** Of the batch: sent twice, it is one. */
  requestId: z.uuid(),
  flow: z.string().min(1).max(1_000),
  key: z.string().min(3).max(500),
  reason: z.string().trim().min(1, 'Enter a reason.').max(1_000),
});
export type RetryGroup = z.infer<typeof retryGroupSchema>;

/** 'cancel': 'Stop and undo'. 'terminate': 'Kill now', nothing is undone. */
export const STOP_KINDS = ['cancel', 'terminate'] as const;
export type StopKind = (typeof STOP_KINDS)[number];

/** Ends all open runs that match the filters of the list. */
export const stopRunsSchema = z.object({
  /** Of the batch: sent twice, it is one. */
  requestId: z.uuid(),
  kind: z.enum(STOP_KINDS),
  /** With `startedBeforeMs` of the preview: runs that started later were not in it, and are not touched. */
  filters: exportRunsSchema.required({ startedBeforeMs: true }),
  reason: z.string().trim().min(1, 'Enter a reason.').max(1_000),
});
export type StopRuns = z.infer<typeof stopRunsSchema>;

export const previewStopSchema = exportRunsSchema.extend({ pageToken: z.string().max(4_000).optional() });
export type PreviewStop = z.infer<typeof previewStopSchema>;

/** What ending the runs would do, told by a page of them, the newest first. */
export interface StopPreview {
  consequences: Consequences;
  /** The runs that would be asked, on the first page; null on others, or if they cannot be counted. */
  total: number | null;
  /** To be sent with further pages and with the batch. */
  startedBeforeMs: number;
  nextPageToken: string | null;
}

export interface Batch {
  id: string;
  kind: StopKind | 'retry' | null;
  state: 'running' | 'completed' | 'stopped';
  /** Runs, as they were counted when it began. */
  total: number;
  done: number;
  /** Runs that refused. */
  failed: number;
  startedMs: number;
  endedMs: number | null;
}

export const stopBatchSchema = z.object({ reason: z.string().trim().min(1, 'Enter a reason.').max(1_000) });
export type StopBatch = z.infer<typeof stopBatchSchema>;
