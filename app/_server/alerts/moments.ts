/**
 * What a target is to be told of an alert next. Pure: from the alert, who is silent, and what the target was told.
 *
 * Rules
 * [ALM1] A target is told that an alert has opened, once; then of its acknowledgement, of reminders and of its end, each once.
 *        Nothing of that comes before the opening.
 * [ALM2] What ended before its opening could be told is told to nobody. Of several reminders that are due, one is told.
 * [ALM3] While it is silent nobody is told of an opening or reminded. Who was told of the opening is told of its end all the
 *        same, because a pager would otherwise go on.
 * [ALM4] Whoever acknowledged an alert ends its reminders. People are not mailed that it was acknowledged; a pager is not
 *        reminded, because it has a way of its own.
 * [ALM5] What could not be delivered for GIVE_UP_MS is given up.
 */
import type { Alert, AlertDelivery } from '@/prisma/client/client';

export type TargetKind = 'person' | 'group' | 'chat' | 'webhook' | 'pager';
export type Told = Pick<AlertDelivery, 'moment' | 'deliveredAt' | 'isDropped' | 'attempts' | 'firstAt' | 'lastAt'>;
type Known = Pick<Alert, 'openedAt' | 'acknowledgedAt' | 'resolvedAt' | 'remindMinutes'>;

const MINUTE_MS = 60_000;
export const GIVE_UP_MS = 3 * 24 * 60 * MINUTE_MS;

/** Null: nothing now. `drop`: the moments that are not told any more. */
export function nextMoment(
  alert: Known,
  kind: TargetKind,
  told: readonly Told[],
  isSilent: boolean,
  now: Date
): { moment: string | null; drop: string[] } {
  const done = new Set(
    told.filter(({ deliveredAt, isDropped }) => deliveredAt !== null || isDropped).map(({ moment }) => moment)
  );
  const isDelivered = told.some(({ moment, deliveredAt }) => moment === 'opened' && deliveredAt !== null);
  const waiting = told.flatMap(({ moment }) => (done.has(moment) ? [] : [moment]));
  const isOver = alert.resolvedAt !== null;
  if (!done.has('opened')) {
    // [ALM2] [ALM3]
    if (isOver) return { moment: null, drop: waiting };
    return { moment: isSilent ? null : 'opened', drop: [] };
  }
  // [ALM1]
  if (!isDelivered) return { moment: null, drop: waiting };
  const passed = waiting.filter((moment) => moment !== 'resolved' && (isOver || moment !== 'acknowledged'));
  const next = isOver
    ? 'resolved'
    : (acknowledgement(alert, kind, done) ?? (isSilent ? null : reminder(alert, kind, now)));
  return { moment: next === null || done.has(next) ? null : next, drop: passed.filter((moment) => moment !== next) };
}

/** [ALM4] */
function acknowledgement({ acknowledgedAt }: Known, kind: TargetKind, done: ReadonlySet<string>): string | null {
  const isTold = kind === 'chat' || kind === 'webhook' || kind === 'pager';
  return acknowledgedAt !== null && isTold && !done.has('acknowledged') ? 'acknowledged' : null;
}

/** [ALM2] [ALM4] */
function reminder({ openedAt, acknowledgedAt, remindMinutes }: Known, kind: TargetKind, now: Date): string | null {
  if (remindMinutes === null || acknowledgedAt !== null || kind === 'pager') return null;
  const number = Math.floor((now.getTime() - openedAt.getTime()) / (remindMinutes * MINUTE_MS));
  return number < 1 ? null : `reminded ${number}`;
}

/** When the alert is looked at next, if nothing changes. */
export function nextLookMs(alert: Known, told: readonly Told[], silentUntilMs: number | null, now: Date): number {
  const nowMs = now.getTime();
  const failing = told.filter(({ deliveredAt, isDropped }) => deliveredAt === null && !isDropped);
  const retries = failing.map(
    ({ attempts }) => nowMs + Math.min(LONGEST_RETRY_MS, RETRY_MS * 2 ** Math.min(attempts, 20))
  );
  const every = alert.remindMinutes === null || alert.acknowledgedAt ? null : alert.remindMinutes * MINUTE_MS;
  const elapsed = nowMs - alert.openedAt.getTime();
  const reminders = every === null ? [] : [nowMs + every - (((elapsed % every) + every) % every)];
  const silence = silentUntilMs === null ? [] : [silentUntilMs];
  return Math.min(...retries, ...reminders, ...silence, nowMs + LONGEST_LOOK_MS);
}
const RETRY_MS = 5_000;
const LONGEST_RETRY_MS = 10 * MINUTE_MS;
/** A change is signalled; this is for a signal that a restored database has lost. */
const LONGEST_LOOK_MS = 6 * 60 * MINUTE_MS;
