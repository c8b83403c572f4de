/** One process of the folder of activities, as the engine sees it. */
import { fork, type ChildProcess } from 'node:child_process';
import type { Readable } from 'node:stream';
import type { FileProblem } from '../../flow/connections/own-code';
import type { FromCode, LoadedFile, LogLevel, ThrownByCode, ToCode } from './messages';

export interface CodeCallEnd {
  kind: 'done' | 'threw' | 'cancelled' | 'lost';
  /** JSON. */
  output?: string;
  thrown?: ThrownByCode;
  /** Why the process ended. */
  why?: string;
}

export interface CodeCallListener {
  onHeartbeat(details: unknown): void;
  onLog(level: LogLevel, message: string, meta?: object): void;
}

export interface RunningCall {
  /** Never rejects. */
  end: Promise<CodeCallEnd>;
  /** The function is asked to end. */
  cancel(reason: string): void;
  /** Nobody waits for it any more. Its process ends as soon as nothing else runs in it. */
  giveUp(why: string): void;
}

export interface OwnProcessOptions {
  /** The built code-process.ts. */
  file: string;
  folder: string;
  /** Everything that the process gets of the environment. */
  env: NodeJS.ProcessEnv;
  memoryMb: number;
  limitsMs: CodeLimits;
}

export interface CodeLimits {
  /** A file is loaded within this time. */
  load: number;
  /** A process that does not answer for so long gets no new calls. */
  busy: number;
  /** A process that does not answer for so long hangs, and is killed. */
  hang: number;
  /** Between questions whether it answers. */
  ping: number;
}

/** Of Node itself, beside the heap. */
const BESIDE_HEAP_MB = 160;
const START_MS = 20_000;

export type Loaded = { functions: ReadonlySet<string>; problems: FileProblem[] };

export class OwnProcess {
  readonly #child: ChildProcess;
  readonly #calls = new Map<number, { listener: CodeCallListener; end(end: CodeCallEnd): void }>();
  readonly #timers = new Set<NodeJS.Timeout>();
  #next = 1;
  /** Questions in a row that it did not answer: time alone also passes while this process does not run. */
  #unanswered = 0;
  #why: string | null = null;
  #loading: { file: string; timer: NodeJS.Timeout } | null = null;
  #hasEnded = false;
  #endIfIdle: () => void = () => {};
  isRetired = false;
  /** Resolves to the name of a file that did not let itself be loaded, and why, if there is one. */
  readonly loaded: Promise<Loaded | { stuck: string; message: string }>;
  readonly ended: Promise<void>;

