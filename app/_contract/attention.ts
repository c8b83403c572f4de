/**
 * What needs somebody: runs in groups of one flow, reason, step and error, and what people have said about a group.
 * Times are milliseconds since 1970.
 */
import { z } from 'zod';

/**
 * asks: a run waits for a decision about an undo or an outcome. stuck: its code cannot go on. nobody: nobody or too few are
 * left who may decide an approval. overdue: an approval is past its due time. remains: it has ended, and effects remain or
 * may remain. retries: a step fails and is tried again. failed: a step failed for good. The most urgent first.
 */
export const ATTENTION_KINDS = ['asks', 'stuck', 'nobody', 'overdue', 'remains', 'retries', 'failed'] as const;
export type AttentionKind = (typeof ATTENTION_KINDS)[number];

export interface AttentionNote {
  text: string;
  by: string;
  atMs: number;
}

export interface AttentionGroup {
  /** The flow; of other workflows, the workflow type. */
  flow: string;
  /** Unique in the flow: '<kind> <step> <error>'. */
  key: string;
  /** Null for a workflow that is not a flow of this Backstitch. */
  title: string | null;
  kind: AttentionKind;
  /** The id of the step, with ':undo' and the like; null: not known. */
  step: string | null;
  stepTitle: string | null;
  /** The name of the error; '' if there is none. */
  error: string;
  /** What the error of the latest run says; '' if lists do not show it. */
  text: string;
  count: number;
  /** The earliest and the latest. */
  firstMs: number;
  lastMs: number;
  /** Of the earliest; null for workflows without versions. */
  firstVersion: number | null;
  /** The latest run. */
  example: { workflowId: string; runId: string };
  /** Filters of the list of runs that show exactly these runs; null: it cannot show them. */
  search: string | null;
  /** What the person who looks may do to the group. */
  may: { operate: boolean };
  owner: { id: string; name: string } | null;
  acknowledged: { by: string; atMs: number } | null;
  /** Runs that came after it was acknowledged; null: it is not acknowledged, or there are none. */
  fresh: number | null;
  snoozed: { by: string; untilMs: number } | null;
  /** The newest first, at most NOTES_SHOWN. */
  notes: AttentionNote[];
}
export const NOTES_SHOWN = 20;

/** A subscription to events that Backstitch sends nothing any more, because it failed for days or its receiver is gone. */
export interface StoppedEvents {
  id: string;
  title: string;
  stoppedMs: number;
  /** What was answered last; '' if that is not known. */
  error: string;
}

export interface AttentionList {
  /** By kind, the most urgent first; in a kind the largest first. */
  groups: AttentionGroup[];
  /** Failed runs that closed before are left out. */
  sinceMs: number;
  /** The last one first; for those who may see all subscriptions. */
  stoppedEvents: StoppedEvents[];
  /** False: on a Temporal cluster only overdue approvals are known. */
  isWhole: boolean;
  readAtMs: number;
}

/** True while nobody has to look at the group: it is acknowledged with nothing new since, or snoozed. */
export const isQuiet = ({ acknowledged, fresh, snoozed }: AttentionGroup, nowMs: number): boolean =>
  (acknowledged !== null && fresh === null) || (snoozed !== null && snoozed.untilMs > nowMs);

export const attentionQuerySchema = z.object({
  /** How far back failed runs are listed. */
  days: z.coerce.number().int().min(1).max(365).default(7),
});
export type AttentionQuery = z.infer<typeof attentionQuerySchema>;

const groupSchema = z.object({
  flow: z.string().min(1).max(1_000),
  key: z.string().min(3).max(500),
  requestId: z.uuid(),
});
export const ownGroupSchema = groupSchema.extend({ own: z.boolean() });
export type OwnGroup = z.infer<typeof ownGroupSchema>;
export const acknowledgeGroupSchema = groupSchema.extend({ acknowledged: z.boolean() });
export type AcknowledgeGroup = z.infer<typeof acknowledgeGroupSchema>;
const LONGEST_SNOOZE_DAYS = 90;
export const snoozeGroupSchema = groupSchema.extend({
  /** Null: it is not snoozed any more. */
  minutes: z
    .int()
    .min(1)
    .max(LONGEST_SNOOZE_DAYS * 1_440, `At most ${LONGEST_SNOOZE_DAYS} days.`)
    .nullable(),
});
export type SnoozeGroup = z.infer<typeof snoozeGroupSchema>;
export const noteGroupSchema = groupSchema.extend({
  text: z.string().trim().min(1, 'Enter a note.').max(2_000, 'At most 2,000 characters.'),
});
export type NoteGroup = z.infer<typeof noteGroupSchema>;
