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
 * - [RET10] A sweep reads only runs whose period is over, each workflow type up to the end of its own period, and most
 *   sweeps only those that came since the last one. What had to stay is looked at again every LOOK_AGAIN_MS.
 * - [RET11] What is removed next of a flow is the run whose period ends first of those that nothing holds.
 *
 * An engine whose namespaces keep everything does nothing here.
 */
import type { Logger } from 'pino';
import type { Clock } from '../clock';
import { typePrefix } from '../permissions/permissions';
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
/** How many runs of a version are looked at for the one that is removed next. */
const NEXT_OF = 20;
const LOOK_AGAIN_MS = 6 * BETWEEN_SWEEPS_MS;

type Position = NonNullable<ClosedQuery['after']>;
export interface NextRemoval {
  workflowId: string;
  runId: string;
  /** When its period ends. */
  atMs: number;
}

export class Retention {
  #cancel: (() => void) | null = null;
  #isAtWork = false;
  /** Up to where the runs of a type were looked at, by namespace and type. */
  readonly #passed = new Map<string, Position>();
  #forgetAt = 0;

  constructor(
    private readonly engine: RetentionHost,
    private readonly options: { namespaces(): Iterable<NamespaceRecord>; log?: Logger }
  ) {}

  /** A period was set, or the lease was taken: look at once. */
  wake(): void {
    this.#forgetAt = 0;
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
    if (this.engine.now() >= this.#forgetAt) {
      this.#passed.clear();
      this.#forgetAt = this.engine.now() + LOOK_AGAIN_MS;
    }
    for (const { name } of [...this.options.namespaces()].filter(isEnforced)) {
      for (const { workflowType, firstClose } of await store.closedTypes(name)) {
        const untilMs = this.#untilMs(name, workflowType);
        if (untilMs !== null && firstClose <= untilMs) await this.#sweepType(store, name, workflowType);
        if (!this.#isOurs(store)) return;
      }
    }
  }

  async #sweepType(store: LeasedStore, namespace: string, workflowType: string): Promise<void> {
    const key = `${namespace} ${workflowType}`;
    for (;;) {
      // The period may have been changed meanwhile.
      const untilMs = this.#untilMs(namespace, workflowType);
      if (untilMs === null) return;
      const after = this.#passed.get(key) ?? null;
      const page = await store.closed({ namespace, workflowType, untilMs, limit: BATCH, after });
      for (const { runKey } of page) {
        if (!this.#isOurs(store)) return;
        await this.#expire(store, runKey, untilMs);
      }
      const last = page.at(-1);
      if (last) this.#passed.set(key, { closeTime: last.closeTime!, runKey: last.runKey });
      if (page.length < BATCH) return;
      await new Promise<void>((resolve) => this.engine.after(BETWEEN_BATCHES_MS, resolve));
      if (!this.#isOurs(store)) return;
    }
  }

  /** Runs of this type that closed then, or before, are removed now; null: none. */
  #untilMs(name: string, workflowType: string): number | null {
    const namespace = [...this.options.namespaces()].find((each) => each.name === name);
    const days = namespace ? daysKept(workflowType, keptBy(namespace)) : null;
    return days === null ? null : this.engine.now() - days * DAY_MS;
  }

  /** [RET11] Null: nothing of this flow is removed by itself, or nothing within the first NEXT_OF runs of a version. */
  async next(name: string, flow: string): Promise<NextRemoval | null> {
    const { store } = this.engine;
    const types = (await store.closedTypes(name)).filter(({ workflowType }) =>
      workflowType.startsWith(typePrefix(flow))
    );
    const found = await Promise.all(types.map(({ workflowType }) => this.#nextOfType(store, name, workflowType)));
    return found.flatMap((next) => next ?? []).sort((a, b) => a.atMs - b.atMs)[0] ?? null;
  }
  async #nextOfType(store: LeasedStore, name: string, workflowType: string): Promise<NextRemoval | null> {
    const namespace = [...this.options.namespaces()].find((each) => each.name === name);
    const days = namespace ? daysKept(workflowType, keptBy(namespace)) : null;
    if (days === null) return null;
    const query = { namespace: name, workflowType, untilMs: Number.MAX_SAFE_INTEGER, limit: NEXT_OF, after: null };
    for (const { runKey, workflowId, runId, closeTime } of await store.closed(query)) {
      const stored = await store.readRun(runKey);
      const run = stored && (await this.engine.load(stored));
      if (run && history.mayExpire(run.state, closeTime!))
        return { workflowId, runId, atMs: closeTime! + days * DAY_MS };
    }
    return null;
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
