/**
 * The launcher's children: started in order, restarted when they die or hang, stopped in reverse order. A child that keeps dying is
 * restarted more and more slowly; it is never given up, since what it waits for (a port, the database) may come back.
 *
 * Invariants:
 * - A child is watched from its first word on. One that does not say it within a minute hangs, too.
 * - A first start is refused only by the role itself, for a reason that needs a person. Whoever kills it meanwhile sees it come back.
 * - Every kill is by process id, of a process that this launcher started.
 */
import { fork, type ChildProcess } from 'node:child_process';
import type { LogFile } from './log-file';
import type { LauncherMessage, RoleMessage } from './role';
import type { Watchdog } from './watchdog';

export interface ChildSpec {
  name: string;
  /** Built file. */
  file: string;
  env: NodeJS.ProcessEnv;
  log: LogFile;
  watchdog: Watchdog;
  execArgv?: string[];
}

const FIRST_RESTART_MS = 200;
const SLOWEST_RESTART_MS = 10_000;
/** A child that served this long starts again without waiting longer than the first time. */
const STABLE_MS = 30_000;
/** From the start of the process to its first word; loading its code on a busy machine takes some seconds of it. */
const BEGIN_LIMIT_MS = 60_000;
/** A first start that ended so often by itself is a fault of the program or its settings. */
const FIRST_START_TRIES = 6;
/** A child that answers may take its time to stop; it ends itself before this. */
const STOP_LIMIT_MS = 12_000;
/** A child that does not answer while it is to stop hangs. */
const SILENT_MS = 2_500;
const STOP_PROBE_MS = 500;

export class Child {
  #process: ChildProcess | null = null;
  #stopping = false;
  #restartMs = FIRST_RESTART_MS;
  #timer: NodeJS.Timeout | null = null;
  #questions = 0;
  readonly #answers = new Map<number, () => void>();

  constructor(
    readonly spec: ChildSpec,
    private readonly say: (line: string) => void
  ) {}

  get pid(): number | undefined {
    return this.#process?.pid;
  }

  /** Start it; resolves with its address once it serves. Rejects when it says itself that it cannot. */
  start(): Promise<string> {
    return new Promise((resolve, reject) => {
      let endedByItself = 0;
      const first = {
        serves: resolve,
        /** Whether another start is worth it. */
        ended(reason: string, temporary: boolean): boolean {
          endedByItself += 1;
          const again = temporary && endedByItself < FIRST_START_TRIES;
          if (!again) reject(new Error(reason));
          return again;
        },
      };
      this.#spawn(first);
    });
  }

  #spawn(first: { serves(address: string): void; ended(reason: string, temporary: boolean): boolean } | null): void {
    const { name, log } = this.spec;
    const startedAt = performance.now();
    let serving = false;
    let failure: { message: string; temporary: boolean } | null = null;
    let unwatch = () => {};
    const child = fork(this.spec.file, [], {
      env: this.spec.env,
      execArgv: ['--enable-source-maps', ...(this.spec.execArgv ?? [])],
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    this.#process = child;
    const kill = (why: string) => {
      if (this.#stopping) return;
      this.say(`${name} ${why}; killing it`);
      child.kill('SIGKILL');
    };
    const beginLimit = setTimeout(() => kill(`did not start within ${BEGIN_LIMIT_MS / 1_000} s`), BEGIN_LIMIT_MS);
    if (child.stdout) log.take(child.stdout);
    if (child.stderr) log.take(child.stderr);
    child.on('message', (message: RoleMessage) => {
      switch (message.kind) {
        case 'began':
          clearTimeout(beginLimit);
          unwatch = this.spec.watchdog.watch({
            ask: (answered) => this.#ask(child, answered),
            hung: () => kill('no longer answers'),
          });
          return;
        case 'alive':
          this.#answers.get(message.question)?.();
          this.#answers.delete(message.question);
          return;
        case 'waiting':
          this.say(`${name.padEnd(10)} ${message.reason}`);
          return;
        case 'failed':
          failure = message;
          return;
        case 'ready':
          if (serving) return;
          serving = true;
          if (first) first.serves(message.address);
          else this.say(`${name} serves again`);
      }
    });
    let over = false;
    const ended = (how: string, byItself: boolean) => {
      if (over) return;
      over = true;
      clearTimeout(beginLimit);
      unwatch();
      this.#answers.clear();
      this.#process = null;
      if (this.#stopping) return;
      const reason = failure?.message ?? `${name} ${how}; see ${log.file}`;
      if (first && !serving && byItself && !first.ended(reason, failure?.temporary ?? true)) return;
      if (performance.now() - startedAt > STABLE_MS) this.#restartMs = FIRST_RESTART_MS;
      this.say(`${name} ${how}${failure ? ` (${failure.message})` : ''}; it is started again`);
      this.#timer = setTimeout(() => this.#spawn(serving ? null : first), this.#restartMs);
      this.#restartMs = Math.min(this.#restartMs * 2, SLOWEST_RESTART_MS);
    };
    child.once('exit', (code, signal) =>
      ended(signal ? `was killed (${signal})` : `ended (exit ${code})`, signal === null)
    );
    // A process that could not be made has no exit; a message that could not be sent is told to its sender.
    child.on('error', (error) => {
      if (child.pid === undefined) ended(`cannot be started: ${error.message}`, false);
    });
  }

  /** Whether its event loop turns: `answered` is called when it does, and never when it does not. */
  ask(answered: () => void): void {
    if (this.#process) this.#ask(this.#process, answered);
  }

  #ask(child: ChildProcess, answered: () => void): void {
    const question = ++this.#questions;
    this.#answers.set(question, answered);
    const message: LauncherMessage = { kind: 'areYouAlive', question };
    if (child.connected) child.send(message, () => {});
  }

  /**
   * Ask it to stop, then insist: at once when it does not answer, later when it answers and does not end. Resolves when it is gone.
   */
  async stop(): Promise<void> {
    this.#stopping = true;
    if (this.#timer) clearTimeout(this.#timer);
    const child = this.#process;
    if (!child) return;
    const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    const stopAt = performance.now();
    let heardAt = stopAt;
    let probedAt = stopAt;
    const probe = setInterval(() => {
      const now = performance.now();
      // What this process itself missed is not the child's silence.
      if (now - probedAt > SILENT_MS) heardAt = now;
      probedAt = now;
      if (now - heardAt > SILENT_MS || now - stopAt > STOP_LIMIT_MS) child.kill('SIGKILL');
      else this.#ask(child, () => (heardAt = performance.now()));
    }, STOP_PROBE_MS);
    child.kill('SIGTERM');
    await gone;
    clearInterval(probe);
  }

  /** End it now, whatever it does. */
  kill(): void {
    this.#stopping = true;
    this.#process?.kill('SIGKILL');
  }
}
