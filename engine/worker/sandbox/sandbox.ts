/**
 * The sandbox as the main thread sees it: `activate` a run, asynchronously; what is asked for in one turn of the event loop goes
 * over in one message. A watchdog ends the thread when an activation does not come back: only a thread can be killed, and
 * killing it loses only a cache. The same when an activation takes all the thread's memory: V8 ends the thread then.
 *
 * Invariant: whatever ended the thread, the run that it was at is told so; every other run is told to replay.
 */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { build } from 'esbuild';
import { baseScript } from '../bundle/base';
import type { WorkflowBundle } from '../bundle/bundle';
import type { Activation, ActivationAnswer, ActivationResult, FromThread, ThreadData, ToThread } from './protocol';

export interface SandboxOptions {
  /** How long one activation may take. */
  activationTimeoutMs: number;
  /** Of the thread's heap: all cached runs together. */
  maxHeapMb: number;
  /**
   * After an activation had to be ended, the next ones get less time for a while: runs that loop come in numbers (one flow, many
   * starts), and each of them costs all others the wait. Only where an activation that is ended may be tried elsewhere.
   */
  strictAfterKill?: boolean;
  /** Called when the thread was ended: every cached run is gone. */
  onLost(): void;
}

/** The activation did not come back in time; its run's code loops. */
export class ActivationTimeoutError extends Error {
  override name = 'ActivationTimeoutError';
}
/** The activation took what memory the thread had, or ended it in another way. */
export class ActivationCrashError extends Error {
  override name = 'ActivationCrashError';
}
/** The thread was ended because of another run. Replay and try again. */
export class SandboxLostError extends Error {
  override name = 'SandboxLostError';
}

/** Counters of ThreadData.progress. */
const [BEGUN, BATCH, INDEX] = [0, 1, 2];
/** Looks of the watchdog within an activation's time, and while it is strict. */
const LOOKS = 8;
const STRICT_LOOKS = 3;
/** Activations after a kill for which the watchdog is strict. */
const STRICT_FOR = 5_000;

interface Pending {
  activation: Activation;
  resolve(result: ActivationAnswer): void;
  reject(error: Error): void;
}

export class Sandbox {
  readonly #bundles = new Map<string, WorkflowBundle>();
  readonly #progress = new Int32Array(new SharedArrayBuffer(12));
  #thread: Worker | null = null;
  #starting: Promise<Worker> | null = null;
  #queue: Pending[] = [];
  #inFlight = new Map<number, Pending[]>();
  #disposals: number[] = [];
  #nextBatch = 1;
  #scheduled = false;
  #watchdog: NodeJS.Timeout | null = null;
  #closed = false;
  /** Count of activations begun up to which the watchdog is strict. */
  #strictUntil = -1;

  constructor(private readonly options: SandboxOptions) {}

  load(bundle: WorkflowBundle): void {
    if (this.#bundles.has(bundle.id)) return;
    this.#bundles.set(bundle.id, bundle);
    if (this.#thread) this.#post(this.#thread, { kind: 'load', bundleId: bundle.id, code: bundle.code });
  }

  /** No run of the bundle is made any more. */
  unload(bundleId: string): void {
    if (this.#bundles.delete(bundleId) && this.#thread) this.#post(this.#thread, { kind: 'unload', bundleId });
  }

  /** Rejects with one of the errors above. */
  activate(activation: Activation): Promise<ActivationAnswer> {
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
      this.#flush().catch((error: Error) => {
        for (const { reject } of this.#queue.splice(0)) reject(new SandboxLostError(error.message));
      });
    });
  }

