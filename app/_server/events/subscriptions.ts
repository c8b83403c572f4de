/**
 * Subscriptions to events, as people keep them. How events are delivered is in deliverer.ts.
 *
 * Rules
 * [EVS1] The secret is made here, encrypted in the database, and shown once. The address of a Redis is kept with it.
 * [EVS2] A replaced secret signs for a day beside the new one.
 * [EVS3] A subscription begins with what happens after it was made. Changed, switched off or on, it goes on where it is.
 * [EVS4] A replay goes back to a time or to an event, or leaves out what waits; what is sent again has the ids of before.
 */
import { randomBytes, randomUUID } from 'node:crypto';
import { symmetricDecrypt, symmetricEncrypt } from 'better-auth/crypto';
import {
  MOST_EVENT_DELIVERIES,
  MOST_SUBSCRIPTIONS,
  MOST_WAITING,
  type putSubscriptionSchema,
  type EventDelivery,
  type EventsList,
  type EventSubscription,
  type EventTarget,
  type Replay,
  type SubscriptionDetail,
  type PutSubscriptionDone,
} from '@/app/_contract/events';
import { readPayload } from '@/engine/flow/values/json';
import { byName } from '@/engine/flow/values/name-order';
import { isUuid } from '@/engine/plain-text';
import type { EventDelivery as DeliveryRow, EventSubscription as Row } from '@/prisma/client/client';
import type { z } from 'zod';
import { audited } from '../audit';
import { Refusal } from '../failure';
import { demand, type Actor } from '../people/actor';
import { whyUnreachable } from '../reachable';
import type { Web } from '../web';
import { testEvent, type Cursor } from './event';
import { noteFlowChanges } from './flow-log';
import { pageAfter } from './page';
import { whyNoRedis, type Addressee } from './targets';

type Keeper = Pick<Web, 'database' | 'log' | 'config' | 'invalidations' | 'versions' | 'catalogue' | 'events'>;
const SECRET_BEFORE_MS = 24 * 60 * 60_000;

/** What is encrypted. */
interface Sealed {
  secret: string;
  before: string | null;
  server: string | null;
}

export const subscriptionNotFound = () => new Refusal('subscriptionNotFound', 'There is no such subscription.');

export async function listSubscriptions(web: Keeper, actor: Actor): Promise<EventsList> {
  demand(actor, 'events.list');
  const rows = await web.database.eventSubscription.findMany();
  return { subscriptions: rows.map(subscriptionOf).sort((a, b) => byName(a.title, b.title)), ...(await choices(web)) };
}

export async function getSubscription(web: Keeper, actor: Actor, id: string): Promise<SubscriptionDetail> {
  demand(actor, 'events.list');
  const row = await rowOf(web, id);
  const deliveries = await web.database.eventDelivery.findMany({
    where: { subscriptionId: row.id },
    orderBy: { at: 'desc' },
    take: MOST_EVENT_DELIVERIES,
  });
  const waiting = await waitingOf(web, row).catch((error: unknown) => {
    web.log.debug({ err: error }, 'waiting events cannot be counted now');
    return null;
  });
  return {
    ...(await choices(web)),
    subscription: subscriptionOf(row),
    deliveries: deliveries.map(deliveryOf),
    waiting,
  };
}

async function choices({ config, catalogue }: Keeper): Promise<Omit<EventsList, 'subscriptions'>> {
  const versions = await catalogue.listOrLast();
  return {
    flows: [...new Set(versions.map(({ flow }) => flow))].sort(byName),
    hasRedis: config.redisUrl !== undefined,
    flowsAlone: config.foreignCluster,
  };
}

