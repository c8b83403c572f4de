/**
 * The embedded worker: hosts the official workflow library in the sandbox thread, driven by our own core. Cached runs see only what
 * is new; on a miss the whole history is replayed and compared, command by command.
 *
 * Invariants: a failed task, a lost sandbox and an eviction cost a replay, never state. One task a run at a time (the service's rule).
 */
import type { Logger } from 'pino';
import { temporal } from '../proto';
import type { Failure, HistoryEvent } from '../history/api';
import type { RunKey } from '../store/port';
import type { WorkflowBundle } from './bundle/bundle';
import { runCreation } from './core/creation';
import { NondeterminismError } from './core/nondeterminism';
import { RunMachine, type UpdateDelivery } from './core/run-machine';
import { splitTasks } from './core/task-events';
import type { WorkflowTask, WorkflowTaskResult, WorkflowTaskRun, WorkflowWorker } from './port';
import type { ActivationResult, Job, RunCreation } from './sandbox/protocol';
import { ActivationTimeoutError, Sandbox, SandboxLostError } from './sandbox/sandbox';

const Cause = temporal.api.enums.v1.WorkflowTaskFailedCause;

/** Where bundles come from: published versions, or a fixed set. */
export interface BundleSource {
  find(workflowType: string): WorkflowBundle | undefined;
  /** Called when a type became available or changed; returns how to stop. */
  onChange(listener: () => void): () => void;
}

export interface EmbeddedWorkerOptions {
  bundles: BundleSource;
  log?: Pick<Logger, 'debug' | 'info' | 'warn' | 'error'>;
  /** Runs kept in the sandbox; about 12 KiB each. */
  maxCachedRuns?: number;
  activationTimeoutMs?: number;
  /** Of all cached runs together. */
  maxHeapMb?: number;
}

/** The library failed the activation: the code threw what is not a Temporal failure, or broke a rule of workflows. */
class ActivationError extends Error {
  constructor(readonly failure: Failure) {
    super(failure.message ?? 'activation failed');
  }
}

export function createEmbeddedWorker(options: EmbeddedWorkerOptions): EmbeddedWorker {
  return new EmbeddedWorker(options);
}

export class EmbeddedWorker implements WorkflowWorker {
  readonly #machines = new Map<RunKey, { machine: RunMachine; bundle: WorkflowBundle }>();
  readonly #sandbox: Sandbox;
  readonly #maxCachedRuns: number;

