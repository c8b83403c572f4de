/**
 * The sandbox as the main thread sees it: `activate` a run, asynchronously; what is asked for in one turn of the event loop goes
 * over in one message. A watchdog ends the thread when an activation does not come back: only a thread can be killed, and
 * killing it loses only a cache.
 */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { build } from 'esbuild';
import { baseScript, type WorkflowBundle } from '../bundle/bundle';
import type { Activation, ActivationResult, FromThread, ThreadData, ToThread } from './protocol';

export interface SandboxOptions {
  /** How long one activation may take. */
  activationTimeoutMs: number;
  /** Called when the thread was ended: every cached run is gone. */
  onLost(): void;
}

/** The activation did not come back in time; its run's code loops. */
export class ActivationTimeoutError extends Error {
  override name = 'ActivationTimeoutError';
}
/** The thread was ended because of another run. Replay and try again. */
export class SandboxLostError extends Error {
  override name = 'SandboxLostError';
}

interface Pending {
  activation: Activation;
  resolve(result: ActivationResult): void;
  reject(error: Error): void;
}

export class Sandbox {
  readonly #bundles = new Map<string, WorkflowBundle>();
  readonly #progress = new Int32Array(new SharedArrayBuffer(8));
  #thread: Worker | null = null;
  #starting: Promise<Worker> | null = null;
  #queue: Pending[] = [];
  #inFlight = new Map<number, Pending[]>();
  #disposals: number[] = [];
  #nextBatch = 1;
  #scheduled = false;
  #watchdog: NodeJS.Timeout | null = null;
  #closed = false;

  constructor(private readonly options: SandboxOptions) {}

  load(bundle: WorkflowBundle): void {
    if (this.#bundles.has(bundle.id)) return;
    this.#bundles.set(bundle.id, bundle);
    if (this.#thread) this.#post(this.#thread, { kind: 'load', bundleId: bundle.id, code: bundle.code });
  }

  activate(activation: Activation): Promise<ActivationResult> {
    return new Promise((resolve, reject) => {
      this.#queue.push({ activation, resolve, reject });
      this.#schedule();
    });
  }

  dispose(runKey: number): void {
    this.#disposals.push(runKey);
    this.#schedule();
  }

  async close(): Promise<void> {
    this.#closed = true;
    const thread = this.#thread ?? (await this.#starting?.catch(() => null));
    this.#lose(new SandboxLostError('the worker is closing'));
    await thread?.terminate();
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      void this.#flush();
    });
  }

  async #flush(): Promise<void> {
    if (this.#queue.length === 0 && this.#disposals.length === 0) return;
    const thread = this.#thread ?? (await this.#start());
    const pending = this.#queue.splice(0);
    const runKeys = this.#disposals.splice(0);
    if (runKeys.length > 0) this.#post(thread, { kind: 'dispose', runKeys });
    if (pending.length === 0) return;
    const batch = this.#nextBatch++;
    this.#inFlight.set(batch, pending);
    this.#post(thread, { kind: 'activate', batch, activations: pending.map(({ activation }) => activation) });
    this.#watch();
  }

  #post(thread: Worker, message: ToThread): void {
    thread.postMessage(message);
  }

  #start(): Promise<Worker> {
    if (this.#closed) return Promise.reject(new SandboxLostError('the worker is closing'));
    this.#starting ??= this.#spawn().finally(() => (this.#starting = null));
    return this.#starting;
  }

  async #spawn(): Promise<Worker> {
    const workerData: ThreadData = {
      baseScript: await baseScript(),
      progress: this.#progress.buffer as SharedArrayBuffer,
    };
    const source = await threadSource();
    const thread = new Worker(source.code ?? source.file, {
      eval: source.code !== undefined,
      workerData,
      resourceLimits: { maxYoungGenerationSizeMb: 64, maxOldGenerationSizeMb: 1_024, stackSizeMb: 4 },
    });
    thread.on('message', (message: FromThread) => {
      if (message.kind === 'activated') this.#answered(message.batch, message.results);
    });
    thread.on('error', (error) => this.#threadEnded(thread, error));
    thread.on('exit', () => this.#threadEnded(thread, new Error('the sandbox thread ended')));
    for (const bundle of this.#bundles.values()) {
      this.#post(thread, { kind: 'load', bundleId: bundle.id, code: bundle.code });
    }
    this.#thread = thread;
    return thread;
  }

  #answered(batch: number, results: ActivationResult[]): void {
    const pending = this.#inFlight.get(batch);
    this.#inFlight.delete(batch);
    pending?.forEach(({ resolve, reject }, index) => {
      const result = results[index];
      if (result) resolve(result);
      else reject(new SandboxLostError('the sandbox gave no answer'));
    });
    if (this.#inFlight.size === 0 && this.#watchdog) {
      clearInterval(this.#watchdog);
      this.#watchdog = null;
    }
  }

  /** While activations are under way: has the thread begun another one since the last look? */
  #watch(): void {
    if (this.#watchdog) return;
    let seen = Atomics.load(this.#progress, 0);
    let since = performance.now();
    this.#watchdog = setInterval(() => {
      const begun = Atomics.load(this.#progress, 0);
      if (begun !== seen) {
        seen = begun;
        since = performance.now();
      } else if (performance.now() - since > this.options.activationTimeoutMs) this.#kill();
    }, this.options.activationTimeoutMs / 8);
    this.#watchdog.unref();
  }

  #kill(): void {
    const [batch, pending] = this.#inFlight.entries().next().value ?? [];
    const culprit = pending?.[Atomics.load(this.#progress, 1)];
    if (batch !== undefined && pending && culprit) {
      this.#inFlight.set(
        batch,
        pending.filter((other) => other !== culprit)
      );
      culprit.reject(
        new ActivationTimeoutError(
          `The workflow did not yield within ${this.options.activationTimeoutMs} ms: an endless loop, or too much work between two awaits.`
        )
      );
    }
    const thread = this.#thread;
    this.#lose(new SandboxLostError('the sandbox was ended because another run did not yield'));
    void thread?.terminate();
  }

  #threadEnded(thread: Worker, error: Error): void {
    if (this.#thread === thread) this.#lose(new SandboxLostError(error.message));
  }

  #lose(error: Error): void {
    this.#thread = null;
    if (this.#watchdog) clearInterval(this.#watchdog);
    this.#watchdog = null;
    const lost = [...this.#inFlight.values()].flat();
    this.#inFlight = new Map();
    this.options.onLost();
    for (const { reject } of lost) reject(error);
  }
}

let compiled: Promise<string> | null = null;

/** The thread's file from the build beside us, or, from sources, compiled here. */
async function threadSource(): Promise<{ code?: string; file: URL }> {
  const built = new URL('./sandbox-thread.mjs', import.meta.url);
  if (existsSync(fileURLToPath(built))) return { file: built };
  const file = new URL('./thread.ts', import.meta.url);
  compiled ??= build({
    entryPoints: [fileURLToPath(file)],
    bundle: true,
    write: false,
    format: 'cjs',
    platform: 'node',
    target: 'node20',
    sourcemap: 'inline',
  }).then((result) => result.outputFiles[0]?.text ?? '');
  return { code: await compiled, file };
}
