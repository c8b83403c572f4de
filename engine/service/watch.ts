/** Hints after commits: which run changed. Lossy by design; who gets one looks for itself (design D10). */
export interface Hint {
  namespace: string;
  workflowId: string;
  runId: string;
  kind: 'changed' | 'closed';
  /** Rises with every hint of this process. */
  sequence: number;
}

export class HintStream {
  readonly #listeners = new Set<(hint: Hint) => void>();
  #sequence = 0;

  emit(hint: Omit<Hint, 'sequence'>): void {
    if (this.#listeners.size === 0) return;
    const numbered = { ...hint, sequence: ++this.#sequence };
    for (const listener of this.#listeners) listener(numbered);
  }

  /** Returns how to stop. */
  listen(listener: (hint: Hint) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
