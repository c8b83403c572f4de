/**
 * A read that runs a short time after it was requested, and never twice at the same time, so that an old answer
 * cannot overtake a newer one. If it is requested while it runs, it runs once more afterwards.
 */
export class Look {
  #timer: NodeJS.Timeout | null = null;
  #busy = false;
  #again = false;
  #stopped = false;

  /** `ask` must not reject. */
  constructor(
    private readonly afterMs: number,
    private readonly ask: () => Promise<void>
  ) {}

  soon(): void {
    if (this.#stopped) return;
    if (this.#busy) this.#again = true;
    else this.#timer ??= setTimeout(() => void this.now(), this.afterMs);
  }

  /** Without the delay. Does nothing while the read runs. */
  async now(): Promise<void> {
    if (this.#stopped || this.#busy) return;
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    this.#busy = true;
    try {
      await this.ask();
    } finally {
      this.#busy = false;
      if (this.#again) {
        this.#again = false;
        this.soon();
      }
    }
  }

  stop(): void {
    this.#stopped = true;
    if (this.#timer) clearTimeout(this.#timer);
  }
}
