/**
 * Hosts the official workflow library in V8 contexts: one context a bundle, many runs in a context. A run is an Activator of the
 * library; before code of a run is entered, the context's `__TEMPORAL_ACTIVATOR__` points at it.
 *
 * Invariants:
 * - Nothing of a context is reachable for a run that another run could have changed: the global object and the intrinsics are
 *   frozen once the bundle is loaded.
 * - Code of a context is entered through `enter` only: V8 then drains the context's own microtask queue before it returns.
 * - `node:vm` is no security boundary. What is allowed in is decided before, by the compiler's whitelist.
 */
import assert from 'node:assert';
import { AsyncLocalStorage } from 'node:async_hooks';
import vm from 'node:vm';
import type { coresdk, temporal } from '../../proto';
import type { Activation, ActivationResult, Job, RunCreation, SandboxLog } from './protocol';

/** The library's side of the border, as far as we use it. */
interface Activator {
  now: number;
  workflowTaskError: unknown;
  info: { runId: string };
  mutateWorkflowInfo(change: (info: Record<string, unknown>) => Record<string, unknown>): void;
  addKnownFlags(flags: number[]): void;
  hasFlag(flag: { id: number; default: boolean }): boolean;
  notifyHasPatch(job: unknown): void;
  errorToFailure(error: unknown): temporal.api.failure.v1.IFailure;
  getAndResetSinkCalls(): { ifaceName: string; fnName: string; args: unknown[] }[];
}
interface WorkerInterface {
  initRuntime(options: Record<string, unknown>): void;
  initialize(job: unknown): void;
  activate(activation: { jobs: Job[] }, batchIndex: number): void;
  tryUnblockConditions(): number;
  concludeActivation(): coresdk.workflow_completion.IWorkflowActivationCompletion;
  dispose(): void;
}
type Global = Record<string, unknown> & {
  __BACKSTITCH_BASE__: { api: WorkerInterface };
  __WORKFLOWS__: Record<string, unknown>;
};

/** Language flag 2: jobs of an activation are one batch. Without signals it makes no difference. */
const SINGLE_BATCH = { id: 2, default: true };

class Context {
  readonly #global: Global;
  readonly #enter: vm.Script;
  readonly api: WorkerInterface;
  #current: Activator | undefined;
  #work: (() => unknown) | null = null;
  #result: unknown;

