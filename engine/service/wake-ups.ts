/**
 * Wakes runs whose time has come. Hot runs have a timer at their next deadline. Cold runs are found by a scan of
 * `wake_at`, which is repeated for ever, but only if something can be due. Idle runs without an early deadline are
 * parked.
 *
 * Invariants:
 * - A stored open run that needs the engine has wake_at at or before that time; only parking raises it, in a commit
 *   after which nothing else happened to the run.
 * - The wall clock may be set back after a run was parked. So `wake_at` is compared with a time that never goes back
 *   (`latestMs`), also by the next process: a run is read too early rather than too late.
 */
import type { Clock } from '../clock';
import * as history from '../history';
import type { RunKey } from '../run-name';
import type { EngineTime, LeasedStore, StoredRun } from '../store/port';

import type { EngineOptions } from './engine-options';
import { OwnTime } from './own-time';
import { RETRY_MS } from './retry';
import type { Run } from './run';

/** Deadlines further away than this do not keep a run in memory. */
const HORIZON_MS = 5 * 60_000;
/** A run that did nothing for this long may be parked. */
const IDLE_MS = 60_000;
/**
 * A parked run whose workflow type no worker serves is read again after this time, and by the next engine at once: it
 * may serve the type.
 */
const UNSERVED_MS = 30 * 60_000;
const SCAN_BATCH = 500;
const MAX_HOT_RUNS = 50_000;
/** A run that cannot be read is read again after this time; it must not block other runs. */
const UNREADABLE_MS = 60_000;

/** What they need of the engine. */
export interface WakeUpsHost extends Clock {
  readonly holdsLease: boolean;
  readonly isStopping: boolean;
  readonly epoch: number;
  /** Throws UNAVAILABLE while the lease is not ours. */
  readonly store: LeasedStore;
  /** Open runs in memory. */
  readonly runs: ReadonlyMap<RunKey, Run>;
  /** Closed runs that are being counted, or that tell others of their close. */
  readonly closedAtWork: Iterable<RunKey>;
  load(stored: StoredRun): Promise<Run>;
  wake(run: Run): void;
  isServed(run: Run): boolean;
  retire(run: Run): void;
}

export class WakeUps {
  readonly #armed = new Map<RunKey, { atMs: number; cancel(): void }>();
  readonly #unreadable = new Map<RunKey, number>();
  #scanAtMs = Infinity;
  #cancelScan: (() => void) | null = null;
  #cancelSweep: (() => void) | null = null;
  #time: OwnTime | null = null;

  constructor(
    private readonly engine: WakeUpsHost,
    private readonly options: Pick<EngineOptions, 'log' | 'maxHotRuns'>
  ) {}

  /** `time`: what the last engine knew. */
  async start(time: EngineTime | null): Promise<void> {
    const { engine } = this;
    this.#time ??= new OwnTime(engine, time ? engine.now() + (time.latestMs - time.nowMs) : 0);
    await this.#scan(UNSERVED_MS);
  }

  /** The latest time that a run may have, which is that of the runs which are not in memory. */
  get latestMs(): number {
    return this.#time?.now() ?? this.engine.now();
  }

  stop(): void {
    this.#cancelScan?.();
    this.#cancelSweep?.();
    this.#cancelScan = this.#cancelSweep = null;
    this.#scanAtMs = Infinity;
  }

  // --- hot runs ---

  /** An armed timer is a lower bound: firing too early costs one check, so moving a deadline back needs no change. */
  arm(run: Run): void {
    if (this.engine.isStopping) return;
    this.#sweepLater();
    const deadline = history.nextDeadline(run.state);
    if (deadline === null) return;
    const armed = this.#armed.get(run.runKey);
    if (armed && armed.atMs <= deadline) return;
    armed?.cancel();
    const cancel = this.engine.at(run.wallOf(deadline), () => {
      this.#armed.delete(run.runKey);
      this.#due(run);
    });
    this.#armed.set(run.runKey, { atMs: deadline, cancel });
  }

  forget(runKey: RunKey): void {
    this.#armed.get(runKey)?.cancel();
    this.#armed.delete(runKey);
  }

