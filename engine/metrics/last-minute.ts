/**
 * How often something happened in the last minute.
 *
 * [MTR5] In steps of ten seconds: what happened between 50 and 60 seconds ago may be left out.
 */
const STEP_MS = 10_000;
const STEPS = 6;

export class LastMinute {
  readonly #counts = new Array<number>(STEPS).fill(0);
  #step = 0;

  constructor(private readonly elapsedMs: () => number = () => performance.now()) {}

  add(): void {
    this.#advance();
    this.#counts[this.#step % STEPS]! += 1;
  }

  get count(): number {
    this.#advance();
    return this.#counts.reduce((sum, each) => sum + each, 0);
  }

  #advance(): void {
    const step = Math.floor(this.elapsedMs() / STEP_MS);
    for (let next = Math.max(this.#step + 1, step - STEPS + 1); next <= step; next++) this.#counts[next % STEPS] = 0;
    this.#step = step;
  }
}
