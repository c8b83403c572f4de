/**
 * Hints after commits: which run changed. Lossy by design; who gets one looks for itself (design D10).
 *
 * The first hint of a run goes out at once; what follows within a window becomes one, at the window's end, so that a run of a thousand
 * quick steps does not make every reader look a thousand times. A close is told at once, and nothing of that run after it.
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

/** Shorter than what a person sees as late. */
export const WINDOW_MS = 50;

export class HintStream {
  readonly #listeners = new Set<(hint: Hint) => void>();
  /** Runs that were told of in this window, and what has happened to them since. */
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
