/** Virtual time for tests: it moves only when the test advances it, and then runs due timers in order. */
import type { MachineClock } from '../clock';

export class VirtualClock implements MachineClock {
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
  sinceBoot(): null {
    return null;
  }
  reading(): null {
    return null;
  }
  resume(): void {}
  onFollow(): void {}
  /** The time of the next call; null for none. */
  next(): number | null {
    let next: number | null = null;
    for (const { atMs } of this.#pending) if (next === null || atMs < next) next = atMs;
    return next;
  }
  /**
   * Advances the time by this much. Timers in between run at their own time, and asynchronous work settles after each
   * of them.
   */
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

/** Runs a few turns of the event loop, within which commits in memory and scripted workers answer. */
export async function settle(turns = 20): Promise<void> {
  for (let turn = 0; turn < turns; turn++) await new Promise<void>((resolve) => setImmediate(resolve));
}