/** Makes one, or changes the one of this id. */
export async function putSubscription(
  web: Keeper,
  actor: Actor,
  request: z.output<typeof putSubscriptionSchema>
): Promise<PutSubscriptionDone> {
  demand(actor, 'events.put');
  const { id, title, target, flows, kinds, isOn, server } = request;
  const known = await web.database.eventSubscription.findUnique({ where: { id } });
  const sealed = known ? await unsealed(web, known) : null;
  if (target.kind === 'stream' && target.at === 'installation' && web.config.redisUrl === undefined)
    throw problem('/target/at', 'This Backstitch has no Redis (REDIS_URL). Enter the address of one.');
  const unreachable = target.kind === 'webhook' ? whyUnreachable(web, new URL(target.address)) : null;
  if (unreachable !== null) throw problem('/target/address', unreachable);
  if (target.kind === 'stream' && target.at === 'own') {
    const why = server === '' && sealed?.server ? null : whyNoRedis(server);
    if (why) throw problem('/server', why);
  }
  if (!known && (await web.database.eventSubscription.count()) >= MOST_SUBSCRIPTIONS)
    throw new Refusal('refused', `There are at most ${MOST_SUBSCRIPTIONS} subscriptions.`);
  const made = known ? null : madeSecret();
  const details = { title, to: whereOf(target), on: isOn };
  return audited(web, actor, { operation: 'events.put', target: id, details }, async () => {
    const kept: Sealed = {
      secret: made ?? sealed?.secret ?? '',
      before: sealed?.before ?? null,
      server: target.kind === 'stream' && target.at === 'own' ? server || (sealed?.server ?? null) : null,
    };
    const isOther = known !== null && JSON.stringify(known.target) !== JSON.stringify(target);
    const values = {
      title,
      target,
      flows,
      kinds,
      isOn,
      ownerName: actor.name,
      sealed: await symmetricEncrypt({ key: web.config.authSecret, data: JSON.stringify(kept) }),
      // Somebody looked at it: it is tried at once.
      ...(known && (isOther || isOn) ? { nextAttemptAt: null, stoppedAt: null } : {}),
      ...(isOther || !isOn ? NOT_FAILING : {}),
    };
    const row = known
      ? await web.database.eventSubscription.update({ where: { id }, data: values })
      : await web.database.eventSubscription.create({ data: { id, ...values, ...(await endOf(web)) } });
    changed(web);
    return { subscription: subscriptionOf(row), secret: made };
  });
}

const NOT_FAILING = { attempts: 0, failingSince: null, lastError: null, failingEventAt: null, nextAttemptAt: null };

export async function removeSubscription(web: Keeper, actor: Actor, id: string): Promise<{ id: string }> {
  demand(actor, 'events.remove');
  const { title } = await rowOf(web, id);
  return audited(web, actor, { operation: 'events.remove', target: id, details: { title } }, async () => {
    await web.database.eventSubscription.deleteMany({ where: { id } });
    changed(web);
    return { id };
  });
}

/** [EVS2] */
export async function replaceSecret(web: Keeper, actor: Actor, id: string): Promise<PutSubscriptionDone> {
  demand(actor, 'events.rotate');
  const row = await rowOf(web, id);
  return audited(web, actor, { operation: 'events.rotate', target: id, details: { title: row.title } }, async () => {
    const { secret: before, server } = await unsealed(web, row);
    const secret = madeSecret();
    const data = JSON.stringify({ secret, before, server } satisfies Sealed);
    const sealed = await symmetricEncrypt({ key: web.config.authSecret, data });
    const secretBeforeUntil = new Date(Date.now() + SECRET_BEFORE_MS);
    const stored = await web.database.eventSubscription.update({ where: { id }, data: { sealed, secretBeforeUntil } });
    changed(web);
    return { subscription: subscriptionOf(stored), secret };
  });
}

/** [EVS4] */
export async function replay(web: Keeper, actor: Actor, id: string, { from }: Replay): Promise<{ id: string }> {
  demand(actor, 'events.replay');
  const { title } = await rowOf(web, id);
  const details = { title, from: from.kind === 'time' ? new Date(from.atMs).toISOString() : from.kind };
  return audited(web, actor, { operation: 'events.replay', target: id, details }, async () => {
    const data = { ...(await placeOf(web, id, from)), ...NOT_FAILING, stoppedAt: null, missedAt: null };
    await web.database.eventSubscription.update({ where: { id }, data });
    changed(web);
    return { id };
  });
}

async function placeOf(web: Keeper, subscriptionId: string, from: Replay['from']) {
  if (from.kind === 'now') return endOf(web);
  if (from.kind === 'delivery') {
    const where = { id: from.id, subscriptionId };
    const delivery = await web.database.eventDelivery.findFirst({ where });
    if (!delivery) throw problem('/from/id', 'This delivery is not in the list any more. Choose a time.');
    const { epoch, number, flowNumber } = delivery;
    return { epoch, number, flowNumber };
  }
  const position = web.config.foreignCluster ? ORIGIN : await web.versions.findChanges(from.atMs);
  const [before] = await web.database.flowEvent.findMany({
    where: { at: { lt: new Date(from.atMs) } },
    orderBy: { number: 'desc' },
    take: 1,
  });
  return { ...position, flowNumber: before?.number ?? 0n };
}

const ORIGIN = { epoch: 0, number: 0 };
/** [EVS3] */
async function endOf(web: Keeper) {
  const { config, versions, database } = web;
  // What was published a moment ago is not after it.
  await noteFlowChanges(web);
  const position = config.foreignCluster ? ORIGIN : await versions.findChanges(0);
  const { _max: last } = await database.flowEvent.aggregate({ _max: { number: true } });
  return { ...position, flowNumber: last.number ?? 0n };
}

