/**
 * Alerts: rules by which people and pagers are told what needs somebody, and what came of them. Times are milliseconds since
 * 1970.
 */
import { z } from 'zod';
import { STEP_BOUNDS_SECONDS } from '@/engine/step-bounds';
import { isVisible, VISIBLE } from './people';

export const MOST_ALERT_RULES = 100;
export const MOST_ALERT_DESTINATIONS = 50;
export const MOST_ALERT_TARGETS = 30;
/** Of those that ended. */
export const MOST_ENDED_ALERTS = 50;

const minutes = (most: number) =>
  z.int('A whole number of minutes.').min(1, 'At least one minute.').max(most, `At most ${most} minutes.`);
/** With which a step can be compared. */
export const STEP_SECONDS: readonly number[] = STEP_BOUNDS_SECONDS;

const WEEK_MINUTES = 7 * 1_440;
const DAY_MINUTES = 1_440;

/**
 * - `undoFailed`: a run asks a person because an undo failed.
 * - `effectRemains`: an effect remains, or it is not known whether it does, and a person has to decide.
 * - `stuck`: the code of a run cannot go on, or a step has been retried for longer than `minutes`, or more than `attempts`
 *   times.
 * - `failureRate`: of the runs of a flow that ended within `minutes`, more than `percent` failed, if at least `runs` ended.
 * - `slow`: of the runs of a flow that ended within `minutes`, more than one in twenty (`p95`), or any (`any`), took longer
 *   than `seconds`, if at least `runs` ended; for `any`, also one that is still open.
 * - `slowStep`: of the times that a step of a flow ended within `minutes`, more than one in twenty (`p95`), or any (`any`), took
 *   longer than `seconds`, with all its attempts, if it ended at least `runs` times. `step`: the id of its node; '': any.
 * - `overdue`: an approval has been past its due time for `minutes`.
 * - `noWorker`: nobody serves a queue in which runs wait, or its oldest task has waited for longer than `minutes`.
 * - `eventsStopped`: nothing is delivered to a subscription to events any more, or its deliveries have failed for `minutes`.
 */
export const alertConditionSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('undoFailed') }),
  z.object({ kind: z.literal('effectRemains') }),
  z.object({
    kind: z.literal('stuck'),
    minutes: minutes(WEEK_MINUTES),
    /** Null: however often. */
    attempts: z.int('A whole number.').min(2, 'At least 2.').max(1_000, 'At most 1,000.').nullable(),
  }),
  z.object({
    kind: z.literal('failureRate'),
    percent: z.int('A whole number.').min(0, 'At least 0 %.').max(99, 'At most 99 %.'),
    minutes: minutes(DAY_MINUTES),
    runs: z.int('A whole number.').min(1, 'At least one run.').max(100_000, 'At most 100,000.'),
  }),
  z.object({
    kind: z.literal('slow'),
    seconds: z
      .int('A whole number.')
      .min(1, 'At least one second.')
      .max(30 * 86_400, 'At most 30 days.'),
    of: z.enum(['p95', 'any']),
    minutes: minutes(DAY_MINUTES),
    runs: z.int('A whole number.').min(1, 'At least one run.').max(100_000, 'At most 100,000.'),
  }),
  z.object({
    kind: z.literal('slowStep'),
    step: z
      .string()
      .max(63)
      .regex(/^([a-z][a-z0-9-]*)?$/, 'The id of a step.'),
    // What is counted is exact for these only.
    seconds: z.number().refine((seconds) => STEP_SECONDS.includes(seconds), 'Choose one of the durations.'),
    of: z.enum(['p95', 'any']),
    minutes: minutes(DAY_MINUTES),
    runs: z.int('A whole number.').min(1, 'At least one.').max(100_000, 'At most 100,000.'),
  }),
  z.object({ kind: z.literal('overdue'), minutes: minutes(WEEK_MINUTES).or(z.literal(0)) }),
  z.object({ kind: z.literal('noWorker'), minutes: minutes(DAY_MINUTES) }),
  z.object({ kind: z.literal('eventsStopped'), minutes: minutes(WEEK_MINUTES) }),
]);
export type AlertCondition = z.infer<typeof alertConditionSchema>;
export const ALERT_KINDS = [
  'undoFailed',
  'effectRemains',
  'stuck',
  'failureRate',
  'slow',
  'slowStep',
  'overdue',
  'noWorker',
  'eventsStopped',
] as const satisfies readonly AlertCondition['kind'][];
/** What these watch belongs to no flow. */
export const WITHOUT_FLOWS: readonly AlertCondition['kind'][] = ['noWorker', 'eventsStopped'];

