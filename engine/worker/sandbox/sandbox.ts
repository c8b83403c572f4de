/**
 * The sandbox as the main thread sees it: `activate` runs an activation asynchronously. All activations that are
 * requested in one turn of the event loop are sent in one message.
 *
 * A watchdog ends the thread if an activation does not return in time. Only a whole thread can be killed, and killing
 * it loses only a cache. If an activation takes all the memory of the thread, V8 ends the thread.
 *
 * Invariant: when the thread was ended, the activation that was running is rejected with the reason. All other
 * activations are rejected with SandboxLostError, so that their runs are replayed.
 */
import { Worker } from 'node:worker_threads';
import { baseScript } from '../bundle/base';
import type { WorkflowBundle } from '../bundle/bundle';
import { threadSource } from '../thread-source';
import type { Activation, ActivationAnswer, ActivationResult, FromThread, ThreadData, ToThread } from './protocol';

export interface SandboxOptions {
  /** How long one activation may take. */
  activationTimeoutMs: number;
  /** The heap limit of the thread, for all cached runs together. */
  maxHeapMb: number;
  /**
   * After an activation had to be ended, the next activations get less time for a while. Runs that loop often come in
   * large numbers (one flow, many starts), and each of them makes all other runs wait. To be set only where an
   * activation that was ended may be tried in another sandbox.
   */
  strictAfterKill?: boolean;
  /** Called when the thread was ended; all its cached runs are lost. */
  onLost(): void;
}

/** The activation did not return in time; the code of its run loops. */
export class ActivationTimeoutError extends Error {
  override name = 'ActivationTimeoutError';
}
/** The activation took all the memory of the thread, or ended the thread in another way. */
export class ActivationCrashError extends Error {
  override name = 'ActivationCrashError';
}
/** The thread was ended because of another run. The run must be replayed and its task tried again. */
export class SandboxLostError extends Error {
  override name = 'SandboxLostError';
}

/** The positions of the counters in ThreadData.progress. */
const [BEGUN, BATCH, INDEX] = [0, 1, 2];
/** How often the watchdog looks during the time of one activation, normally and while it is strict. */
const LOOKS = 8;
const STRICT_LOOKS = 3;
/** The number of activations after a kill for which the watchdog is strict. */
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
  /** The watchdog is strict until this many activations have begun. */
  #strictUntil = -1;

  constructor(private readonly options: SandboxOptions) {}

  load(bundle: WorkflowBundle): void {
    if (this.#bundles.has(bundle.id)) return;
    this.#bundles.set(bundle.id, bundle);
    if (this.#thread) this.#post(this.#thread, { kind: 'load', bundleId: bundle.id, code: bundle.code });
  }

  /** No new runs of the bundle can be created. */
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
    const source = await threadSource('sandbox-thread', './thread.ts', import.meta.url);
    Atomics.store(this.#progress, INDEX, -1);
    const thread = new Worker(source.code ?? source.file, {
      eval: source.code !== undefined,
      workerData,
      name: 'workflows',
      // The thread gets nothing of the process: everything that a workflow may read comes with its activations.
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
    // The watchdog's time begins only when the thread is ready.
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
      // The thread was ended between two activations of this task.
      else reject(new SandboxLostError('the run is not in the sandbox any more'));
    });
    if (this.#inFlight.size === 0 && this.#watchdog) {
      clearInterval(this.#watchdog);
      this.#watchdog = null;
    }
  }

  /**
   * Checks, while activations are open, whether the thread has begun another activation since the last look. The
   * watchdog counts looks and reads no clock, because a process that was stopped for a minute has not looped for a
   * minute.
   */
  #watch(): void {
    if (this.#watchdog) return;
    const { activationTimeoutMs, maxHeapMb } = this.options;
    let seen = Atomics.load(this.#progress, BEGUN);
    let quiet = 0;
    // The memory is read at a look only, because reading it means reading a file, and activations begin very often.
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
      // V8 does not limit the memory of buffers outside of its heap.
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

  /** Rejects the activation that the thread executes now, if there is one, with `error`. */
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
