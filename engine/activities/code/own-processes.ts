/**
 * The processes of the folder of activities.
 *
 * Rules
 * [OP1] Functions run in one process together, up to 100 at a time. While it does not answer, because a function
 *       occupies it, new calls go to another one; there are at most four.
 * [OP2] A process that ends, or is killed because it hangs, ends the calls that run in it, and is replaced with the
 *       next call.
 * [OP3] When the folder has changed, new calls get a process with the new code. The old one ends with its last call.
 */
import type { FileProblem } from '../../flow/connections/own-code';
import type { LoadedFile } from './messages';
import { OwnProcess, type OwnProcessOptions } from './own-process';

const MOST = 4;
const MOST_CALLS = 100;

export interface LoadedFolder {
  functions: ReadonlySet<string>;
  problems: FileProblem[];
}

export class OwnProcesses {
  readonly #all = new Set<OwnProcess>();
  #current = new Set<OwnProcess>();
  #files: readonly LoadedFile[] = [];
  #closed = false;

  constructor(private readonly options: OwnProcessOptions) {}

  /** Ids of the processes: for tests. */
  get pids(): number[] {
    return [...this.#all].flatMap(({ pid }) => (pid === undefined ? [] : [pid]));
  }

  /**
   * Loads the files into a new process, for all calls from now on. A file that does not let itself be loaded (a loop,
   * an end of the process) is left out.
   */
  async load(files: readonly LoadedFile[]): Promise<LoadedFolder> {
    const problems: FileProblem[] = [];
    let rest = [...files];
    for (;;) {
      const process = this.#start(rest);
      const loaded = await process.loaded;
      if ('functions' in loaded) {
        for (const old of this.#current) old.retire('the folder has changed');
        this.#current = new Set([process]);
        this.#files = rest;
        if (process.hasEnded) this.#current.delete(process);
        return { functions: loaded.functions, problems: [...problems, ...loaded.problems] };
      }
      problems.push({ file: loaded.stuck, line: null, message: loaded.message });
      const without = rest.filter(({ file }) => file !== loaded.stuck);
      // Not the fault of a file.
      if (without.length === rest.length || this.#closed) return { functions: new Set(), problems };
      rest = without;
    }
  }

  /** A process with the present code; null if none can be started. */
  async free(): Promise<OwnProcess | null> {
    const alive = [...this.#current].filter((each) => !each.hasEnded && !each.isRetired);
    alive.sort((a, b) => a.calls - b.calls);
    const least = alive.find((each) => each.answers && each.calls < MOST_CALLS);
    const process = least ?? (alive.length >= MOST ? alive[0] : this.#another());
    const loaded = await process?.loaded;
    return process && loaded && 'functions' in loaded ? process : null;
  }

  close(): void {
    this.#closed = true;
    for (const process of this.#all) process.kill('the engine is stopping');
  }

  #start(files: readonly LoadedFile[]): OwnProcess {
    const process = new OwnProcess(files, this.options);
    this.#all.add(process);
    void process.ended.then(() => {
      this.#all.delete(process);
      this.#current.delete(process);
    });
    return process;
  }

  #another(): OwnProcess | undefined {
    if (this.#closed) return undefined;
    const process = this.#start(this.#files);
    this.#current.add(process);
    return process;
  }
}
