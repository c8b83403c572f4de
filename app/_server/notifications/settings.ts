/**
 * How a person wants to be told.
 *
 * Rules
 * [NST1] A change counts for what waits as well: it moves to the next mail that they want, or is dropped.
 * [NST3] A daily mail is sent at the time of the clock of the person's zone, whatever it does twice a year.
 * [NST2] The link of a mail turns all mails off, of this person alone, without a session: its token is signed. It works as often
 *        as it is used; opening it changes nothing.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import {
  NOTIFICATION_KINDS,
  NOTIFICATION_MODES,
  type NotificationKind,
  type NotificationMode,
  type NotificationSettings,
  type OwnNotifications,
} from '@/app/_contract/notifications';
import { instantMs, isZone } from '@/engine/saga/instant';
import { localOffsetMs } from '@/engine/time-zone';
import type { NotificationSetting, Prisma } from '@/prisma/client/client';
import { audited } from '../audit';
import { Refusal } from '../failure';
import { CLIENT_HEADER } from '../http/client-address';
import type { Actor } from '../people/actor';
import type { Web } from '../web';

/** Of a person who has chosen nothing. */
export const USUAL: NotificationSettings = { mode: 'atOnce', at: '08:00', zone: 'UTC', off: [] };
const HOUR_MS = 60 * 60_000;
const DAY_MS = 24 * HOUR_MS;
const LIMIT = { window: 60, max: 30 };

export async function readSettings(
  { database }: { database: Pick<Prisma.TransactionClient, 'notificationSetting'> },
  ids: readonly string[]
): Promise<Map<string, NotificationSettings>> {
  const rows = await database.notificationSetting.findMany({ where: { personId: { in: [...ids] } } });
  return new Map(rows.map((row) => [row.personId, settingsOf(row)]));
}

/** When something that is found now is sent. Null: not at all. */
export function sendAt({ mode, at, zone, off }: NotificationSettings, kind: NotificationKind, now: Date): Date | null {
  if (mode === 'none' || off.includes(kind)) return null;
  const nowMs = now.getTime();
  if (mode === 'hourly') return new Date(Math.floor(nowMs / HOUR_MS) * HOUR_MS + HOUR_MS);
  return mode === 'daily' ? new Date(nextDailyMs(at, zone, nowMs)) : now;
}

export const isDigest = ({ mode }: NotificationSettings): boolean => mode === 'hourly' || mode === 'daily';

function nextDailyMs(at: string, zone: string, nowMs: number): number {
  const local = nowMs + localOffsetMs(zone, nowMs);
  const days = [0, 1, 2].map((day) => new Date(local + day * DAY_MS).toISOString().slice(0, 10));
  return days.map((day) => instantMs(`${day}T${at}`, zone)!).find((each) => each > nowMs)!;
}

export async function readOwnNotifications(
  web: Pick<Web, 'database' | 'mail'>,
  actor: Pick<Actor, 'id'>
): Promise<OwnNotifications> {
  const chosen = (await readSettings(web, [actor.id])).get(actor.id);
  return { ...(chosen ?? USUAL), chosen: chosen !== undefined, mail: web.mail.configured };
}

export async function setOwnNotifications(
  web: Pick<Web, 'database' | 'mail' | 'log' | 'invalidations' | 'outbox'>,
  actor: Actor,
  settings: NotificationSettings
): Promise<OwnNotifications> {
  const { mode, at, zone, off } = settings;
  const details = { mode, at, zone, off: off.join(', ') };
  return audited(web, actor, { operation: 'people.setNotifications', target: actor.email, details }, async () => {
    await store(web, actor.id, settings);
    web.invalidations.announce(['people']);
    web.outbox.wake();
    return readOwnNotifications(web, actor);
  });
}

/** [NST2] Turns all mails off. Throws `linkBroken` for a token that is not ours. */
export async function unsubscribe(
  web: Pick<Web, 'database' | 'mail' | 'log' | 'invalidations' | 'config' | 'limits'>,
  headers: Headers,
  token: string
): Promise<{ email: string }> {
  const from = headers.get(CLIENT_HEADER);
  await web.limits.demand(`unsubscribe:${from}`, LIMIT, 'from this address');
  const person = await personOfToken(web, token);
  const actor = { ...person, via: 'link of a mail', from };
  return audited(web, actor, { operation: 'people.unsubscribe', target: person.email }, async () => {
    const settings = (await readSettings(web, [person.id])).get(person.id) ?? USUAL;
    await store(web, person.id, { ...settings, mode: 'none' });
    web.invalidations.announce(['people']);
    return { email: person.email };
  });
}

/** Whose mails the page is about. Throws `linkBroken`. */
export async function lookAtUnsubscribe(
  web: Pick<Web, 'database' | 'config'>,
  token: string
): Promise<{ email: string; off: boolean }> {
  const { id, email } = await personOfToken(web, token);
  return { email, off: (await readSettings(web, [id])).get(id)?.mode === 'none' };
}

export function unsubscribeToken({ config }: Pick<Web, 'config'>, personId: string): string {
  return `${Buffer.from(personId).toString('base64url')}.${signatureOf(config, personId)}`;
}

const signatureOf = ({ authSecret }: Pick<Web['config'], 'authSecret'>, personId: string): string =>
  createHmac('sha256', authSecret).update(`unsubscribe ${personId}`).digest('base64url');

async function personOfToken(
  { database, config }: Pick<Web, 'database' | 'config'>,
  token: string
): Promise<{ id: string; name: string; email: string }> {
  const [id = '', given = ''] = token.split('.');
  const personId = Buffer.from(id, 'base64url').toString();
  const [own, other] = [Buffer.from(signatureOf(config, personId)), Buffer.from(given)];
  const isOurs = own.length === other.length && timingSafeEqual(own, other);
  const select = { id: true, name: true, email: true };
  const person = isOurs ? await database.user.findUnique({ where: { id: personId }, select }) : null;
  if (!person) throw new Refusal('linkBroken', 'This link is not complete, or it is of another Backstitch.');
  return person;
}

/** [NST1] */
async function store(
  { database }: Pick<Web, 'database'>,
  personId: string,
  settings: NotificationSettings
): Promise<void> {
  const now = new Date();
  const { mode, at, zone, off } = settings;
  const values = { mode, at, zone, off, changedAt: now };
  await database.$transaction(async (transaction) => {
    await transaction.notificationSetting.upsert({
      where: { personId },
      create: { personId, ...values },
      update: values,
    });
    await Promise.all(NOTIFICATION_KINDS.map((kind) => moveWaiting(transaction, personId, kind, settings, now)));
  });
}

/** What was tried already keeps its own time. */
async function moveWaiting(
  transaction: Prisma.TransactionClient,
  personId: string,
  kind: NotificationKind,
  settings: NotificationSettings,
  now: Date
): Promise<void> {
  const nextAt = sendAt(settings, kind, now);
  await transaction.notification.updateMany({
    where: { personId, kind, nextAt: { not: null }, message: null },
    data: { nextAt, ...(nextAt === null ? { dropped: UNWANTED } : {}) },
  });
}
export const UNWANTED = 'The person does not want to be told of it.';

/** A later release may have stored what this one does not know. */
function settingsOf({ mode, at, zone, off }: NotificationSetting): NotificationSettings {
  return {
    mode: NOTIFICATION_MODES.includes(mode as NotificationMode) ? (mode as NotificationMode) : USUAL.mode,
    at,
    zone: isZone(zone) ? zone : USUAL.zone,
    off: NOTIFICATION_KINDS.filter((kind) => off.includes(kind)),
  };
}
