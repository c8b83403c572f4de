/**
 * The engine's runtime: holds the lease, keeps hot runs in memory, hands workflow tasks and activities to the worker, and commits
 * in groups. Decisions are engine/history's; this file only carries them out.
 *
 * Invariants:
 * - Nothing leaves before the commit it follows from: effects and replies are released by `Run.committed`.
 * - A failed commit or a lost lease costs the memory of the runs concerned, never what was acknowledged. They are read again.
 * - Recovery and timers are one scan of `wake_at`, repeated for ever, and only when something can be due.
 */
import type { Logger } from 'pino';
import * as history from '../history';
import type { Effect, HistoryEvent, RunState, StartRun, Transition } from '../history';
import { temporal } from '../proto';
import { GroupCommitter } from '../store/group-commit';
import type { LeasedStore, RunKey, Store, StoredRun } from '../store/port';
import type { ActivityTask, ActivityWorker, WorkflowTask, WorkflowTaskResult, WorkflowWorker } from '../worker/port';
import type { Clock } from './clock';
import { Run, HOLD_MS, type RunHost } from './run';
import { unavailable } from './errors';
import type { HintStream } from './watch';

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

/** Deadlines further away than this do not keep a run in memory. */
const HORIZON_MS = 5 * 60_000;
/** A run that did nothing for so long may be parked. */
const IDLE_MS = 60_000;
const SCAN_BATCH = 500;
const REACQUIRE_MS = 500;
const IDENTITY = 'backstitch-worker';

export class Engine implements RunHost {
  #lease: LeasedStore | null = null;
  #committer: GroupCommitter | null = null;
  readonly #runs = new Map<RunKey, Run>();
  /** Hot current runs by namespace and workflow id. */
  readonly #current = new Map<string, Run>();
  readonly #loading = new Map<RunKey, Promise<Run>>();
  readonly #locks = new Map<string, Promise<unknown>>();
  readonly #timers = new Map<RunKey, { atMs: number; cancel(): void }>();
  readonly #attempts = new Set<string>();
  /** Runs whose type nobody serves (yet). */
  readonly #unserved = new Set<RunKey>();
  readonly #updateWaiters = new Map<string, Set<(stage: history.Effect & { kind: 'updateStage' }) => void>>();
  #nextRunKey = 1;
  #cancelScan: (() => void) | null = null;
  #cancelSweep: (() => void) | null = null;
  #stopping = false;

  constructor(readonly options: EngineOptions) {}

  async start(): Promise<void> {
    await this.#acquire();
  }

