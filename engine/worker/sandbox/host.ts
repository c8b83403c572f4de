/**
 * Hosts the runs of workflows by key in one realm: passes activations in and returns their results.
 *
 * Invariants:
 * - A bundle is compiled once and evaluated for each run.
 * - `node:vm` alone is no security boundary. The compiler's whitelist decides earlier what code is allowed; here, no
 *   object of the host is within reach of the code (realm/, lockdown.ts).
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { promiseHooks } from 'node:v8';
import vm from 'node:vm';
import type { temporal } from '../../proto';
import type { Activation, ActivationResult, RunCreation, SandboxLog } from './protocol';
import { Realm, type Evaluate } from './realm-host';
import type { GuestRun } from './realm/guest';
import { bundleFilename, type CodePlace } from './stacks';

type Failure = temporal.api.failure.v1.IFailure;

interface HostedRun {
  guest: GuestRun;
  unhandled: { reason: unknown } | null;
  /** The places of its promises are noted. */
  stacks: boolean;
}

const UNREADABLE: Failure = {
  message: 'The workflow failed with an error that cannot be read.',
  source: 'TypeScriptSDK',
  applicationFailureInfo: { type: 'Error' },
};

export class SandboxHost {
  readonly realm: Realm;
  readonly #code = new Map<string, string>();
  readonly #compiled = new Map<string, Evaluate>();
  readonly #runs = new Map<number, HostedRun>();
  /** The key of the run whose code is executed. An unhandled rejection belongs to this run. */
  readonly #entered = new AsyncLocalStorage<number>();

  /** `here`: where the code of a run is, for runs that are created with `stacks`. */
  constructor(
    baseScript: string,
    private readonly here: () => CodePlace = () => ({ formatted: '', locations: '[]', aggregator: null })
  ) {
    this.realm = new Realm(new vm.Script(baseScript, { filename: 'temporal-workflow.js' }));
    process.on('unhandledRejection', (reason) => {
      const run = this.#runs.get(this.#entered.getStore() ?? -1);
      if (!run) return;
      run.unhandled ??= { reason };
      this.realm.call(this.realm.guest.reject, run.guest, reason);
    });
  }

  load(bundleId: string, code: string): void {
    this.#code.set(bundleId, code);
  }

  /** Cached runs of the bundle continue; new runs can no longer be created from it. */
  unload(bundleId: string): void {
    this.#code.delete(bundleId);
    this.#compiled.delete(bundleId);
  }

  dispose(runKey: number): void {
    const run = this.#runs.get(runKey);
    if (!run) return;
    this.#runs.delete(runKey);
    try {
      this.realm.call(this.realm.guest.dispose, run.guest);
    } catch {
      // A run is dropped even if disposing of it fails.
    }
  }

  activate(activation: Activation): ActivationResult {
    return this.#entered.run(activation.runKey, () => this.#activate(activation));
  }

  /** An unhandled rejection is known only after the activation. The result of the run is then this failure. */
  unhandledFailure(runKey: number): Failure | null {
    const run = this.#runs.get(runKey);
    return run?.unhandled ? this.#failure(run, run.unhandled.reason) : null;
  }

  #activate(activation: Activation): ActivationResult {
    let run = this.#runs.get(activation.runKey);
    try {
      if (activation.create) {
        if (run) this.dispose(activation.runKey);
        run = undefined;
        const guest = this.#create(activation.create, activation.timestampMs);
        run = { guest, unhandled: null, stacks: activation.create.stacks ?? false };
        this.#runs.set(activation.runKey, run);
      }
      if (!run) return { notCached: true };
      return run.stacks ? this.#noting(run.guest, activation) : this.#drive(run.guest, activation);
    } catch (error) {
      // The error is not inspected here, because it may be an object of the workflow.
      return { failure: this.#failure(run, error), logs: this.#logs(run) };
    }
  }

  #create(creation: RunCreation, timestampMs: number): GuestRun {
    const { bundleId } = creation;
    let evaluate = this.#compiled.get(bundleId);
    if (!evaluate) {
      const code = this.#code.get(bundleId);
      if (code === undefined) throw new Error(`bundle ${bundleId} is not loaded`);
      evaluate = this.realm.compile(code, bundleFilename(bundleId));
      this.#compiled.set(bundleId, evaluate);
    }
    return this.realm.call(this.realm.guest.create, creation, timestampMs, evaluate);
  }

  /**
   * Notes where each promise is made. The hooks are those of the whole thread: they are set for this activation only,
   * within which no code of another run, and no promise of the host, is made.
   */
  #noting(run: GuestRun, activation: Activation): ActivationResult {
    const { guest } = this.realm;
    const stop = promiseHooks.createHook({
      // The promises are objects of the run: they are passed on, and nothing of them is read here.
      init: (promise: unknown, parent: unknown) => {
        const { formatted, locations, aggregator } = this.here();
        guest.promiseMade(run, promise, parent, formatted, locations, aggregator);
      },
      settled: (promise: unknown) => guest.promiseSettled(run, promise),
    }) as () => void;
    try {
      return this.#drive(run, activation);
    } finally {
      stop();
    }
  }

  #drive(run: GuestRun, activation: Activation): ActivationResult {
    const { realm } = this;
    const { guest } = realm;
    // This call is not made through `call`, because it runs no code of the workflow.
    const batches = guest.begin(run, activation);
    if (activation.create) realm.call(guest.initialize, run);
    const isQuery = activation.jobs[0]?.variant === 'queryWorkflow';
    for (let batch = 0; batch < batches; batch++) {
      realm.call(guest.activate, run, batch);
      if (!isQuery) while (realm.call(guest.unblock, run) > 0);
    }
    return realm.call(guest.conclude, run) as ActivationResult;
  }

  #logs(run: HostedRun | undefined): SandboxLog[] {
    try {
      return run ? this.realm.call(this.realm.guest.logs, run.guest) : [];
    } catch {
      return [];
    }
  }

  #failure(run: HostedRun | undefined, error: unknown): Failure {
    try {
      return this.realm.call(this.realm.guest.failure, run?.guest, error);
    } catch {
      return UNREADABLE;
    }
  }
}
