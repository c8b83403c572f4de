/**
 * How many tasks a second came to a task queue, and how many a worker got, in the last half minute. For DescribeTaskQueue.
 *
 * Rules
 * [QRT1] As on a Temporal server (service/matching/task_tracker.go): tasks are counted in parts of five seconds; a rate is
 *        that of the part which is running and of the six before it, or since the first task of the queue.
 * [QRT2] Each attempt is a task. One that a worker gets at once came and went.
 * [QRT3] In memory, for the queues that had tasks last: at most MOST_QUEUES. A new engine begins anew.
 */
import { LRUCache } from 'lru-cache';

const PART_MS = 5_000;
const WINDOW_MS = 30_000;
const PARTS = WINDOW_MS / PART_MS + 1;
const MOST_QUEUES = 2_000;

export interface Rates {
  /** Tasks a second. */
  added: number;
  dispatched: number;
}

/** Counts what happens. */
class Counter {
  readonly #parts = Array<number>(PARTS).fill(0);
  #at = 0;
  #partStartMs: number;

  constructor(private readonly startMs: number) {
    this.#partStartMs = startMs;
  }

  add(now: number): void {
    this.#advance(now);
    this.#parts[this.#at]!++;
  }

  perSecond(now: number): number {
    this.#advance(now);
    const ms = Math.min(now - this.#partStartMs + WINDOW_MS, now - this.startMs);
    return ms <= 0 ? 0 : (this.#parts.reduce((sum, count) => sum + count, 0) * 1_000) / ms;
  }

  #advance(now: number): void {
    const passed = Math.max(0, Math.floor((now - this.#partStartMs) / PART_MS));
    for (let part = 0; part < Math.min(passed, PARTS); part++) {
      this.#at = (this.#at + 1) % PARTS;
      this.#parts[this.#at] = 0;
    }
    this.#partStartMs += passed * PART_MS;
  }
}

export type TaskKind = 'workflow' | 'activity';

export class QueueRates {
  readonly #counters = new LRUCache<string, { added: Counter; dispatched: Counter }>({ max: MOST_QUEUES });

  /** It came, a worker got it, or both at once. */
  count(happened: readonly (keyof Rates)[], kind: TaskKind, namespace: string, queue: string, now: number): void {
    const key = keyOf(kind, namespace, queue);
    let counters = this.#counters.get(key);
    if (!counters) {
      // Both begin together, or their times would not be the same.
      counters = { added: new Counter(now), dispatched: new Counter(now) };
      this.#counters.set(key, counters);
    }
    for (const each of happened) counters[each].add(now);
  }

  of(kind: TaskKind, namespace: string, queue: string, now: number): Rates {
    const counters = this.#counters.get(keyOf(kind, namespace, queue));
    return { added: counters?.added.perSecond(now) ?? 0, dispatched: counters?.dispatched.perSecond(now) ?? 0 };
  }
}

const keyOf = (kind: TaskKind, namespace: string, queue: string) => `${kind}/${namespace}/${queue}`;
