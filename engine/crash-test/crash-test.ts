/**
 * The crash test: orders, and everything else that an engine does (baskets, collections, programs, rounds of batches, schedules), run
 * on the product's real processes while these are killed. At the end, the database and the shop's books are read to
 * check whether everything that was promised is true.
 *
 * What must be true for every seed:
 * - Every order is completed with every effect once, or failed with every effect undone, or waits for a person with
 *   exactly the effects on its `__ledger` that the shop shows.
 * - Each effect in the books is counted by one ledger (world.ts), whatever was handed over, reset or deleted.
 * - Nothing that was acknowledged (start, signal, update, cancel, reset, deletion, batch, schedule, trigger) or reported
 *   (an event) is lost, doubled or changed.
 * - No commit of an epoch is written after the next epoch was taken; a stale engine acknowledges nothing.
 * - Every history passes history/check and the official replayer.
 */
import { DefaultLogger, Runtime } from '@temporalio/worker';
import type { FlowManifest } from '../flow/manifest';
import { temporal } from '../proto';
import { LEDGER_QUERY, NODES_QUERY, type LedgerReport, type NodesReport } from '../saga/contract';
import type { ShopKey, ShopLedgerReport } from '../examples/order-fulfilment/ledger';
import { judgeBooks, type RunClaim } from '../examples/order-fulfilment/oracle';
import { readAudit, readDeleted, runsUnderWay } from './audit';
import { Basket } from './basket';
import { Calls } from './calls';
import { Cluster } from './cluster';
import { Collection } from './collection';
import { judged, keysOfHistory } from './judged-run';
import { Order } from './order';
import type { Mixed } from './participant';
import { planCrash, type CrashOptions, type CrashPlan, type OrderPlan } from './plan';
import { Program } from './program';
import { readRuns, replayAll } from './proof';
import { publish, type Published } from './published';
import { Play, type Watcher } from './play';
import { Random } from './random';
import { Round } from './round';
import { Timetable } from './timetable';
import { GaveUp, until, within } from './waiting';
import { judgeOrder, type Evidence, type OrderVerdict } from './verdict';
import { judgeWorld } from './world';

export interface CrashReport extends CrashOptions {
  /** The number of breaks that happened. */
  broken: number;
  outcomes: Record<string, number>;
  /** All runs at the end by how they closed, children and chains included. */
  statuses: Record<string, number>;
  deleted: number;
  /** In the books of the shop. */
  effects: { booked: number; remaining: number; undone: number };
  /** How often the lease was taken, including the last check of the test itself. */
  epochs: number;
  commits: number;
  events: number;
  staleCommits: number;
  /** The number of commits that the fence refused. */
  refusedCommits: number;
  /** The number of engines to which the database said that they had been replaced. */
  fenced: number;
  /** The numbers of acknowledged changes that were found again. */
  acknowledged: Record<string, number>;
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
  #mix: Mixed[] = [];

  constructor(
    private readonly cluster: Cluster,
    private readonly plan: CrashPlan,
    private readonly watcher: Watcher
  ) {
    this.#calls = new Calls(cluster, this.#ended.signal);
  }

