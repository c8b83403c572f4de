/**
 * The engine's runtime: keeps hot runs in memory while the lease is ours (lease.ts), and commits in groups.
 * engine/history makes the decisions; parts of the engine perform their effects: workflow tasks, activity
 * attempts, wake-ups, and messages between runs.
 *
 * Invariants:
 * - Nothing leaves the engine before the commit on which it depends: `Run.committed` releases effects and replies.
 * - After a failed commit or a lost lease the memory of the affected runs is discarded, never acknowledged data. The
 *   runs are read again.
 */
import { status } from '@grpc/grpc-js';
import type { SinceBoot } from '../clock';
import * as history from '../history';
import type { Operation } from '../permissions/permissions';
import type {
  DurableEffect,
  HistoryEvent,
  ResetRun,
  Rules,
  RunState,
  SettledEffect,
  StartRun,
  Transition,
} from '../history';
import type { temporal } from '../proto';
import { GroupCommitter } from '../store/group-commit';
import { STATUS, type RunAddress, type RunKey } from '../run-name';
import {
  type EndedCell,
  type EndedQuery,
  FencedError,
  UnmadeCommitError,
  type AttentionGroup,
  type AttentionQuery,
  type ChangePage,
  type ChangeQuery,
  type LeasedStore,
  type StoredRun,
} from '../store/port';
import type { ChangePosition } from '../visibility/change';
import { Attempts, type AttemptsHost } from './attempts';
import { addUp, type QueueBacklog } from './backlogs';
import { memoOf } from './child-start';
import { Deletions, type DeletionsHost } from './deletions';
import { EffectCounts, type EffectCountsHost } from './effect-counts';
import type { EngineOptions } from './engine-options';
import { asServiceError, runNotFound, ServiceError, unavailable } from './errors';
import { LeaseKeeper } from './lease';
import { Listeners } from './listeners';
import { Locks } from './locks';
import { Messages, type MessagesHost } from './messages';
import { RETRY_MS } from './retry';
import { QueueRates, type Rates } from './queue-rates';
import { rulesOf } from './rules';
import type { Run, RunHost } from './run';
import { addressOf, RunsInMemory, type MemoryHost } from './runs-in-memory';
import { WakeUps, type WakeUpsHost } from './wake-ups';
import { WorkflowTasks, type WaitingRuns, type WorkflowTasksHost } from './workflow-tasks';

type UpdateStage = DurableEffect & { kind: 'updateStage' };

