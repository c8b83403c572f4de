/**
 * The operator's own folder of TypeScript activities: read at the start, and again when a file in it has changed or
 * when somebody asks for it.
 *
 * Rules
 * [OD1] What is wrong in a file hinders no other file, and never the engine.
 * [OD2] A change is found within two seconds. What was read is handed to `onRead` before new calls use it.
 */
import { createHash } from 'node:crypto';
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import pLimit from 'p-limit';
import type { FileProblem, FolderState, OwnFunction, OwnSources } from '../../flow/connections/own-code';
import { failure } from '../http/failure';
import { OwnProcesses } from './own-processes';
import type { CodeLimits, OwnProcess } from './own-process';
import type { ReadFolder } from './messages';

const LOOK_MS = 2_000;
const MOST_FILES = 5_000;
const MOST_PROBLEMS = 200;
const USUAL_LIMITS: CodeLimits = { load: 5_000, busy: 1_000, hang: 10_000, ping: 500 };

export interface OwnFolderOptions {
  /** An absolute path. */
  folder: string;
  /** Everything that the processes get of the environment. */
  env: Readonly<Record<string, string | undefined>>;
  memoryMb: number;
  /** In a process of its own: read-in-process.ts. Rejects for a bug. */
  read: (folder: string) => Promise<ReadFolder>;
  /** The built code-process.ts. */
  processFile: string;
  limitsMs?: Partial<CodeLimits>;
  /** Stores the operations. Returns what is wrong with them. */
  onRead?: (functions: readonly OwnFunction[], isComplete: boolean) => Promise<FileProblem[]>;
  onError?: (error: unknown) => void;
}

export class OwnFolder {
  readonly #processes: OwnProcesses;
  readonly #one = pLimit(1);
  #timer: NodeJS.Timeout | null = null;
  #seen = '';
  #callable: ReadonlySet<string> = new Set();
  #read: ReadFolder = { functions: [], problems: [], files: [], sources: {} };
  #state: FolderState;

  constructor(private readonly options: OwnFolderOptions) {
    const { folder, env, memoryMb, processFile, limitsMs } = options;
    this.#processes = new OwnProcesses({
      file: processFile,
      folder,
      env: env as NodeJS.ProcessEnv,
      memoryMb,
      limitsMs: { ...USUAL_LIMITS, ...limitsMs },
    });
    this.#state = { folder, readAtMs: null, functions: [], problems: [] };
  }

  get state(): FolderState {
    return this.#state;
  }
  /** For tests. */
  get pids(): number[] {
    return this.#processes.pids;
  }

  /** Looks for changes from now on. */
  watch(): void {
    this.#timer = setInterval(() => void this.look(), LOOK_MS);
    this.#timer.unref();
    void this.look();
  }

  /** Reads the folder if something in it has changed. Never rejects. */
  look(): Promise<FolderState> {
    return this.#one(async () => {
      const seen = await signatureOf(this.options.folder);
      if (seen !== this.#seen) await this.#readNow(seen);
      return this.#state;
    });
  }

  /** Never rejects. */
  readAgain(): Promise<FolderState> {
    return this.#one(async () => {
      await this.#readNow(await signatureOf(this.options.folder));
      return this.#state;
    });
  }

  /** A process that has the function. Rejects with a failure if there is none now. */
  async processFor(name: string): Promise<OwnProcess> {
    if (this.#state.readAtMs === null) await this.look();
    if (!this.#callable.has(name)) {
      const file = this.#read.functions.find((own) => own.name === name)?.file;
      const problem = this.#state.problems.find((each) => each.file === file) ?? this.#state.problems[0];
      const why = problem
        ? ` ${problem.file || 'The folder'}${problem.line === null ? '' : `, line ${problem.line}`}: ${problem.message}`
        : '';
      throw failure('FunctionMissing', false, `No file of the folder of activities offers '${name}' now.${why}`);
    }
    const process = await this.#processes.free();
    if (!process) throw failure('ProcessMissing', false, `No process for '${name}' can be started now.`);
    return process;
  }

  sourcesOf(functions: readonly string[]): OwnSources {
    const found = functions.flatMap((name) => {
      const file = this.#read.functions.find((own) => own.name === name)?.file ?? '';
      const text = this.#read.sources[file];
      const isAlone = this.#read.files.find((each) => each.file === file)?.isAlone === true;
      return text !== undefined && isAlone ? [[name, { file, text }] as const] : [];
    });
    return Object.fromEntries(found);
  }

  close(): void {
    if (this.#timer) clearInterval(this.#timer);
    this.#processes.close();
  }

  async #readNow(seen: string): Promise<void> {
    const { folder, onRead, onError } = this.options;
    try {
      const read = await this.options.read(folder);
      const loaded = await this.#processes.load(read.files);
      const functions = read.functions.filter(({ name }) => loaded.functions.has(name));
      const problems = [...read.problems, ...loaded.problems];
      // An operation of a file that is broken now stays, with its problem beside it.
      const stored = (await onRead?.(functions, problems.length === 0)) ?? [];
      this.#read = read;
      this.#callable = new Set(functions.map(({ name }) => name));
      this.#seen = seen;
      this.#state = {
        folder,
        readAtMs: Date.now(),
        functions: [...this.#callable].sort(),
        problems: [...problems, ...stored].sort(byPlace).slice(0, MOST_PROBLEMS),
      };
    } catch (error) {
      onError?.(error);
      const message = 'The folder could not be read because of an internal error, which the log of the engine has.';
      this.#state = { ...this.#state, problems: [{ file: '', line: null, message }] };
    }
  }
}

const byPlace = (a: FileProblem, b: FileProblem): number =>
  a.file === b.file ? (a.line ?? 0) - (b.line ?? 0) : a.file < b.file ? -1 : 1;

/** Changes when a file is added, removed or written. */
async function signatureOf(folder: string): Promise<string> {
  const hash = createHash('sha256');
  let files = 0;
  const visit = async (relative: string): Promise<void> => {
    const entries = await readdir(path.join(folder, relative), { withFileTypes: true }).catch(() => []);
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      if (entry.name === 'node_modules' || entry.name.startsWith('.') || ++files > MOST_FILES) continue;
      const name = path.join(relative, entry.name);
      const found = await stat(path.join(folder, name)).catch(() => null);
      if (found?.isDirectory()) await visit(name);
      else if (found) hash.update(`${name}\n${found.size}\n${found.mtimeMs}\n`);
    }
  };
  await visit('');
  return hash.digest('hex');
}
