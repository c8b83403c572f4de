/**
 * The launcher's children: started in order, restarted when they end or hang, stopped in reverse order. A child that
 * keeps ending is restarted at longer and longer intervals. The launcher never gives up, because what the child waits
 * for (a port, the database) may come back.
 *
 * Invariants:
 * - A child is watched from its first message on. A child that sends no first message within a minute counts as hung.
 * - A first start fails only if the role itself reports a problem that needs a person. A child that is killed during
 *   its start is restarted.
 * - Every kill is by process id, of a process that this launcher started.
 */
import { fork, type ChildProcess } from 'node:child_process';
import type { LogFile } from './log-file';
import type { LauncherMessage, RoleMessage } from '../role';
import type { Watchdog } from './watchdog';

export interface ChildSpec {
  name: string;
  /** The built file. */
  file: string;
  env: NodeJS.ProcessEnv;
  log: LogFile;
  watchdog: Watchdog;
  execArgv?: string[];
}

const FIRST_RESTART_MS = 200;
const SLOWEST_RESTART_MS = 10_000;
/** A child that has served for this time is restarted after the shortest delay again. */
const STABLE_MS = 30_000;
/**
 * From the start of the process to its first message. On a busy machine, loading the code takes some seconds of it.
 */
const BEGIN_LIMIT_MS = 60_000;
/** A first start that ended by itself this often is an error of the program or of its settings. */
const FIRST_START_TRIES = 6;
/** A child that still answers may take this long to stop. It ends itself before this time. */
const STOP_LIMIT_MS = 12_000;
/** A child that does not answer for this time while it stops counts as hung. */
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

  /**
   * Starts the child. Resolves with its address once it serves. Rejects if the child reports that it cannot start.
   */
  start(): Promise<string> {
    return new Promise((resolve, reject) => {
      let endedByItself = 0;
      const first = {
        serves: resolve,
        /** True if another start can succeed. */
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
            isStarting: () => !serving,
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
    // A process that could not be created emits no exit event. An error of sending a message is passed to the sender.
    child.on('error', (error) => {
      if (child.pid === undefined) ended(`cannot be started: ${error.message}`, false);
    });
  }

  /** Checks that the event loop of the child runs: `answered` is called if it does, and is never called otherwise. */
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
   * Requests a stop, and kills the child if necessary: at once if it does not answer, later if it answers but does
   * not end. Resolves when the process has ended.
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
      // Time in which this process itself was late does not count as silence of the child.
      if (now - probedAt > SILENT_MS) heardAt = now;
      probedAt = now;
      if (now - heardAt > SILENT_MS || now - stopAt > STOP_LIMIT_MS) child.kill('SIGKILL');
      else this.#ask(child, () => (heardAt = performance.now()));
    }, STOP_PROBE_MS);
    child.kill('SIGTERM');
    await gone;
    clearInterval(probe);
  }

  /** Kills the child now, whatever its state is. */
  kill(): void {
    this.#stopping = true;
    this.#process?.kill('SIGKILL');
  }
}