/** As PagerDuty's Events API calls them. */
export const ALERT_SEVERITIES = ['info', 'warning', 'error', 'critical'] as const;
export type AlertSeverity = (typeof ALERT_SEVERITIES)[number];

/** 'person <id>', 'group <name>', 'chat <id>', 'destination <id>' */
const targetSchema = z
  .string()
  .max(200)
  .regex(/^(person|group|chat|destination) \S/, 'Choose whom to tell.');

export const putAlertRuleSchema = z.object({
  /** Of a new one, or of the one that is changed. */
  id: z.uuid(),
  condition: alertConditionSchema,
  /** Names of flows; none: all. */
  flows: z.array(z.string().min(1).max(200)).max(200),
  targets: z
    .array(targetSchema)
    .min(1, 'Choose at least one person, group, chat or destination.')
    .max(MOST_ALERT_TARGETS, `At most ${MOST_ALERT_TARGETS}.`),
  severity: z.enum(ALERT_SEVERITIES),
  /** How long it must hold before an alert opens, and be over before it ends. */
  holdSeconds: z.int('A whole number.').min(0, 'At least 0.').max(86_400, 'At most a day.'),
  clearSeconds: z.int('A whole number.').min(0, 'At least 0.').max(86_400, 'At most a day.'),
  /** Null: nobody is reminded. */
  remindMinutes: z.int('A whole number.').min(5, 'At least 5 minutes.').max(WEEK_MINUTES, 'At most a week.').nullable(),
  isOn: z.boolean(),
});
export type PutAlertRule = z.infer<typeof putAlertRuleSchema>;

export const previewAlertRuleSchema = putAlertRuleSchema.pick({ condition: true, flows: true }).extend({
  holdSeconds: putAlertRuleSchema.shape.holdSeconds.default(0),
  clearSeconds: putAlertRuleSchema.shape.clearSeconds.default(0),
});
export type PreviewAlertRule = z.infer<typeof previewAlertRuleSchema>;
export const SHOWN_FIRINGS = 20;
/** What a rule would have opened in the last seven days, from what is stored. */
export interface AlertPast {
  count: number;
  /** The newest first, at most SHOWN_FIRINGS. */
  newest: { atMs: number; title: string }[];
  /** How exact the moments are. */
  withinMinutes: number;
}
/** What it would find now. */
export interface AlertPreview {
  subjects: { title: string; words: string }[];
  /** Alerts of such rules within the last seven days: the same condition, and the same flows. */
  opened: number;
  /** A text: why it cannot be known. */
  past: AlertPast | string;
}

export const DEFAULT_PAGER = 'https://events.pagerduty.com/v2/enqueue';
export const putAlertDestinationSchema = z.object({
  id: z.uuid(),
  title: z
    .string()
    .trim()
    .min(1, 'Enter a name, so that the destinations can be told apart.')
    .max(100)
    .refine(isVisible, VISIBLE),
  kind: z.enum(['webhook', 'pager']),
  /** '': as it is; of a new pager, DEFAULT_PAGER. */
  address: z.string().trim().max(2_000),
  /** Of a pager; '': as it is. */
  routingKey: z.string().trim().max(200).default(''),
});
export type PutAlertDestination = z.input<typeof putAlertDestinationSchema>;
export interface AlertDestination {
  id: string;
  title: string;
  kind: 'webhook' | 'pager';
  /** Of its address, the rest of which may be a secret. */
  host: string;
  createdBy: string;
  createdMs: number;
  /** Why nothing that is sent there arrives; null: nothing is known that prevents it. */
  problem: string | null;
}
export interface PutAlertDestinationDone {
  destination: AlertDestination;
  /** Of a new webhook: by which its messages are verified. Shown only once. */
  secret: string | null;
}

