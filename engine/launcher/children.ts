/**
 * The launcher's children: started in order, restarted when they die, stopped in reverse order. A child that keeps dying is
 * restarted more and more slowly; it is never given up, since what it waits for (a port, the database) may come back.
 */
import { fork, type ChildProcess } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import type { RoleMessage } from './role';

export interface ChildSpec {
  name: string;
  /** Built file. */
  file: string;
  env: NodeJS.ProcessEnv;
  logFile: string;
  execArgv?: string[];
}

const FIRST_RESTART_MS = 200;
const SLOWEST_RESTART_MS = 10_000;
/** A child that served this long starts again without waiting longer than the first time. */
const STABLE_MS = 30_000;
const KILL_AFTER_MS = 12_000;

export class Child {
  #process: ChildProcess | null = null;
  #stopping = false;
  #restartMs = FIRST_RESTART_MS;
  #timer: NodeJS.Timeout | null = null;

  constructor(
    readonly spec: ChildSpec,
    private readonly say: (line: string) => void
  ) {}

  /** Start it; resolves with its address once it serves. Rejects when the first start fails. */
  start(): Promise<string> {
    return new Promise((resolve, reject) => this.#spawn(resolve, reject));
  }

  #spawn(resolve: (address: string) => void, reject: (error: Error) => void): void {
    const log = createWriteStream(this.spec.logFile, { flags: 'a' });
    const startedAt = Date.now();
    let serving = false;
    let reason = '';
    const child = fork(this.spec.file, [], {
      env: this.spec.env,
      execArgv: ['--enable-source-maps', ...(this.spec.execArgv ?? [])],
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    this.#process = child;
    child.stdout?.pipe(log, { end: false });
    child.stderr?.pipe(log, { end: false });
    child.on('message', (message: RoleMessage) => {
      if (message.kind === 'ready') {
        if (serving) return;
        serving = true;
        resolve(message.address);
      } else reason = message.message;
    });
    child.once('exit', (code, signal) => {
      log.end();
      this.#process = null;
      if (this.#stopping) return;
      const how = signal ? `was killed (${signal})` : `ended (exit ${code})`;
      if (!serving) reject(new Error(reason || `${this.spec.name} ${how}; see ${this.spec.logFile}`));
      if (Date.now() - startedAt > STABLE_MS) this.#restartMs = FIRST_RESTART_MS;
      this.say(`${this.spec.name} ${how}, starting it again`);
      this.#timer = setTimeout(() => {
        this.#spawn(
          () => this.say(`${this.spec.name} serves again`),
          () => {}
        );
      }, this.#restartMs);
      this.#restartMs = Math.min(this.#restartMs * 2, SLOWEST_RESTART_MS);
    });
  }

  /** Ask it to stop, then insist. Resolves when it is gone. */
  async stop(): Promise<void> {
    this.#stopping = true;
    if (this.#timer) clearTimeout(this.#timer);
    const child = this.#process;
    if (!child) return;
    await new Promise<void>((resolve) => {
      const insist = setTimeout(() => child.kill('SIGKILL'), KILL_AFTER_MS);
      child.once('exit', () => {
        clearTimeout(insist);
        resolve();
      });
      child.kill('SIGTERM');
    });
  }
}
