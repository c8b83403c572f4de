/** Acts on many runs at once, carried out by the engine. Times are milliseconds since 1970. */
import { z } from 'zod';

export const retryGroupSchema = z.object({
  /** Of the batch: sent twice, it is one. */
  requestId: z.uuid(),
  flow: z.string().min(1).max(1_000),
  key: z.string().min(3).max(500),
  reason: z.string().trim().min(1, 'Enter a reason.').max(1_000),
});
export type RetryGroup = z.infer<typeof retryGroupSchema>;

export interface Batch {
  id: string;
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
