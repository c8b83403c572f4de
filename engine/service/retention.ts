/**
 * Removes closed runs whose retention period is over, by the same deletion as a request does (deletions.ts).
 *
 * - [RET1] Nothing is removed in a namespace for which nobody has set a period since periods are enforced. Those of
 *   before are kept as they were, and had no effect.
 * - [RET2] The period is counted from the close of a run. An open run is never removed.
 * - [RET3] A run stays until its parent and all others have heard from it, and until its effects are counted.
 * - [RET4] A run stays while an effect of it remains, or may remain, that nobody has acknowledged on its page ('settle').
 * - [RET8] A flow may have a period of its own (retention-periods.ts), longer or shorter than that of its namespace; also
 *   where the namespace has none.
 * - [RET9] A run that a person keeps stays whatever its period is, until nobody keeps it.
 * - [RET5] Runs go in small batches with pauses, and a run that must stay does not keep others from going. What was begun
 *   is finished after a crash or a takeover.
 *
 * An engine whose namespaces keep everything does nothing here.
 */
import type { Logger } from 'pino';
import type { Clock } from '../clock';
import { daysKept, flowPeriodsOf } from '../retention-periods';
import * as history from '../history';
import type { ClosedQuery, LeasedStore, NamespaceRecord, StoredRun } from '../store/port';
import type { Run } from './run';

export interface RetentionHost extends Clock {
  readonly holdsLease: boolean;
  readonly isStopping: boolean;
  /** Throws UNAVAILABLE while the lease is not ours. */
  readonly store: LeasedStore;
  load(stored: StoredRun): Promise<Run>;
  decide(run: Run, decision: (state: history.RunState) => history.Transition): Promise<void>;
}

export const DAY_MS = 86_400_000;
const BATCH = 50;
const BETWEEN_BATCHES_MS = 1_000;
const BETWEEN_SWEEPS_MS = 60 * 60_000;
const AFTER_FAILURE_MS = 60_000;

export class Retention {
  #cancel: (() => void) | null = null;
  #isAtWork = false;

  constructor(
    private readonly engine: RetentionHost,
    private readonly options: { namespaces(): Iterable<NamespaceRecord>; log?: Logger }
  ) {}

  /** A period was set, or the lease was taken: look at once. */
  wake(): void {
    this.#later(0);
  }
  stop(): void {
    this.#cancel?.();
    this.#cancel = null;
  }

  #later(ms: number): void {
    this.stop();
    if (![...this.options.namespaces()].some(isEnforced)) return;
    this.#cancel = this.engine.after(ms, () => {
      this.#cancel = null;
      if (this.#isAtWork || !this.engine.holdsLease || this.engine.isStopping) return;
      this.#isAtWork = true;
      this.#sweep()
        .then(
          () => BETWEEN_SWEEPS_MS,
          (error: unknown) => {
            this.options.log?.warn({ err: error }, 'closed runs cannot be removed yet');
            return AFTER_FAILURE_MS;
          }
        )
        .then((ms) => {
          this.#isAtWork = false;
          if (this.engine.holdsLease) this.#later(ms);
        })
        .catch(() => {});
    });
  }

  async #sweep(): Promise<void> {
    const { store } = this.engine;
    for (const { name } of [...this.options.namespaces()].filter(isEnforced)) {
      let after: ClosedQuery['after'] = null;
      for (;;) {
        // It may have been changed meanwhile.
        const namespace = [...this.options.namespaces()].find((each) => each.name === name);
        if (!namespace || !isEnforced(namespace) || !this.#isOurs(store)) break;
        const nowMs = this.engine.now();
        const untilMs = nowMs - shortestOf(namespace) * DAY_MS;
        const kept = keptBy(namespace);
        const page = await store.closed({ namespace: name, untilMs, limit: BATCH, after });
        for (const { runKey, workflowType, closeTime } of page) {
          // [RET8]
          const days = daysKept(workflowType, kept);
          if (days === null || closeTime! > nowMs - days * DAY_MS) continue;
          if (!this.#isOurs(store)) return;
          await this.#expire(store, runKey, nowMs - days * DAY_MS);
        }
        const last = page.at(-1);
        if (!last || page.length < BATCH) break;
        after = { closeTime: last.closeTime!, runKey: last.runKey };
        await new Promise<void>((resolve) => this.engine.after(BETWEEN_BATCHES_MS, resolve));
      }
    }
  }

  #isOurs(store: LeasedStore): boolean {
    return this.engine.holdsLease && this.engine.store === store && !this.engine.isStopping;
  }

  async #expire(store: LeasedStore, runKey: number, untilMs: number): Promise<void> {
    const stored = await store.readRun(runKey);
    const run = stored && (await this.engine.load(stored));
    if (!run || !history.mayExpire(run.state, untilMs)) return;
    const { namespace, workflowId, runId } = run.state;
    await this.engine.decide(run, (state) => history.requestDeletion(state, run.now()));
    this.options.log?.info({ namespace, workflowId, runId }, 'the retention period of a run is over');
  }
}

const keptBy = ({ retentionEnforced, retentionDays, data }: NamespaceRecord) => ({
  periods: flowPeriodsOf(data),
  ofNamespace: retentionEnforced ? retentionDays : null,
});
/** Infinity: everything is kept. */
function shortestOf(namespace: NamespaceRecord): number {
  const { periods, ofNamespace } = keptBy(namespace);
  return Math.min(...[ofNamespace ?? Infinity, ...periods.values()].filter((days) => days > 0));
}
const isEnforced = (namespace: NamespaceRecord): boolean => shortestOf(namespace) < Infinity;
