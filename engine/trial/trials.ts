/**
 * Plays trials in processes of their own, which can be killed: no draft can block or exhaust the engine, whatever its
 * expressions do. The processes have nothing of the engine's environment except the search path, and no connection to
 * anything: what a trial would call is answered by its plan.
 *
 * The engine starts them, as it starts the process that builds versions, and the web asks through `backstitch.v1`: the
 * compiler, the base of bundles and the sandbox are built beside the engine, and the operations of connections are its
 * own. The web process has none of these.
 *
 * Rules
 * [TP1] At most two processes. A process plays one trial at a time and is used again, also for other people, as the
 *       sandbox of the engine is: a trial can keep nothing for the next one.
 * [TP2] A person has one trial. Starting another one ends the first, whose last part says so.
 * [TP3] A trial ends after 10 s, the code of a draft after 20 s, with what there is until then. The process is killed.
 *       The time counts from when the process is ready, which takes longer on a busy machine; after 30 s it is given
 *       up. A matrix has as many failures as the flow is long: it ends after 60 s if somebody waits for a process, when
 *       nothing has come for a minute, and after 10 minutes.
 * [TP4] A trial whose reader has gone is ended at once, and its process is killed.
 * [TP5] A process that nobody uses for a minute is ended.
 * [TP6] At most 16 trials wait for a process. More are refused.
 * [TP7] A part of more than 8 MB is not sent (parts.ts): the trial ends instead.
 */
import { fork, type ChildProcess } from 'node:child_process';
import { sentPart, type SentPart, type TrialOver, type TrialRequest } from './parts';

const AT_ONCE = 2;
const WAITING = 16;
const MEMORY_MB = 512;
const IDLE_MS = 60_000;
const START_LIMIT_MS = 30_000;
const LIMIT_MS = { try: 10_000, matrix: 60_000, code: 20_000, project: 40_000 } as const;
const LONGEST_MATRIX_MS = 600_000;

/** From the process: it has loaded everything; a part; or a bug of ours. */
export type FromProcess = { ready: true } | SentPart | { bug: string };

export interface TrialsOptions {
  limitMs?: Partial<Record<TrialRequest['what'], number>>;
  longestMatrixMs?: number;
  idleMs?: number;
  /** How many processes, at most. */
  atOnce?: number;
  /** A bug of ours. */
  onBug?: (stack: string) => void;
}

interface Job {
  person: string;
  request: TrialRequest;
  onPart(part: SentPart): void;
  resolve(): void;
  process: TrialProcess | null;
  isOver: boolean;
  /** It has had its time, and goes on only as long as nobody waits. */
  mayGiveWay: boolean;
  signal: AbortSignal;
  leave(): void;
}

/** `file`: the built processes/trial-process.ts. */
export class Trials {
  readonly #idle: TrialProcess[] = [];
  readonly #busy = new Set<TrialProcess>();
  readonly #jobs = new Map<string, Job>();
  #queue: Job[] = [];
  #closed = false;

  constructor(
    private readonly file: string,
    private readonly options: TrialsOptions = {}
  ) {}

