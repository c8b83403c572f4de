/** Type-checking in a process of its own, which can be killed: 60 s (on a busy machine it takes ten) and 512 MB, then it is given up. */
import { fork } from 'node:child_process';
import type { Diagnostic } from '../flow/diagnostic';
import type { Compiled } from './compile';
import { typeCheck } from './type-check';

const TIMEOUT_MS = 60_000;
const MEMORY_MB = 512;

interface Question {
  files: Compiled['files'];
  nodes: NonNullable<Compiled['manifest']>['nodes'];
}

/** `file`: this module as built. Never rejects: a process that cannot be started, or dies, is a diagnostic. */
export function checkTypesIn(file: string): (compiled: Compiled) => Promise<Diagnostic[]> {
  return ({ files, manifest }) =>
    new Promise((resolve) => {
      const child = fork(file, ['type-check'], {
        execArgv: [`--max-old-space-size=${MEMORY_MB}`],
        stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      });
      let problem = `Type-checking needs more than ${MEMORY_MB} MB, or failed.`;
      const timer = setTimeout(() => {
        problem = `Type-checking did not end within ${TIMEOUT_MS / 1_000} s.`;
        child.kill('SIGKILL');
      }, TIMEOUT_MS);
      let answer: Diagnostic[] | null = null;
      const settle = () => {
        clearTimeout(timer);
        resolve(answer ?? [{ code: 'type-check', severity: 'error', nodeId: null, path: [], message: problem }]);
      };
      child.once('message', (diagnostics: Diagnostic[]) => {
        answer = diagnostics;
        child.kill();
      });
      child.on('error', (error) => {
        problem = `Type-checking cannot be started: ${error.message}`;
        // One that was never started does not exit either; one that cannot be told the question is ended.
        if (child.pid === undefined) settle();
        else child.kill('SIGKILL');
      });
      child.once('exit', settle);
      child.send({ files, nodes: manifest?.nodes ?? {} } satisfies Question);
    });
}

if (process.argv[2] === 'type-check') {
  process.once('message', ({ files, nodes }: Question) => process.send?.(typeCheck(files, nodes)));
  process.once('disconnect', () => process.exit(0));
}
