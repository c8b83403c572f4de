/**
 * Sends the workflow tasks and queries of hot runs to the embedded worker: one at a time for each run.
 *
 * Invariants:
 * - A workflow type without a worker causes no failed tasks: its runs wait until `typesChanged`, also parked.
 * - A query is answered only after all earlier decisions are durable and the workflow has processed them.
 * - While the worker has a task, the run's commit is delayed by at most HOLD_MS, so that a step is one durable write.
 */
import type { Clock } from '../clock';
import * as history from '../history';
import type { HistoryEvent, RunState, WorkflowTaskState } from '../history';
import { temporal } from '../proto';
import { timestampMs } from '../proto-time';
import type { RunKey, TimestampMs } from '../run-name';
import type { WorkflowTask, WorkflowTaskResult } from '../worker/port';
import { WORKER_IDENTITY } from './attempts';
import type { WaitingRun } from './backlogs';
import type { EngineOptions } from './engine-options';
import type { QueueRates, Rates } from './queue-rates';
import { HOLD_MS, type Run } from './run';

const { CommandType, EventType } = temporal.api.enums.v1;
/** A query about an earlier moment replays the run up to there: that is about a second for so many events. */
const LAST_ASKED = 20_000;
/** A workflow task causes at most a few thousand events. */
const MOST_COMMANDS = 4_000;
type WorkflowQuery = temporal.api.query.v1.IWorkflowQuery;
type QueryResult = temporal.api.query.v1.IWorkflowQueryResult;

/** The parts of the engine that it needs. */
export interface WorkflowTasksHost extends Clock {
  readonly holdsLease: boolean;
  readonly rates: QueueRates;
  readonly isStopping: boolean;
  readonly epoch: number;
  /** Open runs in memory. */
  readonly runs: ReadonlyMap<RunKey, Run>;
  readEvents(runKey: RunKey, from: number, to: number): Promise<HistoryEvent[]>;
  exclusively<T>(key: string, work: () => Promise<T>): Promise<T>;
  dirty(run: Run): void;
  wake(run: Run): void;
  /** Reads a parked run into memory. */
  reload(runKey: RunKey): void;
  discard(run: Run, error: Error): void;
}

/** Runs of a queue that need a workflow task which no worker can run. */
export interface WaitingRuns {
  count: number;
  /** Since when the first of them waits; null for none. */
  sinceMs: TimestampMs | null;
}

/** Since when the workflow task that is open, or will be, waits; null where the history does not say. */
export function taskWaitsSince({ workflowTask, scheduledTask, unseen }: RunState): TimestampMs | null {
  const news = unseen.find(({ eventTime }) => eventTime && timestampMs(eventTime) > 0)?.eventTime;
  return workflowTask?.scheduledTimeMs ?? scheduledTask?.timeMs ?? (news ? timestampMs(news) : null);
}

function waitingOf({ state, lastUsedMs }: Run): WaitingRun {
  return {
    namespace: state.namespace,
    taskQueue: state.started.taskQueue?.name ?? '',
    workflowType: state.started.workflowType?.name ?? '',
    sinceMs: taskWaitsSince(state) ?? lastUsedMs,
  };
}

export class WorkflowTasks {
  /** Hot runs whose type no worker serves (yet). */
  readonly #unserved = new Set<RunKey>();
  /** The same, of runs that left memory. */
  readonly #parked = new Map<RunKey, WaitingRun>();
  /** Runs whose next task has been counted as one that came, because nobody served it then. */
  readonly #counted = new Set<RunKey>();

  constructor(
    private readonly engine: WorkflowTasksHost,
    private readonly options: Pick<EngineOptions, 'workflowWorker' | 'taskQueue' | 'log' | 'meter'>
  ) {}

  isServed(run: Run): boolean {
    const { taskQueue, workflowType } = run.state.started;
    const { options } = this;
    return taskQueue?.name === options.taskQueue && options.workflowWorker.serves(workflowType?.name ?? '');
  }

