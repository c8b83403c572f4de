/**
 * Tells every browser which lists are stale. Reports are collected for a short time, so that a thousand commits a
 * second become a few messages.
 */
import type { Topic } from '@/app/_contract/live';

const GATHER_MS = 300;
export type Reach = 'everywhere' | 'here';

export class Invalidations {
  readonly #waiting: Record<Reach, Set<Topic>> = { everywhere: new Set(), here: new Set() };
  #timer: NodeJS.Timeout | null = null;

  /** `send` reaches the browsers of all web processes, or of this one. */
  constructor(private readonly send: (topics: Topic[], reach: Reach) => void) {}

  /** An operation of this process changed something that other processes cannot see. */
  announce(topics: Topic[]): void {
    this.#gather(topics, 'everywhere');
  }
  /** A hint that every process receives by itself. */
  heard(topics: Topic[]): void {
    this.#gather(topics, 'here');
  }

  #gather(topics: Topic[], reach: Reach): void {
    for (const topic of topics) this.#waiting[reach].add(topic);
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      for (const each of ['everywhere', 'here'] as const) {
        const gathered = [...this.#waiting[each]];
        this.#waiting[each].clear();
        if (gathered.length > 0) this.send(gathered, each);
      }
    }, GATHER_MS);
  }

  close(): void {
    if (this.#timer) clearTimeout(this.#timer);
  }
}
