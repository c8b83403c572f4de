/**
 * How long steps take, by minute, for rules that tell people when a step becomes slow (app/_server/alerts). A row counts steps,
 * so their number does not matter: a step that ends adds to a number in memory, after its commit, and one statement every
 * WRITE_EVERY_MS writes the sums. The commit path has nothing of it.
 *
 * Rules
 * [STM1] What is counted are steps of published flows that ended, from their schedule to their end with all attempts and the
 *        pauses between them: completed, failed or timed out. Undo, look-ups, tasks of people, and what was cancelled are not.
 * [STM2] It survives a restart but for the last WRITE_EVERY_MS: a clean stop writes them, a crash loses them. Sums that
 *        cannot be written are dropped, so none is counted twice.
 * [STM3] It is kept for KEPT_DAYS. At most MOST_ROWS are held in memory.
 */
import type { Logger } from 'pino';
import type { Clock } from '../clock';
import type { AttemptEnd } from '../history';
import { parseActivityId } from '../run-view/activity-id';
import { stepBucket } from '../step-bounds';
import type { LeasedStore, StepTimeRow } from '../store/port';

export interface StepTimesHost extends Clock {
  readonly holdsLease: boolean;
  readonly isStopping: boolean;
  readonly store: LeasedStore;
}

const MINUTE_MS = 60_000;
const WRITE_EVERY_MS = 10_000;
const MOST_ROWS = 20_000;
const KEPT_DAYS = 9;
const REMOVE_EVERY_MS = 60 * MINUTE_MS;

export class StepTimes {
  #rows = new Map<string, StepTimeRow>();
  #cancel: (() => void) | null = null;
  #removeAt = 0;

  constructor(
    private readonly engine: () => StepTimesHost,
    private readonly options: { log?: Logger }
  ) {}

  /** [STM1] After the commit that ended an attempt. */
  ended(namespace: string, workflowType: string, { activityId, result, activity }: AttemptEnd): void {
    if (!activity || result === 'canceled' || result === 'lost') return;
    const parsed = parseActivityId(activityId);
    if (parsed?.role !== 'do' || parsed.within !== null) return;
    const now = this.engine().now();
    const minute = now - (now % MINUTE_MS);
    const bucket = stepBucket(activity.ms);
    const key = JSON.stringify([namespace, minute, workflowType, parsed.nodeId, bucket]);
    const row = this.#rows.get(key);
    if (row) row.count++;
    else if (this.#rows.size < MOST_ROWS)
      this.#rows.set(key, { namespace, minute, workflowType, step: parsed.nodeId, bucket, count: 1 });
    this.#cancel ??= this.engine().after(WRITE_EVERY_MS, () => {
      this.#cancel = null;
      void this.#write();
    });
  }

  /** [STM2] Before the lease is given up. */
  async close(): Promise<void> {
    this.#cancel?.();
    this.#cancel = null;
    await this.#write();
  }

  async #write(): Promise<void> {
    const engine = this.engine();
    const rows = [...this.#rows.values()];
    this.#rows = new Map();
    if (!engine.holdsLease) return;
    try {
      if (rows.length > 0) await engine.store.addStepTimes(rows);
      if (engine.now() < this.#removeAt) return;
      this.#removeAt = engine.now() + REMOVE_EVERY_MS;
      await engine.store.removeStepTimes(engine.now() - KEPT_DAYS * 24 * 60 * MINUTE_MS);
    } catch (error) {
      this.options.log?.warn({ err: error, rows: rows.length }, 'how long steps took is not counted now');
    }
  }
}