  constructor(base: vm.Script, bundle: string, bundleId: string) {
    // Not a contextified object: lookups of globals stay fast, and the global object can be frozen.
    const context = vm.createContext(vm.constants.DONT_CONTEXTIFY as unknown as vm.Context, {
      microtaskMode: 'afterEvaluate',
    });
    this.#global = context as Global;
    Object.defineProperty(context, '__TEMPORAL_ACTIVATOR__', {
      get: () => this.#current,
      set: (activator: Activator | undefined) => (this.#current = activator),
      enumerable: false,
    });
    Object.defineProperty(context, '__backstitchEnter', {
      value: () => {
        this.#result = this.#work?.();
      },
    });
    this.#enter = new vm.Script('__backstitchEnter()');
    injectGlobals(context, () => this.#current);
    base.runInContext(context);
    vm.runInContext(bundle, context, { filename: `workflow-${bundleId.slice(0, 12)}.js` });
    const workflows = this.#global.__WORKFLOWS__;
    Object.defineProperty(context, '__TEMPORAL__', {
      value: { importWorkflows: () => workflows, importInterceptors: () => [] },
    });
    vm.runInContext(FREEZE, context);
    this.api = this.#global.__BACKSTITCH_BASE__.api;
  }

  /** Run `work` inside, as code of this activator's run, and drain the microtasks that it leaves. */
  enter<T>(activator: Activator | undefined, work: () => T): T {
    this.#current = activator;
    this.#work = work;
    this.#enter.runInContext(this.#global as vm.Context);
    return this.#result as T;
  }

  get current(): Activator | undefined {
    return this.#current;
  }
}

/** The globals that runs share are frozen with everything that hangs on them. */
const FREEZE = `
(() => {
  const seen = new Set();
  const freeze = (value) => {
    if (value === null || (typeof value !== 'object' && typeof value !== 'function') || seen.has(value)) return;
    seen.add(value);
    for (const key of Reflect.ownKeys(value)) {
      const property = Reflect.getOwnPropertyDescriptor(value, key);
      if (property && 'value' in property) freeze(property.value);
      else if (property) { freeze(property.get); freeze(property.set); }
    }
    // Errors get their own name and message by assignment, which a frozen prototype would forbid.
    if (value !== globalThis && !(typeof value === 'object' && value instanceof Error) && value !== Error.prototype && !ArrayBuffer.isView(value)) Object.freeze(value);
  };
  for (const name of ['Object', 'Function', 'Array', 'Promise', 'Map', 'Set', 'WeakMap', 'WeakSet', 'String', 'Number', 'Boolean', 'Symbol',
    'BigInt', 'Math', 'JSON', 'Reflect', 'Proxy', 'Date', 'RegExp', 'Intl', 'Uint8Array', 'ArrayBuffer', 'DataView', '__WORKFLOWS__']) freeze(globalThis[name]);
  freeze(Object.getPrototypeOf(async function () {}));
  freeze(Object.getPrototypeOf(function* () {}));
  Object.freeze(globalThis);
})()`;

function injectGlobals(context: vm.Context, current: () => Activator | undefined): void {
  const globals = { URL, URLSearchParams, assert, TextEncoder, TextDecoder, AbortController };
  for (const [name, value] of Object.entries(globals)) {
    Object.defineProperty(context, name, { value, writable: false, enumerable: true, configurable: false });
  }
  // The library makes its scopes with it; a run's are dropped with the run.
  class RunLocalStorage extends AsyncLocalStorage<unknown> {
    constructor() {
      super();
      const activator = current() as unknown as { workflowSandboxDestructors: (() => void)[] } | undefined;
      activator?.workflowSandboxDestructors.push(() => this.disable());
    }
  }
  Object.defineProperty(context, 'AsyncLocalStorage', { value: RunLocalStorage });
  const silent = () => {};
  Object.defineProperty(context, 'console', {
    value: Object.freeze({ log: silent, info: silent, warn: silent, error: silent, debug: silent }),
  });
}

interface HostedRun {
  context: Context;
  activator: Activator;
  unhandled: unknown;
}

export class SandboxHost {
  readonly #base: vm.Script;
  readonly #bundles = new Map<string, string>();
  readonly #contexts = new Map<string, Context>();
  readonly #runs = new Map<number, HostedRun>();
  /** Tells whose promise a rejection was that nobody handled. */
  readonly #entered = new AsyncLocalStorage<number>();

  constructor(baseScript: string) {
    this.#base = new vm.Script(baseScript, { filename: 'temporal-workflow.js' });
    process.on('unhandledRejection', (reason) => {
      const run = this.#runs.get(this.#entered.getStore() ?? -1);
      if (!run) return;
      run.unhandled ??= reason;
      run.activator.workflowTaskError ??= reason;
    });
  }

  load(bundleId: string, code: string): void {
    this.#bundles.set(bundleId, code);
  }

  dispose(runKey: number): void {
    const run = this.#runs.get(runKey);
    if (!run) return;
    this.#runs.delete(runKey);
    try {
      run.context.enter(run.activator, () => run.context.api.dispose());
    } catch {
      // A run that cannot be disposed of is dropped all the same.
    }
  }

  activate(activation: Activation): ActivationResult {
    return this.#entered.run(activation.runKey, () => this.#activate(activation));
  }

  /** A rejection that nobody handled shows only after the activation: the run's result then is that failure. */
  unhandledFailure(runKey: number): temporal.api.failure.v1.IFailure | null {
    const run = this.#runs.get(runKey);
    if (run?.unhandled === undefined) return null;
    return toFailure(run, run.unhandled);
  }

  #activate(activation: Activation): ActivationResult {
    let run = this.#runs.get(activation.runKey);
    try {
      if (activation.create) {
        if (run) this.dispose(activation.runKey);
        run = this.#create(activation, activation.create);
        this.#runs.set(activation.runKey, run);
      }
      if (!run) throw new Error(`run ${activation.runKey} is not cached`);
      return activateRun(run, activation);
    } catch (error) {
      return { failure: toFailure(run, error) };
    }
  }

  #context(bundleId: string): Context {
    const known = this.#contexts.get(bundleId);
    if (known) return known;
    const code = this.#bundles.get(bundleId);
    if (code === undefined) throw new Error(`bundle ${bundleId} is not loaded`);
    const context = new Context(this.#base, code, bundleId);
    this.#contexts.set(bundleId, context);
    return context;
  }

  #create(activation: Activation, creation: RunCreation): HostedRun {
    const context = this.#context(creation.bundleId);
    context.enter(undefined, () =>
      context.api.initRuntime({
        info: creation.info,
        randomnessSeed: creation.randomnessSeed,
        now: activation.timestampMs,
        showStackTraceSources: false,
        failureExceptionTypeNames: [],
        sourceMap: { version: 3, sources: [], names: [], mappings: '' },
        getTimeOfDay: () => process.hrtime.bigint(),
        registeredActivityNames: new Set<string>(),
        stackTracesEnabled: false,
      })
    );
    const activator = context.current;
    if (!activator) throw new Error('the workflow library made no activator');
    return { context, activator, unhandled: undefined };
  }
}

