/**
 * Hints for one reader. While the reader is slow, hints of the same run and kind are merged into the newest one. So
 * the memory is limited by the number of runs that change, and a hint is never outdated when it arrives.
 */
import type { HintMessage } from './messages';

/** The part of a writable stream that is used here. */
export interface HintSink {
  /** False: wait for 'drain' before the next write. */
  write(hint: HintMessage): boolean;
  once(event: 'drain', listener: () => void): unknown;
}

export class HintStream {
  #waiting: Map<string, HintMessage> | null = null;

  constructor(private readonly sink: HintSink) {}

  push(hint: HintMessage): void {
    if (this.#waiting) {
      const key = `${hint.namespace}\0${hint.workflowId}\0${hint.runId}\0${hint.kind}`;
      // Removed first, so that the order is that of the newest hints.
      this.#waiting.delete(key);
      this.#waiting.set(key, hint);
    } else if (!this.sink.write(hint)) this.#wait();
  }

  #wait(): void {
    this.#waiting = new Map();
    this.sink.once('drain', () => {
      const waiting = this.#waiting ?? new Map<string, HintMessage>();
      this.#waiting = null;
      for (const hint of waiting.values()) this.push(hint);
    });
  }
}
