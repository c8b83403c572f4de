/**
 * Replays histories in a process of its own, which can be killed: whatever the code of a revision does, the engine goes
 * on. The process has nothing of the engine's environment except the search path, and no connection to anything: the
 * histories are sent to it. At most WINDOW of them are in it at a time, so its memory does not depend on how many runs
 * there are.
 */
import { fork, type ChildProcess } from 'node:child_process';
import pLimit from 'p-limit';
import type { FromGate, ToGate } from './gate-process';
import type { Candidate, Proof, Proved } from './prover';

const MEMORY_MB = 512;
const WINDOW = 64;
/** Nothing was proved for so long: longer than a sandbox may take for one activation. */
const QUIET_MS = 120_000;

export interface Proving {
  /** `read` is called when there is room. Rejects with a ProvingError if the process is gone. */
  prove(read: () => Promise<Proof>): Promise<Proved>;
  close(): void;
}
/** `file`: the built gate-process.ts. */
export const proveIn =
  (file: string) =>
  (candidate: Candidate): Proving =>
    new ProvingProcess(file, candidate);

export class ProvingError extends Error {
  override name = 'ProvingError';
}

class ProvingProcess implements Proving {
  readonly #child: ChildProcess;
  readonly #limit = pLimit(WINDOW);
  readonly #waiting = new Map<number, { resolve(proved: Proved): void; reject(error: Error): void }>();
  #lastKey = 0;
  #gone: Error | null = null;
  #quiet: NodeJS.Timeout | null = null;

  constructor(file: string, candidate: Candidate) {
    const { PATH, TMPDIR, NODE_ENV } = process.env;
    this.#child = fork(file, [], {
      execArgv: [`--max-old-space-size=${MEMORY_MB}`],
      env: { PATH, TMPDIR, NODE_ENV },
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      // Bytes are sent as bytes.
      serialization: 'advanced',
    });
    this.#child.on('message', (message: FromGate) => this.#told(message));
    this.#child.on('error', (error) => this.#end(new ProvingError(`The check cannot be started: ${error.message}`)));
    this.#child.once('exit', () =>
      this.#end(new ProvingError('The process of the check ended, or took too much memory.'))
    );
    this.#send({ kind: 'candidate', candidate });
  }

  prove(read: () => Promise<Proof>): Promise<Proved> {
    return this.#limit(async () => {
      if (this.#gone) throw this.#gone;
      const proof = await read();
      if (this.#gone) throw this.#gone;
      const key = ++this.#lastKey;
      return new Promise<Proved>((resolve, reject) => {
        this.#waiting.set(key, { resolve, reject });
        this.#send({ kind: 'prove', key, proof });
        this.#watch();
      });
    });
  }

  close(): void {
    this.#end(new ProvingError('The check was ended.'));
  }

  #told(message: FromGate): void {
    if ('bug' in message) return this.#end(new Error(message.bug));
    const waiting = this.#waiting.get(message.key);
    this.#waiting.delete(message.key);
    this.#watch();
    waiting?.resolve(message.proved);
  }

  #send(message: ToGate): void {
    this.#child.send(message, () => {});
  }

  #watch(): void {
    if (this.#quiet) clearTimeout(this.#quiet);
    this.#quiet = null;
    if (this.#waiting.size === 0 || this.#gone) return;
    this.#quiet = setTimeout(() => this.#end(new ProvingError('The check did not go on, so it was ended.')), QUIET_MS);
    this.#quiet.unref();
  }

  #end(error: Error): void {
    if (this.#gone) return;
    this.#gone = error;
    this.#watch();
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
    this.#child.kill('SIGKILL');
  }
}
