/**
 * The functions that the host calls: they drive the official library from inside the realm. A run is an activator of
 * the library. The host holds it without inspecting it.
 *
 * Invariants:
 * - Data that comes in is copied. Data that goes out consists of objects that no code of the run has touched, or that
 *   only structured clone reads.
 * - Each function makes its run the library's current one before it calls anything.
 * - No microtask runs during one of these functions. The host runs microtasks between two calls.
 */
import type { Activator } from '@temporalio/workflow/lib/internals';
import type { SdkFlag } from '@temporalio/workflow/lib/flags';
import { SdkFlags } from '@temporalio/workflow/lib/flags';
import * as library from '@temporalio/workflow/lib/worker-interface';
import type { temporal } from '../../../proto';
import { SIGNAL_WAITS } from '../../../saga/contract';
import type { Activation, Job, RunCreation, SandboxLog } from '../protocol';
import { bridge } from './bridge';
import { currentActivator, setCurrentActivator } from './current';
import { own } from './own';
import { safeString, shorten, toShortJson } from './print';

type Failure = temporal.api.failure.v1.IFailure;
type Workflows = Record<string, unknown>;
type Stack = Activator['promiseStackStore']['promiseToStack'] extends Map<unknown, infer S> ? S : never;

/** One cached run. Only this module reads its fields. */
export interface GuestRun {
  readonly activator: Activator;
  batches: Job[][];
  /** The places where the commands of this activation were requested; null unless the run is traced. */
  origins: string[] | null;
  /** The promise of the `Promise.all` that makes promises now. */
  aggregation: Promise<unknown> | null;
}

export interface Concluded {
  commands: unknown[];
  usedFlags: number[];
  logs: SandboxLog[];
  origins: string[] | null;
  signalWaits: string;
}

export interface Guest {
  /** `evaluate` runs the modules of the run's bundle: each run has its own. */
  create(creation: RunCreation, timestampMs: number, evaluate: () => Workflows): GuestRun;
  /** Takes an activation; returns the number of its batches. */
  begin(run: GuestRun, activation: Activation): number;
  initialize(run: GuestRun): void;
  activate(run: GuestRun, batch: number): void;
  /** Returns the number of conditions that became true. */
  unblock(run: GuestRun): number;
  conclude(run: GuestRun): Concluded;
  /** The lines that were logged since the last call, also after a failure. */
  logs(run: GuestRun): SandboxLog[];
  /** An unhandled rejection fails the task. */
  reject(run: GuestRun, reason: unknown): void;
  failure(run: GuestRun | undefined, error: unknown): Failure;
  /**
   * A promise was made here; only of runs with `stacks`. `parent`: the promise that it follows. `aggregator`: the
   * function of Promise that made it, such as 'all'.
   */
  promiseMade(
    run: GuestRun,
    promise: unknown,
    parent: unknown,
    formatted: string,
    locations: string,
    aggregator: string | null
  ): void;
  promiseSettled(run: GuestRun, promise: unknown): void;
  dispose(run: GuestRun): void;
}

/** The maximum number of log lines per activation. */
const MOST_LINES = 1_000;
const LEVELS: SandboxLog['level'][] = ['trace', 'debug', 'info', 'warn', 'error'];
let evaluate: () => Workflows = () => ({});

Object.defineProperty(globalThis, '__TEMPORAL__', {
  value: { importWorkflows: () => evaluate(), importInterceptors: () => [] },
});

