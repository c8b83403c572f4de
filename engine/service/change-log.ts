/**
 * Removes old rows of the log of changes, in small batches with pauses, so that the log is bounded whether anybody reads it
 * or not.
 *
 * [RCH3] A change is kept for a week, or for BACKSTITCH_EVENT_DAYS.
 */
import type { Logger } from 'pino';
import type { Clock } from '../clock';
import type { LeasedStore } from '../store/port';
import { DAY_MS } from './retention';

export interface ChangeLogHost extends Clock {
  readonly holdsLease: boolean;
  readonly isStopping: boolean;
  readonly store: LeasedStore;
}

const KEPT_DAYS = 7;
/** BACKSTITCH_EVENT_DAYS, or a week. Throws if it is no number of days. */
export function readChangesKeptDays({ BACKSTITCH_EVENT_DAYS: text }: NodeJS.ProcessEnv): number {
  if (!text) return KEPT_DAYS;
  const days = Number(text);
  if (Number.isInteger(days) && days >= 1 && days <= 365) return days;
  throw new Error(`BACKSTITCH_EVENT_DAYS: '${text}' is not a number of days from 1 to 365.`);
}

const BATCH = 1_000;
const BETWEEN_BATCHES_MS = 250;
const BETWEEN_SWEEPS_MS = 10 * 60_000;

export class ChangeLog {
  #cancel: (() => void) | null = null;

  constructor(
    private readonly engine: ChangeLogHost,
    private readonly options: { keptDays: number; log?: Logger }
  ) {}

  /** The lease was taken. */
  begin(): void {
    this.#later(BETWEEN_SWEEPS_MS);
  }
  stop(): void {
    this.#cancel?.();
    this.#cancel = null;
  }

  #later(ms: number): void {
    this.stop();
    this.#cancel = this.engine.after(ms, () => {
      this.#cancel = null;
      if (this.engine.holdsLease && !this.engine.isStopping) void this.#removeSome();
    });
  }

  async #removeSome(): Promise<void> {
    const before = this.engine.now() - this.options.keptDays * DAY_MS;
    let removed = 0;
    try {
      removed = await this.engine.store.removeChanges(before, BATCH);
    } catch (error) {
      this.options.log?.warn({ err: error }, 'old changes of runs cannot be removed now');
    }
    if (this.engine.holdsLease && !this.engine.isStopping)
      this.#later(removed < BATCH ? BETWEEN_SWEEPS_MS : BETWEEN_BATCHES_MS);
  }
}