  async run(): Promise<Omit<CrashReport, keyof CrashOptions | 'seconds' | 'folder'>> {
    const published = await publish(this.cluster);
    const { plan } = this;
    this.#orders = plan.orders.map((each) => this.#order(each, published.types.order));
    const calls = this.#calls;
    const timetables = plan.timetables.map((each) => new Timetable(each, calls, published.types.errand));
    const others = [
      ...plan.baskets.map((each) => new Basket(each, calls, published.types.basket)),
      ...plan.collections.map((each) => new Collection(each, calls, published.types.collection)),
      ...plan.programs.map((each) => new Program(each, calls)),
      ...plan.rounds.map((each) => new Round(each, calls, published.types.waiter)),
    ];
    this.#mix = [...timetables, ...others];
    this.watcher.say(
      `${plan.orders.length} orders, ${plan.baskets.length} baskets, ${plan.collections.length} collections, ${plan.programs.length} programs, ${plan.rounds.length} batches, ${timetables.length} schedules, ${plan.breaks.length} breaks`
    );
    const inTurn = Random.of(plan.seed, 'turns').shuffle([...this.#orders, ...others]);
    const all = { inTurn, fromTheStart: timetables };
    const play = new Play(this.cluster, plan, all, this.#needsHand, calls, this.watcher);
    await play.run(published.types.order);
    this.#violations.push(...play.violations);
    this.watcher.say('asking the shop, the runs and the database');
    const verdicts = await this.#judge(published);
    this.#ended.abort();
    await this.cluster.leader.process.stop();
    const proof = await this.#prove(published);
    return { ...proof, ...verdicts, broken: play.broken, violations: this.#violations };
  }

  #order(plan: OrderPlan, workflowType: string): Order {
    const { people, shopUrl } = this.cluster;
    return new Order(plan, {
      calls: this.#calls,
      workflowType,
      asks: (workflowId, except) => people.asks(workflowId, except),
      needsHand: this.#needsHand,
      refundByHand: (order) => refundByHand(shopUrl, order),
    });
  }

  async #judge({ types, manifests }: Published): Promise<Pick<CrashReport, 'outcomes' | 'acknowledged'>> {
    const { pool, people } = this.cluster;
    await until(LATE_CALLS_MS, 'the late calls to reach the shop', async () => {
      const { rowCount } = await pool.query('SELECT 1 FROM shop.late LIMIT 1');
      return rowCount === 0;
    }).catch((error: unknown) => this.#violations.push(String(error)));
    await until(LATE_CALLS_MS, 'closed runs to owe nothing', async () => (await runsUnderWay(pool)).length === 0).catch(
      () => {} // the checks at the end name them
    );
    const outcomes: Record<string, number> = {};
    for (const order of this.#orders) {
      const verdict = await this.#judgeOne(order, manifests.get(types.order)!);
      outcomes[verdict.kind] = (outcomes[verdict.kind] ?? 0) + 1;
      for (const words of verdict.violations) this.#violations.push(`${order.name}: ${words}`);
    }
    this.#violations.push(...people.complaints, ...this.#calls.complaints);
    const all = [...this.#orders, ...this.#mix].map(({ kept }) => kept);
    const acknowledged: Record<string, number> = {};
    for (const kept of all)
      for (const [what, count] of Object.entries(kept)) acknowledged[what] = (acknowledged[what] ?? 0) + count;
    return { outcomes, acknowledged };
  }

  async #judgeOne(order: Order, manifest: FlowManifest): Promise<OrderVerdict> {
    if (!order.runId) return { kind: 'violation', violations: ['its start was never acknowledged'] };
    try {
      const shop = await readShop(this.cluster.shopUrl, order.plan.input.orderId);
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

  async #prove({ manifests, code }: Published): Promise<Proved> {
    Runtime.install({ logger: new DefaultLogger('ERROR'), telemetryOptions: { logging: { filter: 'ERROR' } } });
    const { cluster } = this;
    const { pool } = cluster;
    const runs = (await readRuns(cluster.databaseUrl)).map((run) =>
      judged(run, manifests.get(run.workflowType) ?? null)
    );
    for (const { workflowId, findings } of runs)
      for (const finding of findings) this.#violations.push(`${workflowId}: ${finding}`);
    this.watcher.say('replaying every history');
    const deleted = this.#mix.flatMap((each) => each.deleted);
    const histories = [...runs.filter(({ events }) => events.length > 0), ...deleted];
    this.#violations.push(...(await replayAll(histories, code, `${cluster.buildDir}/replay`)));
    const gone = await readDeleted(pool);
    const { stock, money, books } = await readBooks(cluster);
    this.#violations.push(
      ...gone.problems,
      ...judgeBooks({ stock, money }, books),
      ...judgeWorld(
        { runs, books },
        { runIds: gone.runIds, keys: new Set(deleted.flatMap(({ events }) => keysOfHistory(events))) }
      ),
      ...this.#mix.flatMap((each) => each.judge({ runs, books }))
    );
    const audit = await readAudit(pool);
    this.#violations.push(...audit.stale, ...audit.unnamed);
    const statuses: Record<string, number> = {};
    for (const { status } of runs) statuses[STATUS[status]!] = (statuses[STATUS[status]!] ?? 0) + 1;
    const sum = (count: (book: ShopKey) => number) => books.reduce((total, book) => total + count(book), 0);
    return {
      statuses,
      deleted: gone.runIds.size,
      effects: {
        booked: sum(({ applied }) => applied),
        remaining: sum(({ applied, undone }) => applied - undone),
        undone: sum(({ undone }) => undone),
      },
      epochs: audit.takeovers,
      commits: audit.commits,
      events: histories.reduce((total, { events }) => total + events.length, 0),
      staleCommits: audit.stale.length,
      refusedCommits: await cluster.refusals(),
      fenced: await cluster.fenced(),
      replayed: histories.length,
    };
  }
}

type Proved = Omit<
  CrashReport,
  keyof CrashOptions | 'seconds' | 'folder' | 'outcomes' | 'acknowledged' | 'broken' | 'violations'
>;

/** Of everything that the shop was ever asked for. */
async function readBooks({
  pool,
  shopUrl,
}: Cluster): Promise<Pick<ShopLedgerReport, 'stock' | 'money'> & { books: ShopKey[] }> {
  const { rows } = await pool.query<{ id: string }>('SELECT DISTINCT order_id AS id FROM shop.effect ORDER BY 1');
  const books: ShopKey[] = [];
  for (const { id } of rows) books.push(...(await readShop(shopUrl, id)).keys);
  const { stock, money } = await readShop(shopUrl, null);
  return { stock, money, books };
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