  get store(): LeasedStore {
    if (!this.#lease) throw unavailable();
    return this.#lease;
  }
  get epoch(): number {
    return this.store.epoch;
  }
  get stats() {
    return { ...this.#committer?.stats, hotRuns: this.#runs.size };
  }
  now(): number {
    return this.options.clock.now();
  }

  // ——— The lease

  async #acquire(): Promise<void> {
    const lease = await this.options.store.acquire(this.options.holder);
    this.#lease = lease;
    this.#committer = new GroupCommitter(lease);
    this.#nextRunKey = (await lease.maxRunKey()) + 1;
    this.options.log?.info({ epoch: lease.epoch }, 'the lease is ours');
    void lease.lost.then((error) => this.#lost(lease, error));
    await this.#scan();
    this.#sweepLater();
  }

  #lost(lease: LeasedStore, error: Error): void {
    if (this.#lease !== lease || this.#stopping) return;
    this.options.log?.warn(
      { err: error },
      'the lease is lost or unproven; nothing is acknowledged until it is ours again'
    );
    this.#lease = null;
    this.#committer = null;
    this.#dropAll(unavailable());
    void lease.release();
    const again = () => {
      if (this.#stopping) return;
      this.#acquire().catch((failure: unknown) => {
        this.options.log?.warn({ err: failure }, 'the lease cannot be had yet');
        this.options.clock.at(this.now() + REACQUIRE_MS, again);
      });
    };
    this.options.clock.at(this.now() + REACQUIRE_MS, again);
  }

  #dropAll(error: Error): void {
    this.#cancelScan?.();
    this.#cancelSweep?.();
    for (const run of [...this.#runs.values()]) {
      run.kill(error);
      this.#forget(run);
    }
    this.#loading.clear();
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    this.#cancelScan?.();
    this.#cancelSweep?.();
    await this.#committer?.drained();
    const lease = this.#lease;
    this.#lease = null;
    this.#dropAll(unavailable());
    await lease?.release();
  }

  // ——— Runs

  /** Serialises what must see one workflow id at a time: starts. */
  async withWorkflowId<T>(namespace: string, workflowId: string, work: () => Promise<T>): Promise<T> {
    const key = addressOf(namespace, workflowId);
    const before = this.#locks.get(key) ?? Promise.resolve();
    const mine = before.catch(() => {}).then(work);
    this.#locks.set(key, mine);
    try {
      return await mine;
    } finally {
      if (this.#locks.get(key) === mine) this.#locks.delete(key);
    }
  }

  /** By run id, or the current run for an empty one; null when there is none. */
  async find(namespace: string, workflowId: string, runId: string): Promise<Run | null> {
    const current = this.#current.get(addressOf(namespace, workflowId));
    if (current && (!runId || current.state.runId === runId)) return current;
    const stored = await this.store.findRun(namespace, workflowId, runId);
    return stored ? this.#load(stored) : null;
  }

  #load(stored: StoredRun): Promise<Run> {
    const hot = this.#runs.get(stored.runKey);
    if (hot) return Promise.resolve(hot);
    let loading = this.#loading.get(stored.runKey);
    if (!loading) {
      loading = this.#rebuild(stored).finally(() => this.#loading.delete(stored.runKey));
      this.#loading.set(stored.runKey, loading);
    }
    return loading;
  }

  async #rebuild(stored: StoredRun): Promise<Run> {
    const lease = this.store;
    const events = await this.readEvents(stored.runKey, 1, stored.nextEventId);
    if (this.#lease !== lease) throw unavailable();
    const state = history.rebuildRun(stored, events);
    const run = new Run(state, this);
    if (!run.isOpen) return run;
    this.#keep(run);
    if (stored.wakeAt === null || stored.wakeAt > this.now()) run.setWakeAt(this.now());
    run.apply(history.recoverRun(state, this.epoch, this.now()));
    return run;
  }

  /** Stored events of [from, to). */
  async readEvents(runKey: RunKey, from: number, to: number): Promise<HistoryEvent[]> {
    const batches = await this.store.readHistory(runKey, from, to);
    return batches
      .flatMap((batch) => temporal.api.history.v1.History.decode(batch.events).events)
      .filter((event) => Number(event.eventId) >= from && Number(event.eventId) < to);
  }

  /** Make a run; durable once its `durable()` resolves. `expectedCurrentRunId`: the run that it replaces. */
  create(start: Omit<StartRun, 'runKey'>, expectedCurrentRunId: string | null): Run {
    const { run } = this.#make({ ...start, runKey: this.#nextRunKey++ }, expectedCurrentRunId);
    return run;
  }

  #make(start: StartRun, expectedCurrentRunId: string | null): { run: Run } {
    const { namespace, workflowId, runId, firstRunId } = start;
    const { state, transition } = history.startRun(start, this.now(), this.epoch);
    const creation = { namespace, workflowId, runId, firstRunId, expectedCurrentRunId };
    const run = new Run(state, this, { creation, transition });
    this.#keep(run);
    this.#pump(run);
    return { run };
  }

