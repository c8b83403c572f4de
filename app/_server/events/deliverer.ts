/**
 * Delivers events to subscriptions, in the web process. One process at a time does it: whoever has renewed the lease in
 * `event_work` lately.
 *
 * Rules
 * [EVD1] At least once: a subscription goes on only after its event was delivered, so a process that ends in between sends
 *        the event again, with the same id.
 * [EVD2] In order, one event at a time for each subscription. An event that cannot be delivered is tried again after 1 s,
 *        2 s, 4 s and so on up to ten minutes, and those after it wait. Subscriptions do not wait for each other.
 * [EVD3] A subscription that has failed for five days, or whose receiver says that it is gone (410), is stopped, in the audit
 *        trail too, until somebody saves it or replays it. Its events wait as long as the engine keeps them.
 * [EVD4] Events that the engine removed before they were delivered are not passed over in silence: the subscription says so.
 * [EVD5] While the engine or the database is away nothing is delivered, nothing is lost, and no receiver is blamed.
 */
import { randomUUID } from 'node:crypto';
import type { EventDelivery, EventSubscription as Row, Prisma } from '@/prisma/client/client';
import type { Web } from '../web';
import { isRefusal } from '../failure';
import type { CloudEvent, Cursor, Outgoing } from './event';
import { noteFlowChanges } from './flow-log';
import { pageAfter } from './page';
import { addresseeOf, cursorOf } from './subscriptions';
import type { Addressee, Sent, Targets } from './targets';

type Parts = Pick<Web, 'database' | 'log' | 'config' | 'invalidations' | 'versions' | 'catalogue'>;

const LOOK_MS = 1_000;
const GATHER_MS = 100;
const LEASE_MS = 20_000;
const RENEW_MS = 7_000;
/** Hints may be missing. */
const ALL_MS = 5_000;
/** Whoever changed a version here is seen at once. */
const FLOWS_MS = 5_000;
const FIRST_RETRY_MS = 1_000;
const LAST_RETRY_MS = 10 * 60_000;
const STOP_AFTER_MS = 5 * 24 * 60 * 60_000;
/** Of each subscription. */
const KEPT_DELIVERIES = 200;
/** Old ones are looked for at every so many. */
const LOOK_AT_OLD = 50;
const LONGEST_MESSAGE = 500;

export class EventDeliverer {
  readonly #holder = randomUUID();
  readonly #end = new AbortController();
  readonly #pumps = new Map<string, Promise<void>>();
  readonly #recorded = new Map<string, number>();
  /** By a clock that cannot be set. */
  #leaseUntil = -Infinity;
  #renewAt = -Infinity;
  #flowsAt = -Infinity;
  #timer: NodeJS.Timeout | null = null;
  #looking: Promise<void> | null = null;
  #timerAt = 0;
  #isWoken = true;
  #allAt = -Infinity;

  constructor(
    private readonly web: Parts,
    private readonly targets: Targets,
    private readonly now: () => number = Date.now
  ) {}

  start(): void {
    this.#later(LOOK_MS);
  }

  /** Something may have changed: a run, a subscription. */
  wake(): void {
    this.#isWoken = true;
    this.#later(GATHER_MS);
  }
  flowsChanged(): void {
    this.#flowsAt = -Infinity;
    this.wake();
  }

