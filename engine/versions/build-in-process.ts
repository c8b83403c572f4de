/**
 * Builds a version in a process of its own, which can be killed. So no document can block the engine, whatever it
 * makes the compiler, the type checker or the bundler do. The limits are 50 s (a flow of 4,500 steps takes 20 s on a
 * busy machine) and 512 MB. At most two builds run at a time, so that many publishers do not occupy the machine.
 *
 * The process has nothing of the engine's environment except the search path, because it compiles a document that any
 * author may have written.
 */
import { fork } from 'node:child_process';
import pLimit from 'p-limit';
import { failed, type Build, type Built, type BuildRequest } from './build';

const TIMEOUT_MS = 50_000;
const MEMORY_MB = 512;
const AT_ONCE = 2;

/** What the process sends: one answer, and nothing else. */
export type BuildAnswer = { built: Built } | { bug: string };

/**
 * `file`: the built processes/build-process.ts. A process that cannot be started, or that dies, results in a
 * diagnostic.
 */
export function buildIn(file: string, { timeoutMs = TIMEOUT_MS } = {}): Build {
  const limit = pLimit(AT_ONCE);
  return (request) => limit(() => buildOnce(file, request, timeoutMs));
}

function buildOnce(file: string, request: BuildRequest, timeoutMs: number): Promise<Built> {
  return new Promise((resolve, reject) => {
    const { PATH, TMPDIR, NODE_ENV } = process.env;
    const child = fork(file, [], {
      execArgv: [`--max-old-space-size=${MEMORY_MB}`],
      env: { PATH, TMPDIR, NODE_ENV },
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    let problem = `Compiling this flow failed, or needs more than ${MEMORY_MB} MB. Divide it into flows that call each other.`;
    const timer = setTimeout(() => {
      problem = `Compiling this flow did not end within ${timeoutMs / 1_000} s. Divide it into flows that call each other.`;
      child.kill('SIGKILL');
    }, timeoutMs);
    let answer: BuildAnswer | null = null;
    const settle = () => {
      clearTimeout(timer);
      if (answer && 'bug' in answer) reject(new Error(answer.bug));
      else
        resolve(
          answer?.built ?? { contentSha: null, diagnostics: [failed('compile-process', problem)], product: null }
        );
    };
    child.once('message', (message: BuildAnswer) => {
      answer = message;
      child.kill('SIGKILL');
    });
    child.on('error', (error) => {
      problem = `The compiler cannot be started: ${error.message}`;
      // A process that was never started emits no exit event. A process to which the request cannot be sent is
      // killed.
      if (child.pid === undefined) settle();
      else child.kill('SIGKILL');
    });
    child.once('exit', settle);
    child.send(request, () => {});
  });
}
