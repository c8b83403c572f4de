/** The messages about what people are told outside of the page: by mail. */
import { z } from 'zod';
import { isZone } from '@/engine/saga/instant';

/**
 * - `asked`: a task waits for the person.
 * - `assigned`: somebody gave them the task.
 * - `reminded`: the flow reminds those whom a task asks.
 * - `overdue`: a task that waits for them is past its due time.
 * - `question`: somebody asks them about a task that others decide.
 * - `answered`: a question that they asked about a task was answered.
 * - `followed`: the run of a task that they decided has ended.
 * - `alert`: a rule of alerts tells them.
 */
export const NOTIFICATION_KINDS = [
  'asked',
  'assigned',
  'reminded',
  'overdue',
  'question',
  'answered',
  'followed',
  'alert',
] as const;
export type NotificationKind = (typeof NOTIFICATION_KINDS)[number];
/** What is about a task. */
export type TaskNotificationKind = Exclude<NotificationKind, 'alert'>;

/** A row in Settings, Notifications: what was not sent yet, or failed for good. */
export interface NotificationRow {
  id: string;
  /** 'guest': the link of a guest. */
  kind: NotificationKind | 'guest';
  /** Whom it is for: 'Ada (ada@example.com)'. */
  to: string;
  taskId: string;
  title: string;
  createdMs: number;
  attempts: number;
  /** When it is tried again; null: it failed for good. */
  nextMs: number | null;
  lastError: string | null;
}
export const MOST_NOTIFICATIONS = 100;
export interface NotificationList {
  /** False: no mail server is configured, so no mail is sent. */
  mail: boolean;
  /** The sender of the mails; null without a mail server. */
  from: string | null;
  waiting: number;
  /** The oldest that waits and is due; null: none. */
  oldestDueMs: number | null;
  failed: number;
  /** Within the last day. */
  sent: number;
  /** Those that failed for good first, then those that were tried in vain, then the oldest. */
  rows: NotificationRow[];
  /** By name. */
  chats: Chat[];
  /** Names of groups. */
  groups: string[];
  readAtMs: number;
}

/** So many bytes in base64url, as browsers give them. */
const bytesOf = (length: number) =>
  z.base64url().refine((text) => Math.floor((text.length * 3) / 4) === length, 'This is not of a browser.');
/** What `PushSubscription.toJSON()` gives. */
export const addDeviceSchema = z.object({
  id: z.uuid(),
  endpoint: z.url({ protocol: /^https?$/ }).max(2_000),
  keys: z.object({ p256dh: bytesOf(65), auth: bytesOf(16) }),
});
export type AddDevice = z.infer<typeof addDeviceSchema>;
/** A browser of the person that is told by push. */
export interface OwnDevice {
  id: string;
  endpoint: string;
  userAgent: string | null;
  createdMs: number;
  /** Its maker knows it no more: it has to be turned on again. */
  isGone: boolean;
}
export interface OwnDevices {
  /** The newest first. */
  devices: OwnDevice[];
  /** `applicationServerKey`, base64url. */
  publicKey: string;
}
export interface DeviceTested {
  ok: boolean;
  message: string;
}

/** A chat that is told what a group, or anybody, is asked: any that takes `{ text }` (Slack, Teams, Mattermost, …). */
export interface Chat {
  id: string;
  title: string;
  /** Null: whatever is asked. */
  group: string | null;
  /** Of its address, the rest of which is a secret. */
  host: string;
  createdBy: string;
  createdMs: number;
  /** Why the newest message did not arrive; null: it did, or there was none. */
  problem: string | null;
}
export const MOST_CHATS = 50;
export const putChatSchema = z.object({
  /** Of a new one, or of the one that is changed. */
  id: z.uuid(),
  title: z.string().trim().min(1, 'Enter a name, so that the chats can be told apart.').max(100),
  group: z.string().min(1).max(100).nullable(),
  /** '': as it is. */
  address: z.string().trim().max(2_000),
});
export type PutChat = z.infer<typeof putChatSchema>;
/** Of a message that was sent to see whether it arrives. */
export interface ChatTested {
  ok: boolean;
  message: string;
}
export const retryNotificationsSchema = z.object({
  /** null: all that failed or wait for their next attempt. */
  id: z.uuid().nullable(),
});
export type RetryNotifications = z.infer<typeof retryNotificationsSchema>;

/** At once; together each hour, or each day at a time; or not at all. */
export const NOTIFICATION_MODES = ['atOnce', 'hourly', 'daily', 'none'] as const;
export type NotificationMode = (typeof NOTIFICATION_MODES)[number];
export const notificationSettingsSchema = z.object({
  mode: z.enum(NOTIFICATION_MODES),
  /** Of the daily mail, by the clock of the zone. */
  at: z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'Write a time like 08:30.'),
  zone: z.string().max(100).refine(isZone, 'There is no such time zone.'),
  /** Kinds that the person does not want. */
  off: z.array(z.enum(NOTIFICATION_KINDS)).max(NOTIFICATION_KINDS.length),
});
export type NotificationSettings = z.infer<typeof notificationSettingsSchema>;
export interface OwnNotifications extends NotificationSettings {
  /** The person has chosen them. */
  chosen: boolean;
  /** False: no mail server is configured, so no mail is sent. */
  mail: boolean;
}
