/**
 * Time that never goes back. It is that of the wall clock; after the clock was set back, it goes on with the time that
 * passes until the clock has caught up. So a wait of 5 s takes 5 s, also when it began while the clock was wrong.
 */
import type { Clock } from '../clock';

export class OwnTime {
  #last: { atMs: number; elapsedMs: number };

  /** It is `fromMs` or later. */
  constructor(
    private readonly clock: Pick<Clock, 'now' | 'elapsedMs'>,
    fromMs = 0
  ) {
    this.#last = { atMs: Math.max(clock.now(), fromMs), elapsedMs: clock.elapsedMs() };
  }

  now(): number {
    const elapsedMs = this.clock.elapsedMs();
    const carriedMs = this.#last.atMs + (elapsedMs - this.#last.elapsedMs);
    const atMs = Math.max(this.clock.now(), Math.floor(carriedMs));
    if (atMs >= this.#last.atMs + 1) this.#last = { atMs, elapsedMs };
    return Math.floor(this.#last.atMs);
  }

  /** An instant of this time by the wall clock as it is now. */
  wallOf(atMs: number): number {
    return atMs - (this.now() - this.clock.now());
  }
}
