/** The messages about schedules: flows that are started at times. */
import { z } from 'zod';
import { LONGEST_ID } from '@/engine/plain-text';
import type { JsonSchema } from '@/engine/flow/document';
import type { RunStatus, RunSummary } from './runs';

const zone = z.string().min(1, 'Choose a time zone.').max(100);
const clockTime = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'A time of the day, such as 09:00.');
const times = z.array(clockTime).min(1, 'Choose at least one time of the day.').max(24);

/** When a schedule starts its flow, as people say it. A schedule that another program made may have a spec that is none of these. */
export const whenSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('every'),
    count: z.int('A whole number.').min(1, 'At least 1.').max(10_000),
    unit: z.enum(['minutes', 'hours', 'days']),
  }),
  z.object({
    kind: z.literal('weekly'),
    /** Sunday is 0. */
    days: z.array(z.int().min(0).max(6)).min(1, 'Choose at least one day.').max(7),
    times,
    zone,
  }),
  z.object({
    kind: z.literal('monthly'),
    day: z.union([z.int().min(1).max(31), z.literal('last')]),
    times,
    zone,
  }),
  z.object({
    kind: z.literal('cron'),
    text: z.string().trim().min(1, 'Enter a cron expression.').max(200),
    zone,
  }),
]);
export type When = z.infer<typeof whenSchema>;

/** What happens at a time while the run before is open. */
export const OVERLAPS = ['skip', 'bufferOne', 'bufferAll', 'cancelOther', 'terminateOther', 'allowAll'] as const;
export type Overlap = (typeof OVERLAPS)[number];

const settings = z.object({
  flow: z.string().min(1).max(LONGEST_ID),
  when: whenSchema,
  input: z.record(z.string(), z.unknown()),
  overlap: z.enum(OVERLAPS),
  /** Times that are older when they are noticed are missed; null: a year. */
  catchupMinutes: z.int().min(1).max(525_600).nullable(),
  /** Each start is later by less than this. */
  jitterSeconds: z.int().min(0).max(86_400),
  /** How many more runs it starts by itself; null: without a limit. */
  remaining: z.int().min(0).max(1_000_000).nullable(),
  pausesOnFailure: z.boolean(),
  note: z.string().max(1_000),
});
export type ScheduleSettings = z.infer<typeof settings>;

const requestId = z.uuid();
export const createScheduleSchema = settings.extend({
  requestId,
  id: z
    .string()
    .trim()
    .min(1, 'Enter an id.')
    .max(200)
    .regex(/^[A-Za-z0-9][A-Za-z0-9._:@-]*$/, 'Letters, digits and . _ : @ - only.'),
});
export type CreateSchedule = z.infer<typeof createScheduleSchema>;
/** `token`: that of the schedule as it was read. */
export const updateScheduleSchema = settings.extend({ requestId, token: z.string().max(40) });
export type UpdateSchedule = z.infer<typeof updateScheduleSchema>;
export const pauseScheduleSchema = z.object({ requestId, paused: z.boolean(), note: z.string().trim().max(900) });
export type PauseSchedule = z.infer<typeof pauseScheduleSchema>;
export const triggerScheduleSchema = z.object({ requestId });
export type TriggerSchedule = z.infer<typeof triggerScheduleSchema>;
export const backfillScheduleSchema = z
  .object({ requestId, fromMs: z.int().min(0), untilMs: z.int().min(0), overlap: z.enum(OVERLAPS) })
  .refine(({ fromMs, untilMs }) => fromMs <= untilMs, {
    path: ['untilMs'],
    message: 'The end is before the beginning.',
  });
export type BackfillSchedule = z.infer<typeof backfillScheduleSchema>;
export const deleteScheduleSchema = z.object({ requestId });
export const scheduleTimesSchema = z.object({ from: z.coerce.number().int(), until: z.coerce.number().int() });
/** `when`: JSON. */
export const previewTimesSchema = z.object({ when: z.string().max(2_000) });

/** A run that the schedule started. */
export interface ScheduleAction {
  workflowId: string;
  runId: string;
  startedMs: number;
  status: RunStatus;
}
export interface ScheduleRow {
  id: string;
  /** Null: it starts a workflow that is no flow. */
  flow: string | null;
  title: string;
  /** Null: another program made it, in other words. */
  when: When | null;
  paused: boolean;
  note: string;
  /** Null: there is none. */
  nextMs: number | null;
  /** The newest first. */
  recent: ScheduleAction[];
}
export interface ScheduleList {
  /** The newest first. */
  schedules: ScheduleRow[];
}

export interface ScheduleDetail extends Omit<ScheduleRow, 'recent'> {
  token: string;
  workflowType: string;
  createdMs: number;
  changedMs: number | null;
  /** Ten at most. */
  nextTimes: number[];
  zone: string;
  /** As JSON, where it is none of `When`. */
  spec: unknown;
  settings: Omit<ScheduleSettings, 'flow' | 'when'>;
  /** Of the flow's newest version; null for a workflow that is no flow. */
  schema: JsonSchema | null;
  counts: { started: number; skipped: number; missed: number; waiting: number };
  /** Why the last start was refused, or why the times cannot be found; null for nothing. */
  problem: string | null;
  /** Runs that it started and that exist, the newest first. */
  runs: RunSummary[];
}
export interface TimesAnswer {
  /** Milliseconds, ascending. */
  times: number[];
  /** There are more than fit into the answer. */
  isCut: boolean;
}
