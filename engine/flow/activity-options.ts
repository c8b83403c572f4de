/** How an activity is called: timeouts, retries, and what its effect means for the saga (design section 4). */
import { z } from 'zod';
import { durationSchema } from './duration';

export const retrySchema = z.strictObject({
  /** 0: no limit. */
  maximumAttempts: z.int().min(0).optional(),
  initialInterval: durationSchema.optional(),
  backoffCoefficient: z.number().min(1).optional(),
  maximumInterval: durationSchema.optional(),
  nonRetryableErrorTypes: z.array(z.string()).optional(),
});

export const activityOptionsSchema = z.strictObject({
  startToCloseTimeout: durationSchema.optional(),
  scheduleToCloseTimeout: durationSchema.optional(),
  scheduleToStartTimeout: durationSchema.optional(),
  heartbeatTimeout: durationSchema.optional(),
  retry: retrySchema.optional(),
});
export type ActivityOptions = z.infer<typeof activityOptionsSchema>;

/** The effect of a step outside of the run (design section 4). */
export const effectSchema = z.enum(['none', 'reversible', 'irreversible']);
export type Effect = z.infer<typeof effectSchema>;

export const undoFailureSchema = z.enum(['retry', 'ask', 'continue']);
