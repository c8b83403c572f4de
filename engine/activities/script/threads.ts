/**
 * The threads of scripts. At most two run at the same time; other scripts wait. A thread is used again until a script
 * had to be stopped, or until a step was cancelled: then it is killed, whatever it is doing.
 */
import { Worker } from 'node:worker_threads';
import { threadSource } from '../../worker/thread-source';
import type { FromThread, ScriptEnd, ScriptJob } from './messages';

const AT_ONCE = 2;
/** QuickJS looks at the clock by itself; a thread that is this much later does not. */
const GRACE_MS = 500;
/** Of the thread around QuickJS: the text of an input, and what the loader of WebAssembly needs. */
const HEAP_MB = 128;
/** QuickJS reports a deep recursion before the thread would. */
const STACK_MB = 16;

interface Waiting {
  job: ScriptJob;
  end(end: ScriptEnd | null): void;
  isOver: boolean;
}
interface Thread {
  worker: Worker;
  isReady: boolean;
  running: Waiting | null;
  timer?: NodeJS.Timeout;
}

export class ScriptThreads {
  readonly #threads = new Set<Thread>();
  #queue: Waiting[] = [];
  #starting = 0;

  /** Resolves to null if the signal says that nobody waits any more. */
  run(job: ScriptJob, signal: AbortSignal): Promise<ScriptEnd | null> {
    return new Promise((resolve) => {
      const leave = () => waiting.end(null);
      const waiting: Waiting = {
        job,
        isOver: false,
        end: (end) => {
          if (waiting.isOver) return;
          waiting.isOver = true;
          signal.removeEventListener('abort', leave);
          resolve(end);
          for (const thread of this.#threads)
            if (thread.running === waiting && end?.kind !== 'done') this.#kill(thread);
        },
      };
      if (signal.aborted) return leave();
      signal.addEventListener('abort', leave, { once: true });
      this.#queue.push(waiting);
      this.#next();
    });
  }

  #next(): void {
    this.#queue = this.#queue.filter(({ isOver }) => !isOver);
    for (const thread of this.#threads) {
      if (!thread.isReady) continue;
      const waiting = this.#queue.shift();
      if (!waiting) return;
      thread.isReady = false;
      thread.running = waiting;
      thread.worker.ref();
      thread.timer = setTimeout(() => waiting.end({ kind: 'time' }), waiting.job.timeoutMs + GRACE_MS);
      thread.worker.postMessage(waiting.job);
    }
    const soon = this.#starting + [...this.#threads].filter(({ running }) => !running).length;
    if (this.#queue.length > soon && this.#threads.size + this.#starting < AT_ONCE) void this.#start();
  }

  async #start(): Promise<void> {
    this.#starting++;
    try {
      const source = await threadSource('script-thread', './thread.ts', import.meta.url, {
        // It finds its WebAssembly beside itself.
        external: ['quickjs-emscripten'],
      });
      const worker = new Worker(source.code ?? source.file, {
        eval: source.code !== undefined,
        name: 'script',
        // The thread gets nothing of the process.
        env: {},
        argv: [],
        execArgv: [],
        resourceLimits: { maxOldGenerationSizeMb: HEAP_MB, stackSizeMb: STACK_MB },
      });
      const thread: Thread = { worker, isReady: false, running: null };
      this.#threads.add(thread);
      worker.on('message', (message: FromThread) => this.#said(thread, message));
      worker.on('error', () => this.#kill(thread));
      worker.on('exit', () => this.#kill(thread));
    } catch {
      this.#queue.shift()?.end({ kind: 'lost' });
    } finally {
      this.#starting--;
      this.#next();
    }
  }

  #said(thread: Thread, message: FromThread): void {
    if (message.kind === 'end') {
      clearTimeout(thread.timer);
      const { running } = thread;
      // A script that ended by itself leaves a thread that can be used again, also where it threw.
      const isUsable = message.end.kind === 'done' || message.end.kind === 'threw';
      if (isUsable) thread.running = null;
      running?.end(message.end);
      if (!isUsable) return;
    }
    thread.isReady = true;
    // A thread that waits does not keep the process alive.
    thread.worker.unref();
    this.#next();
  }

  #kill(thread: Thread): void {
    if (!this.#threads.delete(thread)) return;
    clearTimeout(thread.timer);
    const { running } = thread;
    thread.running = null;
    void thread.worker.terminate();
    running?.end({ kind: 'lost' });
    this.#next();
  }
}