  /** What is under way is cut off, and another process goes on. */
  async close(): Promise<void> {
    if (this.#timer) clearTimeout(this.#timer);
    this.#end.abort();
    await Promise.allSettled([this.#looking, ...this.#pumps.values()]);
    this.targets.close();
    if (this.#leaseUntil > -Infinity)
      await this.web.database
        .$executeRaw`UPDATE app.event_work SET until = now() WHERE id = 1 AND holder = ${this.#holder}`.catch(() => 0);
  }

  /** One event outside of the order. Never rejects for the receiver's sake. */
  async sendOnce(addressee: Addressee, event: CloudEvent, row: Row): Promise<EventDelivery> {
    const startedMs = this.now();
    const sent = await this.targets.send(addressee, messageOf(event), this.#end.signal);
    const of = { kind: 'test', flow: null, run: null };
    const data = this.#deliveryOf(row, cursorOf(row), of, event.id, 1, startedMs, sent);
    return this.web.database.eventDelivery.create({ data });
  }

  get #isOurs(): boolean {
    return performance.now() < this.#leaseUntil && !this.#end.signal.aborted;
  }

  /** Never later than somebody has asked for before: hints come faster than they are gathered. */
  #later(ms: number): void {
    const at = performance.now() + ms;
    if (this.#end.signal.aborted || (this.#timer && this.#timerAt <= at)) return;
    if (this.#timer) clearTimeout(this.#timer);
    this.#timerAt = at;
    this.#timer = setTimeout(() => {
      this.#timer = null;
      // It asks again when it is done.
      if (this.#looking) return;
      this.#looking = this.#look()
        .catch((error: unknown) => this.web.log.debug({ err: error }, 'events cannot be delivered now'))
        .finally(() => {
          this.#looking = null;
          this.#later(this.#isWoken ? GATHER_MS : LOOK_MS);
        });
    }, ms);
    this.#timer.unref();
  }

  async #look(): Promise<void> {
    const isWoken = this.#isWoken;
    this.#isWoken = false;
    if (!(await this.#holds())) return;
    await this.#noteFlows();
    // Nothing has happened, as far as hints say: only what failed is due.
    const all = isWoken || performance.now() >= this.#allAt;
    if (all) this.#allAt = performance.now() + ALL_MS;
    const isDue = { nextAttemptAt: { lte: new Date(this.now()) } };
    const rows = await this.web.database.eventSubscription.findMany({
      where: { isOn: true, stoppedAt: null, OR: all ? [{ nextAttemptAt: null }, isDue] : [isDue] },
      select: { id: true },
    });
    for (const { id } of rows) {
      if (this.#pumps.has(id)) continue;
      const pump = this.#pump(id)
        // [EVD5]
        .catch((error: unknown) => this.web.log.debug({ err: error, subscription: id }, 'events wait'))
        .finally(() => this.#pumps.delete(id));
      this.#pumps.set(id, pump);
    }
  }

  async #holds(): Promise<boolean> {
    const asked = performance.now();
    if (asked < this.#renewAt) return this.#isOurs;
    const held = await this.web.database.$executeRaw`
      UPDATE app.event_work SET holder = ${this.#holder}, until = now() + ${LEASE_MS}::int * interval '1 millisecond'
      WHERE id = 1 AND (holder = ${this.#holder} OR until <= now())`;
    this.#leaseUntil = held > 0 ? asked + LEASE_MS : -Infinity;
    this.#renewAt = asked + (held > 0 ? RENEW_MS : LOOK_MS / 2);
    return held > 0;
  }

  async #noteFlows(): Promise<void> {
    if (performance.now() < this.#flowsAt) return;
    this.#flowsAt = performance.now() + FLOWS_MS;
    try {
      await noteFlowChanges(this.web);
    } catch (error) {
      this.#flowsAt = -Infinity;
      this.web.log.debug({ err: error }, 'changes of flows cannot be read now');
    }
  }

  /** Until nothing waits, or something fails. */
  async #pump(id: string): Promise<void> {
    while (this.#isOurs) {
      const row = await this.web.database.eventSubscription.findUnique({ where: { id } });
      if (!row?.isOn || row.stoppedAt || (row.nextAttemptAt && row.nextAttemptAt.getTime() > this.now())) return;
      let at = cursorOf(row);
      let { attempts } = row;
      const page = await pageAfter(this.web, row, at);
      if (page.isMissing) await this.#missed(row);
      const addressee = page.events.length > 0 ? await this.#addresseeOf(row) : null;
      for (const outgoing of page.events) {
        if (addressee === null || !this.#isOurs) return;
        if (!(await this.#deliver(row, addressee, at, outgoing, attempts + 1))) return;
        at = outgoing.after;
        attempts = 0;
      }
      if (!isSame(at, page.through) && !(await this.#goOn(row, at, page.through, {}))) return;
      if (page.isEnd) return;
    }
  }

  /** A text: why there is none. */
  #addresseeOf(row: Row): Promise<Addressee | string> {
    return addresseeOf(this.web, row).catch((error: unknown) => {
      if (isRefusal(error)) return error.message;
      throw error;
    });
  }

  /** False: the pump ends. */
  async #deliver(
    row: Row,
    addressee: Addressee | string,
    at: Cursor,
    outgoing: Outgoing,
    attempt: number
  ): Promise<boolean> {
    const startedMs = this.now();
    const sent: Sent =
      typeof addressee === 'string'
        ? { isDelivered: false, message: addressee, isGone: false }
        : await this.targets.send(addressee, messageOf(outgoing.event), this.#end.signal);
    const delivery = this.#deliveryOf(row, at, outgoing, outgoing.event.id, attempt, startedMs, sent);
    if (sent.isDelivered) {
      const done = { ...DELIVERED, deliveredAt: new Date(this.now()) };
      return this.#goOn(row, at, outgoing.after, done, delivery);
    }
    await this.#failed(row, at, outgoing, attempt, sent, delivery);
    return false;
  }

  /** False if somebody has moved the subscription meanwhile, saved it or removed it. */
  async #goOn(
    row: Row,
    from: Cursor,
    to: Cursor,
    data: Prisma.EventSubscriptionUpdateManyMutationInput,
    delivery: Prisma.EventDeliveryUncheckedCreateInput | null = null
  ): Promise<boolean> {
    const { database, invalidations } = this.web;
    const moved = await database.$transaction(async (rows) => {
      const { count } = await rows.eventSubscription.updateMany({
        where: unchanged(row, from),
        data: { ...data, ...to },
      });
      if (count > 0 && delivery) await rows.eventDelivery.create({ data: delivery });
      return count > 0;
    });
    if (delivery) {
      await this.#removeOld(row.id);
      invalidations.announce(['events']);
    }
    return moved;
  }

  /** [EVD2] [EVD3] */
  async #failed(
    row: Row,
    at: Cursor,
    { atMs }: Outgoing,
    attempts: number,
    sent: Extract<Sent, { isDelivered: false }>,
    delivery: Prisma.EventDeliveryUncheckedCreateInput
  ): Promise<void> {
    const { database, invalidations, log } = this.web;
    const now = this.now();
    const since = attempts > 1 && row.failingSince ? row.failingSince : new Date(now);
    const stops = sent.isGone || now - since.getTime() >= STOP_AFTER_MS;
    const data = {
      attempts,
      failingSince: since,
      failingEventAt: new Date(atMs),
      lastError: delivery.message,
      nextAttemptAt: new Date(now + Math.min(FIRST_RETRY_MS * 2 ** (attempts - 1), LAST_RETRY_MS)),
      ...(stops ? { stoppedAt: new Date(now) } : {}),
    };
    const isNoted = await database.$transaction(async (rows) => {
      const { count } = await rows.eventSubscription.updateMany({ where: unchanged(row, at), data });
      // Somebody removed, moved or saved it.
      if (count === 0) return false;
      await rows.eventDelivery.create({ data: delivery });
      if (stops) await rows.auditEntry.create({ data: stopEntry(row, since, new Date(now)) });
      return true;
    });
    if (!isNoted) return;
    if (stops)
      log.warn({ subscription: row.id, title: row.title }, 'a subscription to events is stopped, because it failed');
    await this.#removeOld(row.id);
    invalidations.announce(stops ? ['events', 'attention'] : ['events']);
  }

  /** [EVD4] */
  async #missed({ id, title }: Row): Promise<void> {
    this.web.log.warn({ subscription: id, title }, 'events were removed before they could be delivered');
    const missedAt = new Date(this.now());
    await this.web.database.eventSubscription.updateMany({ where: { id }, data: { missedAt } });
    this.web.invalidations.announce(['events']);
  }

  #deliveryOf(
    row: Pick<Row, 'id'>,
    at: Cursor,
    { kind, flow, run }: { kind: string; flow: string | null; run: Outgoing['run'] },
    eventId: string,
    attempt: number,
    startedMs: number,
    { isDelivered, message }: Sent
  ): Prisma.EventDeliveryUncheckedCreateInput & { message: string } {
    return {
      id: randomUUID(),
      subscriptionId: row.id,
      eventId,
      kind,
      flow,
      workflowId: run?.workflowId,
      runId: run?.runId,
      at: new Date(startedMs),
      tookMs: Math.max(0, this.now() - startedMs),
      attempt,
      isDelivered,
      message: message.slice(0, LONGEST_MESSAGE),
      ...at,
    };
  }

  async #removeOld(id: string): Promise<void> {
    const recorded = (this.#recorded.get(id) ?? 0) + 1;
    this.#recorded.set(id, recorded % LOOK_AT_OLD);
    if (recorded % LOOK_AT_OLD !== 0) return;
    await this.web.database.$executeRaw`
      DELETE FROM app.event_delivery WHERE subscription_id = ${id}::uuid AND id NOT IN (
        SELECT id FROM app.event_delivery WHERE subscription_id = ${id}::uuid ORDER BY at DESC LIMIT ${KEPT_DELIVERIES})`;
  }
}

/** Of the next event. */
const DELIVERED = { attempts: 0, failingSince: null, failingEventAt: null, lastError: null, nextAttemptAt: null };

const stopEntry = ({ id, title }: Row, since: Date, at: Date): Prisma.AuditEntryCreateInput => ({
  id: randomUUID(),
  actorId: 'backstitch',
  actorName: 'Backstitch',
  via: 'events',
  operation: 'events.stop',
  target: id,
  details: { title, failingSince: since.toISOString() },
  outcome: 'done',
  endedAt: at,
});

/** Whoever saves a subscription encrypts its secret again, which gives another text. */
const unchanged = ({ id, sealed }: Row, at: Cursor): Prisma.EventSubscriptionWhereInput => ({
  id,
  sealed,
  isOn: true,
  ...at,
});

const isSame = (one: Cursor, other: Cursor): boolean =>
  one.epoch === other.epoch && one.number === other.number && one.flowNumber === other.flowNumber;

const messageOf = (event: CloudEvent) => ({ id: event.id, type: event.type, body: JSON.stringify(event) });