  async #flush(): Promise<void> {
    if (this.#queue.length === 0 && this.#disposals.length === 0) return;
    const thread = this.#thread ?? (await this.#start());
    if (this.#closed) throw new SandboxLostError('the worker is closing');
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
    Atomics.store(this.#progress, INDEX, -1);
    const thread = new Worker(source.code ?? source.file, {
      eval: source.code !== undefined,
      workerData,
      name: 'workflows',
      // Nothing of the process: what a workflow may know comes with its activations.
      env: {},
      argv: [],
      execArgv: [],
      resourceLimits: { maxYoungGenerationSizeMb: 64, maxOldGenerationSizeMb: this.options.maxHeapMb, stackSizeMb: 4 },
    });
    const ready = new Promise<void>((resolve, reject) => {
      thread.on('message', (message: FromThread) => {
        if (message.kind === 'ready') resolve();
        else this.#answered(message.batch, message.results);
      });
      thread.on('error', (error) => {
        reject(error);
        this.#threadEnded(thread, error);
      });
      thread.on('exit', () => {
        const error = new SandboxLostError('the sandbox thread ended');
        reject(error);
        this.#threadEnded(thread, error);
      });
    });
    // The watchdog's time begins when the thread can do something.
    await ready;
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
      if (result && !('notCached' in result)) resolve(result);
      // The thread was ended between two activations of its task.
      else reject(new SandboxLostError('the run is not in the sandbox any more'));
    });
    if (this.#inFlight.size === 0 && this.#watchdog) {
      clearInterval(this.#watchdog);
      this.#watchdog = null;
    }
  }

  /**
   * While activations are under way: has the thread begun another one since the last look? Counted in looks, not read off a clock:
   * a process that was stopped for a minute has not been looping for a minute.
   */
  #watch(): void {
    if (this.#watchdog) return;
    const { activationTimeoutMs, maxHeapMb } = this.options;
    let seen = Atomics.load(this.#progress, BEGUN);
    let quiet = 0;
    // Asked for at a look only: it reads a file, and activations begin all the time.
    let before = Infinity;
    this.#watchdog = setInterval(() => {
      const begun = Atomics.load(this.#progress, BEGUN);
      if (begun !== seen) {
        [seen, quiet, before] = [begun, 0, Infinity];
        return;
      }
      quiet++;
      const memory = process.memoryUsage.rss();
      if (before === Infinity) before = memory;
      // Of buffers outside of its heap, V8 keeps no limit.
      if (memory - before > maxHeapMb * 2 ** 20) this.#kill(new ActivationCrashError(tooMuchMemory(maxHeapMb)));
      else if (quiet >= (begun < this.#strictUntil ? STRICT_LOOKS : LOOKS))
        this.#kill(new ActivationTimeoutError(tooLong(activationTimeoutMs)));
    }, activationTimeoutMs / LOOKS);
    this.#watchdog.unref();
  }

  #kill(reason: Error): void {
    const thread = this.#thread;
    if (this.options.strictAfterKill) this.#strictUntil = Atomics.load(this.#progress, BEGUN) + STRICT_FOR;
    this.#blame(reason);
    this.#lose(new SandboxLostError('the sandbox was ended because of another run'));
    void thread?.terminate();
  }

  #threadEnded(thread: Worker, error: Error & { code?: string }): void {
    if (this.#thread !== thread) return;
    const memory = error.code === 'ERR_WORKER_OUT_OF_MEMORY';
    const message = memory ? tooMuchMemory(this.options.maxHeapMb) : `The workflow ended its sandbox: ${error.message}`;
    this.#blame(new ActivationCrashError(message));
    this.#lose(new SandboxLostError(error.message));
  }

  /** The activation that the thread is at, if it is at one, fails with `error`. */
  #blame(error: Error): void {
    const batch = Atomics.load(this.#progress, BATCH);
    const pending = this.#inFlight.get(batch);
    const culprit = pending?.[Atomics.load(this.#progress, INDEX)];
    if (!pending || !culprit) return;
    this.#inFlight.set(
      batch,
      pending.filter((other) => other !== culprit)
    );
    culprit.reject(error);
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

const tooLong = (timeoutMs: number) =>
  `The workflow did not yield within ${timeoutMs} ms: an endless loop, or too much work between two awaits.`;
const tooMuchMemory = (heapMb: number) =>
  `The workflow took all the memory that workflows have together (${heapMb} MB).`;

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
