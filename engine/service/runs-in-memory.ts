/**
 * The runs in memory: open runs by key and, if they are current, by address; runs that are being read; and the last
 * closed runs.
 *
 * Invariant: at most one live `Run` for each run key. A run gets here by `make` and `keep`, or by a registered load,
 * which reads its row again.
 */
import * as history from '../history';
import type { HistoryEvent, ResetRun, Rules, RunState, StartRun } from '../history';
import { idOf, timestampMs } from '../proto-time';
import { temporal } from '../proto';
import { STATUS, type RunKey } from '../run-name';
import type { LeasedStore, StoredRun } from '../store/port';
import { historyNotFound, unavailable } from './errors';
import { Run, type RunHost } from './run';

/** Closed runs that are kept in memory for readers. */
const CLOSED_RUNS = 200;

/** The parts of the engine that it needs. */
export interface MemoryHost extends RunHost {
  /** Throws UNAVAILABLE while the lease is not ours. */
  readonly store: LeasedStore;
  readonly rules: Rules;
  /** A closed run was read that still needs the engine. */
  closedRunDue(run: Run): void;
  /** The closed run must stay in memory: something is done with it. */
  isAtWork(runKey: RunKey): boolean;
}

export class RunsInMemory {
  readonly open = new Map<RunKey, Run>();
  /** Open current runs by namespace and workflow id. */
  readonly #current = new Map<string, Run>();
  readonly #closed = new Map<RunKey, Run>();
  readonly #loading = new Map<RunKey, Promise<Run>>();
  #nextRunKey = 1;

  constructor(private readonly host: MemoryHost) {}

  /** Under a new lease. */
  begin(nextRunKey: RunKey): void {
    this.#nextRunKey = nextRunKey;
  }

  /** Forgets runs that are being read and closed runs; an open run is removed by the code that ends it. */
  clear(): void {
    this.#loading.clear();
    this.#closed.clear();
  }

  /**
   * By run id, or the current run for an empty id; null if there is none. A close that is not durable yet is not
   * reported: the caller waits for its commit and looks again, because another run may be the current one by then.
   */
  async find(namespace: string, workflowId: string, runId: string): Promise<Run | null> {
    for (;;) {
      const run = await this.#find(namespace, workflowId, runId);
      if (!run || run.isOpen || run.isClean) return run;
      await run.durable();
    }
  }