export const guest: Guest = {
  create(creation, timestampMs, modules) {
    // The library copies both of these itself.
    const { info, randomnessSeed, trace, stacks = false } = creation;
    evaluate = modules;
    setCurrentActivator(undefined);
    try {
      library.initRuntime({
        info: info as never,
        randomnessSeed,
        now: timestampMs,
        showStackTraceSources: false,
        failureExceptionTypeNames: [],
        sourceMap: { version: 3, sources: [], names: [], mappings: '' } as never,
        getTimeOfDay: () => bridge.timeOfDay(),
        registeredActivityNames: new Set<string>(),
        stackTracesEnabled: stacks,
      });
    } finally {
      evaluate = () => ({});
    }
    const activator = currentActivator();
    if (!activator) throw new Error('the workflow library made no activator');
    const run: GuestRun = { activator, batches: [], origins: null, aggregation: null };
    if (trace) traceCommands(run);
    return run;
  },

  begin(run, given) {
    const { activator } = run;
    const jobs = own(given.jobs).map(seeded);
    setCurrentActivator(activator);
    if (jobs.some(({ variant }) => variant === 'queryWorkflow')) {
      activator.mutateWorkflowInfo((info) => ({
        ...info,
        unsafe: { ...info.unsafe, isReplaying: true, isReplayingHistoryEvents: false },
      }));
      run.batches = [jobs];
      return 1;
    }
    const { isReplaying, historyLength, historySizeBytes, continueAsNewSuggested } = given;
    activator.now = given.timestampMs;
    activator.mutateWorkflowInfo((info) => ({
      ...info,
      historyLength,
      historySize: historySizeBytes,
      continueAsNewSuggested,
      unsafe: { ...info.unsafe, isReplaying, isReplayingHistoryEvents: isReplaying },
    }));
    activator.addKnownFlags(own(given.flags));
    run.batches = batchesOf(activator, jobs);
    return run.batches.length;
  },

  initialize({ activator, batches }) {
    setCurrentActivator(activator);
    const first = batches.flat().find(({ variant }) => variant === 'initializeWorkflow');
    if (first?.initializeWorkflow) library.initialize(first.initializeWorkflow);
  },

  activate({ activator, batches }, batch) {
    setCurrentActivator(activator);
    if (batch === 0) patches(activator, batches);
    library.activate({ jobs: batches[batch] as never }, batch);
  },

  unblock({ activator }) {
    setCurrentActivator(activator);
    return library.tryUnblockConditions();
  },

  conclude(run) {
    setCurrentActivator(run.activator);
    const { successful } = library.concludeActivation();
    const origins = run.origins;
    if (origins) run.origins = [];
    return {
      commands: successful?.commands ?? [],
      usedFlags: (successful?.usedInternalFlags ?? []).map(Number),
      logs: guest.logs(run),
      origins,
      signalWaits: signalWaitsOf(run.activator.currentDetails),
    };
  },

  logs({ activator }) {
    setCurrentActivator(activator);
    const calls = activator.getAndResetSinkCalls();
    if (calls.length === 0 || activator.info.unsafe.isReplaying) return [];
    const lines = calls.filter(({ ifaceName }) => ifaceName === '__temporal_logger').slice(0, MOST_LINES);
    return lines.map(({ fnName, args: [message, attributes] }) => ({
      level: LEVELS.find((level) => level === fnName) ?? 'info',
      message: shorten(safeString(message)),
      attributes: toShortJson(attributes),
    }));
  },

  reject({ activator }, reason) {
    activator.workflowTaskError ??= reason;
  },

  failure(run, error) {
    setCurrentActivator(run?.activator);
    try {
      if (run) return run.activator.errorToFailure(error);
    } catch {
      // The error itself cannot be converted, so a failure is made from the fields that can be read.
    }
    try {
      const { message, stack, name } = error as Error;
      return plainFailure(safeString(message), safeString(stack), safeString(name));
    } catch {
      return plainFailure('The workflow failed with an error that cannot be read.', '', 'Error');
    }
  },

  // As the official worker's hooks do it (@temporalio/worker, workflow/vm-shared.ts). Nothing here makes a promise.
  promiseMade(run, promise, parent, formatted, locations, aggregator) {
    const store = run.activator.promiseStackStore;
    let made = promise as Promise<unknown>;
    let stack: Stack | undefined = { formatted, structured: JSON.parse(locations) as never };
    if (aggregator === null) run.aggregation = null;
    else if (run.aggregation === null) run.aggregation = made;
    else {
      // It belongs to the promise of the whole.
      made = run.aggregation;
      stack = store.promiseToStack.get(made);
    }
    if (made === parent) return;
    if (stack) store.promiseToStack.set(made, stack);
    const parents = store.childToParent.get(made) ?? new Set();
    if (parent) parents.add(parent as Promise<unknown>);
    store.childToParent.set(made, parents);
  },

  promiseSettled({ activator }, promise) {
    activator.promiseStackStore.childToParent.delete(promise as Promise<unknown>);
    activator.promiseStackStore.promiseToStack.delete(promise as Promise<unknown>);
  },

  dispose({ activator }) {
    setCurrentActivator(activator);
    library.dispose();
  },
};

/** Hand-written code may set its details to anything: what is no list of nodes does not leave the sandbox. */
const signalWaitsOf = (details: unknown): string =>
  typeof details === 'string' && details.startsWith(SIGNAL_WAITS) ? details : '';

/** The library expects a 64-bit number with this method. */
function seeded(job: Job): Job {
  const { seed } = job;
  return seed ? { variant: job.variant, updateRandomSeed: { randomnessSeed: { toBytes: () => seed } as never } } : job;
}

function plainFailure(message: string, stackTrace: string, type: string): Failure {
  return { message, stackTrace, source: 'TypeScriptSDK', applicationFailureInfo: { type } };
}

/** In histories that were written without the single-batch flag, signals come first, in a batch of their own. */
function batchesOf(activator: Activator, jobs: Job[]): Job[][] {
  const signals = jobs.filter(({ variant }) => variant === 'signalWorkflow');
  const single: SdkFlag = SdkFlags.ProcessWorkflowActivationJobsAsSingleBatch;
  if (signals.length === 0 || activator.hasFlag(single)) return [jobs];
  const isPatch = ({ variant }: Job) => variant === 'notifyHasPatch';
  const rest = jobs.filter((job) => job.variant !== 'signalWorkflow' && !isPatch(job));
  const batches = [[...jobs.filter(isPatch), ...signals], rest];
  return batches.filter((batch) => batch.length > 0);
}

/** The library receives all patches before anything else, because the code may call `patched()` at any time. */
function patches(activator: Activator, batches: Job[][]): void {
  for (const [index, batch] of batches.entries()) {
    for (const { notifyHasPatch } of batch) if (notifyHasPatch) activator.notifyHasPatch(notifyHasPatch);
    batches[index] = batch.filter(({ variant }) => variant !== 'notifyHasPatch');
  }
}

function traceCommands(run: GuestRun): void {
  const { activator } = run;
  const origins: string[] = [];
  run.origins = origins;
  const push = activator.pushCommand;
  const traced: typeof push = (command, complete) => {
    run.origins?.push(new Error('asked here').stack ?? '');
    push.call(activator, command, complete);
  };
  Object.defineProperty(activator, 'pushCommand', { value: traced });
}
