/**
 * The processes of a crash test: the product's own entry points, built as for `npm start`. Each is a real process of
 * the system that can be killed, stopped and continued. No process is restarted automatically: the test decides what
 * happens next.
 */
import { fork, type ChildProcess } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { RoleMessage } from '../role';
import { within } from './waiting';

const START_LIMIT_MS = 60_000;
const EXIT_LIMIT_MS = 20_000;

export class RoleProcess {
  readonly #child: ChildProcess;
  readonly #exited: Promise<void>;
  readonly #serves: Promise<string>;
  #gone = false;
  #served = false;
  #told = false;

  constructor(
    readonly name: string,
    file: string,
    env: NodeJS.ProcessEnv,
    private readonly logFile: string
  ) {
    const log = createWriteStream(logFile, { flags: 'a' });
    const child = fork(file, [], {
      env,
      execArgv: ['--enable-source-maps', '--max-semi-space-size=32'],
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    this.#child = child;
    child.stdout?.pipe(log, { end: false });
    child.stderr?.pipe(log, { end: false });
    this.#exited = new Promise((resolve) =>
      child.once('exit', () => {
        this.#gone = true;
        resolve();
      })
    );
    this.#serves = new Promise((resolve, reject) => {
      child.on('message', (message: RoleMessage) => {
        if (message.kind === 'ready') {
          this.#served = true;
          resolve(message.address);
        } else if (message.kind === 'failed') reject(new Error(`${name}: ${message.message}`));
      });
      void this.#exited.then(() => reject(new Error(`${name} ended before it served; see ${logFile}`)));
    });
    // A caller that does not wait for the process gets no unhandled rejection if it never serves.
    this.#serves.catch(() => {});
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }
  get gone(): boolean {
    return this.#gone;
  }
  /** True if the process served and has ended without a request to end. */
  get endedByItself(): boolean {
    return this.#gone && this.#served && !this.#told;
  }

  /** Its address, once it serves. Rejects if the process ends before that, or takes too long. */
  serves(): Promise<string> {
    return within(START_LIMIT_MS, `${this.name} to serve`, this.#serves);
  }

  /** SIGSTOP and SIGCONT. SIGKILL resolves when the process has ended. */
  async signal(signal: 'SIGSTOP' | 'SIGCONT' | 'SIGKILL'): Promise<void> {
    if (signal === 'SIGKILL') this.#told = true;
    this.#child.kill(signal);
    if (signal === 'SIGKILL') await within(EXIT_LIMIT_MS, `${this.name} to be gone`, this.#exited);
  }

  /** Stops the process as the launcher does. Resolves to the exit code. */
  async stop(): Promise<number | null> {
    this.#told = true;
    if (!this.#gone) this.#child.kill('SIGTERM');
    await within(EXIT_LIMIT_MS, `${this.name} to stop`, this.#exited).catch(() => this.signal('SIGKILL'));
    return this.#child.exitCode;
  }

  async said(): Promise<string> {
    return readFile(this.logFile, 'utf8').catch(() => '');
  }
}
