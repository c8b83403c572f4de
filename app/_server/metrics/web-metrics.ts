/**
 * The measurements of this web process, for Prometheus: engine/metrics/README.md lists all of them. Several web processes
 * are scraped each by its own address.
 *
 * Rules
 * [MTW1] The label `route` is a pattern of Next's own table of routes, never an address. What has no pattern is 'other'.
 * [MTW2] A scrape reads the tables of mails and subscriptions at most once in fifteen seconds (engine/metrics/sample.ts).
 * [MTW3] Whoever reads them needs the permission 'metrics.read' for everything.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import { Sample } from '@/engine/metrics/sample';
import manifest from '@/package.json';
import type { Web } from '../web';
import type { RouteOf } from './route-patterns';

const REST_MS = 15_000;
const REQUEST_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
/** Of HTTP; anybody can send another one. */
const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

interface Measured extends Pick<Web, 'database'> {
  liveSockets(): number;
}

export class WebMetrics {
  readonly registry = new Registry();
  readonly #requests = new Counter({
    name: 'backstitch_web_requests_total',
    help: 'Requests that were answered, by route pattern, method and status.',
    labelNames: ['route', 'method', 'status'],
    registers: [this.registry],
  });
  readonly #seconds = new Histogram({
    name: 'backstitch_web_request_duration_seconds',
    help: 'From a request to the end of its answer.',
    labelNames: ['route'],
    buckets: REQUEST_BUCKETS,
    registers: [this.registry],
  });
  #routeOf: RouteOf = () => 'other';

  constructor(measured: Measured) {
    const { registry } = this;
    const registers = [registry];
    collectDefaultMetrics({ register: registry });
    new Gauge({
      name: 'backstitch_web_build_info',
      help: 'Always 1; the version is its label.',
      labelNames: ['version'],
      registers,
    }).set({ version: manifest.version }, 1);
    new Gauge({
      name: 'backstitch_web_live_sockets',
      help: 'Browsers that are connected now.',
      registers,
      collect() {
        this.set(measured.liveSockets());
      },
    });
    const outbox = new Sample(() => readOutbox(measured), { restMs: REST_MS });
    new Gauge({
      name: 'backstitch_web_outbox_messages',
      help: 'Notifications that wait to be sent, and those that could not be sent.',
      labelNames: ['state'],
      registers,
      async collect() {
        const sampled = await outbox.get();
        for (const { state, count } of sampled?.value ?? []) this.set({ state }, count);
      },
    });
    const oldestDue = (sampled: Awaited<ReturnType<typeof outbox.get>>) =>
      sampled?.value.find(({ state }) => state === 'waiting')?.oldestMs ?? null;
    new Gauge({
      name: 'backstitch_web_outbox_oldest_due_age_seconds',
      help: 'How long the oldest notification that is due has waited.',
      registers,
      async collect() {
        this.set(ageOf(oldestDue(await outbox.get())));
      },
    });
    const subscriptions = new Sample(() => readSubscriptions(measured), { restMs: REST_MS });
    new Gauge({
      name: 'backstitch_web_event_subscriptions',
      help: 'Subscriptions to events: delivering, failing, stopped after failures, or off.',
      labelNames: ['state'],
      registers,
      async collect() {
        const sampled = await subscriptions.get();
        for (const { state, count } of sampled?.value ?? []) this.set({ state }, count);
      },
    });
    new Gauge({
      name: 'backstitch_web_event_oldest_undelivered_age_seconds',
      help: 'How long ago the oldest event happened that a subscription cannot deliver; 0 if each can.',
      registers,
      async collect() {
        const times = ((await subscriptions.get())?.value ?? []).flatMap(({ oldestMs }) => oldestMs ?? []);
        this.set(ageOf(times.length > 0 ? Math.min(...times) : null));
      },
    });
  }

  /** Known only when Next has read its table. */
  routesKnown(routeOf: RouteOf): void {
    this.#routeOf = routeOf;
  }

  /** Counts the request when it is answered, or when its caller is gone. */
  request(request: IncomingMessage, response: ServerResponse): void {
    const startedMs = performance.now();
    const [pathname = '/'] = (request.url ?? '/').split('?');
    response.once('close', () => {
      const route = this.#routeOf(pathname);
      const method = METHODS.has(request.method ?? '') ? request.method : 'other';
      this.#requests.inc({ route, method, status: response.writableFinished ? response.statusCode : 'aborted' });
      this.#seconds.observe({ route }, (performance.now() - startedMs) / 1_000);
    });
  }

  text(): Promise<string> {
    return this.registry.metrics();
  }
}

const ageOf = (sinceMs: number | null): number => (sinceMs === null ? 0 : Math.max(0, Date.now() - sinceMs) / 1_000);

interface Counted<State extends string> {
  state: State;
  count: number;
  oldestMs: number | null;
}

/** Reads those that are not sent: both states have an index. */
async function readOutbox({ database }: Measured): Promise<Counted<'waiting' | 'failed'>[]> {
  const now = new Date();
  const [waiting, failed, oldest] = await Promise.all([
    database.notification.count({ where: { nextAt: { not: null } } }),
    database.notification.count({ where: { nextAt: null, sentAt: null, dropped: null } }),
    database.notification.aggregate({ _min: { nextAt: true }, where: { nextAt: { lte: now } } }),
  ]);
  return [
    { state: 'waiting', count: waiting, oldestMs: oldest._min.nextAt?.getTime() ?? null },
    { state: 'failed', count: failed, oldestMs: null },
  ];
}

/** As many rows as somebody has made subscriptions. */
async function readSubscriptions({
  database,
}: Measured): Promise<Counted<'delivering' | 'failing' | 'stopped' | 'off'>[]> {
  const rows = await database.eventSubscription.findMany({
    select: { isOn: true, stoppedAt: true, failingSince: true, failingEventAt: true },
  });
  const states = rows.map(({ isOn, stoppedAt, failingSince, failingEventAt }) => ({
    state: !isOn ? 'off' : stoppedAt ? 'stopped' : failingSince ? 'failing' : 'delivering',
    oldestMs: isOn ? (failingEventAt?.getTime() ?? null) : null,
  }));
  return (['delivering', 'failing', 'stopped', 'off'] as const).map((state) => {
    const own = states.filter((each) => each.state === state);
    const times = own.flatMap(({ oldestMs }) => oldestMs ?? []);
    return { state, count: own.length, oldestMs: times.length > 0 ? Math.min(...times) : null };
  });
}