  async #find(namespace: string, workflowId: string, runId: string): Promise<Run | null> {
    const current = this.#current.get(addressOf(namespace, workflowId));
    if (current && (!runId || current.state.runId === runId)) return alive(current);
    const stored = await this.host.store.findRun(namespace, workflowId, runId);
    return stored ? alive(await this.load(stored)) : null;
  }

  /** The run in memory, read first if it is not. */
  load(stored: StoredRun): Promise<Run> {
    const { runKey } = stored;
    const known = this.open.get(runKey) ?? this.#closed.get(runKey);
    if (known) return Promise.resolve(known);
    const loading = this.#loading.get(runKey) ?? this.#rebuild(stored);
    this.#loading.set(runKey, loading);
    const done = () => {
      if (this.#loading.get(runKey) === loading) this.#loading.delete(runKey);
    };
    loading.then(done, done);
    return loading;
  }

  async #rebuild(found: StoredRun): Promise<Run> {
    const { host } = this;
    const lease = host.store;
    // The row may have been read before the run's last commit; only from here on it is certain that no commit changes
    // it.
    const stored = found.status === STATUS.running ? await lease.readRun(found.runKey) : found;
    if (!stored) throw unavailable();
    const events = await this.readEvents(stored.runKey, 1, stored.nextEventId);
    // Throws, too, when it is nobody's.
    if (host.store !== lease) throw unavailable();
    const state = history.rebuildRun(stored, events, host.rules);
    const lastEventMs = timestampMs(events.at(-1)?.eventTime);
    const run = new Run(state, host, undefined, Math.max(lastEventMs, this.#ownTimeOf(state)));
    if (!run.isOpen) {
      this.keepClosed(run);
      if (stored.wakeAt !== null) host.closedRunDue(run);
      return run;
    }
    this.keep(run);
    if (stored.wakeAt === null || stored.wakeAt > host.now()) run.wakeUp();
    const recovery = history.recoverRun(run.state, lease.epoch, run.now());
    const quiet = recovery.events.length === 0 && recovery.effects.every(({ kind }) => kind === 'workflowTask');
    if (quiet) host.wake(run);
    else run.apply(recovery);
    return run;
  }

  /**
   * The own time of a stored run as it is now; 0 where that is unknown, because the machine was started since or is
   * another one.
   */
  #ownTimeOf({ ownTime }: RunState): number {
    const since = this.host.sinceBoot();
    return ownTime && since?.boot === ownTime.boot ? ownTime.atMs + Math.max(0, since.ms - ownTime.ms) : 0;
  }

  /** Stored events of [from, to). NOT_FOUND when the run was deleted since it was found. */
  async readEvents(runKey: RunKey, from: number, to: number): Promise<HistoryEvent[]> {
    if (from >= to) return [];
    const batches = await this.host.store.readHistory(runKey, from, to);
    if (batches.length === 0) throw historyNotFound();
    return batches
      .flatMap((batch) => temporal.api.history.v1.History.decode(batch.events).events)
      .filter(({ eventId }) => {
        const id = idOf(eventId);
        return id >= from && id < to;
      });
  }

  /** Not kept yet. */
  make(start: Omit<StartRun, 'runKey'>, expectedCurrentRunId: string | null): Run {
    const { namespace, workflowId, runId, firstRunId } = start;
    const { host } = this;
    const numbered = { ...start, runKey: this.#nextRunKey++ };
    const { atMs } = start;
    const { state, transition } = history.startRun(numbered, atMs ?? host.now(), host.store.epoch, host.rules);
    const creation = { namespace, workflowId, runId, firstRunId, expectedCurrentRunId };
    return new Run(state, host, { creation, transition }, atMs);
  }

  /** A run that begins with the events of another one. Not kept yet. */
  makeReset(start: Omit<ResetRun, 'runKey'>, expectedCurrentRunId: string | null): Run {
    const { namespace, workflowId, runId, firstRunId } = start;
    const { host } = this;
    const numbered = { ...start, runKey: this.#nextRunKey++ };
    const { state, transition } = history.resetRun(numbered, host.now(), host.store.epoch, host.rules);
    const creation = { namespace, workflowId, runId, firstRunId, expectedCurrentRunId };
    return new Run(state, host, { creation, transition });
  }

  keep(run: Run): void {
    this.open.set(run.runKey, run);
    if (!run.awaitsPredecessor) this.#current.set(addressOf(run.state.namespace, run.state.workflowId), run);
  }

  keepClosed(run: Run): void {
    this.#closed.set(run.runKey, run);
    // Two at a time, so that the number falls again after many runs had to stay.
    for (let tries = 0; tries < 2 && this.#closed.size > CLOSED_RUNS; tries++) {
      const [oldest] = this.#closed.values();
      if (!oldest) return;
      this.#closed.delete(oldest.runKey);
      if (this.host.isAtWork(oldest.runKey)) this.#closed.set(oldest.runKey, oldest);
    }
  }

  forgetClosed(run: Run): void {
    if (this.#closed.get(run.runKey) === run) this.#closed.delete(run.runKey);
  }

  /** Whoever holds it gets the error. */
  dropClosed(runKey: RunKey, error: Error): void {
    const run = this.#closed.get(runKey);
    this.#closed.delete(runKey);
    run?.kill(error);
  }

  forget(run: Run): void {
    if (this.open.get(run.runKey) === run) this.open.delete(run.runKey);
    const key = addressOf(run.state.namespace, run.state.workflowId);
    if (this.#current.get(key) === run) this.#current.delete(key);
  }
}

function alive(run: Run): Run {
  if (run.dead) throw unavailable();
  return run;
}

export function addressOf(namespace: string, workflowId: string): string {
  return `${namespace}\0${workflowId}`;
}
