/**
 * Reads the folder of activities in a process that can be killed: 512 MB and 30 s, whatever is in the folder. It has
 * nothing of the engine's environment except the search path.
 */
import { fork } from 'node:child_process';
import type { FromReader, ReadFolder } from './messages';

const TIMEOUT_MS = 30_000;
const MEMORY_MB = 512;

/** `file`: the built reader-process.ts. Rejects for a bug; what is wrong in the folder is among the problems. */
export function readFolderIn(file: string, folder: string): Promise<ReadFolder> {
  return new Promise((resolve, reject) => {
    const { PATH, TMPDIR, NODE_ENV } = process.env;
    const child = fork(file, [], {
      execArgv: [`--max-old-space-size=${MEMORY_MB}`],
      env: { PATH, TMPDIR, NODE_ENV },
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    let message = `Reading the folder failed, or needs more than ${MEMORY_MB} MB.`;
    let answer: FromReader | null = null;
    const timer = setTimeout(() => {
      message = `The folder could not be read within ${TIMEOUT_MS / 1_000} s.`;
      child.kill('SIGKILL');
    }, TIMEOUT_MS);
    child.once('message', (said: FromReader) => {
      answer = said;
      child.kill('SIGKILL');
    });
    const settle = () => {
      clearTimeout(timer);
      if (answer && 'bug' in answer) reject(new Error(answer.bug));
      else
        resolve(
          answer?.read ?? { functions: [], problems: [{ file: '', line: null, message }], files: [], sources: {} }
        );
    };
    child.on('error', (error) => {
      message = `The folder cannot be read: ${error.message}`;
      // A process that was never started emits no exit event.
      if (child.pid === undefined) settle();
      else child.kill('SIGKILL');
    });
    child.once('exit', settle);
    child.send({ folder }, () => {});
  });
}
