/**
 * Hints after commits: which run changed. They may be lost; a receiver reads the run itself (design D10).
 *
 * The first hint of a run is sent at once; later hints within a window become one at its end, so that a run of a
 * thousand quick steps does not cause a thousand reads. A close is sent at once, and it is the last hint of its run.
 */
import type { Clock } from '../clock';

export interface Hint {
  namespace: string;
  workflowId: string;
  runId: string;
  kind: 'changed' | 'closed';
  /** Rises with every hint of this process. */
  sequence: number;
}

/** Short enough that a person does not notice the delay. */
export const WINDOW_MS = 50;

export class HintStream {
  readonly #listeners = new Set<(hint: Hint) => void>();
  /** Runs that had a hint in this window, and what has happened to them since. */
  #window: Map<string, Omit<Hint, 'sequence'> | null> | null = null;
  #sequence = 0;

  constructor(private readonly clock: Pick<Clock, 'after'>) {}

  emit(hint: Omit<Hint, 'sequence'>): void {
    if (this.#listeners.size === 0) return;
    const window = (this.#window ??= this.#open());
    const told = window.has(hint.runId);
    const waits = told && hint.kind === 'changed';
    window.set(hint.runId, waits ? hint : null);
    if (!waits) this.#send(hint);
  }

  #open(): Map<string, Omit<Hint, 'sequence'> | null> {
    this.clock.after(WINDOW_MS, () => {
      const waiting = this.#window ?? new Map<string, null>();
      this.#window = null;
      for (const hint of waiting.values()) if (hint) this.emit(hint);
    });
    return new Map();
  }

  #send(hint: Omit<Hint, 'sequence'>): void {
    const numbered = { ...hint, sequence: ++this.#sequence };
    for (const listener of this.#listeners) listener(numbered);
  }

  /** Returns how to stop. */
  listen(listener: (hint: Hint) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
