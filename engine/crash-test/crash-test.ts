/**
 * The crash test: orders run on the product's real processes while these are killed. At the end, the database and the
 * shop's books are read to check whether everything that was promised is true.
 *
 * What must be true for every seed:
 * - Every order is completed with every effect once, or failed with every effect undone, or waits for a person with
 *   exactly the effects on its `__ledger` that the shop shows.
 * - Nothing that was acknowledged (start, signal, update, cancel) or reported (an event) is lost or changed.
 * - No commit of an epoch is written after the next epoch was taken; a stale engine acknowledges nothing.
 * - Every history passes history/check and the official replayer.
 */
import { DefaultLogger, Runtime } from '@temporalio/worker';
import type { FlowManifest } from '../flow/manifest';
import { temporal } from '../proto';
import { LEDGER_QUERY, NODES_QUERY, type LedgerReport, type NodesReport } from '../saga/contract';
import type { ShopLedgerReport } from '../examples/order-fulfilment/ledger';
import { judgeBooks, type RunClaim } from '../examples/order-fulfilment/oracle';
import orderFulfilment from '../examples/order-fulfilment/order-fulfilment.flow.json';
import { createBackstitchClient, type VersionContent } from '../api/client';
import { readAudit } from './audit';
import { Calls } from './calls';
import { Cluster } from './cluster';
import { Order } from './order';
import { planCrash, type CrashOptions, type CrashPlan, type OrderPlan } from './plan';
import { readHistories, replayAll } from './proof';
import { Play, type Watcher } from './play';
import { GaveUp, until, within } from './waiting';
import { judgeOrder, type Evidence, type OrderVerdict } from './verdict';

/** The example with a signal for which it never waits: acknowledged signals must be in the history all the same. */
const REMARKED = { ...orderFulfilment, signals: { remark: { title: 'A remark', schema: {} } } };

export interface CrashReport extends CrashOptions {
  /** The number of breaks that happened. */
  broken: number;
  outcomes: Record<string, number>;
  /** How often the lease was taken, including the last check of the test itself. */
  epochs: number;
  commits: number;
  events: number;
  staleCommits: number;
  /** The number of commits that the fence refused. */
  refusedCommits: number;
  /** The numbers of acknowledged changes that were found again. */
  acknowledged: { starts: number; updates: number; signals: number; cancels: number };
  replayed: number;
  seconds: number;
  /** Descriptions of problems; empty if there are none. */
  violations: string[];
  /** The folder of the logs, if there is a problem. */
  folder: string | null;
}

/** Longer than the latest call of the shop. */
const LATE_CALLS_MS = 30_000;
const SHOP_LIMIT_MS = 10_000;
const READ_LIMIT_MS = 30_000;

const STATUS: Record<number, RunClaim['status']> = {
  1: 'running',
  2: 'completed',
  3: 'failed',
  4: 'canceled',
  5: 'terminated',
  6: 'continuedAsNew',
  7: 'timedOut',
};

export async function runCrashTest(root: string, options: CrashOptions, watcher: Watcher): Promise<CrashReport> {
  const from = performance.now();
  const plan = planCrash(options);
  const cluster = await Cluster.start(root, (line) => watcher.say(line));
  // PostgreSQL outlives the process that started it.
  const interrupted = () => void cluster.stop().finally(() => process.exit(130));
  process.once('SIGINT', interrupted);
  let violations: string[] = ['it did not come to its end'];
  try {
    const test = new CrashTest(cluster, plan, watcher);
    const found = await test.run();
    violations = found.violations;
    const seconds = (performance.now() - from) / 1_000;
    return { ...options, ...found, seconds, folder: violations.length > 0 ? cluster.folder : null };
  } finally {
    process.off('SIGINT', interrupted);
    await cluster.stop();
    if (violations.length === 0) await cluster.remove();
    else watcher.say(`the logs stay in ${cluster.folder}`);
  }
}

class CrashTest {
  readonly #ended = new AbortController();
  readonly #calls: Calls;
  readonly #needsHand = new Set<string>();
  readonly #violations: string[] = [];
  #orders: Order[] = [];

  constructor(
    private readonly cluster: Cluster,
    private readonly plan: CrashPlan,
    private readonly watcher: Watcher
  ) {
    this.#calls = new Calls(cluster, this.#ended.signal);
  }