  constructor(private readonly options: EmbeddedWorkerOptions) {
    this.#maxCachedRuns = options.maxCachedRuns ?? 10_000;
    this.#sandbox = new Sandbox({
      activationTimeoutMs: options.activationTimeoutMs ?? 2_000,
      maxHeapMb: options.maxHeapMb ?? 1_024,
      onLost: () => this.#machines.clear(),
    });
  }

  serves(workflowType: string): boolean {
    return this.options.bundles.find(workflowType) !== undefined;
  }

  evict(runKey: RunKey): void {
    if (this.#machines.delete(runKey)) this.#sandbox.dispose(runKey);
  }

  async close(): Promise<void> {
    this.#machines.clear();
    await this.#sandbox.close();
  }

  async runWorkflowTask(task: WorkflowTask): Promise<WorkflowTaskResult> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#runTask(task);
      } catch (error) {
        this.evict(task.run.runKey);
        // The thread died of another run's loop: this run lost its cache, not its turn.
        if (error instanceof SandboxLostError && attempt < 3) continue;
        return taskFailed(error);
      }
    }
  }

  async #runTask(task: WorkflowTask): Promise<WorkflowTaskResult> {
    const bundle = this.options.bundles.find(task.run.workflowType);
    if (!bundle) throw new Error(`no published version serves the workflow type '${task.run.workflowType}'`);
    const { runKey } = task.run;
    let cached = this.#touch(runKey);
    const onlyQueries = task.newEvents.length === 0;
    if (cached && !onlyQueries && !cached.machine.continues(task.newEvents, task.previousStartedEventId)) {
      this.evict(runKey);
      cached = undefined;
    }

    const done: Activated = { usedFlags: [] };
    let machine = cached?.machine;
    let outcome: { commands: temporal.api.command.v1.ICommand[]; messages: temporal.api.protocol.v1.IMessage[] } = {
      commands: [],
      messages: [],
    };
    if (!machine) {
      machine = new RunMachine();
      this.#machines.set(runKey, { machine, bundle });
      this.#sandbox.load(bundle);
      const history = await task.loadHistory();
      const { tasks, rest } = splitTasks(history);
      const started = history[0]?.workflowExecutionStartedEventAttributes;
      if (!started) throw new Error('the history does not begin with WorkflowExecutionStarted');
      const create = runCreation(task.run, bundle.id, started, milliseconds(history[0]));
      for (const [index, { events, isReplaying }] of tasks.entries()) {
        const following = isReplaying ? (tasks[index + 1]?.events ?? rest) : null;
        const first = index === 0 ? create : undefined;
        outcome = await this.#runEvents(task, machine, events, following, first, done);
      }
    } else if (!onlyQueries) {
      outcome = await this.#runEvents(task, machine, task.newEvents, null, undefined, done);
    }
    const queryResults = await this.#answerQueries(task);
    this.#trim();
    return {
      kind: 'completed',
      ...(onlyQueries ? { commands: [], messages: [] } : outcome),
      queryResults,
      sdkMetadata: onlyQueries ? {} : machine.metadata(done.usedFlags),
      revision: bundle.revision,
    };
  }

  /** One task of history, or the open one: activate until the code has nothing more to resolve by itself. */
  async #runEvents(
    task: WorkflowTask,
    machine: RunMachine,
    events: readonly HistoryEvent[],
    following: readonly HistoryEvent[] | null,
    create: RunCreation | undefined,
    done: Activated
  ) {
    const updates: UpdateDelivery[] = following
      ? RunMachine.acceptedIn(following)
      : task.updates.map(({ protocolInstanceId, request }) => ({ protocolInstanceId, request, runValidator: true }));
    const flags = [
      ...machine.flags,
      ...(following?.[0]?.workflowTaskCompletedEventAttributes?.sdkMetadata?.langUsedFlags ?? []),
    ];
    const begun = machine.begin(events, updates, following ?? []);
    const taskStarted = events.at(-1)?.workflowTaskStartedEventAttributes;
    let jobs = begun.jobs;
    let creation = create;
    while (jobs.length > 0) {
      const result = await this.#sandbox.activate({
        runKey: task.run.runKey,
        create: creation,
        timestampMs: begun.timestampMs,
        isReplaying: following !== null,
        historyLength: machine.startedEventId,
        historySizeBytes: Number(taskStarted?.historySizeBytes ?? 0),
        continueAsNewSuggested: taskStarted?.suggestContinueAsNew ?? false,
        flags,
        jobs,
      });
      creation = undefined;
      if ('failure' in result) throw new ActivationError(result.failure);
      if (following === null) this.#log(task.run, result);
      done.usedFlags = result.usedFlags;
      jobs = machine.take(result.commands, following);
    }
    return machine.finish();
  }

  async #answerQueries(task: WorkflowTask): Promise<Record<string, temporal.api.query.v1.IWorkflowQueryResult>> {
    const results: Record<string, temporal.api.query.v1.IWorkflowQueryResult> = {};
    const { QueryResultType } = temporal.api.enums.v1;
    for (const { id, query } of task.queries) {
      const job: Job = {
        variant: 'queryWorkflow',
        queryWorkflow: {
          queryId: id,
          queryType: query.queryType,
          arguments: (query.queryArgs?.payloads ?? []).map((payload) => ({ ...payload })),
          headers: {},
        },
      };
      const result = await this.#sandbox.activate({
        runKey: task.run.runKey,
        timestampMs: 0,
        isReplaying: true,
        historyLength: 0,
        historySizeBytes: 0,
        continueAsNewSuggested: false,
        flags: [],
        jobs: [job],
      });
      if ('failure' in result) throw new ActivationError(result.failure);
      const answer = result.commands.find((command) => command.respondToQuery?.queryId === id)?.respondToQuery;
      const response = answer?.succeeded?.response;
      results[id] = answer?.succeeded
        ? { resultType: QueryResultType.QUERY_RESULT_TYPE_ANSWERED, answer: { payloads: response ? [response] : [] } }
        : {
            resultType: QueryResultType.QUERY_RESULT_TYPE_FAILED,
            errorMessage: answer?.failed?.message ?? 'the query gave no answer',
            failure: answer?.failed,
          };
    }
    return results;
  }

  #log(run: WorkflowTaskRun, result: Extract<ActivationResult, { commands: unknown }>): void {
    for (const { level, message, attributes } of result.logs) {
      const write = level === 'trace' ? 'debug' : level;
      this.options.log?.[write]({ workflowId: run.workflowId, runId: run.runId, attributes }, message);
    }
  }

  /** Most recently used last. */
  #touch(runKey: RunKey) {
    const cached = this.#machines.get(runKey);
    if (cached) {
      this.#machines.delete(runKey);
      this.#machines.set(runKey, cached);
    }
    return cached;
  }

  #trim(): void {
    while (this.#machines.size > this.#maxCachedRuns) {
      const oldest = this.#machines.keys().next().value;
      if (oldest === undefined) return;
      this.evict(oldest);
    }
  }
}

interface Activated {
  usedFlags: number[];
}

function milliseconds(event: HistoryEvent | undefined): number {
  return Number(event?.eventTime?.seconds ?? 0) * 1_000 + Math.floor((event?.eventTime?.nanos ?? 0) / 1_000_000);
}

function taskFailed(error: unknown): WorkflowTaskResult {
  if (error instanceof NondeterminismError) {
    const { eventId, expected, actual } = error;
    return {
      kind: 'failed',
      cause: Cause.WORKFLOW_TASK_FAILED_CAUSE_NON_DETERMINISTIC_ERROR,
      failure: { message: error.message, source: 'Backstitch', applicationFailureInfo: { type: error.name } },
      nondeterminism: { eventId, expected, actual },
    };
  }
  const cause = Cause.WORKFLOW_TASK_FAILED_CAUSE_WORKFLOW_WORKER_UNHANDLED_FAILURE;
  if (error instanceof ActivationError) return { kind: 'failed', cause, failure: error.failure };
  const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
  const stackTrace = error instanceof ActivationTimeoutError ? '' : (stack ?? '');
  return {
    kind: 'failed',
    cause,
    failure: { message, stackTrace, source: 'Backstitch', applicationFailureInfo: { type: name } },
  };
}