  typesChanged(): void {
    for (const runKey of [...this.#unserved]) {
      this.#unserved.delete(runKey);
      const run = this.engine.runs.get(runKey);
      if (run) this.engine.wake(run);
    }
    for (const runKey of this.#parked.keys()) this.engine.reload(runKey);
  }

  /** The run leaves memory. */
  parked(run: Run): void {
    if (this.#unserved.has(run.runKey)) this.#parked.set(run.runKey, waitingOf(run));
  }

  waiting(namespace: string, taskQueue: string): WaitingRuns {
    let [count, sinceMs] = [0, Infinity];
    for (const run of this.allWaiting()) {
      if (run.namespace !== namespace || run.taskQueue !== taskQueue) continue;
      count++;
      sinceMs = Math.min(sinceMs, run.sinceMs);
    }
    return { count, sinceMs: count === 0 ? null : sinceMs };
  }

  /** Of all queues. */
  *allWaiting(): Generator<WaitingRun> {
    yield* this.#parked.values();
    for (const run of this.engine.runs.values())
      if (run.state.needsWorkflowTask && !this.isServed(run)) yield waitingOf(run);
  }

  forget(runKey: RunKey): void {
    this.#unserved.delete(runKey);
    if (!this.#parked.has(runKey)) this.#counted.delete(runKey);
  }

  /** Gives the run's next task to the worker if there is one and it is allowed. */
  pump(run: Run): void {
    const { engine } = this;
    this.#parked.delete(run.runKey);
    if (run.dead || run.busy || !run.isOpen || run.awaitsPredecessor || !run.state.needsWorkflowTask) return;
    if (engine.isStopping) return;
    if (!this.isServed(run)) {
      this.#unserved.add(run.runKey);
      if (!this.#counted.has(run.runKey)) this.#count(run, ['added']);
      this.#counted.add(run.runKey);
      return;
    }
    const open = history.openWorkflowTask(run.state, run.now());
    if (!open) return;
    this.#count(run, this.#counted.delete(run.runKey) ? ['dispatched'] : ['added', 'dispatched']);
    run.busy = true;
    run.held = true;
    const cancelHold = engine.after(HOLD_MS, () => this.#release(run));
    const givenMs = engine.elapsedMs();
    this.options.workflowWorker
      .runWorkflowTask(this.#task(run, open))
      .then(async (result) => {
        const type = run.state.started.workflowType?.name ?? '';
        this.options.meter?.workflowTaskEnded(type, engine.elapsedMs() - givenMs, result.kind);
        // A run that may be followed by another must be stored first, because the next one becomes current after this
        // one.
        if (!run.isCreated && mayBeFollowed(run, result)) {
          this.#release(run);
          await run.durable().catch(() => {});
        }
        this.#done(run, open, result);
      })
      .catch((error: unknown) => engine.discard(run, error as Error))
      .finally(() => {
        cancelHold();
        this.#idle(run);
      });
  }

  #count({ state }: Run, happened: readonly (keyof Rates)[]): void {
    const { engine } = this;
    engine.rates.count(happened, 'workflow', state.namespace, state.started.taskQueue?.name ?? '', engine.now());
  }

  #release(run: Run): void {
    if (!run.held) return;
    run.held = false;
    if (!run.dead) this.engine.dirty(run);
  }

  #idle(run: Run): void {
    run.busy = false;
    this.#release(run);
    run.notify();
    if (!run.dead) this.engine.wake(run);
  }

  #task(run: Run, open: WorkflowTaskState): WorkflowTask {
    const { state } = run;
    // Fixed now: if the task times out meanwhile, its answer is discarded, and the history remains intact.
    const opening = history.openTaskEvents(state);
    const before: HistoryEvent[] = [...run.unstored];
    const { durableNextEventId } = run;
    return {
      ...this.#about(run),
      attempt: open.attempt,
      newEvents: history.taskEvents(state),
      startedEventId: open.startedEventId,
      historySizeBytes: open.historySizeBytes,
      suggestContinueAsNew: open.suggestContinueAsNew,
      loadHistory: async () => [
        ...(await this.engine.readEvents(run.runKey, 1, durableNextEventId)),
        ...before,
        ...opening,
      ],
      updates: [...state.updates.values()]
        .filter((update) => update.sent && update.acceptedEventId === 0)
        .map(({ updateId, request }) => ({ id: updateId, protocolInstanceId: updateId, request })),
      queries: [],
    };
  }

  #about({ runKey, state }: Run) {
    const { namespace, workflowId, runId, firstRunId, started } = state;
    return {
      run: {
        runKey,
        namespace,
        workflowId,
        runId,
        firstRunId,
        workflowType: started.workflowType?.name ?? '',
        taskQueue: started.taskQueue?.name ?? '',
      },
      previousStartedEventId: state.lastCompletedTaskStartedEventId,
      revision: history.revisionOfTask(state),
    };
  }

  #done(run: Run, open: WorkflowTaskState, result: WorkflowTaskResult): void {
    if (run.dead || !this.engine.holdsLease) {
      // The cached workflow is ahead of what is stored. A task of the run that was read meanwhile has come after this one.
      if (!this.engine.runs.get(run.runKey)?.busy) this.options.workflowWorker.evict(run.runKey);
      return;
    }
    const { state } = run;
    const { log } = this.options;
    const now = run.now();
    const task = { startedEventId: open.startedEventId, attempt: open.attempt };
    const fail = (cause: number, failure: history.Failure) => {
      const { workflowId, runId } = state;
      log?.warn({ workflowId, runId, attempt: open.attempt, cause, reason: failure.message }, 'a workflow task failed');
      run.apply(history.failWorkflowTask(state, cause, failure, WORKER_IDENTITY, now, task));
    };
    try {
      if (result.kind === 'failed') return fail(result.cause, result.failure);
      const { kind: _, queryResults: __, ...decided } = result;
      const completion = { ...decided, identity: WORKER_IDENTITY, task };
      const { epoch } = this.engine;
      try {
        run.apply(history.completeWorkflowTask(state, completion, epoch, now));
      } catch (error) {
        if (!(error instanceof history.RequestError) || error.detail.cause === undefined) throw error;
        fail(error.detail.cause, { message: error.message, source: 'Server' });
      }
    } catch (error) {
      // A late answer: the task timed out, or the run closed. The cached workflow may be ahead of the history.
      if (!(error instanceof history.RequestError)) throw error;
      this.options.workflowWorker.evict(run.runKey);
    }
  }

  // --- queries ---

  /** On closed runs too, by replay. */
  query(run: Run, query: WorkflowQuery): Promise<QueryResult> {
    return this.engine.exclusively(`query/${run.runKey}`, () => this.#query(run, query));
  }

  async #query(run: Run, query: WorkflowQuery): Promise<QueryResult> {
    await this.#settled(run);
    const { state, durableNextEventId } = run;
    this.#demandCode(run);
    run.busy = true;
    try {
      return await this.#answer(run, query, {
        startedEventId: state.lastCompletedTaskStartedEventId,
        loadHistory: () => this.engine.readEvents(run.runKey, 1, durableNextEventId),
      });
    } finally {
      this.#idle(run);
    }
  }

  /**
   * The answer as it was after an event of the history, by a replay up to it: the run itself is not asked, and goes on
   * meanwhile. Refused before the first workflow task has completed, and far into long histories.
   */
  queryAt(run: Run, query: WorkflowQuery, eventId: number): Promise<QueryResult> {
    return this.engine.exclusively(`query/${run.runKey}`, async () => {
      if (run.dead) throw run.dead;
      this.#demandCode(run);
      const events = await this.#historyAt(run, eventId);
      const loadHistory = () => Promise.resolve(events);
      return this.#answer(run, query, { startedEventId: events.length, loadHistory, isApart: true });
    });
  }

  /**
   * The events that the workflow had processed or caused then: up to the last workflow task that had completed, and what
   * follows that task up to the next one.
   */
  async #historyAt({ runKey, durableNextEventId }: Run, eventId: number): Promise<HistoryEvent[]> {
    if (eventId > LAST_ASKED)
      throw refused(`a run is replayed up to its event ${LAST_ASKED} for this, and not further`);
    const events = await this.engine.readEvents(runKey, 1, Math.min(durableNextEventId, eventId + MOST_COMMANDS));
    const completed = events
      .slice(0, eventId)
      .findLastIndex(({ eventType }) => eventType === EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED);
    if (completed < 0) throw refused('the workflow had not run yet');
    const next = events.findIndex(
      ({ eventType }, index) => index > completed && eventType === EventType.EVENT_TYPE_WORKFLOW_TASK_SCHEDULED
    );
    return next < 0 ? events : events.slice(0, next);
  }

  #demandCode(run: Run): void {
    const { started, lastCompletedTaskStartedEventId } = run.state;
    if (!this.isServed(run)) throw refused(`no worker serves the workflow type '${started.workflowType?.name}'`);
    if (lastCompletedTaskStartedEventId === 0) throw refused('the workflow has not run yet');
  }

  async #answer(
    run: Run,
    query: WorkflowQuery,
    history: Pick<WorkflowTask, 'startedEventId' | 'loadHistory' | 'isApart'>
  ): Promise<QueryResult> {
    const result = await this.options.workflowWorker.runWorkflowTask({
      ...this.#about(run),
      attempt: 1,
      newEvents: [],
      historySizeBytes: run.state.historySizeBytes,
      suggestContinueAsNew: false,
      ...history,
      updates: [],
      queries: [{ id: 'query', query }],
    });
    if (result.kind === 'failed') throw refused(`the query could not be answered: ${result.failure.message ?? ''}`);
    const answer = result.queryResults.query;
    if (!answer) throw refused('the worker gave no answer');
    return answer;
  }

  /**
   * True if nothing runs, the workflow has processed all events that it can, and everything is durable. Fails fast
   * while tasks keep failing.
   */
  async #settled(run: Run): Promise<void> {
    for (;;) {
      if (run.dead) throw run.dead;
      const { state } = run;
      const waits = run.isOpen && state.needsWorkflowTask;
      if (!run.busy && waits) {
        const failing = state.workflowTaskAttempt > 1 ? state.lastWorkflowTaskFailure : null;
        if (failing) throw refused(`the workflow task keeps failing: ${failing.failure?.message ?? 'unknown'}`);
        if (!this.isServed(run))
          throw refused(`no worker serves the workflow type '${state.started.workflowType?.name}'`);
        if (state.workflowTaskAtMs > run.now()) throw refused('the workflow has not run yet');
      }
      if (!run.busy && !waits) {
        if (run.isClean) return;
        await run.durable();
        continue;
      }
      await new Promise<void>((resolve) => {
        const stop = run.onCommit(() => {
          stop();
          resolve();
        });
      });
    }
  }
}

/** True if this answer may close the run and start the next one of its chain. */
function mayBeFollowed({ state: { started } }: Run, result: WorkflowTaskResult): boolean {
  if (started.retryPolicy || started.cronSchedule) return true;
  const isContinued = ({ commandType }: history.Command) =>
    commandType === CommandType.COMMAND_TYPE_CONTINUE_AS_NEW_WORKFLOW_EXECUTION;
  return result.kind === 'completed' && result.commands.some(isContinued);
}

const refused = (message: string) => new history.RequestError('FAILED_PRECONDITION', message);
