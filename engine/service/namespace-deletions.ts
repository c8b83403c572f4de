/**
 * Deletes what is in namespaces that were asked to be deleted, then the namespaces.
 *
 * - [NSD1] From the answer on nobody finds the namespace: every request for it is refused as for one that never was, and
 *   nothing starts in it any more.
 * - [NSD2] Its schedules and batches end. Its open runs are terminated, and every run is deleted, as by a request
 *   (deletions.ts): once its parent and all others have heard from it.
 * - [NSD3] A deletion that was answered is finished after a crash or a takeover.
 * - [NSD4] The record goes last, and not before the delay that was asked for. Then the name can be registered again, for
 *   a namespace that has nothing of the one before.
 * - [NSD5] The namespaces in which flows of this installation run cannot be deleted.
 */
import type { Logger } from 'pino';
import type { Clock } from '../clock';
import * as history from '../history';
import type { LeasedStore, ListQuery, NamespaceRecord, StoredRun } from '../store/port';
import type { Batches } from './batches';
import type { Run } from './run';
import type { Schedules } from './schedules';

export interface NamespaceDeletionsHost extends Clock {
  readonly holdsLease: boolean;
  readonly isStopping: boolean;
  /** Throws UNAVAILABLE while the lease is not ours. */
  readonly store: LeasedStore;
  load(stored: StoredRun): Promise<Run>;
  decide(run: Run, decision: (state: history.RunState) => history.Transition): Promise<void>;
}

export interface NamespaceDeletionsOptions {
  namespaces: Map<string, NamespaceRecord>;
  schedules: Pick<Schedules, 'all' | 'remove'>;
  batches: Pick<Batches, 'drop'>;
  log?: Logger;
}

const BATCH = 50;
const BETWEEN_BATCHES_MS = 200;
/** Runs that were asked for are removed meanwhile. */
const BETWEEN_SWEEPS_MS = 1_000;
const AFTER_FAILURE_MS = 10_000;
const LONGEST_WAIT_MS = 60_000;

export class NamespaceDeletions {
  #cancel: (() => void) | null = null;
  #isAtWork = false;

  constructor(
    private readonly engine: NamespaceDeletionsHost,
    private readonly options: NamespaceDeletionsOptions
  ) {}

  /** A namespace is to be deleted, or the lease was taken. */
  wake(): void {
    this.#later(0);
  }
  stop(): void {
    this.#cancel?.();
    this.#cancel = null;
  }

  #later(ms: number): void {
    this.stop();
    if (this.#next() === undefined) return;
    this.#cancel = this.engine.after(ms, () => {
      this.#cancel = null;
      if (this.#isAtWork || !this.engine.holdsLease || this.engine.isStopping) return;
      this.#isAtWork = true;
      this.#sweep()
        .catch((error: unknown) => {
          this.options.log?.warn({ err: error }, 'a namespace cannot be deleted yet');
          return AFTER_FAILURE_MS;
        })
        .then((pauseMs) => {
          this.#isAtWork = false;
          if (this.engine.holdsLease) this.#later(pauseMs);
        })
        .catch(() => {});
    });
  }

  #next(): NamespaceRecord | undefined {
    return [...this.options.namespaces.values()].find(({ removeAt }) => removeAt !== null);
  }

  /** Returns when to look again. */
  async #sweep(): Promise<number> {
    const { store } = this.engine;
    let pauseMs = BETWEEN_SWEEPS_MS;
    for (const { name, removeAt } of [...this.options.namespaces.values()]) {
      if (removeAt === null) continue;
      const isEmpty = await this.#empty(name, store);
      if (!this.#isOurs(store)) return 0;
      const waitMs = removeAt - this.engine.now();
      if (isEmpty && waitMs > 0) pauseMs = Math.min(waitMs, LONGEST_WAIT_MS);
      if (!isEmpty || waitMs > 0) continue;
      await store.deleteNamespace(name);
      if (!this.#isOurs(store)) return 0;
      this.options.namespaces.delete(name);
      this.options.log?.info({ namespace: name }, 'a namespace was deleted');
    }
    return pauseMs;
  }

  /** [NSD2] True if nothing is left. */
  async #empty(namespace: string, store: LeasedStore): Promise<boolean> {
    const { schedules, batches } = this.options;
    batches.drop(namespace);
    for (const { address } of await schedules.all(namespace)) await schedules.remove(address);
    let after: ListQuery['after'] = null;
    for (;;) {
      const page = await store.list({ namespace, filter: null, limit: BATCH, after });
      if (!this.#isOurs(store)) return false;
      // They share commits.
      await Promise.all(page.map(({ runKey }) => this.#remove(store, runKey)));
      const last = page.at(-1);
      if (!last) return after === null;
      after = { startTime: last.startTime, runKey: last.runKey };
      await new Promise<void>((resolve) => this.engine.after(BETWEEN_BATCHES_MS, resolve));
    }
  }

  async #remove(store: LeasedStore, runKey: number): Promise<void> {
    const stored = await store.readRun(runKey);
    const run = stored && (await this.engine.load(stored));
    if (!run || run.state.toBeDeleted) return;
    await this.engine.decide(run, (state) => history.requestDeletion(state, run.now()));
  }

  #isOurs(store: LeasedStore): boolean {
    return this.engine.holdsLease && this.engine.store === store && !this.engine.isStopping;
  }
}