/** One event that says so. It is in the list of deliveries, and changes nothing else. */
export async function sendTest(web: Keeper, actor: Actor, id: string): Promise<EventDelivery> {
  demand(actor, 'events.test');
  const row = await rowOf(web, id);
  return audited(web, actor, { operation: 'events.test', target: id, details: { title: row.title } }, async () => {
    const event = testEvent(randomUUID(), row.title, web.config.webUrl, Date.now());
    const delivery = await web.events.sendOnce(await addresseeOf(web, row), event, row);
    web.invalidations.announce(['events']);
    return deliveryOf(delivery);
  });
}

async function waitingOf(web: Keeper, row: Row): Promise<SubscriptionDetail['waiting']> {
  let cursor = cursorOf(row);
  let count = 0;
  let oldestMs: number | null = null;
  // At most a few pages: of many events most may be for others.
  for (let pages = 0; pages < 5 && count < MOST_WAITING; pages++) {
    const { events, through, isEnd } = await pageAfter(web, row, cursor);
    count += events.length;
    oldestMs ??= events[0]?.atMs ?? null;
    cursor = through;
    if (isEnd) break;
  }
  return { count: Math.min(count, MOST_WAITING), oldestMs };
}

async function rowOf({ database }: Keeper, id: string): Promise<Row> {
  const row = isUuid(id) ? await database.eventSubscription.findUnique({ where: { id } }) : null;
  if (!row) throw subscriptionNotFound();
  return row;
}

function changed({ invalidations, events }: Keeper): void {
  invalidations.announce(['events', 'attention']);
  events.wake();
}

async function unsealed({ config }: Pick<Web, 'config'>, { sealed, title }: Row): Promise<Sealed> {
  try {
    return readPayload(await symmetricDecrypt({ key: config.authSecret, data: sealed })) as Sealed;
  } catch {
    throw new Refusal(
      'refused',
      `The secret of '${title}' cannot be read any more. Remove the subscription, and make it again.`
    );
  }
}

/** Rejects if the web's secret is another one than when it was stored. */
export async function addresseeOf(web: Pick<Web, 'config'>, row: Row): Promise<Addressee> {
  const { secret, before, server } = await unsealed(web, row);
  const isBefore = before !== null && row.secretBeforeUntil !== null && row.secretBeforeUntil.getTime() > Date.now();
  return { target: targetOf(row), secrets: isBefore ? [secret, before] : [secret], server };
}

/** As it was checked when it was saved. */
const targetOf = ({ target }: Row): EventTarget => target as unknown as EventTarget;

export const cursorOf = ({ epoch, number, flowNumber }: Pick<Row, 'epoch' | 'number' | 'flowNumber'>): Cursor => ({
  epoch: Number(epoch),
  number: Number(number),
  flowNumber: Number(flowNumber),
});

function subscriptionOf(row: Row): EventSubscription {
  const { id, title, flows, isOn, ownerName, createdAt, failingSince, secretBeforeUntil, failingEventAt } = row;
  return {
    id,
    title,
    target: targetOf(row),
    flows,
    kinds: row.kinds as EventSubscription['kinds'],
    isOn,
    owner: ownerName,
    createdMs: createdAt.getTime(),
    deliveredMs: row.deliveredAt?.getTime() ?? null,
    failing: failingSince && {
      sinceMs: failingSince.getTime(),
      attempts: row.attempts,
      nextMs: row.nextAttemptAt?.getTime() ?? Date.now(),
      error: row.lastError ?? '',
      eventMs: failingEventAt?.getTime() ?? failingSince.getTime(),
    },
    stoppedMs: row.stoppedAt?.getTime() ?? null,
    missedMs: row.missedAt?.getTime() ?? null,
    secretBeforeUntilMs:
      secretBeforeUntil && secretBeforeUntil.getTime() > Date.now() ? secretBeforeUntil.getTime() : null,
  };
}

function deliveryOf(row: DeliveryRow): EventDelivery {
  const { id, eventId, kind, workflowId, runId, flow, at, tookMs, attempt, isDelivered, message } = row;
  const run = workflowId && runId ? { workflowId, runId } : null;
  return { id, eventId, kind, atMs: at.getTime(), tookMs, attempt, isDelivered, message, run, flow };
}

/** For the audit trail: without the path, which may be a secret. */
const whereOf = (target: EventTarget): string =>
  target.kind === 'webhook' ? new URL(target.address).host : `stream ${target.stream}`;

const madeSecret = (): string => `whsec_${randomBytes(32).toString('base64')}`;

const problem = (at: string, message: string) =>
  new Refusal('inputInvalid', 'The subscription cannot be saved as it is.', [{ at, message }]);
