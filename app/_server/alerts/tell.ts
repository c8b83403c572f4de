/**
 * Brings one target up to date with an alert. The flow asks for it (flow.ts), as often as it likes.
 *
 * Rules
 * [ALT1] At least once: what was sent and not noted is sent again, with the same id, by which a receiver knows it. A mail is in
 *        the outbox once.
 * [ALT2] One attempt at a time for a target and a moment. Whoever ends during an attempt keeps others from it for CLAIM_MS.
 * [ALT3] A target that refuses it REFUSALS_MOST times is asked no more for this moment; the alert and its other targets go on.
 */
import { randomUUID } from 'node:crypto';
import type { Alert } from '@/prisma/client/client';
import { Refusal } from '../failure';
import type { Web } from '../web';
import { GIVE_UP_MS, nextLookMs, nextMoment } from './moments';
import { Silences } from './silences';
import { openTarget, type Target } from './target';

export type Teller = Pick<Web, 'database' | 'config' | 'chatter' | 'mail' | 'outbox' | 'invalidations'>;

/** Longer than a receiver may take. */
const CLAIM_MS = 30_000;
/** A receiver that refuses may be one that is being set up. */
const REFUSALS_MOST = 5;
const LONGEST_MESSAGE = 500;
const OVER = 'It was over before it could be told.';

/** `problem`: what was due was not delivered, and why; it is tried again. */
export async function tellAlert(
  web: Teller,
  { alert: id, target: named }: { alert: string; target: string },
  now: () => Date = () => new Date()
): Promise<{ problem: string | null }> {
  const target = await openTarget(web, named);
  // Several moments may be due: it was opened and acknowledged while the target was away.
  for (let told = 0; told < MOMENTS_MOST; told++) {
    const { problem, isDone } = await tellNext(web, id, target, now());
    if (problem !== null) return { problem };
    if (isDone) return { problem: null };
  }
  return { problem: null };
}
const MOMENTS_MOST = 4;

async function tellNext(
  web: Teller,
  alertId: string,
  target: Target,
  now: Date
): Promise<{ problem: string | null; isDone: boolean }> {
  const alert = await demandAlert(web, alertId);
  const [told, silences] = await Promise.all([
    web.database.alertDelivery.findMany({ where: { alertId, target: target.name } }),
    Silences.read(web, [alert.ruleId], now),
  ]);
  const isSilent = silences.of(alert.ruleId, alert.subject) !== null;
  const { moment, drop } = nextMoment(alert, target.kind, told, isSilent, now);
  if (drop.length > 0)
    await web.database.alertDelivery.updateMany({
      where: { alertId, target: target.name, moment: { in: drop }, deliveredAt: null },
      data: { isDropped: true, message: OVER },
    });
  if (moment === null) {
    if (drop.length > 0) web.invalidations.announce(['alerts']);
    return { problem: null, isDone: true };
  }
  const row = { id: randomUUID(), alertId, target: target.name, title: target.title, moment };
  await web.database.alertDelivery.createMany({
    data: [{ ...row, firstAt: now, lastAt: now, message: '' }],
    skipDuplicates: true,
  });
  const problem = await attempt(web, alert, target, moment, now);
  web.invalidations.announce(['alerts']);
  return { problem, isDone: false };
}

async function attempt(web: Teller, alert: Alert, target: Target, moment: string, now: Date): Promise<string | null> {
  // [ALT2]
  const [claimed] = await web.database.$queryRaw<{ id: string; attempts: number; firstAt: Date }[]>`
    UPDATE app.alert_delivery
    SET attempts = attempts + 1, last_at = ${now}, claimed_until = ${new Date(now.getTime() + CLAIM_MS)}
    WHERE alert_id = ${alert.id}::uuid AND target = ${target.name} AND moment = ${moment}
      AND delivered_at IS NULL AND NOT is_dropped AND (claimed_until IS NULL OR claimed_until <= ${now})
    RETURNING id, attempts, first_at AS "firstAt"`;
  if (!claimed) return 'Another attempt is under way.';
  const { sent, message } = await target.send(alert, moment, now);
  const isRefused = !sent.ok && sent.kind === 'never' && claimed.attempts >= REFUSALS_MOST;
  const isDropped = isRefused || (!sent.ok && now.getTime() - claimed.firstAt.getTime() >= GIVE_UP_MS);
  await web.database.alertDelivery.updateMany({
    where: { id: claimed.id },
    data: {
      title: target.title,
      deliveredAt: sent.ok ? now : null,
      claimedUntil: null,
      isDropped,
      message: message.slice(0, LONGEST_MESSAGE),
    },
  });
  // [ALT3]
  return sent.ok || isDropped ? null : message;
}

/** When the flow asks again. */
export async function planAlert(
  web: Teller,
  { alert: id }: { alert: string },
  now = new Date()
): Promise<{ over: boolean; wait: string }> {
  const alert = await demandAlert(web, id);
  const targets = await Promise.all(alert.targets.map((name) => openTarget(web, name)));
  const [told, silences] = await Promise.all([
    web.database.alertDelivery.findMany({ where: { alertId: id } }),
    Silences.read(web, [alert.ruleId], now),
  ]);
  const silence = silences.of(alert.ruleId, alert.subject);
  const isWaiting = told.some(({ deliveredAt, isDropped }) => deliveredAt === null && !isDropped);
  // The web may have been away while a target was to be told.
  const isDue = targets.some(({ name, kind }) => {
    const own = told.filter(({ target }) => target === name);
    const { moment } = nextMoment(alert, kind, own, silence !== null, now);
    return moment !== null && !own.some((each) => each.moment === moment);
  });
  if (isDue) return { over: false, wait: '1s' };
  if (alert.resolvedAt !== null && !isWaiting) return { over: true, wait: '1s' };
  const nextMs = nextLookMs(alert, told, silence?.untilMs ?? null, now);
  return { over: false, wait: `${Math.max(1, Math.ceil((nextMs - now.getTime()) / 1_000))}s` };
}

async function demandAlert({ database }: Pick<Web, 'database'>, id: string): Promise<Alert> {
  const alert = await database.alert.findUnique({ where: { id } });
  if (!alert) throw new Refusal('badRequest', 'This alert is not there any more.');
  return alert;
}