/** Each of its parts sees of the engine what that part's own host interface names, and no more. */
export class Engine
  implements
    RunHost,
    MemoryHost,
    WorkflowTasksHost,
    AttemptsHost,
    WakeUpsHost,
    EffectCountsHost,
    MessagesHost,
    DeletionsHost
{
  readonly #lease: LeaseKeeper;
  #committer: GroupCommitter | null = null;
  readonly #memory = new RunsInMemory(this);
  readonly #locks = new Locks();
  readonly #updateStages = new Listeners<string, UpdateStage>();
  readonly #changes = new Listeners<RunKey, void>();
  readonly #closings = new Listeners<'closed', Run>();
  readonly rates = new QueueRates();
  readonly #tasks: WorkflowTasks;
  readonly #attempts: Attempts;
  readonly #wakeUps: WakeUps;
  readonly #counts: EffectCounts;
  readonly #messages: Messages;
  readonly #deletions: Deletions;
  readonly rules: Rules;
  /** Nothing new begins: no workflow task, no attempt that is due. */
  isStopping = false;

  constructor(private readonly options: EngineOptions) {
    this.#tasks = new WorkflowTasks(this, options);
    this.#attempts = new Attempts(this, options);
    this.#wakeUps = new WakeUps(this, options);
    this.#counts = new EffectCounts(this, options);
    this.#messages = new Messages(this, options);
    this.#deletions = new Deletions(this, options);
    this.rules = rulesOf(options);
    this.#lease = new LeaseKeeper(options, {
      begin: (lease, maxRunKey) => this.#begin(lease, maxRunKey),
      end: () => this.#end(),
    });
  }

  start(): Promise<void> {
    this.options.clock.onFollow(() => this.#writeTime());
    return this.#lease.take();
  }

  get store(): LeasedStore {
    if (!this.#lease.held) throw unavailable();
    return this.#lease.held;
  }
  get holdsLease(): boolean {
    return this.#lease.held !== null;
  }
  /**
   * For an answer from memory at or after `sinceMs` of `elapsedMs`: throws if the lease is not ours, or if that is
   * unknown.
   */
  prove(sinceMs: number): Promise<void> {
    return this.#lease.prove(sinceMs);
  }
  /** Resolves when the lease is lost for the first time. The engine gets it back by itself. */
  get lost(): Promise<Error> {
    return this.#lease.lost;
  }
  get epoch(): number {
    return this.store.epoch;
  }
  /** Open runs in memory. */
  get runs(): ReadonlyMap<RunKey, Run> {
    return this.#memory.open;
  }
  get stats() {
    return { ...this.#committer?.stats, hotRuns: this.runs.size };
  }
  /** Queue that the embedded worker serves. */
  get taskQueue(): string {
    return this.options.taskQueue;
  }
  now(): number {
    return this.options.clock.now();
  }
  at(atMs: number, call: () => void): () => void {
    return this.options.clock.at(atMs, call);
  }
  elapsedMs(): number {
    return this.options.clock.elapsedMs();
  }
  after(ms: number, call: () => void): () => void {
    return this.options.clock.after(ms, call);
  }
  sinceBoot(): SinceBoot | null {
    return this.options.clock.sinceBoot();
  }

  // --- the lease ---

  async #begin(lease: LeasedStore, maxRunKey: RunKey): Promise<void> {
    this.#memory.begin(maxRunKey + 1);
    this.#committer = new GroupCommitter({
      commit: async (runs) => {
        const atMs = this.elapsedMs();
        const { meter } = this.options;
        try {
          await lease.commit(runs);
        } catch (error) {
          meter?.commitFailed();
          throw error;
        }
        this.#lease.proved(lease, atMs);
        meter?.committed(this.elapsedMs() - atMs, runs.length);
      },
    });
    const time = await lease.readTime();
    if (time) this.options.clock.resume(time);
    await this.#wakeUps.start(time);
    this.#writeTime();
  }

  /** For the next process: without it, that one believes its clock. */
  #writeTime(): void {
    const reading = this.options.clock.reading();
    if (!reading || !this.holdsLease) return;
    this.store
      .writeTime({ ...reading, latestMs: this.#wakeUps.latestMs })
      .catch((error: unknown) => this.options.log?.warn({ err: error }, 'the time of the engine is not stored'));
  }

  #end(): void {
    this.#committer = null;
    this.#wakeUps.stop();
    this.#attempts.dropAll();
    this.#counts.dropAll();
    this.#messages.dropAll();
    this.#deletions.dropAll();
    for (const run of [...this.runs.values()]) {
      this.#forget(run);
      run.kill(unavailable());
    }
    this.#memory.clear();
    this.#changes.notifyAll();
  }

  /**
   * Waits for the attempts that run, at most `drainMs`, then gives up the lease. Whoever has it next treats an attempt
   * that is cut off as lost: it is made again with the same key where the policy has another, else it is open until its
   * deadline, and unknown then.
   */
  async stop(): Promise<void> {
    this.isStopping = true;
    this.#wakeUps.stop();
    await this.#attempts.ended(this.options.drainMs ?? 0);
    await this.options.stepTimes?.close();
    await this.#lease.stop(() => this.#committer?.drained());
  }

  // --- runs ---

  /** Serialises what must see one workflow id at a time: starts. */
  async withWorkflowId<T>(namespace: string, workflowId: string, work: () => Promise<T>): Promise<T> {
    return this.exclusively(addressOf(namespace, workflowId), work);
  }

  exclusively<T>(key: string, work: () => Promise<T>): Promise<T> {
    return this.#locks.exclusively(key, work);
  }

  /** By run id, or the current run for an empty one; null when there is none. */
  find(namespace: string, workflowId: string, runId: string): Promise<Run | null> {
    return this.#memory.find(namespace, workflowId, runId);
  }
  /**
   * The current run of a workflow id, with all that was decided about it durable: a start depends on it. A close may
   * have a next run of its chain, which then is the current one.
   */
  async current(namespace: string, workflowId: string): Promise<Run | null> {
    for (;;) {
      const run = await this.find(namespace, workflowId, '');
      await run?.told();
      if (!run || run.isOpen || !run.successor) return run;
    }
  }
  load(stored: StoredRun): Promise<Run> {
    return this.#memory.load(stored);
  }
  readEvents(runKey: RunKey, from: number, to: number): Promise<HistoryEvent[]> {
    return this.#memory.readEvents(runKey, from, to);
  }
  /**
   * Make a run; durable once its `durable()` resolves. `expectedCurrentRunId`: the run that it replaces. `also`: what is
   * decided before its first workflow task.
   */
  create(
    start: Omit<StartRun, 'runKey'>,
    expectedCurrentRunId: string | null,
    also?: (state: RunState) => Transition
  ): Run {
    const run = this.#memory.make(start, expectedCurrentRunId);
    if (also) run.apply(also(run.state));
    this.#memory.keep(run);
    this.wake(run);
    return run;
  }
  /** As `create`, in place of an open run that is stored: one commit ends that one and makes this one, or neither. */
  replace(
    current: Run,
    end: (state: RunState) => Transition,
    start: Omit<StartRun, 'runKey'>,
    also?: (state: RunState) => Transition
  ): Run {
    if (current.dead) throw current.dead;
    const run = this.#memory.make(start, current.state.runId);
    if (also) run.apply(also(run.state));
    current.succeed(run);
    current.apply(end(current.state));
    this.#memory.keep(run);
    return run;
  }
  /** Stores that a run was reset; it is not the current one. */
  mark(base: Run, resetRunId: string, resetEventId: number): Promise<void> {
    return this.decide(base, (state) => history.markReset(state, resetRunId, resetEventId, base.now()));
  }
  /**
   * Makes the run of a reset. One commit ends the current run, where that is open, and makes this one. The current run is
   * marked by it at `resetEventId`, 0 if nothing of it is in the new run. The caller has marked all others.
   */
  reset(current: Run | null, base: Run, start: Omit<ResetRun, 'runKey'>, resetEventId: number): Run {
    for (const { dead } of [base, current ?? base]) if (dead) throw dead;
    // It continued meanwhile.
    if (current && !current.isOpen && current.successor) throw unavailable();
    const run = this.#memory.makeReset(start, current?.state.runId ?? null);
    const mark = resetEventId > 0 ? { resetRunId: start.runId, resetEventId } : null;
    if (current?.isOpen) {
      current.succeed(run);
      current.apply(history.endForReset(current.state, start.reason, mark, current.now()));
    } else if (current && mark) {
      current.succeed(run);
      current.apply(history.markReset(current.state, start.runId, resetEventId, current.now()));
    }
    this.#memory.keep(run);
    if (!run.awaitsPredecessor) this.wake(run);
    return run;
  }
  /** A parked run leaves memory; whoever still holds it has to find it again. */
  retire(run: Run): void {
    this.#tasks.parked(run);
    this.#forget(run);
    run.kill(unavailable());
  }

  #forget(run: Run): void {
    this.#memory.forget(run);
    this.#wakeUps.forget(run.runKey);
    this.#tasks.forget(run.runKey);
    this.options.workflowWorker.evict(run.runKey);
  }

  /** Decide on an open run and wait until it is durable. */
  async decide(run: Run, decision: (state: RunState) => Transition): Promise<void> {
    if (run.dead) throw run.dead;
    run.apply(decision(run.state));
    await run.durable();
  }

  /**
   * What a person found out about an effect of a closed run: kept with the run, whose lists and counts follow. Durable
   * when it resolves; the count follows. Throws NOT_FOUND, PERMISSION_DENIED where `mayFor` its workflow type says no,
   * FAILED_PRECONDITION for an open run.
   */
  async settleEffect(
    { namespace, workflowId, runId }: RunAddress,
    effect: SettledEffect,
    mayFor: (workflowType: string) => boolean
  ): Promise<void> {
    await this.#afterClose({ namespace, workflowId, runId }, 'runs.settle', mayFor, (state, nowMs) =>
      history.settleEffect(state, effect, nowMs)
    );
  }

  /** A closed run is kept whatever its retention period is, or not any more. Throws as `settleEffect`. */
  async keepRun(address: RunAddress, isKept: boolean, mayFor: (workflowType: string) => boolean): Promise<void> {
    await this.#afterClose(address, 'runs.keep', mayFor, (state, nowMs) => history.keepRun(state, isKept, nowMs));
  }

  async #afterClose(
    { namespace, workflowId, runId }: RunAddress,
    operation: Operation,
    mayFor: (workflowType: string) => boolean,
    decision: (state: RunState, nowMs: number) => Transition
  ): Promise<void> {
    const run = await this.find(namespace, workflowId, runId);
    if (!run) throw runNotFound(workflowId, runId);
    if (!mayFor(run.state.started.workflowType?.name ?? ''))
      throw new ServiceError(status.PERMISSION_DENIED, `${operation} is refused for '${workflowId}'`);
    try {
      await this.decide(run, (state) => decision(state, run.now()));
    } catch (error) {
      throw asServiceError(error);
    }
  }

  /** The runs that need attention, by groups. */
  async attention(query: AttentionQuery): Promise<AttentionGroup[]> {
    try {
      return await this.store.attention(query);
    } catch (error) {
      throw asServiceError(error);
    }
  }

  /** What ended, by type, step and cell of time. */
  async countEnded(query: EndedQuery): Promise<EndedCell[]> {
    try {
      return await this.store.countEnded(query);
    } catch (error) {
      throw asServiceError(error);
    }
  }

  /** The log of changes of runs (visibility/change.ts). */
  async changes(query: ChangeQuery): Promise<ChangePage> {
    try {
      return await this.store.changes(query);
    } catch (error) {
      throw asServiceError(error);
    }
  }
  /** Where the changes since this time begin; null: those from now on. */
  async changesSince(timeMs: number | null): Promise<ChangePosition> {
    try {
      return await this.store.changesSince(timeMs);
    } catch (error) {
      throw asServiceError(error);
    }
  }

  /** The run is not stored any more. */
  removed(run: Run): void {
    this.#memory.dropClosed(run.runKey, runNotFound(run.state.workflowId, run.state.runId));
    this.#changes.notify(run.runKey, undefined);
    const { namespace, workflowId, runId } = run.state;
    this.options.hints.emit({ namespace, workflowId, runId, kind: 'closed' });
  }

  get closedAtWork(): Iterable<RunKey> {
    return [...this.#counts.underWay, ...this.#messages.runs, ...this.#deletions.underWay];
  }
  isAtWork(runKey: RunKey): boolean {
    return (
      this.#counts.underWay.has(runKey) || this.#messages.isSending(runKey) || this.#deletions.underWay.has(runKey)
    );
  }
  closedRunDue(run: Run): void {
    const owes = history.hasMessages(run.state);
    if (owes) this.#messages.sendAll(run);
    if (run.state.toBeDeleted) this.#deletions.begin(run);
    else if (!owes || run.state.leftBehind?.state === 'counting') this.#counts.begin(run);
  }

  // --- what runs ask for ---

  dirty(run: Run): void {
    this.#committer?.dirty(run);
  }

  wake(run: Run): void {
    if (this.runs.get(run.runKey) !== run) return;
    this.#tasks.pump(run);
    this.#wakeUps.arm(run);
  }

  created({ state }: Run): void {
    this.options.meter?.runStarted(typeOf(state));
  }

  workflowTaskFailed(run: Run): void {
    this.options.workflowWorker.evict(run.runKey);
  }

  succeed(run: Run, start: StartRun): void {
    // Who started the chain remains known, whatever memo the code gives its next run.
    const memo = memoOf(run.state, start.attributes.memo?.fields);
    const successor = this.#memory.make({ ...start, attributes: { ...start.attributes, memo } }, run.state.runId);
    run.succeed(successor);
    this.#memory.keep(successor);
  }

  perform(run: Run, effects: DurableEffect[]): void {
    for (const effect of effects) this.#performOne(run, effect);
    if (!run.isOpen && run.successor && this.runs.get(run.successor.runKey) === run.successor) {
      this.#memory.keep(run.successor);
      this.wake(run.successor);
    }
    this.#changes.notify(run.runKey, undefined);
    const { namespace, workflowId, runId } = run.state;
    this.options.hints.emit({ namespace, workflowId, runId, kind: run.isOpen ? 'changed' : 'closed' });
  }

  #countAttempt({ state }: Run, scheduledEventId: number, happened: readonly (keyof Rates)[]): void {
    const taskQueue = state.activities.get(scheduledEventId)?.taskQueue;
    if (taskQueue !== undefined) this.rates.count(happened, 'activity', state.namespace, taskQueue, this.now());
  }

  #performOne(run: Run, effect: DurableEffect): void {
    switch (effect.kind) {
      case 'dispatchActivity':
        this.#countAttempt(run, effect.scheduledEventId, ['added', 'dispatched']);
        return this.#attempts.dispatch(run, effect.scheduledEventId, effect.attempt);
      case 'offerActivity':
        // No worker polls yet: the attempt waits in the run's state.
        return this.#countAttempt(run, effect.scheduledEventId, ['added']);
      case 'cancelActivity':
        return this.#attempts.cancel(run, effect.scheduledEventId, effect.attempt, effect.reason);
      case 'updateStage':
        return this.#updateStages.notify(updateKey(run.runKey, effect.updateId), effect);
      case 'send':
        return this.#messages.send(run, effect.initiatedEventId, effect.again === true);
      case 'closed':
        this.options.meter?.runClosed(typeOf(run.state), effect.status);
        this.#forget(run);
        this.#memory.keepClosed(run);
        return this.#closings.notify('closed', run);
      case 'count':
        return this.#counts.begin(run);
      case 'delete':
        return this.#deletions.begin(run);
      case 'attemptEnded':
        if (this.rules.isCounted(typeOf(run.state)))
          this.options.stepTimes?.ended(run.state.namespace, typeOf(run.state), effect.attempt);
        return this.options.meter?.attemptEnded(typeOf(run.state), effect.attempt);
      default:
        return unhandled(effect);
    }
  }

  commitFailed(run: Run, error: Error): void {
    this.#memory.forgetClosed(run);
    // Late news of a lease that was lost: by now this key may be another `Run`, read under a new lease. Leave that one
    // alone.
    if (this.runs.get(run.runKey) !== run) return;
    this.#forget(run);
    this.#changes.notify(run.runKey, undefined);
    const { held } = this.#lease;
    if (!held) return;
    if (error instanceof FencedError) return this.#lease.lose(held, error);
    this.options.log?.warn(
      { err: error, workflowId: run.state.workflowId },
      'a commit failed; the run will be read again'
    );
    // The same fault would come again at once.
    if (error instanceof UnmadeCommitError)
      this.after(RETRY_MS, () => this.#lease.held === held && this.reload(run.runKey));
    else this.reload(run.runKey);
  }

  /** Read a run again, whatever is stored of it; until that succeeds. */
  reload(runKey: RunKey): void {
    const lease = this.#lease.held;
    if (!lease) return;
    const read = async () => {
      const stored = await lease.readRun(runKey);
      if (stored?.status === STATUS.running) await this.load(stored);
    };
    read().catch((error: unknown) => {
      this.options.log?.warn({ err: error, runKey }, 'the run cannot be read yet');
      this.after(RETRY_MS, () => this.#lease.held === lease && this.reload(runKey));
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
  waitingRuns(namespace: string, taskQueue: string): WaitingRuns {
    return this.#tasks.waiting(namespace, taskQueue);
  }
  /** What waits on each queue, of all namespaces. Looks at each run in memory and at each that is parked there. */
  backlogs(): QueueBacklog[] {
    return addUp(this.#tasks.allWaiting(), this.runs.values());
  }
  /** New workflow types are served: look at the runs that waited for them. */
  typesChanged(): void {
    this.#tasks.typesChanged();
  }
  query(run: Run, query: temporal.api.query.v1.IWorkflowQuery): Promise<temporal.api.query.v1.IWorkflowQueryResult> {
    return this.#tasks.query(run, query);
  }
  /**
   * The JSON that the code of a run answered to a query after an event of its history. Throws NOT_FOUND, PERMISSION_DENIED
   * where `mayFor` its workflow type says no, FAILED_PRECONDITION where that cannot be known.
   */
  async queryAt(
    { namespace, workflowId, runId }: RunAddress,
    { eventId, queryType }: { eventId: number; queryType: string },
    mayFor: (workflowType: string) => boolean
  ): Promise<string> {
    const run = await this.find(namespace, workflowId, runId);
    if (!run) throw runNotFound(workflowId, runId);
    if (!mayFor(run.state.started.workflowType?.name ?? ''))
      throw new ServiceError(status.PERMISSION_DENIED, `runs.query is refused for '${workflowId}'`);
    try {
      const { answer, errorMessage } = await this.#tasks.queryAt(run, { queryType }, eventId);
      if (!answer) throw new ServiceError(status.FAILED_PRECONDITION, errorMessage ?? 'the query failed');
      return Buffer.from(answer.payloads?.[0]?.data ?? []).toString() || 'null';
    } catch (error) {
      throw asServiceError(error);
    }
  }
  onUpdateStage(runKey: RunKey, updateId: string, listener: (stage: UpdateStage) => void): () => void {
    return this.#updateStages.on(updateKey(runKey, updateId), listener);
  }
  /** After `holdsLease` changed. */
  onLease(listener: () => void): () => void {
    return this.#lease.onChange(listener);
  }
  /** After the commit that closes a run. */
  onClosed(listener: (run: Run) => void): () => void {
    return this.#closings.on('closed', listener);
  }
  /** After each commit of this run, hot or not by then, and when what is in memory is lost. */
  onChange(runKey: RunKey, listener: () => void): () => void {
    return this.#changes.on(runKey, listener);
  }
}

const typeOf = ({ started }: RunState): string => started.workflowType?.name ?? '';

/** Does not compile while an effect has no case. */
function unhandled(effect: never): never {
  throw new Error(`no code performs the effect ${JSON.stringify(effect)}`);
}

function updateKey(runKey: RunKey, updateId: string): string {
  return `${runKey}/${updateId}`;
}
