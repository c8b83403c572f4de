/**
 * The engine's runtime: keeps hot runs in memory while the lease is ours (lease.ts), and commits in groups. Decisions are engine/history's; what
 * follows from them is carried out by its three parts: workflow tasks, activity attempts, and the schedule.
 *
 * Invariants:
 * - Nothing leaves before the commit it follows from: effects and replies are released by `Run.committed`.
 * - A failed commit or a lost lease costs the memory of the runs concerned, never what was acknowledged. They are read again.
 * - At most one live `Run` a run key: a run becomes hot by `create` or by a registered load, which reads its row again.
 */
import type { Logger } from 'pino';
import * as history from '../history';
import type { Effect, HistoryEvent, RunState, StartRun, Transition } from '../history';
import { temporal } from '../proto';
import { GroupCommitter } from '../store/group-commit';
import { FencedError, type LeasedStore, type RunKey, type Store, type StoredRun } from '../store/port';
import type { ActivityWorker, WorkflowWorker } from '../worker/port';
import { Attempts } from './attempts';
import { RETRY_MS, type Clock } from './clock';
import { unavailable } from './errors';
import { LeaseKeeper } from './lease';
import { Listeners } from './listeners';
import { Run, type RunHost } from './run';
import { Schedule } from './schedule';
import type { HintStream } from './watch';
import { WorkflowTasks } from './workflow-tasks';

export interface EngineOptions {
  store: Store;
  workflowWorker: WorkflowWorker;
  activityWorker: ActivityWorker;
  clock: Clock;
  hints: HintStream;
  log?: Logger;
  /** Names this process in the lease. */
  holder: string;
  /** Queue that the embedded worker serves. */
  taskQueue: string;
  maxHotRuns?: number;
}

type UpdateStage = Effect & { kind: 'updateStage' };

/** Closed runs kept in memory for those who look at them. */
const CLOSED_RUNS = 200;

export class Engine implements RunHost {
  readonly #lease: LeaseKeeper;
  #committer: GroupCommitter | null = null;
  readonly runs = new Map<RunKey, Run>();
  /** Hot current runs by namespace and workflow id. */
  readonly #current = new Map<string, Run>();
  readonly #closed = new Map<RunKey, Run>();
  readonly #loading = new Map<RunKey, Promise<Run>>();
  readonly #locks = new Map<string, Promise<unknown>>();
  readonly #updateStages = new Listeners<string, UpdateStage>();
  readonly #changes = new Listeners<RunKey, void>();
  readonly #tasks = new WorkflowTasks(this);
  readonly #attempts = new Attempts(this);
  readonly #schedule = new Schedule(this);
  #nextRunKey = 1;

