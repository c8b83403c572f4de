/**
 * The embedded worker: hosts the official workflow library in the sandbox thread, driven by our own core. A cached
 * run receives only the new events. If a run is not cached, its whole history is replayed and compared, command by
 * command.
 *
 * Invariants:
 * - A failed task, a lost sandbox and an eviction cost a replay, and never lose state. A run has at most one open
 *   task at a time (a rule of the service).
 * - A run continues on the revision that decided its last task, until its history replays on the live one
 *   (revisions.ts). Several revisions of one workflow type are hosted at the same time.
 * - A run whose code does not return is kept in a separate sandbox (sandboxes.ts). Its failure costs each other run
 *   one replay, and fails no task of another run.
 */
import type { Logger } from 'pino';
import { temporal } from '../proto';
import type { RunKey } from '../run-name';
import type { WorkflowBundle } from './bundle/bundle';
import { DeterminismViolation } from './core/determinism-violation';
import type { TaskOutcome } from './core/machines/run';
import { ActivationError, HostedRun } from './hosted-run';
import type { WorkflowTask, WorkflowTaskResult, WorkflowTaskRun, WorkflowWorker } from './port';
import type { SandboxLog } from './sandbox/protocol';
import { ActivationTimeoutError, SandboxLostError, type Sandbox } from './sandbox/sandbox';
import { Revisions, type BundleSource, type Choice } from './revisions';
import { Sandboxes } from './sandboxes';

export type { BundleSource, RevisionChange } from './revisions';

const Cause = temporal.api.enums.v1.WorkflowTaskFailedCause;

export interface EmbeddedWorkerOptions {
  bundles: BundleSource;
  log?: Pick<Logger, 'debug' | 'info' | 'warn' | 'error'>;
  /** The number of runs that are kept in the sandbox. A run takes about 12 KiB. */
  maxCachedRuns?: number;
  activationTimeoutMs?: number;
  /** The limit for the heap of all cached runs together. */
  maxHeapMb?: number;
}

/**
 * The number of times that a task is repeated after its sandbox was lost because of another run. Each time a
 * different run is the cause.
 */
const TRIES = 100;

export function createEmbeddedWorker(options: EmbeddedWorkerOptions): EmbeddedWorker {
  return new EmbeddedWorker(options);
}

export class EmbeddedWorker implements WorkflowWorker {
  /** In the order of use; the most recently used run is the last one. */
  readonly #runs = new Map<RunKey, HostedRun>();
  /** The open task of each run that has one, up to its end. */
  readonly #tasks = new Map<RunKey, Promise<void>>();
  readonly #sandboxes: Sandboxes;
  readonly #revisions: Revisions;
  readonly #maxCachedRuns: number;
  readonly #unsubscribe: () => void;

