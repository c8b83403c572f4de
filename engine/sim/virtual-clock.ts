/** Virtual time for tests: it moves only when the test advances it, and then fires due timers in order. */
import type { Clock } from '../clock';

export class VirtualClock implements Clock {
  #now: number;
  #pending = new Set<{ atMs: number; call: () => void }>();

  constructor(startMs = 1_700_000_000_000) {
    this.#now = startMs;
  }
  now(): number {
    return this.#now;
  }
  at(atMs: number, call: () => void): () => void {
    const entry = { atMs, call };
    this.#pending.add(entry);
    return () => this.#pending.delete(entry);
  }
  elapsedMs(): number {
    return this.#now;
  }
  after(ms: number, call: () => void): () => void {
    return this.at(this.#now + ms, call);
  }
  /** When the next call is due, null for none. */
  next(): number | null {
    let next: number | null = null;
    for (const { atMs } of this.#pending) if (next === null || atMs < next) next = atMs;
    return next;
  }
  /** Move on by this much; calls in between happen at their own moment, and asynchronous work settles after each. */
  async advance(ms: number): Promise<void> {
    const until = this.#now + ms;
    for (;;) {
      await settle();
      const due = [...this.#pending].filter((entry) => entry.atMs <= until).sort((a, b) => a.atMs - b.atMs)[0];
      if (!due) break;
      this.#pending.delete(due);
      this.#now = Math.max(this.#now, due.atMs);
      due.call();
    }
    this.#now = until;
    await settle();
  }
}

/** A few turns of the event loop: commits in memory and scripted workers answer within them. */
export async function settle(turns = 20): Promise<void> {
  for (let turn = 0; turn < turns; turn++) await new Promise<void>((resolve) => setImmediate(resolve));
}
