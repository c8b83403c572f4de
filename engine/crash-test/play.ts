/**
 * Plays everything and the breaks concurrently. Breaks happen by progress: when one is due, little is started until it is
 * over, so that this break and the next one affect runs that are in progress.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { countEvents } from './audit';
import { perform } from './breaks';
import type { Calls } from './calls';
import type { Cluster } from './cluster';
import type { Participant } from './participant';
import type { CrashPlan } from './plan';
import { GaveUp } from './waiting';

export interface Watcher {
  say(line: string): void;
  progress(done: number, waiting: number, events: number, broken: number): void;
}

/**
 * How many are played at once: enough for a load, and few enough that every break affects some of them in progress.
 */
const AT_ONCE = (all: number) => Math.min(24, Math.max(8, Math.ceil(all / 4)));
/**
 * How many are started during a break. Their starts are repeated until an engine acknowledges them.
 */
const STARTED_MEANWHILE = 3;
const LOOK_MS = 25;
const NEEDS_HAND_MS = 150;
const PROGRESS_MS = 500;
/** If nothing was written for this time while something is open, it is stuck. */
const STRANDED_MS = 60_000;

export class Play {
  /** Descriptions of what went wrong. */
  readonly violations: string[] = [];
  readonly #over = new AbortController();
  readonly #waiting: Participant[];
  #finished = 0;
  #events = 0;
  #broken = 0;
  /** How many may still be started while the next break is due or in progress. */
  #mayStart = Infinity;

  constructor(
    private readonly cluster: Cluster,
    private readonly plan: CrashPlan,
    /** Played in this order, and from the beginning, because it takes its time. */
    private readonly all: { inTurn: readonly Participant[]; fromTheStart: readonly Participant[] },
    /** The runs that need an operator; updated here. */
    private readonly needsHand: Set<string>,
    private readonly calls: Calls,
    private readonly watcher: Watcher
  ) {
    this.#waiting = [...all.inTurn];
  }

  /** Resolves when all is over, or waits, and all breaks have happened, or when this is no longer possible. */
  async run(workflowType: string): Promise<void> {
    const { inTurn, fromTheStart } = this.all;
    const players = Array.from({ length: AT_ONCE(inTurn.length) }, () => this.#player());
    const slow = fromTheStart.map((each) => this.#play(each));
    const all = Promise.all([...slow, ...players, this.#break(workflowType)]);
    const hands = this.#watchForHands();
    try {
      await Promise.race([all, this.#watch(), hands]);
    } catch (error) {
      // The checks at the end explain more than the place of this error.
      this.violations.push(error instanceof GaveUp ? error.message : String(error));
    } finally {
      this.#over.abort();
    }
  }

  /** The number of breaks that happened. */
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
    const next = this.#waiting.shift();
    if (!next) return;
    this.#mayStart--;
    await this.#play(next);
  }

  async #play(participant: Participant): Promise<void> {
    await participant.play().catch((error: unknown) => {
      if (!this.#over.signal.aborted) this.violations.push(`${participant.name} broke off: ${String(error)}`);
    });
    this.#finished++;
  }

  get #participants(): Participant[] {
    return [...this.all.fromTheStart, ...this.all.inTurn];
  }

  /** Performs each break when the runs have made enough progress. */
  async #break(workflowType: string): Promise<void> {
    let earliest = 0;
    for (const next of this.plan.breaks) {
      this.#mayStart = Infinity;
      // If nothing is left to be started, breaks may follow each other closely.
      while (this.#events < next.afterEvents || (this.#events < earliest && this.#waiting.length > 0)) {
        if (this.#over.signal.aborted) return;
        if (this.#finished === this.#participants.length) {
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

  /**
   * Watches which runs need an operator, as the runs list shows it. Rejects if they cannot be listed; never resolves.
   */
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

  /** Counts events and reports progress. Rejects if there is no more progress; never resolves. */
  async #watch(): Promise<never> {
    let movedAt = Date.now();
    let toldAt = 0;
    while (!this.#over.signal.aborted) {
      const events = await countEvents(this.cluster.pool).catch(() => 0);
      if (events > this.#events) {
        movedAt = Date.now();
        this.#events = events;
      }
      if (Date.now() - toldAt > PROGRESS_MS) {
        toldAt = Date.now();
        const waiting = this.#participants.filter(({ waits }) => waits).length;
        this.watcher.progress(this.#finished, waiting, this.#events, this.#broken);
      }
      const gone = this.cluster.endedByItself();
      if (gone) throw new GaveUp(`${gone} ended by itself`);
      if (Date.now() - movedAt > STRANDED_MS) throw new GaveUp(`nothing moves any more: ${this.#underWay()}`);
      await delay(LOOK_MS);
    }
    return new Promise(() => {});
  }

  #underWay(): string {
    const stuck = this.#participants.filter((each) => each.stuck !== null && !this.#waiting.includes(each));
    return stuck.map((each) => `${each.name} ${each.stuck}`).join(', ') || 'nothing is left';
  }
}
