/**
 * The embedded worker: hosts the official workflow library in the sandbox thread, driven by our own core. Cached runs see only what
 * is new; on a miss the whole history is replayed and compared, command by command.
 *
 * Invariants:
 * - A failed task, a lost sandbox and an eviction cost a replay, never state. One task a run at a time (the service's rule).
 * - A run goes on with the code that is served now: when its bundle changed, it is replayed on the new one.
 * - A run whose code does not come back is kept apart (sandboxes.ts): its failures cost the others a replay once, and no task.
 */
import type { Logger } from 'pino';
import { temporal } from '../proto';
import type { RunKey } from '../store/port';
import type { WorkflowBundle } from './bundle/bundle';
import { DeterminismViolation } from './core/determinism-violation';
import { ActivationError, HostedRun } from './hosted-run';
import type { WorkflowTask, WorkflowTaskResult, WorkflowTaskRun, WorkflowWorker } from './port';
import type { SandboxLog } from './sandbox/protocol';
import { ActivationTimeoutError, SandboxLostError, type Sandbox } from './sandbox/sandbox';
import { Sandboxes } from './sandboxes';

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

/** How often a task is tried again when the sandbox was lost through another run. Each time another run is to blame. */
const TRIES = 100;

export function createEmbeddedWorker(options: EmbeddedWorkerOptions): EmbeddedWorker {
  return new EmbeddedWorker(options);
}

export class EmbeddedWorker implements WorkflowWorker {
  /** Most recently used last. */
  readonly #runs = new Map<RunKey, HostedRun>();
  /** Runs whose task is under way. */
  readonly #busy = new Set<RunKey>();
  readonly #sandboxes: Sandboxes;
  readonly #maxCachedRuns: number;
  readonly #unsubscribe: () => void;

  constructor(private readonly options: EmbeddedWorkerOptions) {
    this.#maxCachedRuns = options.maxCachedRuns ?? 10_000;
    this.#sandboxes = new Sandboxes({
      activationTimeoutMs: options.activationTimeoutMs ?? 2_000,
      maxHeapMb: options.maxHeapMb ?? 1_024,
      onLost: (sandbox) => this.#lost(sandbox),
    });
    this.#unsubscribe = options.bundles.onChange(() => this.#bundlesChanged());
  }

  serves(workflowType: string): boolean {
    return this.options.bundles.find(workflowType) !== undefined;
  }

  /** Sandboxes that were ended because of a run: the one for all, and those apart. */
  get endedSandboxes(): Readonly<Sandboxes['ended']> {
    return this.#sandboxes.ended;
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

  async runWorkflowTask(task: WorkflowTask): Promise<WorkflowTaskResult> {
    const { runKey } = task.run;
    this.#busy.add(runKey);
    try {
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
    } finally {
      this.#busy.delete(runKey);
    }
  }

  async #runTask(task: WorkflowTask, sandbox: Sandbox): Promise<WorkflowTaskResult> {
    const bundle = this.#bundleOf(task.run);
    const { runKey } = task.run;
    const onlyQueries = task.newEvents.length === 0;
    let run = this.#touch(runKey);
    const isOutdated = run && (run.sandbox !== sandbox || run.bundle.id !== bundle.id);
    if (run && (isOutdated || !(onlyQueries || run.continues(task)))) {
      this.evict(runKey);
      run = undefined;
    }
    let outcome;
    if (!run) {
      run = this.#host(task.run, bundle, sandbox);
      outcome = await run.replay(await task.loadHistory(), task.updates);
    } else if (!onlyQueries) outcome = await run.proceed(task.newEvents, task.updates);
    const queryResults = await run.answer(task.queries);
    this.#trim();
    return {
      kind: 'completed',
      ...(onlyQueries || !outcome ? { commands: [], messages: [] } : outcome),
      queryResults,
      sdkMetadata: onlyQueries ? {} : run.metadata(),
      revision: bundle.revision,
    };
  }

  #bundleOf(run: WorkflowTaskRun): WorkflowBundle {
    const bundle = this.options.bundles.find(run.workflowType);
    if (!bundle) throw new Error(`no published version serves the workflow type '${run.workflowType}'`);
    return bundle;
  }

  #host(run: WorkflowTaskRun, bundle: WorkflowBundle, sandbox: Sandbox, trace = false): HostedRun {
    // What is run again to be looked at is not logged again.
    const onLogs = trace ? undefined : (logs: readonly SandboxLog[]) => this.#log(run, logs);
    const hosted = new HostedRun(sandbox, run, bundle, { trace, onLogs });
    this.#runs.set(run.runKey, hosted);
    sandbox.load(bundle);
    return hosted;
  }

  /** The same violation with the place in the sources, found by a second, traced replay. */
  async #located(task: WorkflowTask, violation: DeterminismViolation): Promise<DeterminismViolation> {
    try {
      const traced = this.#host(task.run, this.#bundleOf(task.run), this.#sandboxes.place(task.run).sandbox, true);
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

  /** Runs of another bundle than the one that is served now are replayed by their next task; those under way see to it themselves. */
  #bundlesChanged(): void {
    const outdated = new Set<string>();
    for (const [runKey, run] of this.#runs) {
      if (this.options.bundles.find(run.workflowType)?.id === run.bundle.id) continue;
      outdated.add(run.bundle.id);
      if (!this.#busy.has(runKey)) this.evict(runKey);
    }
    for (const run of this.#runs.values()) outdated.delete(run.bundle.id);
    for (const bundleId of outdated) this.#sandboxes.unload(bundleId);
  }

  #log(run: WorkflowTaskRun, logs: readonly SandboxLog[]): void {
    const { workflowId, runId, workflowType } = run;
    for (const { level, message, attributes } of logs) {
      const given = JSON.parse(attributes) as object;
      // Ours last: what the code gives must not pass for another run's.
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
      if (!this.#busy.has(runKey)) this.evict(runKey);
    }
  }
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
