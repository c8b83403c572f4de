/**
 * The orders and the breaks, side by side. Breaks come by progress: when one is due, hardly an order is started until it is over, so
 * that what is broken meets orders in the middle and the next break does too.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { perform } from './breaks';
import type { Calls } from './calls';
import type { Cluster } from './cluster';
import type { Order } from './order';
import type { CrashPlan } from './plan';
import { GaveUp } from './waiting';

export interface Watcher {
  say(line: string): void;
  progress(done: number, waiting: number, events: number, broken: number): void;
}

/** Orders under way at a time: enough to be many, few enough that every break meets some in the middle. */
const AT_ONCE = (orders: number) => Math.min(24, Math.max(8, Math.ceil(orders / 4)));
/** Orders that are started while something is broken: their starts are repeated until somebody acknowledges them. */
const STARTED_MEANWHILE = 3;
const LOOK_MS = 25;
const NEEDS_HAND_MS = 150;
const PROGRESS_MS = 500;
/** Nothing written for so long while orders are under way: something is stranded. */
const STRANDED_MS = 60_000;

export class Play {
  /** What went wrong, in words. */
  readonly violations: string[] = [];
  readonly #over = new AbortController();
  readonly #waiting: Order[];
  #finished = 0;
  #events = 0;
  #broken = 0;
  /** The next break is due or under way: how many orders may still be started. */
  #mayStart = Infinity;

  constructor(
    private readonly cluster: Cluster,
    private readonly plan: CrashPlan,
    private readonly orders: readonly Order[],
    /** Runs that need an operator, kept up to date here. */
    private readonly needsHand: Set<string>,
    private readonly calls: Calls,
    private readonly watcher: Watcher
  ) {
    this.#waiting = [...orders];
  }

  /** Resolves when every order has closed or waits, and everything was broken; or when that cannot be any more. */
  async run(workflowType: string): Promise<void> {
    const players = Array.from({ length: AT_ONCE(this.orders.length) }, () => this.#player());
    const all = Promise.all([...players, this.#break(workflowType)]);
    const hands = this.#watchForHands();
    try {
      await Promise.race([all, this.#watch(), hands]);
    } catch (error) {
      // What is seen at the end says more than where it broke off.
      this.violations.push(error instanceof GaveUp ? error.message : String(error));
    } finally {
      this.#over.abort();
    }
  }

  /** How many breaks came. */
  get broken(): number {
    return this.#broken;
  }

  async #player(): Promise<void> {
    while (this.#waiting.length > 0 && !this.#over.signal.aborted) {
      if (this.#mayStart > 0) await this.#playNext();
      else await delay(LOOK_MS);
    }
  }

  async #playNext(): Promise<void> {
    const order = this.#waiting.shift();
    if (!order) return;
    this.#mayStart--;
    await order.play().catch((error: unknown) => {
      if (!this.#over.signal.aborted) this.violations.push(`${order.plan.workflowId} broke off: ${String(error)}`);
    });
    this.#finished++;
  }

  /** Each break when the runs have come so far. */
  async #break(workflowType: string): Promise<void> {
    let earliest = 0;
    for (const next of this.plan.breaks) {
      this.#mayStart = Infinity;
      // When no order is left to be started, breaks may come close together.
      while (this.#events < next.afterEvents || (this.#events < earliest && this.#waiting.length > 0)) {
        if (this.#over.signal.aborted) return;
        if (this.#finished === this.orders.length) {
          this.violations.push(`${next.kind} was to come after ${next.afterEvents} events; there were ${this.#events}`);
          return;
        }
        await delay(LOOK_MS);
      }
      this.#mayStart = STARTED_MEANWHILE;
      this.watcher.say(`${next.kind} after ${this.#events} events`);
      this.violations.push(...(await perform(this.cluster, next, this.calls, workflowType)));
      this.#broken++;
      earliest = this.#events + this.plan.apart;
    }
    this.#mayStart = Infinity;
  }

  /** Which runs need an operator, as the runs list shows it. Rejects when they cannot be listed; never resolves. */
  async #watchForHands(): Promise<never> {
    const query = `SagaPhase = 'needs-hand' AND ExecutionStatus = 'Running'`;
    while (!this.#over.signal.aborted) {
      const { executions } = await this.calls.persist((client) =>
        client.workflowService.listWorkflowExecutions({ namespace: 'default', query, pageSize: 1_000 })
      );
      this.needsHand.clear();
      for (const { execution } of executions) this.needsHand.add(execution?.workflowId ?? '');
      await delay(NEEDS_HAND_MS);
    }
    return new Promise(() => {});
  }

  /** Counts events and tells progress. Rejects when nothing moves any more; never resolves. */
  async #watch(): Promise<never> {
    let movedAt = Date.now();
    let toldAt = 0;
    while (!this.#over.signal.aborted) {
      const events = await this.#countEvents().catch(() => 0);
      if (events > this.#events) {
        movedAt = Date.now();
        this.#events = events;
      }
      if (Date.now() - toldAt > PROGRESS_MS) {
        toldAt = Date.now();
        const waiting = this.orders.filter((order) => order.waits).length;
        this.watcher.progress(this.#finished, waiting, this.#events, this.#broken);
      }
      const gone = this.cluster.endedByItself();
      if (gone) throw new GaveUp(`${gone} ended by itself`);
      if (Date.now() - movedAt > STRANDED_MS) throw new GaveUp(`nothing moves any more: ${this.#underWay()}`);
      await delay(LOOK_MS);
    }
    return new Promise(() => {});
  }

  async #countEvents(): Promise<number> {
    const { rows } = await this.cluster.pool.query<{ events: number }>(
      'SELECT coalesce(sum(next_event_id - 1), 0)::int AS events FROM engine.execution'
    );
    return rows[0]?.events ?? 0;
  }

  #underWay(): string {
    const stuck = this.orders.filter((order) => order.runId && !order.closed && !order.waits);
    return (
      stuck.map(({ plan, told }) => `${plan.workflowId} after event ${told.length}`).join(', ') || 'no order is left'
    );
  }
}
