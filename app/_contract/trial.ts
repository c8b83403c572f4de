/**
 * The messages about trials: a draft is played with nothing sent (engine/trial). The body carries the document, so that
 * drafts can be tried that were never saved.
 */
import { z } from 'zod';
import { planSchema } from '@/engine/flow/trial-plan';
import type { TrialPart } from '@/engine/trial/parts';

export const trialSchema = z.object({
  /** A flow document; the server checks and migrates it. */
  document: z.unknown(),
  plan: planSchema,
});
export type TrialBody = z.infer<typeof trialSchema>;

/** The answer to a try. Problems of the document, and a trial that was ended, are refusals. */
export type TryAnswer = Extract<TrialPart, { kind: 'result' }>;
/**
 * A line of the answer to a matrix: `application/x-ndjson`, each line a part. The last line is an 'end'; if it is
 * missing, the connection broke.
 */
export type MatrixLine = Extract<TrialPart, { kind: 'rows' | 'cell' | 'end' }>;
