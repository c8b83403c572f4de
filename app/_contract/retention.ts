/** How long closed runs are kept, for each namespace. */
import { z } from 'zod';

export interface KeptNamespace {
  namespace: string;
  /** Null: for ever. */
  days: number | null;
}
/** A flow whose closed runs are kept for another time than those of its namespace. */
export interface KeptFlow {
  flow: string;
  /** Null: for ever. */
  days: number | null;
}
export interface RetentionList {
  /** Of this installation. */
  flows: KeptFlow[];
  /** That of this installation first. */
  namespaces: KeptNamespace[];
  /** A Temporal cluster cannot keep runs for ever. */
  mustEnd: boolean;
}

/** What becomes of the closed runs of one flow. */
export interface FlowRetention {
  /** Null: for ever. */
  days: number | null;
  /** The flow has a period of its own. */
  isOwn: boolean;
  /** The closed run that is deleted next; null: none, or it is not known which. */
  next: { workflowId: string; runId: string; atMs: number } | null;
}

/** What a period would remove at once. */
export interface Expired {
  /** Closed runs that are older. */
  runs: number;
  /** Of those, the ones that stay because an effect of them remains or may remain, as lists count it. */
  held: number;
}

const MOST_DAYS = 36_500;
const daysSchema = z.coerce
  .number('Enter a number of days.')
  .int('Enter whole days.')
  .min(1, 'At least one day.')
  .max(MOST_DAYS, `At most ${MOST_DAYS} days.`);
const namespaceSchema = z.string().min(1).max(1_000);

export const expiredQuerySchema = z.object({
  namespace: namespaceSchema,
  days: daysSchema,
  /** Of this flow alone. */
  flow: z.string().max(63).optional(),
});
export type ExpiredQuery = z.infer<typeof expiredQuerySchema>;
export const setRetentionSchema = z.object({ namespace: namespaceSchema, days: daysSchema.nullable() });
export type SetRetention = z.infer<typeof setRetentionSchema>;

export const setFlowRetentionSchema = z.object({
  flow: z.string().min(1).max(63),
  /** Null: as its namespace. */
  own: z.object({ days: daysSchema.nullable() }).nullable(),
});
export interface FlowPeriodSet {
  flow: string;
  own: { days: number | null } | null;
}
export type SetFlowRetention = z.infer<typeof setFlowRetentionSchema>;

/** Null: the text is a period. */
export function daysProblem(text: string): string | null {
  const read = daysSchema.safeParse(text.trim() === '' ? NaN : text);
  return read.success ? null : (read.error.issues[0]?.message ?? 'Enter a number of days.');
}