export const testAlertTargetSchema = z.object({ target: targetSchema });
export type TestAlertTarget = z.infer<typeof testAlertTargetSchema>;
/** Of one real message. */
export interface AlertTargetTested {
  ok: boolean;
  message: string;
}

export const silenceAlertSchema = z.object({
  ruleId: z.uuid(),
  /** Null: everything that the rule finds. */
  subject: z.string().min(1).max(2_000).nullable(),
  /** Null: it is not silent any more. */
  minutes: z
    .int()
    .min(1)
    .max(90 * 1_440, 'At most 90 days.')
    .nullable(),
  reason: z.string().trim().max(500).refine(isVisible, VISIBLE).or(z.literal('')),
});
export type SilenceAlert = z.infer<typeof silenceAlertSchema>;
export interface AlertSilence {
  by: string;
  reason: string;
  untilMs: number;
  /** Of all that the rule finds, of this subject alone, or of its group, which was snoozed on the page Attention. */
  of: 'rule' | 'subject' | 'group';
}

/** What is the case. Names, counts and times; no value of a run. */
export interface AlertFacts {
  /** Of the flow, the queue or the subscription. */
  title: string;
  stepTitle: string | null;
  /** The name of the error; '' if there is none. */
  error: string;
  /** Runs, or tasks; null: nothing is counted. */
  count: number | null;
  /** Since when; null: not known. */
  firstMs: number | null;
  firstVersion: number | null;
  /** Of a rate: '12 of 40 runs failed'. */
  measured: string | null;
  /** The page that shows it, without the origin. */
  page: string;
}

export interface AlertDelivery {
  target: string;
  title: string;
  /** opened | acknowledged | reminded <number> | resolved */
  moment: string;
  attempts: number;
  atMs: number;
  state: 'delivered' | 'waits' | 'failing' | 'dropped';
  message: string;
}
export interface Alert {
  id: string;
  ruleId: string;
  subject: string;
  /** Null: of no flow. */
  flow: string | null;
  condition: AlertCondition;
  severity: AlertSeverity;
  facts: AlertFacts;
  openedMs: number;
  resolved: { atMs: number; why: 'ended' | 'ruleRemoved' | 'ruleChanged' } | null;
  acknowledged: { by: string; atMs: number } | null;
  silenced: AlertSilence | null;
  /** Whoever looks may acknowledge and silence it. */
  may: { operate: boolean };
  /** In the order in which they began. */
  deliveries: AlertDelivery[];
}
export interface AlertRule extends PutAlertRule {
  owner: string;
  silenced: AlertSilence | null;
  /** Why it cannot be evaluated now; null: it can. */
  problem: string | null;
  /** Within the last seven days. */
  opened: number;
  may: { silence: boolean };
}
export interface AlertTarget {
  target: string;
  title: string;
}
export interface AlertsPage {
  /** The most severe first, then the newest. */
  open: Alert[];
  /** The newest first. */
  ended: Alert[];
  /** In the order in which they were made. */
  rules: AlertRule[];
  destinations: AlertDestination[];
  /** Whom a rule can tell. */
  targets: AlertTarget[];
  /** Names of the flows that a rule can be narrowed to. */
  flows: string[];
  may: { administer: boolean };
  /** False: no mail server is configured, so people and groups are not told. */
  mail: boolean;
  /** False: on a Temporal cluster nothing is known of runs that need attention. */
  isWhole: boolean;
  readAtMs: number;
}

/** For Home. */
export interface OpenAlerts {
  /** Nobody has acknowledged them. */
  count: number;
  /** The newest of them; null: none. */
  newest: Pick<Alert, 'condition' | 'facts' | 'openedMs'> | null;
}

/** Bodies of `/api/internal/alerts/tell|plan`. */
export const tellAlertBodySchema = z.object({ alert: z.uuid(), target: z.string().min(1).max(200) });
export const planAlertBodySchema = z.object({ alert: z.uuid() });