  constructor(private readonly options: EmbeddedWorkerOptions) {
    this.#maxCachedRuns = options.maxCachedRuns ?? 10_000;
    this.#sandboxes = new Sandboxes({
      activationTimeoutMs: options.activationTimeoutMs ?? 2_000,
      maxHeapMb: options.maxHeapMb ?? 1_024,
      onLost: (sandbox) => this.#lost(sandbox),
    });
    this.#revisions = new Revisions(options.bundles);
    this.#unsubscribe = options.bundles.onChange(() => this.#bundlesChanged());
  }

  serves(workflowType: string): boolean {
    return this.options.bundles.find(workflowType) !== undefined;
  }

  /** The number of sandboxes that were ended because of a run: shared and separate ones. */
  get endedSandboxes(): Readonly<Sandboxes['ended']> {
    return this.#sandboxes.ended;
  }

  /** Runs that are kept in the sandboxes, and the threads of these. */
  get hosted(): { runs: number; threads: number } {
    return { runs: this.#runs.size, threads: this.#sandboxes.threads };
  }

  evict(runKey: RunKey): void {
    const run = this.#runs.get(runKey);
    this.#runs.delete(runKey);
    run?.sandbox.dispose(runKey);
  }

  #lost(sandbox: Sandbox): void {
    for (const [runKey, run] of this.#runs) if (run.sandbox === sandbox) this.#runs.delete(runKey);
  }

  async close(): Promise<void> {
    this.#unsubscribe();
    this.#runs.clear();
    await this.#sandboxes.close();
  }

  /**
   * One task of a run at a time. A second one comes when the engine has lost its lease meanwhile and has it again: the
   * first one is for a run that is not in its memory any more, so what it left in the cache is of no use.
   */
  async runWorkflowTask(task: WorkflowTask): Promise<WorkflowTaskResult> {
    if (task.isApart) return this.#apart(task);
    const { runKey } = task.run;
    const before = this.#tasks.get(runKey);
    const own = before ? before.then(() => this.#afterAnother(task)) : this.#run(task);
    const ended = own.then(
      () => {},
      () => {}
    );
    this.#tasks.set(runKey, ended);
    try {
      return await own;
    } finally {
      if (this.#tasks.get(runKey) === ended) this.#tasks.delete(runKey);
    }
  }

  #afterAnother(task: WorkflowTask): Promise<WorkflowTaskResult> {
    this.evict(task.run.runKey);
    return this.#run(task);
  }

  async #run(task: WorkflowTask): Promise<WorkflowTaskResult> {
    const { runKey } = task.run;
    for (let attempt = 1; ; attempt++) {
      const place = this.#sandboxes.place(task.run);
      const run = () => this.#runTask(task, place.sandbox);
      try {
        const result = await (place.turn ? place.turn(run) : run());
        this.#sandboxes.cameBack(task.run);
        return result;
      } catch (error) {
        this.evict(runKey);
        if (error instanceof SandboxLostError && attempt < TRIES && !this.#sandboxes.isClosed) continue;
        if (this.#sandboxes.suspect(task.run, place, error)) continue;
        return taskFailed(error instanceof DeterminismViolation ? await this.#located(task, error) : error);
      }
    }
  }

  async #runTask(task: WorkflowTask, sandbox: Sandbox): Promise<WorkflowTaskResult> {
    const choice = this.#revisions.choose(task);
    const { runKey } = task.run;
    const onlyQueries = task.newEvents.length === 0;
    let run = this.#touch(runKey);
    if (run && !(run.sandbox === sandbox && isCurrent(run, task, choice))) {
      this.evict(runKey);
      run = undefined;
    }
    let outcome: TaskOutcome | undefined;
    if (run && !onlyQueries) outcome = await run.proceed(task.newEvents, task.updates);
    if (!run) ({ run, outcome } = await this.#replayed(task, choice, sandbox));
    const queryResults = {
      ...(await run.answer(task.queries.filter((each) => !asksForStacks(each)))),
      ...(await this.#stacks(task, run)),
    };
    this.#trim();
    return {
      kind: 'completed',
      ...(onlyQueries || !outcome ? { commands: [], messages: [] } : outcome),
      queryResults,
      sdkMetadata: onlyQueries ? {} : run.metadata(),
      revision: run.bundle.revision,
      signalWaits: run.signalWaits,
    };
  }

  /** It may run beside a task of the same run. */
  async #apart(task: WorkflowTask): Promise<WorkflowTaskResult> {
    try {
      const place = this.#sandboxes.place(task.run);
      const { own } = this.#revisions.choose(task);
      place.sandbox.load(own);
      const run = () => this.#secondAnswers(task, own, place.sandbox, task.queries);
      const queryResults = await (place.turn ? place.turn(run) : run());
      return { kind: 'completed', commands: [], messages: [], queryResults, sdkMetadata: {}, revision: own.revision };
    } catch (error) {
      return taskFailed(error);
    }
  }

  /**
   * The answers to the queries of stack traces. Noting where each promise is made costs more than everything else that
   * a run does, so runs do not: these queries are answered by a second instance, which replays the history for them.
   */
  async #stacks(task: WorkflowTask, run: HostedRun): Promise<Awaited<ReturnType<HostedRun['answer']>>> {
    const queries = task.queries.filter(asksForStacks);
    return queries.length === 0 ? {} : this.#secondAnswers(task, run.bundle, run.sandbox, queries, { stacks: true });
  }

  /** The answers of a second instance of the run, which replays its history for them and is not kept. */
  async #secondAnswers(
    task: WorkflowTask,
    bundle: WorkflowBundle,
    sandbox: Sandbox,
    queries: WorkflowTask['queries'],
    options: { stacks?: boolean } = {}
  ): Promise<Awaited<ReturnType<HostedRun['answer']>>> {
    // Keys of runs are positive.
    const runKey = -task.run.runKey;
    const second = new HostedRun(sandbox, { ...task.run, runKey }, bundle, options);
    try {
      await second.replay(await task.loadHistory(), task.updates);
      return await second.answer(queries);
    } finally {
      sandbox.dispose(runKey);
    }
  }

  /** The run from its history: on the live revision if it can continue there, otherwise on its own. */
  async #replayed(
    task: WorkflowTask,
    choice: Choice,
    sandbox: Sandbox
  ): Promise<{ run: HostedRun; outcome: TaskOutcome }> {
    const history = await task.loadHistory();
    const { own, wanted } = choice;
    if (wanted.id !== own.id) {
      try {
        const refusal = this.#revisions.refusal(task.run.workflowType, choice, history);
        if (refusal !== null) throw new Error(refusal);
        const run = this.#host(task.run, wanted, sandbox, { strict: true });
        const outcome = await run.replay(history, task.updates);
        this.#revisions.switched(task.run.runKey, wanted);
        return { run, outcome };
      } catch (error) {
        this.evict(task.run.runKey);
        if (error instanceof SandboxLostError) throw error;
        this.#revisions.keep(task.run.runKey, wanted);
        const { workflowId, runId } = task.run;
        const about = { workflowId, runId, reason: error instanceof Error ? error.message : String(error) };
        this.options.log?.info(about, `the run stays on ${own.revision}: it cannot continue on ${wanted.revision}`);
      }
    }
    const run = this.#host(task.run, own, sandbox);
    return { run, outcome: await run.replay(history, task.updates) };
  }

  #host(
    run: WorkflowTaskRun,
    bundle: WorkflowBundle,
    sandbox: Sandbox,
    { trace = false, strict = false } = {}
  ): HostedRun {
    // The log lines of a traced replay were already logged by the first run.
    const onLogs = trace ? undefined : (logs: readonly SandboxLog[]) => this.#log(run, logs);
    const hosted = new HostedRun(sandbox, run, bundle, { trace, strict, onLogs });
    this.#runs.set(run.runKey, hosted);
    sandbox.load(bundle);
    return hosted;
  }

  /** The same violation with its place in the sources, which a second, traced replay finds. */
  async #located(task: WorkflowTask, violation: DeterminismViolation): Promise<DeterminismViolation> {
    try {
      const { own } = this.#revisions.choose(task);
      const traced = this.#host(task.run, own, this.#sandboxes.place(task.run).sandbox, { trace: true });
      const history = await task.loadHistory();
      await traced.replay(history, task.updates);
      traced.settle(history);
    } catch (error) {
      if (error instanceof DeterminismViolation && error.eventId === violation.eventId) return error;
    } finally {
      this.evict(task.run.runKey);
    }
    return violation;
  }

  /**
   * Evicts the runs whose bundle is no longer served, so that their next task replays them. A run with an open task
   * checks its bundle itself.
   */
  #bundlesChanged(): void {
    const outdated = new Set<string>();
    for (const [runKey, run] of this.#runs) {
      if (this.options.bundles.find(run.workflowType, run.bundle.revision)?.id === run.bundle.id) continue;
      outdated.add(run.bundle.id);
      if (!this.#tasks.has(runKey)) this.evict(runKey);
    }
    for (const run of this.#runs.values()) outdated.delete(run.bundle.id);
    for (const bundleId of outdated) this.#sandboxes.unload(bundleId);
  }

  #log(run: WorkflowTaskRun, logs: readonly SandboxLog[]): void {
    const { workflowId, runId, workflowType } = run;
    for (const { level, message, attributes } of logs) {
      const given = JSON.parse(attributes) as object;
      // Our attributes are last, so that attributes from the code cannot pretend to be those of another run.
      this.options.log?.[level === 'trace' ? 'debug' : level]({ ...given, workflowId, runId, workflowType }, message);
    }
  }

  #touch(runKey: RunKey): HostedRun | undefined {
    const run = this.#runs.get(runKey);
    if (!run) return undefined;
    this.#runs.delete(runKey);
    this.#runs.set(runKey, run);
    return run;
  }

  #trim(): void {
    for (const runKey of this.#runs.keys()) {
      if (this.#runs.size <= this.#maxCachedRuns) return;
      if (!this.#tasks.has(runKey)) this.evict(runKey);
    }
  }
}

/** Can the cached run take this task? A run on the live revision may have switched with a task that left no trace. */
function isCurrent(run: HostedRun, task: WorkflowTask, { wanted, live }: Choice): boolean {
  const onlyQueries = task.newEvents.length === 0;
  if (run.bundle.id !== wanted.id && !(onlyQueries && run.bundle.id === live.id)) return false;
  return onlyQueries || run.continues(task);
}

function taskFailed(error: unknown): WorkflowTaskResult {
  if (error instanceof DeterminismViolation) {
    const { eventId, expected, actual, origin, message, name } = error;
    return {
      kind: 'failed',
      cause: Cause.WORKFLOW_TASK_FAILED_CAUSE_NON_DETERMINISTIC_ERROR,
      failure: { message, stackTrace: origin ?? '', source: 'Backstitch', applicationFailureInfo: { type: name } },
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

const STACK_QUERIES: ReadonlySet<unknown> = new Set(['__stack_trace', '__enhanced_stack_trace']);
const asksForStacks = ({ query }: WorkflowTask['queries'][number]): boolean => STACK_QUERIES.has(query.queryType);
