/** Type-checking in a process of its own, which can be killed: 10 s (a slow machine may be given more) and 512 MB, then it is given up. */
import { fork } from 'node:child_process';
import type { Diagnostic } from '../flow/diagnostic';
import type { Compiled } from './compile';
import { typeCheck } from './type-check';

const TIMEOUT_MS = Number(process.env.BACKSTITCH_TYPE_CHECK_SECONDS || 10) * 1_000;
const MEMORY_MB = 512;

interface Question {
  code: string;
  nodes: NonNullable<Compiled['manifest']>['nodes'];
}

/** `file`: this module as built. */
export function checkTypesIn(file: string): (compiled: Compiled) => Promise<Diagnostic[]> {
  return ({ code, manifest }) =>
    new Promise((resolve) => {
      const child = fork(file, ['type-check'], {
        execArgv: [`--max-old-space-size=${MEMORY_MB}`],
        stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      });
      const timer = setTimeout(() => child.kill('SIGKILL'), TIMEOUT_MS);
      let answer: Diagnostic[] | null = null;
      child.once('message', (diagnostics: Diagnostic[]) => {
        answer = diagnostics;
        child.kill();
      });
      child.once('exit', () => {
        clearTimeout(timer);
        const message = `Type-checking did not end within ${TIMEOUT_MS / 1_000} s and ${MEMORY_MB} MB.`;
        resolve(answer ?? [{ code: 'type-check', severity: 'error', nodeId: null, path: [], message }]);
      });
      child.send({ code, nodes: manifest?.nodes ?? {} } satisfies Question);
    });
}

if (process.argv[2] === 'type-check') {
  process.once('message', ({ code, nodes }: Question) => process.send?.(typeCheck(code, nodes)));
  process.once('disconnect', () => process.exit(0));
}
