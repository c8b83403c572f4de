/**
 * The writer's lease: taken at the start, and taken back by itself whenever it is lost.
 *
 * Invariants: one attempt to take it is under way at a time, or two of them would take it from each other for ever. A lease is told as
 * lost once, whoever notices first: its connection, a fenced commit, or the first look into the store.
 */
import type { Logger } from 'pino';
import type { LeasedStore, Store } from '../store/port';
import { RETRY_MS, type Clock } from './clock';
import { Listeners } from './listeners';

export interface LeaseOptions {
  store: Store;
  /** Names this process in the lease. */
  holder: string;
  clock: Clock;
  log?: Logger;
}

/** What begins and ends with a lease. */
export interface LeaseHost {
  /** It is ours: from here on `held` is it. A failure gives it up again. */
  begin(lease: LeasedStore, maxRunKey: number): Promise<void>;
  /** It is gone: nothing that rests on it may be acknowledged any more. */
  end(): void;
}

export class LeaseKeeper {
  #held: LeasedStore | null = null;
  #retrying = false;
  #stopped = false;
  readonly #changes = new Listeners<'lease', void>();
  #tellLost: (error: Error) => void = () => {};
  /** Resolves when the lease is lost for the first time. */
  readonly lost = new Promise<Error>((resolve) => (this.#tellLost = resolve));

  constructor(
    private readonly options: LeaseOptions,
    private readonly host: LeaseHost
  ) {}

  get held(): LeasedStore | null {
    return this.#held;
  }

  /** After `held` changed. Returns how to stop. */
  onChange(listener: () => void): () => void {
    return this.#changes.on('lease', listener);
  }

  /** Throws when it cannot be had: at the start somebody is there to be told. */
  async take(): Promise<void> {
    const { store, holder, log } = this.options;
    const lease = await store.acquire(holder);
    if (this.#stopped) return lease.release();
    let maxRunKey: number;
    try {
      maxRunKey = await lease.maxRunKey();
    } catch (error) {
      // Kept, it would stand in the way of our own next attempt.
      await lease.release();
      throw error;
    }
    if (this.#stopped) return lease.release();
    this.#held = lease;
    void lease.lost.then((error) => this.lose(lease, error));
    log?.info({ epoch: lease.epoch }, 'the lease is ours');
    const began = this.host.begin(lease, maxRunKey);
    this.#changes.notifyAll();
    try {
      await began;
    } catch (error) {
      this.lose(lease, error as Error);
      throw error;
    }
  }

  /** Nothing when it is not the one that is held. */
  lose(lease: LeasedStore, error: Error): void {
    if (this.#held !== lease || this.#stopped) return;
    this.options.log?.warn(
      { err: error },
      'the lease is lost or unproven: nothing is acknowledged until it is ours again'
    );
    this.#held = null;
    this.host.end();
    void lease.release().catch(() => {});
    this.#tellLost(error);
    this.#changes.notifyAll();
    this.#takeLater();
  }

  #takeLater(): void {
    if (this.#retrying) return;
    this.#retrying = true;
    const { clock, log } = this.options;
    clock.at(clock.now() + RETRY_MS, () => {
      if (this.#stopped) return;
      this.take()
        .catch((error: unknown) => log?.warn({ err: error }, 'the lease cannot be had yet'))
        .finally(() => {
          this.#retrying = false;
          if (!this.#held && !this.#stopped) this.#takeLater();
        });
    });
  }

  /** Give it up for good. `drained`: what is under way may still end. */
  async stop(drained: () => Promise<void> | undefined): Promise<void> {
    if (this.#stopped) return;
    this.#stopped = true;
    await drained();
    const lease = this.#held;
    this.#held = null;
    this.host.end();
    this.#changes.notifyAll();
    await lease?.release();
  }
}