  constructor(
    files: readonly LoadedFile[],
    private readonly options: OwnProcessOptions
  ) {
    const { file, folder, env, memoryMb } = options;
    const largestBytes = (memoryMb + BESIDE_HEAP_MB) * 1024 * 1024;
    this.#child = fork(file, [folder, String(largestBytes)], {
      cwd: folder,
      env,
      execArgv: [`--max-old-space-size=${memoryMb}`],
      stdio: ['ignore', 'inherit', 'inherit', 'pipe', 'ipc'],
    });
    (this.#child.stdio[3] as Readable | null)?.on('data', (reason: Buffer) => {
      if (reason.includes('memory')) this.#why = `it needed more than ${memoryMb} MB`;
    });
    this.ended = new Promise((resolve) => {
      const gone = (why: string) => {
        if (this.#hasEnded) return;
        this.#hasEnded = true;
        for (const timer of this.#timers) clearInterval(timer);
        this.#why ??= why;
        for (const call of [...this.#calls.values()]) call.end({ kind: 'lost', why: this.#why });
        resolve();
      };
      this.#child.on('error', (error) =>
        this.#child.pid === undefined ? gone(error.message) : this.kill(error.message)
      );
      // 'close' comes after the pipes were read, so the reason is known.
      this.#child.once('close', (code, signal) => gone(whyEnded(code, signal, memoryMb)));
    });
    this.loaded = this.#load(files);
    this.#every(options.limitsMs.ping, () => {
      const silentMs = this.#unanswered * options.limitsMs.ping;
      // While it is loaded, each file has its own limit.
      if (silentMs > options.limitsMs.hang && !this.#loading)
        this.kill(`it did not answer for ${Math.round(options.limitsMs.hang / 1_000)} s`);
      else {
        this.#unanswered++;
        this.#send({ kind: 'ping' });
      }
    });
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }
  get calls(): number {
    return this.#calls.size;
  }
  get hasEnded(): boolean {
    return this.#hasEnded;
  }
  /** False while its event loop is occupied, unless it is being loaded. */
  get answers(): boolean {
    if (this.#hasEnded) return false;
    const { ping, busy } = this.options.limitsMs;
    return this.#loading !== null || this.#unanswered * ping < busy;
  }

  /** Never rejects. */
  run(request: Omit<ToCode & { kind: 'run' }, 'kind' | 'id'>, listener: CodeCallListener): RunningCall {
    const id = this.#next++;
    const end = new Promise<CodeCallEnd>((resolve) => {
      this.#calls.set(id, {
        listener,
        end: (value) => {
          this.#calls.delete(id);
          resolve(value);
          this.#endIfIdle();
        },
      });
    });
    if (this.#hasEnded) this.#calls.get(id)?.end({ kind: 'lost', why: this.#why ?? 'it ended' });
    else this.#send({ kind: 'run', id, ...request });
    return {
      end,
      cancel: (reason) => this.#send({ kind: 'cancel', id, reason }),
      giveUp: (why) => {
        const call = this.#calls.get(id);
        if (!call) return;
        this.retire(why);
        call.end({ kind: 'lost', why });
      },
    };
  }

  /** It gets no new calls, and is ended with its last one. */
  retire(why: string): void {
    this.isRetired = true;
    this.#endIfIdle = () => this.#calls.size === 0 && this.kill(why);
    this.#endIfIdle();
  }

  kill(why: string): void {
    this.#why ??= why;
    this.#child.kill('SIGKILL');
  }

  #send(message: ToCode): void {
    if (this.#child.connected) this.#child.send(message, () => {});
  }

  #load(files: readonly LoadedFile[]): OwnProcess['loaded'] {
    return new Promise((resolve) => {
      const stuck = (file: string, message: string) => {
        resolve({ stuck: file, message });
        this.kill(message);
      };
      const begin = (file: string, limitMs: number, message: string) => {
        if (this.#loading) clearTimeout(this.#loading.timer);
        const timer = setTimeout(() => stuck(file, message), limitMs);
        this.#timers.add(timer);
        this.#loading = { file, timer };
      };
      begin('', START_MS, 'The process of the folder did not start in time.');
      this.#child.on('message', (message: FromCode) => {
        this.#unanswered = 0;
        if (message.kind === 'ready') this.#send({ kind: 'load', files: [...files] });
        else if (message.kind === 'loading')
          begin(
            message.file,
            this.options.limitsMs.load,
            `It did not end within ${this.options.limitsMs.load / 1_000} s when it was loaded.`
          );
        else if (message.kind === 'loaded') {
          if (this.#loading) clearTimeout(this.#loading.timer);
          this.#loading = null;
          resolve({ functions: new Set(message.functions), problems: message.problems });
        } else this.#said(message);
      });
      void this.ended.then(() => {
        const why = this.#why ?? 'it ended';
        resolve({ stuck: this.#loading?.file ?? '', message: `The process ended when it was loaded: ${why}.` });
      });
    });
  }

  #said(message: FromCode): void {
    if (!('id' in message)) return;
    const call = this.#calls.get(message.id);
    if (message.kind === 'heartbeat') call?.listener.onHeartbeat(message.details);
    else if (message.kind === 'log') call?.listener.onLog(message.level, message.message, message.meta);
    else if (message.kind === 'done') call?.end({ kind: 'done', output: message.output });
    else if (message.kind === 'threw') call?.end({ kind: 'threw', thrown: message.thrown });
    else if (message.kind === 'cancelled') call?.end({ kind: 'cancelled' });
  }

  #every(ms: number, work: () => void): void {
    const timer = setInterval(work, ms);
    timer.unref();
    this.#timers.add(timer);
  }
}

function whyEnded(code: number | null, signal: NodeJS.Signals | null, memoryMb: number): string {
  // V8 aborts when its heap is full.
  if (signal === 'SIGABRT' || code === 134) return `it needed more than ${memoryMb} MB, or crashed`;
  return signal ? `it was ended by ${signal}` : `it ended by itself with code ${code}`;
}