  /** Resolves after the last part, which is always an 'end', or when the signal says that the reader has gone. */
  play(person: string, request: TrialRequest, onPart: (part: SentPart) => void, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const leave = () => this.#over(job);
      const job: Job = {
        person,
        request,
        onPart,
        resolve,
        process: null,
        isOver: false,
        mayGiveWay: false,
        signal,
        leave,
      };
      const before = this.#jobs.get(person);
      if (before) this.#end(before, 'replaced', 'You have started another trial, which ended this one.');
      this.#jobs.set(person, job);
      signal.addEventListener('abort', leave);
      if (signal.aborted) leave();
      else if (this.#closed) this.#end(job, 'broken', 'The engine is stopping.');
      else if (this.#queue.length >= WAITING && this.#busy.size >= this.#atOnce)
        this.#end(job, 'busy', 'Too many people are trying flows now. Try again in a minute.');
      else {
        this.#queue.push(job);
        this.#next();
        if (this.#queue.includes(job)) this.#giveWay();
      }
    });
  }

  close(): void {
    this.#closed = true;
    for (const job of [...this.#jobs.values()]) this.#end(job, 'broken', 'The engine is stopping.');
    for (const process of this.#idle.splice(0)) process.kill();
  }

  get #atOnce(): number {
    return this.options.atOnce ?? AT_ONCE;
  }

  /** How many processes there are: for tests. */
  get processes(): number {
    return this.#idle.length + this.#busy.size;
  }

  #next(): void {
    while (this.#busy.size < this.#atOnce) {
      const job = this.#queue.shift();
      if (!job) return;
      const process = this.#idle.pop() ?? new TrialProcess(this.file);
      this.#begin(job, process);
    }
  }

  #begin(job: Job, process: TrialProcess): void {
    job.process = process;
    this.#busy.add(process);
    const limitMs = this.options.limitMs?.[job.request.what] ?? LIMIT_MS[job.request.what];
    const late = (message: string) => () => this.#end(job, 'tooLong', message);
    const longestMs = this.options.longestMatrixMs ?? LONGEST_MATRIX_MS;
    let given = { parts: 0, before: 0, times: 0 };
    const hadItsTime = () => {
      const { parts, before, times } = given;
      if (parts === before || (times + 1) * limitMs >= longestMs)
        return late(`The failures did not end within ${((times + 1) * limitMs) / 1_000} s, so they were ended.`)();
      given = { parts, before: parts, times: times + 1 };
      job.mayGiveWay = true;
      timer = setTimeout(hadItsTime, limitMs);
      if (this.#queue.length > 0) this.#giveWay();
    };
    let timer = setTimeout(late('The process of the trial did not start in time. Try again.'), START_LIMIT_MS);
    process.play(job.request, {
      onReady: () => {
        clearTimeout(timer);
        const isMatrix = job.request.what === 'matrix';
        const tooLong = late(`The trial did not end within ${limitMs / 1_000} s, so it was ended.`);
        timer = setTimeout(isMatrix ? hadItsTime : tooLong, limitMs);
      },
      onPart: (part) => {
        if (job.isOver) return;
        given.parts++;
        job.onPart(part);
        if (part.kind !== 'end') return;
        clearTimeout(timer);
        job.process = null;
        this.#busy.delete(process);
        this.#keep(process);
        this.#over(job);
      },
      onGone: (why) => {
        clearTimeout(timer);
        this.#busy.delete(process);
        job.process = null;
        if (why.bug !== null) this.options.onBug?.(why.bug);
        this.#end(job, why.bug === null ? 'tooMuchMemory' : 'broken', why.message);
        this.#next();
      },
    });
  }

  /** [TP3] Ends one matrix that has had its time, for somebody who waits. */
  #giveWay(): void {
    const long = [...this.#jobs.values()].find(({ mayGiveWay }) => mayGiveWay);
    const message = 'Somebody else waits to try a flow, so these failures were ended. Play them again in a minute.';
    if (long) this.#end(long, 'tooLong', message);
  }

  #keep(process: TrialProcess): void {
    if (this.#closed) return process.kill();
    this.#idle.push(process);
    process.whenIdle(this.options.idleMs ?? IDLE_MS, () => {
      const index = this.#idle.indexOf(process);
      if (index >= 0) this.#idle.splice(index, 1);
      process.kill();
    });
  }

  #end(job: Job, end: TrialOver, message: string): void {
    if (job.isOver) return;
    job.onPart(sentPart({ kind: 'end', end, message }));
    this.#over(job);
  }

  /** The process of a trial that is over before its end is killed [TP3] [TP4]. */
  #over(job: Job): void {
    if (job.isOver) return;
    job.isOver = true;
    job.signal.removeEventListener('abort', job.leave);
    if (this.#jobs.get(job.person) === job) this.#jobs.delete(job.person);
    this.#queue = this.#queue.filter((each) => each !== job);
    job.process?.kill();
    job.resolve();
    this.#next();
  }
}

interface Listener {
  /** The process begins with the request. */
  onReady(): void;
  onPart(part: SentPart): void;
  /** The process has ended, for whatever reason. `bug`: its stack, where it is one of ours. */
  onGone(why: { message: string; bug: string | null }): void;
}

class TrialProcess {
  readonly #child: ChildProcess;
  #listener: Listener | null = null;
  #idleTimer: NodeJS.Timeout | null = null;
  #failure: string | null = null;
  #isReady = false;

  constructor(file: string) {
    const { PATH, TMPDIR, NODE_ENV } = process.env;
    this.#child = fork(file, [], {
      execArgv: [`--max-old-space-size=${MEMORY_MB}`],
      env: { PATH, TMPDIR, NODE_ENV },
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    this.#child.on('message', (message: FromProcess) => {
      if ('ready' in message) {
        this.#isReady = true;
        this.#listener?.onReady();
      } else if ('bug' in message) {
        this.#gone({
          message: 'The trial failed because of an internal error. The log of the engine has it.',
          bug: message.bug,
        });
        this.kill();
      } else this.#listener?.onPart(message);
    });
    this.#child.on('error', (error) => {
      this.#failure = `The process of the trial cannot be started: ${error.message}`;
      // A process that was never started emits no exit event.
      if (this.#child.pid === undefined) this.#gone({ message: this.#failure, bug: error.message });
      else this.kill();
    });
    this.#child.once('exit', () => {
      const message = this.#failure ?? `The trial needs more than ${MEMORY_MB} MB, or its process was ended.`;
      this.#gone({ message, bug: null });
    });
  }

  play(request: TrialRequest, listener: Listener): void {
    if (this.#idleTimer) clearTimeout(this.#idleTimer);
    this.#listener = listener;
    if (this.#isReady) listener.onReady();
    // The end of a process is noticed by its exit.
    this.#child.send(request, () => {});
  }

  whenIdle(ms: number, call: () => void): void {
    this.#listener = { onReady: () => {}, onPart: () => {}, onGone: call };
    this.#idleTimer = setTimeout(call, ms);
    this.#idleTimer.unref();
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }

  #gone(why: { message: string; bug: string | null }): void {
    const listener = this.#listener;
    this.#listener = null;
    listener?.onGone(why);
  }
}
