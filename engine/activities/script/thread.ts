/**
 * The thread in which scripts run, one after the other. Each script has an instance of QuickJS of its own, which is
 * dropped as a whole: it shares nothing with another script, with this thread or with the process. Nothing is given to
 * it but the text of its input.
 */
import { parentPort } from 'node:worker_threads';
import {
  newQuickJSWASMModule,
  newVariant,
  RELEASE_SYNC,
  type QuickJSContext,
  type QuickJSHandle,
  type QuickJSWASMModule,
} from 'quickjs-emscripten';
import type { FromThread, ScriptEnd, ScriptJob } from './messages';

/** Of 64 KiB: what the engine begins with. */
const ENGINE_PAGES = 256;
const PAGES_IN_MB = 16;
const STACK_BYTES = 256 * 1024;
const FILE = 'script';
/** Ends of the code are lines of their own, so that a comment at the end of the code ends there. */
const OPENING = '(async function (input) { "use strict"; ';
const CLOSING = '\n})';
/**
 * Made before the code runs, with the functions of the language as they are then: what a script changes about them
 * changes nothing here.
 */
const PRELUDE = `(() => {
  const { parse, stringify } = JSON;
  const text = String;
  return {
    read: parse,
    write: (value) => stringify(value, (_, inner) => (typeof inner === 'bigint' ? { $exact: text(inner) } : inner)) ?? 'null',
  };
})()`;

/** One job. `time` and `memory` are also recognised by what QuickJS throws in the middle of the work. */
function run(engine: QuickJSWASMModule, job: ScriptJob): ScriptEnd {
  const runtime = engine.newRuntime();
  runtime.setMemoryLimit(job.memoryMb * 1024 * 1024);
  runtime.setMaxStackSize(STACK_BYTES);
  const untilMs = performance.now() + job.timeoutMs;
  let isLate = false;
  runtime.setInterruptHandler(() => (isLate ||= performance.now() > untilMs));
  try {
    const context = runtime.newContext();
    const ended = (error: QuickJSHandle): ScriptEnd => {
      // The limit of QuickJS is found out in the middle of reading what was thrown, too.
      const end = endOf(context, error);
      return isLate ? { kind: 'time' } : end;
    };
    const prelude = context.unwrapResult(context.evalCode(PRELUDE));
    const [read, write] = [context.getProp(prelude, 'read'), context.getProp(prelude, 'write')];
    const made = context.evalCode(OPENING + job.code + CLOSING, FILE);
    if (made.error) return ended(made.error);
    if (context.typeof(made.value) !== 'function')
      return { kind: 'threw', name: 'SyntaxError', message: 'The code is not the body of a function.', line: null };
    const input = context.callFunction(read, context.undefined, context.newString(job.input));
    if (input.error) return ended(input.error);
    const called = context.callFunction(made.value, context.undefined, input.value);
    if (called.error) return ended(called.error);
    const jobs = runtime.executePendingJobs();
    if (jobs.error) return ended(jobs.error);
    const state = context.getPromiseState(called.value);
    if (state.type === 'rejected') return ended(state.error);
    if (state.type === 'pending')
      return isLate
        ? { kind: 'time' }
        : { kind: 'threw', name: 'Error', message: 'The script waits for something that never comes.', line: null };
    const written = context.callFunction(write, context.undefined, state.value);
    if (written.error) return ended(written.error);
    const output = context.getString(written.value);
    return output.length > job.largestOutput ? { kind: 'size' } : { kind: 'done', output };
  } catch {
    // The engine itself gave up. What it was doing is known only roughly.
    return isLate ? { kind: 'time' } : { kind: 'memory' };
  }
}

/** What was thrown, as texts. Reading it may run code of the script: a getter of the error. */
function endOf(context: QuickJSContext, error: QuickJSHandle): ScriptEnd {
  if (context.sameValue(error, context.null)) {
    // Where there is no memory for an error, null is thrown.
    const usage = context.dump(context.runtime.computeMemoryUsage()) as {
      malloc_limit: number;
      memory_used_size: number;
    };
    if (usage.memory_used_size > usage.malloc_limit / 2) return { kind: 'memory' };
    return { kind: 'threw', name: 'Error', message: 'null', line: null };
  }
  const text = (field: string): string => {
    if (context.typeof(error) !== 'object') return '';
    const value = context.getProp(error, field);
    return context.typeof(value) === 'string' ? context.getString(value) : '';
  };
  const isObject = context.typeof(error) === 'object';
  const name = (isObject ? text('name') : '') || 'Error';
  const message = (isObject ? text('message') : wordsOf(context, error)).slice(0, 1_000);
  if (name === 'InternalError' && /^(out of memory|string too long)$/.test(message)) return { kind: 'memory' };
  if (name === 'InternalError' && message === 'interrupted') return { kind: 'time' };
  const [, line] = new RegExp(`\\b${FILE}:(\\d+)`).exec(text('stack')) ?? [];
  return { kind: 'threw', name, message, line: line === undefined ? null : Number(line) };
}

/** A thrown value that is no object. */
function wordsOf(context: QuickJSContext, value: QuickJSHandle): string {
  const type = context.typeof(value);
  if (type === 'string') return context.getString(value);
  return type === 'function' || type === 'symbol' ? `a ${type} was thrown` : String(context.dump(value));
}

const say = (message: FromThread): void => parentPort?.postMessage(message);

/**
 * QuickJS counts most of what a script allocates, but not its buffers. The memory of the engine is bounded as a whole,
 * so that nothing can exceed it.
 */
const engineOf = ({ memoryMb }: ScriptJob): Promise<QuickJSWASMModule> => {
  const maximum = ENGINE_PAGES + memoryMb * PAGES_IN_MB;
  const wasmMemory = new WebAssembly.Memory({ initial: ENGINE_PAGES, maximum });
  return newQuickJSWASMModule(newVariant(RELEASE_SYNC, { wasmMemory }));
};

parentPort?.on('message', async (job: ScriptJob) => say({ kind: 'end', end: run(await engineOf(job), job) }));
say({ kind: 'ready' });
