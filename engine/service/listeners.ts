/** Who waits for what, by key; a key without listeners costs nothing. */
export class Listeners<Key, Value> {
  readonly #byKey = new Map<Key, Set<(value: Value) => void>>();

  /** Returns how to stop. */
  on(key: Key, listener: (value: Value) => void): () => void {
    const listeners = this.#byKey.get(key) ?? new Set();
    listeners.add(listener);
    this.#byKey.set(key, listeners);
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0 && this.#byKey.get(key) === listeners) this.#byKey.delete(key);
    };
  }

  notify(key: Key, value: Value): void {
    const listeners = this.#byKey.get(key);
    if (listeners) for (const listener of [...listeners]) listener(value);
  }

  notifyAll(this: Listeners<Key, void>): void {
    for (const key of [...this.#byKey.keys()]) this.notify(key, undefined);
  }
}