  #keep(run: Run): void {
    this.#runs.set(run.runKey, run);
    this.#current.set(addressOf(run.state.namespace, run.state.workflowId), run);
  }

  #forget(run: Run): void {
    if (this.#runs.get(run.runKey) === run) this.#runs.delete(run.runKey);
    const key = addressOf(run.state.namespace, run.state.workflowId);
    if (this.#current.get(key) === run) this.#current.delete(key);
    this.#timers.get(run.runKey)?.cancel();
    this.#timers.delete(run.runKey);
    this.#unserved.delete(run.runKey);
    this.options.workflowWorker.evict(run.runKey);
  }

  /** Decide on an open run and wait until it is durable. */
  async decide(run: Run, decision: (state: RunState) => Transition): Promise<void> {
    if (run.dead) throw run.dead;
    run.apply(decision(run.state));
    await run.durable();
  }

  // ——— RunHost

  dirty(run: Run): void {
    this.#committer?.dirty(run);
  }

  wake(run: Run): void {
    this.#pump(run);
    this.#arm(run);
  }

  commitFailed(run: Run, error: Error): void {
    this.options.log?.warn({ err: error, workflowId: run.state.workflowId }, 'a commit failed; the run is read again');
    this.#forget(run);
    if (!this.#lease || this.#stopping) return;
    // Read it again from what is stored, whatever that is.
    this.store
      .readRun(run.runKey)
      .then((stored) => (stored && stored.status === 1 ? this.#load(stored) : null))
      .catch((failure: unknown) => this.options.log?.warn({ err: failure }, 'the run could not be read again yet'))
      .finally(() => this.#scanAt(this.now() + REACQUIRE_MS));
  }

  perform(run: Run, effects: Effect[]): void {
    for (const effect of effects) {
      if (effect.kind === 'dispatchActivity') this.#dispatch(run, effect.scheduledEventId, effect.attempt);
      else if (effect.kind === 'cancelActivity') {
        this.options.activityWorker.cancel(this.#token(run, effect.scheduledEventId, effect.attempt), effect.reason);
      } else if (effect.kind === 'updateStage') {
        for (const waiter of this.#updateWaiters.get(updateKey(run.runKey, effect.updateId)) ?? []) waiter(effect);
      } else if (effect.kind === 'closed') this.#closed(run);
    }
    const { namespace, workflowId, runId } = run.state;
    this.options.hints.emit({ namespace, workflowId, runId, kind: run.isOpen ? 'changed' : 'closed' });
  }

  #closed(run: Run): void {
    this.#timers.get(run.runKey)?.cancel();
    this.#timers.delete(run.runKey);
    this.options.workflowWorker.evict(run.runKey);
    if (this.#runs.get(run.runKey) === run) this.#runs.delete(run.runKey);
    const key = addressOf(run.state.namespace, run.state.workflowId);
    if (this.#current.get(key) === run) this.#current.delete(key);
  }

  onUpdateStage(
    runKey: RunKey,
    updateId: string,
    listener: (stage: Effect & { kind: 'updateStage' }) => void
  ): () => void {
    const key = updateKey(runKey, updateId);
    const listeners = this.#updateWaiters.get(key) ?? new Set();
    listeners.add(listener);
    this.#updateWaiters.set(key, listeners);
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0) this.#updateWaiters.delete(key);
    };
  }

  // ——— Workflow tasks

  /** True when the embedded worker serves this run. */
  isServed(run: Run): boolean {
    const { started } = run.state;
    const queue = started.taskQueue?.name || this.options.taskQueue;
    return queue === this.options.taskQueue && this.options.workflowWorker.serves(started.workflowType?.name ?? '');
  }

  /** New workflow types are served: look at the runs that waited for them. */
  typesChanged(): void {
    for (const runKey of [...this.#unserved]) {
      const run = this.#runs.get(runKey);
      this.#unserved.delete(runKey);
      if (run) this.#pump(run);
    }
  }

  #pump(run: Run): void {
    if (run.dead || run.busy || !run.isOpen || !this.#runs.has(run.runKey)) return;
    if (!run.state.needsWorkflowTask) return;
    if (!this.isServed(run)) {
      this.#unserved.add(run.runKey);
      return;
    }
    const open = history.openWorkflowTask(run.state, this.now());
    if (!open) return;
    run.busy = true;
    run.held = true;
    const release = this.options.clock.at(this.now() + HOLD_MS, () => this.#release(run));
    const { state } = run;
    const updates = [...state.updates.values()].filter((update) => update.sent && update.acceptedEventId === 0);
    const task: WorkflowTask = {
      ...this.#taskOf(run),
      newEvents: history.taskEvents(state),
      startedEventId: open.startedEventId,
      loadHistory: async () => {
        // A new run's events are all still in memory; of any other the rest must be stored before it can be read.
        if (run.durableNextEventId === 1) return history.taskEvents(state);
        const opening = history.openTaskEvents(state);
        this.#release(run);
        await run.durable();
        return [...(await this.readEvents(run.runKey, 1, run.durableNextEventId)), ...opening];
      },
      updates: updates.map(({ updateId, request }) => ({ id: updateId, protocolInstanceId: updateId, request })),
    };
    this.options.workflowWorker
      .runWorkflowTask(task)
      .then((result) => this.#taskDone(run, result))
      .catch((error: unknown) => {
        this.options.log?.error({ err: error, workflowId: state.workflowId }, 'a workflow task broke the engine');
        this.#discard(run, error as Error);
      })
      .finally(() => {
        release();
        run.busy = false;
        this.#release(run);
        this.wake(run);
      });
  }

  #taskOf(run: Run) {
    const { state } = run;
    return {
      run: {
        runKey: run.runKey,
        namespace: state.namespace,
        workflowId: state.workflowId,
        runId: state.runId,
        firstRunId: state.firstRunId,
        workflowType: state.started.workflowType?.name ?? '',
        taskQueue: state.started.taskQueue?.name || this.options.taskQueue,
      },
      attempt: state.workflowTaskAttempt,
      previousStartedEventId: state.lastCompletedTaskStartedEventId,
      historySizeBytes: state.historySizeBytes,
      suggestContinueAsNew: false,
      queries: [],
    };
  }

  #release(run: Run): void {
    if (!run.held) return;
    run.held = false;
    if (!run.dead) this.dirty(run);
  }

  #taskDone(run: Run, result: WorkflowTaskResult): void {
    if (run.dead || !run.isOpen) return;
    const { state } = run;
    const now = this.now();
    const apply = (transition: Transition) => {
      for (const effect of transition.effects) {
        if (effect.kind === 'workflowTaskFailed') this.options.workflowWorker.evict(run.runKey);
        if (effect.kind === 'newRun') this.#continueAs(run, effect.start);
      }
      run.apply(transition);
    };
    if (result.kind === 'failed') {
      this.options.log?.warn(
        { workflowId: state.workflowId, attempt: state.workflowTaskAttempt, failure: result.failure.message },
        'a workflow task failed'
      );
      apply(history.failWorkflowTask(state, result.cause, result.failure, IDENTITY, now));
      return;
    }
    const { commands, messages, sdkMetadata, revision } = result;
    try {
      apply(
        history.completeWorkflowTask(
          state,
          { identity: IDENTITY, commands, messages, sdkMetadata, revision },
          this.epoch,
          now
        )
      );
    } catch (error) {
      if (!(error instanceof history.RequestError)) throw error;
      const { cause } = error.detail;
      if (cause === undefined) return;
      apply(history.failWorkflowTask(state, cause, { message: error.message, source: 'Backstitch' }, IDENTITY, now));
    }
  }

  #continueAs(run: Run, start: StartRun): void {
    const runKey = this.#nextRunKey++;
    const { state, transition } = history.startRun({ ...start, runKey }, this.now(), this.epoch);
    const { namespace, workflowId, runId, firstRunId } = state;
    const creation = { namespace, workflowId, runId, firstRunId, expectedCurrentRunId: run.state.runId };
    const successor = new Run(state, this, { creation, transition });
    run.succeed(successor);
    const stop = run.onCommit(() => {
      if (run.dead) return stop();
      if (run.isOpen || !run.isClean) return;
      stop();
      this.#keep(successor);
      this.wake(successor);
    });
  }

  /** Answer a query once nothing is under way; on closed runs by replay. */
  async query(
    run: Run,
    query: temporal.api.query.v1.IWorkflowQuery
  ): Promise<temporal.api.query.v1.IWorkflowQueryResult> {
    await this.#settled(run);
    await run.durable();
    const { state } = run;
    const wasBusy = run.busy;
    run.busy = true;
    try {
      const result = await this.options.workflowWorker.runWorkflowTask({
        ...this.#taskOf(run),
        newEvents: [],
        startedEventId: state.lastCompletedTaskStartedEventId,
        loadHistory: () => this.readEvents(run.runKey, 1, run.durableNextEventId),
        updates: [],
        queries: [{ id: 'query', query }],
      });
      if (result.kind === 'failed')
        throw new history.RequestError('FAILED_PRECONDITION', result.failure.message ?? 'the query failed');
      const answer = result.queryResults.query;
      if (!answer) throw new history.RequestError('FAILED_PRECONDITION', 'the worker gave no answer');
      return answer;
    } finally {
      run.busy = wasBusy;
      if (!run.isOpen) this.options.workflowWorker.evict(run.runKey);
      else this.#pump(run);
    }
  }

  /** No task is open or due. Fails fast while tasks keep failing. */
  async #settled(run: Run): Promise<void> {
    for (;;) {
      if (run.dead) throw run.dead;
      if (!run.busy && (!run.isOpen || !run.state.needsWorkflowTask)) return;
      const failing = run.state.lastWorkflowTaskFailure;
      if (!run.busy && failing && run.state.workflowTaskAttempt > 1) {
        throw new history.RequestError(
          'FAILED_PRECONDITION',
          `The workflow task keeps failing: ${failing.failure?.message ?? 'unknown'}`
        );
      }
      if (!run.busy && !this.isServed(run)) {
        throw new history.RequestError(
          'FAILED_PRECONDITION',
          `No worker serves the workflow type '${run.state.started.workflowType?.name}'.`
        );
      }
      await new Promise<void>((resolve) => {
        const stop = run.onCommit(() => done());
        const cancel = this.options.clock.at(this.now() + HOLD_MS, () => done());
        const done = () => {
          stop();
          cancel();
          resolve();
        };
      });
    }
  }

  // ——— Activities

  #token(run: Run, scheduledEventId: number, attempt: number): string {
    return `${run.runKey}/${scheduledEventId}/${attempt}/${this.#lease?.epoch ?? 0}`;
  }

  #dispatch(run: Run, scheduledEventId: number, attempt: number): void {
    const activity = run.state.activities.get(scheduledEventId);
    const token = this.#token(run, scheduledEventId, attempt);
    if (!activity || activity.attempt !== attempt || this.#attempts.has(token)) return;
    this.#attempts.add(token);
    const task: ActivityTask = {
      token,
      namespace: run.state.namespace,
      workflowId: run.state.workflowId,
      runId: run.state.runId,
      workflowType: run.state.started.workflowType?.name ?? '',
      activityId: activity.activityId,
      activityType: activity.activityType,
      taskQueue: activity.taskQueue,
      attempt,
      input: activity.input?.payloads ?? [],
      headers: activity.header?.fields ?? {},
      heartbeatDetails: activity.heartbeatDetails?.payloads ?? [],
      scheduledTimeMs: activity.scheduledTimeMs,
      currentAttemptScheduledTimeMs: activity.startedTimeMs,
      startedTimeMs: activity.startedTimeMs,
      scheduleToCloseTimeoutMs: activity.scheduleToCloseTimeoutMs,
      startToCloseTimeoutMs: activity.startToCloseTimeoutMs,
      heartbeatTimeoutMs: activity.heartbeatTimeoutMs,
    };
    const ref = { scheduledEventId, attempt };
    const { runKey } = run;
    const answer = (decision: (state: RunState) => Transition) => this.#attemptAnswered(runKey, decision);
    void this.options.activityWorker
      .run(task, (details) =>
        answer((state) => history.heartbeatActivity(state, ref, { payloads: details }, this.now()))
      )
      .then((outcome) => {
        this.#attempts.delete(token);
        answer((state) => {
          const now = this.now();
          if (outcome.kind === 'completed') {
            return history.completeActivity(state, ref, { payloads: outcome.result }, IDENTITY, this.epoch, now);
          }
          if (outcome.kind === 'failed')
            return history.failActivity(state, ref, outcome.failure, IDENTITY, this.epoch, now);
          return history.cancelActivity(state, ref, { payloads: outcome.details }, IDENTITY, this.epoch, now);
        });
      });
  }

  #attemptAnswered(runKey: RunKey, decision: (state: RunState) => Transition): void {
    const run = this.#runs.get(runKey);
    // The lease was lost, or the run closed: the answer is late. The attempt is found again by recovery.
    if (!run || run.dead || !this.#lease) return;
    try {
      run.apply(decision(run.state));
    } catch (error) {
      if (error instanceof history.RequestError) return;
      this.#discard(run, error as Error);
    }
  }

  /** A bug or a broken invariant of one run: drop what is in memory, keep what is stored. */
  #discard(run: Run, error: Error): void {
    this.options.log?.error(
      { err: error, workflowId: run.state.workflowId },
      'the run is dropped from memory and read again'
    );
    run.kill(unavailable());
    this.commitFailed(run, error);
  }

  // ——— Time

  #arm(run: Run): void {
    const deadline = run.isOpen && !run.dead && this.#runs.has(run.runKey) ? history.nextDeadline(run.state) : null;
    const armed = this.#timers.get(run.runKey);
    if (armed && armed.atMs === deadline) return;
    armed?.cancel();
    this.#timers.delete(run.runKey);
    if (deadline === null) return;
    const cancel = this.options.clock.at(deadline, () => {
      this.#timers.delete(run.runKey);
      this.#due(run);
    });
    this.#timers.set(run.runKey, { atMs: deadline, cancel });
  }

  #due(run: Run): void {
    if (run.dead || !run.isOpen || !this.#lease) return;
    const transition = history.advance(run.state, this.epoch, this.now());
    for (const effect of transition.effects) if (effect.kind === 'newRun') this.#continueAs(run, effect.start);
    if (transition.events.length > 0 || transition.effects.length > 0) run.apply(transition);
    else this.wake(run);
  }

  /** Load what is due; then sleep until something can be. */
  async #scan(): Promise<void> {
    const lease = this.store;
    for (;;) {
      const due = await lease.due(this.now() + HORIZON_MS, SCAN_BATCH, new Set(this.#runs.keys()));
      for (const stored of due) await this.#load(stored);
      if (due.length < SCAN_BATCH) break;
    }
    const next = await lease.nextWake(this.now() + HORIZON_MS);
    if (next !== null) this.#scanAt(next - HORIZON_MS);
  }

  #scanAt(atMs: number): void {
    this.#cancelScan?.();
    this.#cancelScan = this.options.clock.at(Math.max(atMs, this.now()), () => {
      if (!this.#lease) return;
      this.#scan().catch((error: unknown) => {
        this.options.log?.warn({ err: error }, 'the scan for due runs failed');
        this.#scanAt(this.now() + REACQUIRE_MS);
      });
    });
  }

  #sweepLater(): void {
    this.#cancelSweep?.();
    this.#cancelSweep = this.options.clock.at(this.now() + IDLE_MS / 2, () => {
      this.#sweep();
      this.#sweepLater();
    });
  }

  /** Park what is idle: its wake_at is raised to its next deadline, and it leaves memory. */
  #sweep(): void {
    const tooMany = this.#runs.size > (this.options.maxHotRuns ?? 50_000);
    const now = this.now();
    for (const run of this.#runs.values()) {
      const deadline = history.nextDeadline(run.state);
      const far = deadline === null || deadline > now + HORIZON_MS;
      const idle = tooMany || now - run.lastUsedMs > IDLE_MS;
      if (!idle || !far || run.busy || !run.isClean || run.state.needsWorkflowTask || hasRunningActivity(run.state))
        continue;
      if (run.state.inFlightUpdates > 0) continue;
      run.setWakeAt(deadline);
      const stop = run.onCommit(() => {
        stop();
        if (run.isClean && !run.busy && !run.dead) this.#forget(run);
        if (deadline !== null) this.#scanAt(deadline - HORIZON_MS);
      });
    }
  }
}

function hasRunningActivity(state: RunState): boolean {
  return state.activities.size > 0;
}
function addressOf(namespace: string, workflowId: string): string {
  return `${namespace}\0${workflowId}`;
}
function updateKey(runKey: RunKey, updateId: string): string {
  return `${runKey}/${updateId}`;
}