  async run(): Promise<Omit<CrashReport, keyof CrashOptions | 'seconds' | 'folder'>> {
    const version = await this.#publish();
    this.watcher.say(`${this.plan.orders.length} orders, ${this.plan.breaks.length} breaks`);
    const { workflowType } = version.version;
    this.#orders = this.plan.orders.map((plan) => this.#order(plan, workflowType));
    const play = new Play(this.cluster, this.plan, this.#orders, this.#needsHand, this.#calls, this.watcher);
    await play.run(workflowType);
    this.#violations.push(...play.violations);
    this.watcher.say('asking the shop, the runs and the database');
    const verdicts = await this.#judge(version);
    this.#ended.abort();
    await this.cluster.leader.process.stop();
    return { ...(await this.#prove(version)), ...verdicts, broken: play.broken, violations: this.#violations };
  }

  async #publish(): Promise<VersionContent> {
    const client = createBackstitchClient(this.cluster.door.address, this.cluster.key);
    try {
      const { version, diagnostics } = await client.putVersion(REMARKED, 'the crash test');
      if (!version) throw new Error(`the order flow cannot be published: ${JSON.stringify(diagnostics)}`);
      return await client.getVersion(version.flow, version.version);
    } finally {
      client.close();
    }
  }

  #order(plan: OrderPlan, workflowType: string): Order {
    const { people, shopUrl } = this.cluster;
    return new Order(plan, {
      calls: this.#calls,
      workflowType,
      asks: (workflowId) => people.asks(workflowId),
      needsHand: this.#needsHand,
      refundByHand: (order) => refundByHand(shopUrl, order),
    });
  }

  async #judge(version: VersionContent): Promise<Pick<CrashReport, 'outcomes' | 'acknowledged'>> {
    const { pool, people, shopUrl } = this.cluster;
    await until(LATE_CALLS_MS, 'the late calls to reach the shop', async () => {
      const { rowCount } = await pool.query('SELECT 1 FROM shop.late LIMIT 1');
      return rowCount === 0;
    }).catch((error: unknown) => this.#violations.push(String(error)));
    const outcomes: Record<string, number> = {};
    const keys: ShopLedgerReport['keys'] = [];
    for (const order of this.#orders) {
      const verdict = await this.#judgeOne(order, version.manifest, keys);
      outcomes[verdict.kind] = (outcomes[verdict.kind] ?? 0) + 1;
      for (const words of verdict.violations) this.#violations.push(`${order.plan.workflowId}: ${words}`);
    }
    const books = await readShop(shopUrl, null).then(
      (shop) => judgeBooks(shop, keys),
      (error: unknown) => [String(error)]
    );
    this.#violations.push(...books);
    this.#violations.push(...people.complaints, ...this.#calls.complaints);
    const acknowledged = this.#orders.map((order) => order.acknowledged);
    const sum = (count: (each: (typeof acknowledged)[number]) => number) =>
      acknowledged.reduce((total, each) => total + count(each), 0);
    return {
      outcomes,
      acknowledged: {
        starts: this.#orders.filter((order) => order.runId).length,
        updates: sum(({ updates }) => updates.length),
        signals: sum(({ signals }) => signals.length),
        cancels: sum(({ cancel }) => Number(cancel)),
      },
    };
  }

  async #judgeOne(order: Order, manifest: FlowManifest, keys: ShopLedgerReport['keys']): Promise<OrderVerdict> {
    if (!order.runId) return { kind: 'violation', violations: ['its start was never acknowledged'] };
    try {
      const shop = await readShop(this.cluster.shopUrl, order.plan.input.orderId);
      keys.push(...shop.keys);
      const run = await within(READ_LIMIT_MS, `${order.plan.workflowId} to be read`, this.#readRun(order));
      return judgeOrder(order, { ...run, shop }, manifest);
    } catch (error) {
      // No engine answers any more, so the other orders need not wait as long.
      if (error instanceof GaveUp) this.#ended.abort();
      return { kind: 'violation', violations: [`it cannot be read: ${String(error)}`] };
    }
  }

  async #readRun({ plan, runId }: Order): Promise<Omit<Evidence, 'shop'>> {
    const { History } = temporal.api.history.v1;
    return this.#calls.persist(async (client) => {
      const handle = client.workflow.getHandle(plan.workflowId, runId);
      const { status } = await handle.describe();
      const history = await handle.fetchHistory();
      const ledger = await handle.query<LedgerReport>(LEDGER_QUERY);
      const nodes = await handle.query<NodesReport>(NODES_QUERY);
      return {
        status: STATUS[status.code] ?? 'terminated',
        events: History.decode(History.encode(history).finish()).events,
        ledger: ledger.entries,
        waitsFor: nodes.waitsFor,
      };
    });
  }

  async #prove(
    version: VersionContent
  ): Promise<Pick<CrashReport, 'epochs' | 'commits' | 'events' | 'staleCommits' | 'refusedCommits' | 'replayed'>> {
    Runtime.install({ logger: new DefaultLogger('ERROR'), telemetryOptions: { logging: { filter: 'ERROR' } } });
    const { cluster } = this;
    const runs = this.#orders.filter(({ runId }) => runId).map(({ plan, runId }) => ({ ...plan, runId }));
    const histories = await readHistories(cluster.databaseUrl, runs);
    for (const { workflowId, findings } of histories)
      for (const finding of findings) this.#violations.push(`${workflowId}: ${finding}`);
    this.watcher.say('replaying every history');
    this.#violations.push(
      ...(await replayAll(histories, { 'workflow.ts': version.code }, `${cluster.buildDir}/replay`))
    );
    const audit = await readAudit(cluster.pool);
    this.#violations.push(...audit.stale, ...audit.unnamed);
    return {
      epochs: audit.takeovers,
      commits: audit.commits,
      events: histories.reduce((sum, { history }) => sum + (history.events?.length ?? 0), 0),
      staleCommits: audit.stale.length,
      refusedCommits: await cluster.refusals(),
      replayed: histories.filter(({ history }) => history.events?.length).length,
    };
  }
}

async function readShop(url: string, order: string | null): Promise<ShopLedgerReport> {
  const query = order === null ? '' : `?order=${encodeURIComponent(order)}`;
  return until(SHOP_LIMIT_MS, 'the shop to open its books', async () => {
    const response = await fetch(`${url}/ledger${query}`);
    return response.ok && ((await response.json()) as ShopLedgerReport);
  });
}

/** As an operator does it: outside of the run, and after the card network answers again. */
async function refundByHand(url: string, { workflowId, input }: OrderPlan): Promise<void> {
  await until(SHOP_LIMIT_MS, 'the shop to refund', async () => {
    // As a person would do it: the payment is searched by its order.
    const { keys } = await readShop(url, input.orderId);
    const payment = keys.find(({ kind }) => kind === 'payment');
    if (!payment) return false;
    const { status } = await fetch(`${url}/payments/refund`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'idempotency-key': `by-hand/${workflowId}`,
        'idempotency-forward-key': payment.key,
      },
      body: JSON.stringify({ orderId: input.orderId, scenario: 'goes-well' }),
    });
    return status === 200;
  });
}
