/**
 * One run in the sandbox: its machine is in this thread, its workflow is in the sandbox thread. It passes the events
 * in, task by task, and returns the commands of the code.
 *
 * Invariants: events are passed in order and once each. After any error the run is discarded, and a new instance
 * replays it.
 */
import { temporal } from '../proto';
import { timestampMs } from '../proto-time';
import type { Failure, HistoryEvent } from '../history/api';
import type { WorkflowBundle } from './bundle/bundle';
import { runCreation } from './core/creation';
import { ownFields } from './core/payload';
import { RunMachine, type TaskOutcome, type UpdateDelivery } from './core/machines/run';
import { splitTasks } from './core/task-events';
import { nodesThatWait } from './core/signal-waits';
import type { WorkflowTask, WorkflowTaskRun } from './port';
import type { ActivationAnswer, Job, RunCreation, SandboxLog } from './sandbox/protocol';
import type { Sandbox } from './sandbox/sandbox';

const { QueryResultType } = temporal.api.enums.v1;
type QueryResults = Record<string, temporal.api.query.v1.IWorkflowQueryResult>;

/**
 * The library failed the activation: the code threw an error that is not a Temporal failure, or broke a rule of
 * workflows.
 */
export class ActivationError extends Error {
  override name = 'ActivationError';
  constructor(readonly failure: Failure) {
    super(failure.message ?? 'activation failed');
  }
}

export interface HostedRunOptions {
  /** Records where each command is requested, for the report of a violation. */
  trace?: boolean;
  /** Notes where each promise is made, for the queries of stack traces. */
  stacks?: boolean;
  /** For a history that another revision made: see RunMachine. */
  strict?: boolean;
  /** Receives the lines that the code logged, except those of a replay. */
  onLogs?(logs: readonly SandboxLog[]): void;
}

export class HostedRun {
  readonly #machine: RunMachine;
  /** Language flags that the library has received or has reported. */
  readonly #knownFlags = new Set<number>();
  #usedFlags: number[] = [];
  #signalWaits = '';

  constructor(
    readonly sandbox: Sandbox,
    private readonly run: WorkflowTaskRun,
    readonly bundle: WorkflowBundle,
    private readonly options: HostedRunOptions = {}
  ) {
    this.#machine = new RunMachine({ strict: options.strict });
  }

  get workflowType(): string {
    return this.run.workflowType;
  }

  /** True if these events directly follow the events that this run has processed. */
  continues({ newEvents, previousStartedEventId }: WorkflowTask): boolean {
    return this.#machine.continues(newEvents, previousStartedEventId);
  }

  /** Replays from the first event on. If the last task is open, it is run live, and its outcome is returned. */
  async replay(history: readonly HistoryEvent[], updates: WorkflowTask['updates'] = []): Promise<TaskOutcome> {
    const { tasks, rest } = splitTasks(history);
    const started = history[0]?.workflowExecutionStartedEventAttributes;
    if (!started) throw new Error('the history does not begin with WorkflowExecutionStarted');
    let outcome: TaskOutcome = { commands: [], messages: [] };
    for (const [index, { events, isReplaying }] of tasks.entries()) {
      const following = isReplaying ? (tasks[index + 1]?.events ?? rest) : null;
      const create =
        index === 0 ? runCreation(this.run, this.bundle.id, started, timestampMs(history[0]?.eventTime)) : undefined;
      if (create && this.options.trace) create.trace = true;
      if (create && this.options.stacks) create.stacks = true;
      outcome = await this.#task(events, following, deliveries(following, updates), create);
    }
    return outcome;
  }

  /**
   * Checks the events after the last task that completed, which led to no new task: they must be exactly the events
   * of the commands that the code issued.
   */
  settle(history: readonly HistoryEvent[]): void {
    const { tasks, rest } = splitTasks(history);
    if (tasks.at(-1)?.isReplaying) this.#machine.begin(rest, [], []);
  }

  /** Runs the next task live. */
  proceed(events: readonly HistoryEvent[], updates: WorkflowTask['updates']): Promise<TaskOutcome> {
    return this.#task(events, null, deliveries(null, updates));
  }

