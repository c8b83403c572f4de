/**
 * A value that is expensive to read, for scrapes: it is read at most once in `restMs`, and it rests RESTS times as long as
 * reading it took. So reading takes at most a twentieth of the time, however often somebody scrapes and however many runs
 * there are, and nothing at all if nobody does.
 */
const RESTS = 20;
/** A scrape waits this long for the first value; later ones get the last value at once. */
const FIRST_MS = 2_000;

export interface Sampled<T> {
  value: T;
  /** Milliseconds since the epoch, when it was read. */
  atMs: number;
}

export class Sample<T> {
  #last: Sampled<T> | null = null;
  #reading: Promise<void> | null = null;
  #restsUntilMs = -Infinity;

  constructor(
    private readonly read: () => T | Promise<T>,
    private readonly options: { restMs: number; elapsedMs?: () => number; now?: () => number }
  ) {}

  /** The last value, while a newer one may be read in the background; null before the first. Never rejects. */
  async get(): Promise<Sampled<T> | null> {
    this.#reading ??= this.#begin();
    if (!this.#last && this.#reading) await within(this.#reading, FIRST_MS);
    return this.#last;
  }

  #begin(): Promise<void> | null {
    const { restMs, elapsedMs = () => performance.now(), now = Date.now } = this.options;
    const fromMs = elapsedMs();
    if (fromMs < this.#restsUntilMs) return null;
    const read = async () => {
      try {
        const value = await this.read();
        this.#last = { value, atMs: now() };
      } catch {
        // What cannot be read now keeps its last value, whose time is told too.
      } finally {
        const endMs = elapsedMs();
        this.#restsUntilMs = endMs + Math.max(restMs, RESTS * (endMs - fromMs));
        this.#reading = null;
      }
    };
    return read();
  }
}

function within(work: Promise<void>, ms: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    void work.finally(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}
