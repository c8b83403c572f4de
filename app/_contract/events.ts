/** Events out: other systems hear of changes of flows and runs, by a webhook or a Redis stream. */
import { z } from 'zod';
import { isVisible, VISIBLE } from './people';

export const MOST_SUBSCRIPTIONS = 50;
/** Deliveries of a subscription that are shown. */
export const MOST_EVENT_DELIVERIES = 50;
/** More waiting events are not counted. */
export const MOST_WAITING = 1_000;

export const EVENT_KINDS = [
  'run.started',
  'run.changed',
  'run.closed',
  'flow.published',
  'flow.revised',
  'flow.retired',
  'flow.restored',
] as const;
export type EventKind = (typeof EVENT_KINDS)[number];

export const targetSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('webhook'),
    address: z
      .string()
      .trim()
      .max(2_000)
      .refine(isWebAddress, 'An address that begins with https:// or http://, without a password.'),
  }),
  z.object({
    kind: z.literal('stream'),
    stream: z
      .string()
      .trim()
      .min(1, 'Enter the name of the stream.')
      .max(200)
      .regex(/^[!-~]+$/, 'Letters, digits and signs, without spaces.'),
    /** `installation`: the Redis of this Backstitch. `own`: the one at `server`. */
    at: z.enum(['installation', 'own']),
  }),
]);
export type EventTarget = z.infer<typeof targetSchema>;

export const putSubscriptionSchema = z.object({
  /** Chosen by who makes it. */
  id: z.uuid(),
  title: z
    .string()
    .trim()
    .min(1, 'Enter a name, so that subscriptions can be told apart.')
    .max(100)
    .refine(isVisible, VISIBLE),
  target: targetSchema,
  /** Names of flows; none: all flows, and runs of no flow. */
  flows: z.array(z.string().min(1).max(200)).max(200),
  kinds: z.array(z.enum(EVENT_KINDS)).min(1, 'Choose at least one kind of event.'),
  isOn: z.boolean(),
  /** 'rediss://user:password@host:6379/0', which is kept as a secret; '': the one of before. */
  server: z.string().trim().max(1_000).default(''),
});
export type PutSubscription = z.input<typeof putSubscriptionSchema>;

export const replaySchema = z.object({
  from: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('time'), atMs: z.number().int().min(1) }),
    /** A delivery of the list: from its event on. */
    z.object({ kind: z.literal('delivery'), id: z.uuid() }),
    /** What waits is left out. */
    z.object({ kind: z.literal('now') }),
  ]),
});
export type Replay = z.infer<typeof replaySchema>;

export interface EventDelivery {
  id: string;
  eventId: string;
  /** An EventKind, or 'test'. */
  kind: string;
  atMs: number;
  tookMs: number;
  /** The first try is 1. */
  attempt: number;
  isDelivered: boolean;
  /** What the receiver answered, or why nothing arrived. */
  message: string;
  run: { workflowId: string; runId: string } | null;
  flow: string | null;
}
export interface EventSubscription extends Omit<PutSubscription, 'server'> {
  owner: string;
  createdMs: number;
  /** The last success. */
  deliveredMs: number | null;
  /** Null: nothing fails. */
  failing: { sinceMs: number; attempts: number; nextMs: number; error: string; eventMs: number } | null;
  /** Since when Backstitch sends nothing any more, because it failed for days or the receiver is gone. */
  stoppedMs: number | null;
  /** When events were removed that had not been sent. */
  missedMs: number | null;
  /** Until when the secret of before signs as well. */
  secretBeforeUntilMs: number | null;
}
export interface EventsList {
  /** By title. */
  subscriptions: EventSubscription[];
  /** Names of the flows. */
  flows: string[];
  /** There is a Redis of this installation. */
  hasRedis: boolean;
  /** Runs are on a Temporal cluster, which keeps no log of changes: only flows have events. */
  flowsAlone: boolean;
}
export interface SubscriptionDetail extends Omit<EventsList, 'subscriptions'> {
  subscription: EventSubscription;
  /** The newest first. */
  deliveries: EventDelivery[];
  /** Null: the engine does not answer now. */
  waiting: { count: number; oldestMs: number | null } | null;
}
export interface PutSubscriptionDone {
  subscription: EventSubscription;
  /** Shown only once; null: it is the one of before. */
  secret: string | null;
}

function isWebAddress(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password, hash } = new URL(text);
  return /^https?:$/.test(protocol) && username === '' && password === '' && hash === '';
}