  /** Metadata of the live task: the flags and the SDK name that this task used for the first time. */
  metadata(): temporal.api.sdk.v1.IWorkflowTaskCompletedMetadata {
    return this.#machine.metadata(this.#usedFlags);
  }

  /** The nodes that wait for a signal without a timeout after the live task. */
  get signalWaits(): string[] {
    return nodesThatWait(this.#signalWaits);
  }

  async answer(queries: WorkflowTask['queries']): Promise<QueryResults> {
    const results: QueryResults = {};
    for (const { id, query } of queries) {
      const job: Job = {
        variant: 'queryWorkflow',
        queryWorkflow: {
          queryId: id,
          queryType: query.queryType,
          arguments: (query.queryArgs?.payloads ?? []).map((payload) => ({ ...payload })),
          headers: ownFields(query.header?.fields),
        },
      };
      const result = await this.sandbox.activate({
        runKey: this.run.runKey,
        timestampMs: 0,
        isReplaying: true,
        historyLength: 0,
        historySizeBytes: 0,
        continueAsNewSuggested: false,
        flags: [],
        jobs: [job],
      });
      results[id] = queryResult(this.#accept(result), id);
    }
    return results;
  }

  /**
   * Runs one task of the history, or the open one: activates the run until the code has nothing more to resolve by
   * itself.
   */
  async #task(
    events: readonly HistoryEvent[],
    following: readonly HistoryEvent[] | null,
    updates: UpdateDelivery[],
    create?: RunCreation
  ): Promise<TaskOutcome> {
    const machine = this.#machine;
    const { jobs: first, timestampMs } = machine.begin(events, updates, following ?? []);
    const taskStarted = events.at(-1)?.workflowTaskStartedEventAttributes;
    let creation = create;
    for (let jobs = first; jobs.length > 0;) {
      const result = await this.sandbox.activate({
        runKey: this.run.runKey,
        create: creation,
        timestampMs,
        isReplaying: following !== null,
        historyLength: machine.startedEventId,
        historySizeBytes: Number(taskStarted?.historySizeBytes ?? 0),
        continueAsNewSuggested: taskStarted?.suggestContinueAsNew ?? false,
        flags: this.#newFlags(following),
        jobs,
      });
      creation = undefined;
      const { commands, origins, usedFlags, signalWaits } = this.#accept(result);
      this.#usedFlags = usedFlags;
      this.#signalWaits = signalWaits;
      for (const flag of usedFlags) this.#knownFlags.add(flag);
      jobs = machine.take(commands, following, origins);
    }
    return machine.finish();
  }

  #accept(result: ActivationAnswer): Extract<ActivationAnswer, { commands: unknown }> {
    if (result.logs.length > 0) this.options.onLogs?.(result.logs);
    if ('failure' in result) throw new ActivationError(result.failure);
    return result;
  }

  #newFlags(following: readonly HistoryEvent[] | null): number[] {
    const replayed = following?.[0]?.workflowTaskCompletedEventAttributes?.sdkMetadata?.langUsedFlags ?? [];
    const fresh = [...this.#machine.flags, ...replayed].filter((flag) => !this.#knownFlags.has(flag));
    for (const flag of fresh) this.#knownFlags.add(flag);
    return fresh;
  }
}

function deliveries(following: readonly HistoryEvent[] | null, updates: WorkflowTask['updates']): UpdateDelivery[] {
  if (following) return RunMachine.acceptedIn(following);
  return updates.map(({ protocolInstanceId, request }) => ({ protocolInstanceId, request, runValidator: true }));
}

function queryResult({ commands }: Extract<ActivationAnswer, { commands: unknown }>, id: string) {
  const answer = commands.find((command) => command.respondToQuery?.queryId === id)?.respondToQuery;
  const response = answer?.succeeded?.response;
  if (answer?.succeeded) {
    const payloads = response ? [response] : [];
    return { resultType: QueryResultType.QUERY_RESULT_TYPE_ANSWERED, answer: { payloads } };
  }
  return {
    resultType: QueryResultType.QUERY_RESULT_TYPE_FAILED,
    errorMessage: answer?.failed?.message ?? 'the query gave no answer',
    failure: answer?.failed,
  };
}
