/**
 * The writer's lease: acquired at the start, and acquired again automatically whenever it is lost.
 *
 * Invariants: only one attempt to acquire it runs at a time, because two of them would take it from each other for
 * ever. The loss of a lease is reported once, whatever notices it first: its connection, a fenced commit, or the
 * first read of the store.
 */
import type { Logger } from 'pino';
import type { Clock } from '../clock';
import { FencedError, type LeasedStore, type Store } from '../store/port';

import { unavailable } from './errors';
import { Listeners } from './listeners';
import { RETRY_MS } from './retry';

/** An answer from memory may rely on a proof that is at most this old. */
const PROOF_MS = 1_000;

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
  /** When the last proof was asked for, by the clock that is never set. */
  #provenAtMs = -Infinity;
  #proving: Promise<void> | null = null;
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

  /** What was asked of the database at `atMs` has proved it. */
  proved(lease: LeasedStore, atMs: number): void {
    if (this.#held === lease) this.#provenAtMs = Math.max(this.#provenAtMs, atMs);
  }

  /**
   * For answers from memory: an engine that was frozen, or whose connections hang, may have been replaced without
   * noticing it. Resolves if the lease was proved recently, or at any time after `sinceMs` of `Clock.elapsedMs`; it
   * queries the database only if nothing was committed for that long.
   */
  async prove(sinceMs: number): Promise<void> {
    const lease = this.#held;
    if (!lease) throw unavailable();
    const ageMs = this.options.clock.elapsedMs() - this.#provenAtMs;
    if (this.#provenAtMs >= sinceMs || ageMs < PROOF_MS) return;
    this.#proving ??= this.#ask(lease).finally(() => (this.#proving = null));
    await this.#proving;
    if (this.#held !== lease) throw unavailable();
  }

  async #ask(lease: LeasedStore): Promise<void> {
    const atMs = this.options.clock.elapsedMs();
    try {
      await lease.prove();
    } catch (error) {
      if (error instanceof FencedError) this.lose(lease, error);
      throw error;
    }
    this.proved(lease, atMs);
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
      // If it were kept, it would block our own next attempt.
      await lease.release();
      throw error;
    }
    if (this.#stopped) return lease.release();
    this.#held = lease;
    this.#provenAtMs = -Infinity;
    this.#proving = null;
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
    clock.after(RETRY_MS, () => {
      if (this.#stopped) return;
      this.take()
        .catch((error: unknown) => log?.warn({ err: error }, 'the lease cannot be acquired yet'))
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