  #due(run: Run): void {
    const { engine } = this;
    if (run.dead || !run.isOpen || !engine.holdsLease || engine.isStopping) return;
    const deadline = history.nextDeadline(run.state);
    const now = run.now();
    if (deadline === null || deadline > now) return this.arm(run);
    if (!run.isCreated) {
      const stop = run.onCommit(() => {
        stop();
        this.#due(run);
      });
      return;
    }
    const transition = history.advance(run.state, engine.epoch, now);
    const quiet = transition.events.length === 0 && transition.effects.every(({ kind }) => kind === 'workflowTask');
    if (quiet) engine.wake(run);
    else run.apply(transition);
  }

  // --- cold runs ---

  async #scan(horizonMs = HORIZON_MS): Promise<void> {
    const { engine } = this;
    const lease = engine.store;
    this.#scanAtMs = Infinity;
    const now = engine.now();
    const { latestMs } = this;
    for (const [runKey, atMs] of this.#unreadable) if (atMs <= now) this.#unreadable.delete(runKey);
    for (;;) {
      const except = new Set([...engine.runs.keys(), ...engine.closedAtWork, ...this.#unreadable.keys()]);
      const due = await lease.due(latestMs + horizonMs, SCAN_BATCH, except);
      await Promise.all(due.map((stored) => this.#load(stored)));
      if (due.length < SCAN_BATCH) break;
    }
    const next = await lease.nextWake(latestMs + horizonMs);
    if (next !== null) this.#scanAt(next - HORIZON_MS);
  }

  async #load(stored: StoredRun): Promise<void> {
    const { engine } = this;
    try {
      await engine.load(stored);
    } catch (error) {
      if (!engine.holdsLease) throw error;
      this.options.log?.error(
        { err: error, workflowId: stored.workflowId, runId: stored.runId },
        'the run cannot be read'
      );
      this.#unreadable.set(stored.runKey, engine.now() + UNREADABLE_MS);
      this.#scanAt(this.latestMs + UNREADABLE_MS);
    }
  }

  #scanAt(atMs: number): void {
    if (atMs >= this.#scanAtMs) return;
    this.#cancelScan?.();
    this.#scanAtMs = atMs;
    const fromNowMs = Math.max(0, atMs - this.latestMs);
    this.#cancelScan = this.engine.at(this.engine.now() + fromNowMs, () => {
      this.#scanAtMs = Infinity;
      if (!this.engine.holdsLease) return;
      this.#scan().catch((error: unknown) => {
        this.options.log?.warn({ err: error }, 'the scan for due runs failed');
        if (this.engine.holdsLease) this.#scanAt(this.latestMs + RETRY_MS);
      });
    });
  }

  // --- parking ---

  /** Runs only while there are hot runs: an idle engine does nothing. */
  #sweepLater(): void {
    if (this.#cancelSweep) return;
    this.#cancelSweep = this.engine.after(IDLE_MS, () => {
      this.#cancelSweep = null;
      this.#sweep();
      if (this.engine.runs.size > 0) this.#sweepLater();
    });
  }

  #sweep(): void {
    const { engine } = this;
    const now = engine.now();
    const { latestMs } = this;
    const tooMany = engine.runs.size > (this.options.maxHotRuns ?? MAX_HOT_RUNS);
    for (const run of engine.runs.values()) {
      if (now - run.lastUsedMs < IDLE_MS && !tooMany) continue;
      const deadline = history.nextDeadline(run.state);
      const ownWakeAt = deadline === null ? null : run.wallOf(deadline);
      const isUnserved = run.state.needsWorkflowTask && !engine.isServed(run);
      const wakeAt = isUnserved ? Math.min(ownWakeAt ?? Infinity, latestMs + UNSERVED_MS) : ownWakeAt;
      if (wakeAt !== null && wakeAt <= latestMs + HORIZON_MS) continue;
      if (this.#mayLeave(run)) this.#park(run, wakeAt);
    }
  }

  #mayLeave(run: Run): boolean {
    const { state, busy, isClean, dead, awaitsPredecessor } = run;
    if (busy || !isClean || dead || awaitsPredecessor || state.workflowTask) return false;
    // A start delay is a deadline like others.
    const isDue = state.needsWorkflowTask && state.workflowTaskAtMs <= run.now();
    if (isDue && this.engine.isServed(run)) return false;
    // Their callers wait.
    if (state.inFlightUpdates > 0) return false;
    if (history.hasMessages(state)) return false;
    for (const { epoch } of state.activities.values()) if (epoch > 0) return false;
    return true;
  }

  #park(run: Run, wakeAt: number | null): void {
    run.park(wakeAt);
    const stop = run.onCommit(() => {
      if (run.isParking && !run.dead && (!run.isClean || run.busy)) return;
      stop();
      if (!run.isParking || run.dead) return;
      this.engine.retire(run);
      if (wakeAt !== null) this.#scanAt(wakeAt - HORIZON_MS);
    });
  }
}
