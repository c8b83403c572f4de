/**
 * A script of a person, in QuickJS in a thread that can be killed (threads.ts).
 *
 * Invariants:
 * - A script has no effect: it reaches its input and the language, and nothing of this process, its files or a network.
 * - It ends within its time, and within its memory. Other steps are not disturbed: they run in other threads.
 * - Every digit is kept: an exact number is `{ $exact: digits }` in a script too, and a BigInt that it returns becomes
 *   one.
 */
import { Context } from '@temporalio/activity';
import { readPayload } from '../../flow/values/json';
import type { Carrier } from '../carrier';
import { failure } from '../http/failure';
import { misfitsOf } from '../http/response-schema';
import type { ScriptEnd } from './messages';
import { ScriptThreads } from './threads';

/** Below the engine's payload limit of 2 MB. */
const LARGEST_OUTPUT = 1_000_000;

const threads = new ScriptThreads();

export const script: Carrier<'script'> = {
  async call({ call, output }, { settings }, _environment, input) {
    const misfit = misfitsOf(output, 'the output');
    const { cancellationSignal, cancelled } = Context.current();
    const job = { code: call.code, input: JSON.stringify(input ?? {}), ...settings, largestOutput: LARGEST_OUTPUT };
    const end = await threads.run(job, cancellationSignal);
    if (end === null) return await cancelled;
    if (end.kind !== 'done') throw failureOf(end, settings);
    const value = readPayload(end.output);
    const problem = misfit(value);
    if (problem !== null)
      throw failure('ResponseInvalid', true, `What the script returned does not fit its schema: ${problem}.`);
    return value;
  },
  async test(connection, environment, progress) {
    const operation = {
      connection: connection.name,
      name: 'test',
      title: 'Test',
      call: { kind: 'script' as const, code: 'return { works: true };' },
      input: { type: 'object' as const },
      output: {},
      effect: 'none' as const,
      options: {},
    };
    const meta = { idempotencyKey: 'test', hasEffect: false };
    return JSON.stringify(await script.call(operation, connection, environment, {}, meta, progress));
  },
};

/** The same script ends in the same way, so nothing is tried again but a thread that could not run it. */
function failureOf(
  end: Exclude<ScriptEnd, { kind: 'done' }>,
  { timeoutMs, memoryMb }: { timeoutMs: number; memoryMb: number }
) {
  switch (end.kind) {
    case 'threw': {
      const at = end.line === null ? '' : ` (line ${end.line})`;
      return failure(typeOf(end.name), true, `${end.message || end.name}${at}`);
    }
    case 'time':
      return failure('ScriptTimeout', true, `The script did not end within ${timeoutMs} ms, and was stopped.`);
    case 'memory':
      return failure('ScriptMemory', true, `The script needed more than ${memoryMb} MB, and was stopped.`);
    case 'size':
      return failure('ScriptOutput', true, `The script returned more than ${LARGEST_OUTPUT / 1_000_000} MB.`);
    case 'lost':
      return failure('ScriptLost', false, 'The thread of the script ended. The script is run again.');
  }
}

/** An error with a name of its own can be caught in a flow by this name. */
const typeOf = (name: string): string =>
  /^[A-Z]\w{0,60}$/.test(name) && !/^(\w*Error|NotApplied|Cancelled\w*)$/.test(name) ? name : 'ScriptError';
