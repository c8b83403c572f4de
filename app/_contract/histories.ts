/** A history from a file: the flow that it is one of, as far as that is known here, and its replay. */
import { z } from 'zod';
import type { FlowManifest } from '@/engine/flow/manifest';

/** `revision`: that decided the last task of the run; missing: no task names one. */
export const historyFlowSchema = z.object({
  type: z.string().min(1).max(1_000),
  revision: z.string().max(100).optional(),
});
export type HistoryFlow = z.infer<typeof historyFlowSchema>;
/** Answer of GET /api/histories/flow. */
export interface KnownFlow {
  /** Null: the run is shown without a drawing. */
  manifest: FlowManifest | null;
  /** Why there is none; null if there is one. */
  why: string | null;
}

/** Of a file that is sent to be replayed: it is part of a request of at most 3 MB, with its quotes escaped. */
export const REPLAYED_MOST = 2_000_000;
export const replayHistorySchema = z.object({
  flow: z.string().min(1).max(63),
  version: z.int().positive(),
  revision: z.string().min(1).max(100),
  /** The JSON of the file. */
  history: z.string().min(2).max(REPLAYED_MOST, 'A history of more than 2 MB cannot be replayed here.'),
});
export type ReplayHistory = z.infer<typeof replayHistorySchema>;
/** The code does what the history has, or the first event where it differs, if that is known. */
export type Replayed = { holds: true } | { holds: false; eventId: number | null; nodeId: string | null; why: string };