function activateRun(run: HostedRun, activation: Activation): ActivationResult {
  const { context, activator } = run;
  const { api } = context;
  const queries = activation.jobs.some((job) => job.variant === 'queryWorkflow');
  if (queries) {
    activator.mutateWorkflowInfo((info) => ({
      ...info,
      unsafe: { ...(info.unsafe as object), isReplaying: true, isReplayingHistoryEvents: false },
    }));
    context.enter(activator, () => api.activate({ jobs: activation.jobs }, 0));
    return conclude(run);
  }
  activator.now = activation.timestampMs;
  activator.mutateWorkflowInfo((info) => ({
    ...info,
    historyLength: activation.historyLength,
    historySize: activation.historySizeBytes,
    continueAsNewSuggested: activation.continueAsNewSuggested,
    unsafe: {
      ...(info.unsafe as object),
      isReplaying: activation.isReplaying,
      isReplayingHistoryEvents: activation.isReplaying,
    },
  }));
  activator.addKnownFlags(activation.flags);
  const first = activation.jobs.find((job) => job.variant === 'initializeWorkflow');
  if (first) context.enter(activator, () => api.initialize(first.initializeWorkflow));

  const jobs = activation.jobs.filter((job) => job.variant !== 'notifyHasPatch');
  for (const job of activation.jobs) if (job.variant === 'notifyHasPatch') activator.notifyHasPatch(job.notifyHasPatch);
  const signals = jobs.filter((job) => job.variant === 'signalWorkflow');
  const oneBatch = signals.length === 0 || activator.hasFlag(SINGLE_BATCH);
  const batches = oneBatch ? [jobs] : [signals, jobs.filter((job) => job.variant !== 'signalWorkflow')];
  batches.forEach((batch, index) => {
    if (batch.length === 0 && batches.length > 1) return;
    context.enter(activator, () => api.activate({ jobs: batch }, index));
    while (context.enter(activator, () => api.tryUnblockConditions()) > 0);
  });
  return conclude(run);
}

function conclude({ context, activator }: HostedRun): ActivationResult {
  const completion = context.enter(activator, () => context.api.concludeActivation());
  const logs: SandboxLog[] = [];
  for (const { ifaceName, fnName, args } of activator.getAndResetSinkCalls()) {
    if (ifaceName !== '__temporal_logger') continue;
    logs.push({ level: fnName as SandboxLog['level'], message: String(args[0]), attributes: args[1] });
  }
  return {
    commands: completion.successful?.commands ?? [],
    usedFlags: (completion.successful?.usedInternalFlags ?? []).map(Number),
    logs,
  };
}

function toFailure(run: HostedRun | undefined, error: unknown): temporal.api.failure.v1.IFailure {
  if (run) {
    try {
      return run.activator.errorToFailure(error);
    } catch {
      // Fall through: the error itself is strange.
    }
  }
  const { message = String(error), stack = '', name = 'Error' } = (error ?? {}) as Partial<Error>;
  return { message, stackTrace: stack, source: 'TypeScriptSDK', applicationFailureInfo: { type: name } };
}