  constructor(readonly options: EngineOptions) {
    this.#lease = new LeaseKeeper(options, {
      begin: (lease, maxRunKey) => this.#begin(lease, maxRunKey),
      end: () => this.#end(),
    });
  }

  start(): Promise<void> {
    return this.#lease.take();
  }

  get store(): LeasedStore {
    if (!this.#lease.held) throw unavailable();
    return this.#lease.held;
  }
  get holdsLease(): boolean {
    return this.#lease.held !== null;
  }
  /** Resolves when the lease is lost for the first time. The engine gets it back by itself. */
  get lost(): Promise<Error> {
    return this.#lease.lost;
  }
  get epoch(): number {
    return this.store.epoch;
  }
  get stats() {
    return { ...this.#committer?.stats, hotRuns: this.runs.size };
  }
  now(): number {
    return this.options.clock.now();
  }
  at(atMs: number, call: () => void): () => void {
    return this.options.clock.at(atMs, call);
  }

  // --- the lease ---

  async #begin(lease: LeasedStore, maxRunKey: RunKey): Promise<void> {
    this.#nextRunKey = maxRunKey + 1;
    this.#committer = new GroupCommitter(lease);
    await this.#schedule.start();
  }

  #end(): void {
    this.#committer = null;
    this.#schedule.stop();
    this.#attempts.dropAll();
    for (const run of [...this.runs.values()]) {
      this.#forget(run);
      run.kill(unavailable());
    }
    this.#loading.clear();
    this.#closed.clear();
    this.#changes.notifyAll();
  }

  stop(): Promise<void> {
    this.#schedule.stop();
    return this.#lease.stop(() => this.#committer?.drained());
  }

  // --- runs ---

  /** Serialises what must see one workflow id at a time: starts. */
  async withWorkflowId<T>(namespace: string, workflowId: string, work: () => Promise<T>): Promise<T> {
    return this.exclusively(addressOf(namespace, workflowId), work);
  }

  async exclusively<T>(key: string, work: () => Promise<T>): Promise<T> {
    const before = this.#locks.get(key) ?? Promise.resolve();
    const mine = before.catch(() => {}).then(work);
    this.#locks.set(key, mine);
    try {
      return await mine;
    } finally {
      if (this.#locks.get(key) === mine) this.#locks.delete(key);
    }
  }

  /**
   * By run id, or the current run for an empty one; null when there is none. A close that is not durable yet is not told: who asks
   * waits for its commit, then looks again, since another run may be the current one by then.
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
    const stored = await this.store.findRun(namespace, workflowId, runId);
    return stored ? alive(await this.load(stored)) : null;
  }

  /** The run in memory, read first if it is not. */
  load(stored: StoredRun): Promise<Run> {
    const { runKey } = stored;
    const known = this.runs.get(runKey) ?? this.#closed.get(runKey);
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
    const lease = this.store;
    // The row may have been read before the run's last commit; only from here on is it certain that nobody writes it.
    const stored = found.status === 1 ? await lease.readRun(found.runKey) : found;
    if (!stored) throw unavailable();
    const events = await this.readEvents(stored.runKey, 1, stored.nextEventId);
    if (this.#lease.held !== lease) throw unavailable();
    const run = new Run(history.rebuildRun(stored, events), this);
    if (!run.isOpen) {
      this.#keepClosed(run);
      return run;
    }
    this.#keep(run);
    if (stored.wakeAt === null || stored.wakeAt > this.now()) run.wakeUp();
    const recovery = history.recoverRun(run.state, this.epoch, this.now());
    const quiet = recovery.events.length === 0 && recovery.effects.every(({ kind }) => kind === 'workflowTask');
    if (quiet) this.wake(run);
    else run.apply(recovery);
    return run;
  }

  /** Stored events of [from, to). */
  async readEvents(runKey: RunKey, from: number, to: number): Promise<HistoryEvent[]> {
    if (from >= to) return [];
    const batches = await this.store.readHistory(runKey, from, to);
    return batches
      .flatMap((batch) => temporal.api.history.v1.History.decode(batch.events).events)
      .filter((event) => Number(event.eventId) >= from && Number(event.eventId) < to);
  }

  /** Make a run; durable once its `durable()` resolves. `expectedCurrentRunId`: the run that it replaces. */
  create(start: Omit<StartRun, 'runKey'>, expectedCurrentRunId: string | null): Run {
    const run = this.#make({ ...start, runKey: 0 }, expectedCurrentRunId);
    this.#keep(run);
    this.wake(run);
    return run;
  }

  /** As `create`, in place of an open run that is stored: one commit ends that one and makes this one, or neither. */
  replace(current: Run, end: (state: RunState) => Transition, start: Omit<StartRun, 'runKey'>): Run {
    if (current.dead) throw current.dead;
    const run = this.#make({ ...start, runKey: 0 }, current.state.runId);
    current.succeed(run);
    current.apply(end(current.state));
    this.#keep(run);
    return run;
  }

  #make(start: StartRun, expectedCurrentRunId: string | null): Run {
    const { namespace, workflowId, runId, firstRunId } = start;
    const { state, transition } = history.startRun({ ...start, runKey: this.#nextRunKey++ }, this.now(), this.epoch);
    const creation = { namespace, workflowId, runId, firstRunId, expectedCurrentRunId };
    return new Run(state, this, { creation, transition });
  }

  #keep(run: Run): void {
    this.runs.set(run.runKey, run);
    if (!run.awaitsPredecessor) this.#current.set(addressOf(run.state.namespace, run.state.workflowId), run);
  }

  #keepClosed(run: Run): void {
    this.#closed.set(run.runKey, run);
    const oldest = this.#closed.keys().next().value;
    if (this.#closed.size > CLOSED_RUNS && oldest !== undefined) this.#closed.delete(oldest);
  }

  #forget(run: Run): void {
    if (this.runs.get(run.runKey) === run) this.runs.delete(run.runKey);
    const key = addressOf(run.state.namespace, run.state.workflowId);
    if (this.#current.get(key) === run) this.#current.delete(key);
    this.#schedule.forget(run.runKey);
    this.#tasks.forget(run.runKey);
    this.options.workflowWorker.evict(run.runKey);
  }

  /** A parked run leaves memory; whoever still holds it has to find it again. */
  retire(run: Run): void {
    this.#forget(run);
    run.kill(unavailable());
  }

  /** Decide on an open run and wait until it is durable. */
  async decide(run: Run, decision: (state: RunState) => Transition): Promise<void> {
    if (run.dead) throw run.dead;
    run.apply(decision(run.state));
    await run.durable();
  }

  // --- what runs ask for ---

  dirty(run: Run): void {
    this.#committer?.dirty(run);
  }

  wake(run: Run): void {
    if (this.runs.get(run.runKey) !== run) return;
    this.#tasks.pump(run);
    this.#schedule.arm(run);
  }

  staged(run: Run, effect: Effect): void {
    if (effect.kind === 'workflowTaskFailed') this.options.workflowWorker.evict(run.runKey);
    if (effect.kind === 'newRun') {
      const successor = this.#make(effect.start, run.state.runId);
      run.succeed(successor);
      this.#keep(successor);
    }
  }

  perform(run: Run, effects: Effect[]): void {
    for (const effect of effects) {
      switch (effect.kind) {
        case 'dispatchActivity':
          this.#attempts.dispatch(run, effect.scheduledEventId, effect.attempt);
          break;
        case 'cancelActivity':
          this.#attempts.cancel(run, effect.scheduledEventId, effect.attempt, effect.reason);
          break;
        case 'updateStage':
          this.#updateStages.notify(updateKey(run.runKey, effect.updateId), effect);
          break;
        case 'closed':
          this.#forget(run);
          this.#keepClosed(run);
          break;
        default:
          break;
      }
    }
    if (!run.isOpen && run.successor && this.runs.get(run.successor.runKey) === run.successor) {
      this.#keep(run.successor);
      this.wake(run.successor);
    }
    this.#changes.notify(run.runKey, undefined);
    const { namespace, workflowId, runId } = run.state;
    this.options.hints.emit({ namespace, workflowId, runId, kind: run.isOpen ? 'changed' : 'closed' });
  }

  commitFailed(run: Run, error: Error): void {
    // Late news of a lease that was lost: by now this key may be another `Run`, read under a new lease. Leave that one alone.
    if (this.runs.get(run.runKey) !== run) return;
    this.#forget(run);
    this.#changes.notify(run.runKey, undefined);
    const { held } = this.#lease;
    if (!held) return;
    if (error instanceof FencedError) return this.#lease.lose(held, error);
    this.options.log?.warn({ err: error, workflowId: run.state.workflowId }, 'a commit failed: the run is read again');
    this.#reload(run.runKey);
  }

  /** Read a run again, whatever is stored of it; until that succeeds. */
  #reload(runKey: RunKey): void {
    const lease = this.#lease.held;
    if (!lease) return;
    const read = async () => {
      const stored = await lease.readRun(runKey);
      if (stored?.status === 1) await this.load(stored);
    };
    read().catch((error: unknown) => {
      this.options.log?.warn({ err: error, runKey }, 'the run cannot be read yet');
      this.at(this.now() + RETRY_MS, () => this.#lease.held === lease && this.#reload(runKey));
    });
  }

  /** A bug or a broken invariant of one run: drop what is in memory, keep what is stored. */
  discard(run: Run, error: Error): void {
    this.options.log?.error(
      { err: error, workflowId: run.state.workflowId },
      'the run is dropped from memory and read again'
    );
    const writing = run.isCommitting;
    run.kill(unavailable());
    // What is in flight has to end first: `committed` and `failed` of a dead run come back here.
    if (!writing) this.commitFailed(run, error);
  }

  // --- what others ask for ---

  isServed(run: Run): boolean {
    return this.#tasks.isServed(run);
  }
  /** New workflow types are served: look at the runs that waited for them. */
  typesChanged(): void {
    this.#tasks.typesChanged();
  }
  query(run: Run, query: temporal.api.query.v1.IWorkflowQuery): Promise<temporal.api.query.v1.IWorkflowQueryResult> {
    return this.#tasks.query(run, query);
  }
  onUpdateStage(runKey: RunKey, updateId: string, listener: (stage: UpdateStage) => void): () => void {
    return this.#updateStages.on(updateKey(runKey, updateId), listener);
  }
  /** After `holdsLease` changed. */
  onLease(listener: () => void): () => void {
    return this.#lease.onChange(listener);
  }
  /** After each commit of this run, hot or not by then, and when what is in memory is lost. */
  onChange(runKey: RunKey, listener: () => void): () => void {
    return this.#changes.on(runKey, listener);
  }
}

function alive(run: Run): Run {
  if (run.dead) throw unavailable();
  return run;
}
function addressOf(namespace: string, workflowId: string): string {
  return `${namespace}\0${workflowId}`;
}
function updateKey(runKey: RunKey, updateId: string): string {
  return `${runKey}/${updateId}`;
}
