/**
 * The runs whose open tasks were read lately, by anybody. The page of a task shows the pause of its run and the
 * consequences of each answer, so it is stale when the run has changed, whoever changed it.
 */
import { LRUCache } from 'lru-cache';

/** A page that was opened before this many others is no longer current without a reload. */
const MOST = 1_000;

export class ReadTasks {
  readonly #runs = new LRUCache<string, true>({ max: MOST });

  read(runId: string): void {
    this.#runs.set(runId, true);
  }

  /** True if the page of one of its tasks may be open. */
  concerns(runId: string): boolean {
    return this.#runs.has(runId);
  }
}
