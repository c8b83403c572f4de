/**
 * The process in which functions of the folder of activities run, each inside the official `Context` of an activity. It
 * has a second thread, which ends the process when it uses too much memory or when the engine has gone: the first
 * thread may be in a loop that never ends.
 */
import { asyncLocalStorage, Context, type Info } from '@temporalio/activity';
import {
  ApplicationFailure,
  CancelledFailure,
  ensureApplicationFailure,
  noopMetricMeter,
  TemporalFailure,
  type Logger,
} from '@temporalio/common';
import { writeSync } from 'node:fs';
import { createRequire, SourceMap, type SourceMapPayload } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { compileFunction, constants } from 'node:vm';
import { isMainThread, Worker, workerData } from 'node:worker_threads';
import type { FileProblem } from '../../flow/connections/own-code';
import { readJson, readPayload } from '../../flow/values/json';
import type { FromCode, LoadedFile, LogLevel, ThrownByCode, ToCode } from './messages';

/** Written to this descriptor before the process ends itself. */
const REASON_FD = 3;
const GUARD_MS = 100;
const LONGEST_TEXT = 2_000;

type OwnActivity = (input: unknown, keys: object) => unknown;
interface Guarded {
  parent: number;
  largestBytes: number;
}

const functions = new Map<string, OwnActivity>();
const running = new Map<number, { cancel(reason: string): void }>();
const maps = new Map<string, SourceMap>();
const product = createRequire(import.meta.url);

const say = (message: FromCode): void => void process.send?.(message, undefined, {}, () => {});

if (isMainThread) {
  const folder = process.argv[2] ?? process.cwd();
  const guarded: Guarded = { parent: process.ppid, largestBytes: Number(process.argv[3]) };
  new Worker(fileURLToPath(import.meta.url), { workerData: guarded }).unref();
  // What nobody waits for inside a function must not end the other ones.
  for (const event of ['unhandledRejection', 'uncaughtException'] as const)
    process.on(event, (error: unknown) => console.error(mapped(String((error as Error)?.stack ?? error))));
  process.once('disconnect', () => process.exit(0));
  process.on('message', (message: ToCode) => {
    if (message.kind === 'load') load(folder, message.files);
    else if (message.kind === 'ping') say({ kind: 'pong' });
    else if (message.kind === 'cancel') running.get(message.id)?.cancel(message.reason);
    else void run(message);
  });
  say({ kind: 'ready' });
} else guard(workerData as Guarded);

function guard({ parent, largestBytes }: Guarded): void {
  setInterval(() => {
    const isTooLarge = process.memoryUsage.rss() > largestBytes;
    if (!isTooLarge && process.ppid === parent) return;
    try {
      if (isTooLarge) writeSync(REASON_FD, 'memory');
    } finally {
      process.kill(process.pid, 'SIGKILL');
    }
  }, GUARD_MS);
}

/** One file after the other, so that it is known which one does not end. */
function load(folder: string, files: readonly LoadedFile[]): void {
  const problems: FileProblem[] = [];
  for (const { file, code, map } of files) {
    say({ kind: 'loading', file });
    const name = path.join(folder, file);
    maps.set(name, new SourceMap(readJson(map) as SourceMapPayload));
    try {
      for (const [exported, value] of Object.entries(evaluate(name, code)))
        if (typeof value === 'function') functions.set(exported, value as OwnActivity);
    } catch (error) {
      const thrown = error as Partial<Error> | null;
      const stack = mapped(String(thrown?.stack ?? ''));
      const [, line] = new RegExp(`${escaped(name)}:(\\d+)`).exec(stack) ?? [];
      // Below the first line Node.js lists who required it.
      const [said = ''] = String(thrown?.message ?? error).split('\nRequire stack:');
      const message = `It throws when it is loaded: ${said.slice(0, LONGEST_TEXT)}`;
      problems.push({ file, line: line === undefined ? null : Number(line), message });
    }
  }
  say({ kind: 'loaded', functions: [...functions.keys()], problems });
}

function evaluate(name: string, code: string): Record<string, unknown> {
  const own = createRequire(name);
  // One library of activities for the folder and for this process, whether or not the folder has it, too.
  const require = (id: string): unknown => (/^@temporalio\/(activity|common)$/.test(id) ? product(id) : own(id));
  const module = { exports: {} as Record<string, unknown> };
  const body = compileFunction(code, ['exports', 'require', 'module', '__filename', '__dirname'], {
    filename: name,
    importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  });
  (body as (...args: unknown[]) => void)(module.exports, require, module, name, path.dirname(name));
  return module.exports;
}

async function run({ id, function: name, input, keys, info }: ToCode & { kind: 'run' }): Promise<void> {
  const controller = new AbortController();
  let reject: (error: Error) => void = () => {};
  const cancelled = new Promise<never>((_, rejectPromise) => (reject = rejectPromise));
  cancelled.catch(() => {}); // a function may ignore its cancellation
  running.set(id, {
    cancel: (reason) => {
      const failure = new CancelledFailure(reason, [{ type: reason }]);
      reject(failure);
      controller.abort(failure);
    },
  });
  const context = new Context(
    { ...info, isLocal: false, inWorkflow: true, workflowNamespace: info.namespace } as unknown as Info,
    cancelled,
    controller.signal,
    (details: unknown) => say({ kind: 'heartbeat', id, details }),
    undefined,
    logger(id),
    noopMetricMeter,
    {}
  );
  try {
    const activity = functions.get(name);
    if (!activity) throw ApplicationFailure.retryable(`'${name}' is not exported.`, 'FunctionMissing');
    const output = await asyncLocalStorage.run(context, async () => activity(readPayload(input), keys));
    say({ kind: 'done', id, output: asJson(output) });
  } catch (error) {
    const isCancelled =
      controller.signal.aborted &&
      (error instanceof CancelledFailure ||
        error === controller.signal.reason ||
        (error instanceof Error && error.name === 'AbortError'));
    say(isCancelled ? { kind: 'cancelled', id } : { kind: 'threw', id, thrown: thrownBy(error) });
  } finally {
    running.delete(id);
  }
}

/** A big integer keeps its digits. */
function asJson(value: unknown): string {
  const exact = (_: string, inner: unknown) => (typeof inner === 'bigint' ? { $exact: String(inner) } : inner);
  try {
    return JSON.stringify(value, exact) ?? 'null';
  } catch (error) {
    const message = `What was returned is not JSON: ${(error as Error).message}`;
    throw ApplicationFailure.nonRetryable(message, 'ResponseInvalid');
  }
}

function thrownBy(error: unknown): ThrownByCode {
  const failure =
    error instanceof ApplicationFailure
      ? error
      : error instanceof TemporalFailure
        ? ApplicationFailure.retryable(error.message, error.name)
        : ensureApplicationFailure(error);
  const { message, type, nonRetryable, details, nextRetryDelay } = failure;
  const stack = mapped(String((error as Partial<Error> | null)?.stack ?? ''));
  return {
    message: String(message).slice(0, LONGEST_TEXT),
    type: String(type ?? 'Error').slice(0, 200),
    nonRetryable: nonRetryable === true,
    ...(details ? { details } : {}),
    stack: stack.slice(0, LONGEST_TEXT * 2),
    ...(typeof nextRetryDelay === 'number' ? { nextRetryDelayMs: nextRetryDelay } : {}),
  };
}

/** Places in the built code become places in the sources. */
function mapped(stack: string): string {
  if (maps.size === 0) return stack;
  // In one pass: a place in a source may look like one in the built code of another file.
  const places = new RegExp(`(${[...maps.keys()].map(escaped).join('|')}):(\\d+):(\\d+)`, 'g');
  return stack.replace(places, (whole, name: string, line: string, column: string) => {
    const entry = maps.get(name)?.findEntry(Number(line) - 1, Number(column) - 1);
    if (!entry || !('originalSource' in entry)) return whole;
    const source = path.resolve(path.dirname(name), entry.originalSource);
    return `${source}:${entry.originalLine + 1}:${entry.originalColumn + 1}`;
  });
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

function logger(id: number): Logger {
  const write = (level: LogLevel) => (message: string, meta?: object) =>
    say({ kind: 'log', id, level, message: String(message), meta });
  const [trace, debug, info, warn, error] = (['trace', 'debug', 'info', 'warn', 'error'] as const).map(write);
  return {
    log: (level, message, meta) => say({ kind: 'log', id, level: level.toLowerCase() as LogLevel, message, meta }),
    trace: trace!,
    debug: debug!,
    info: info!,
    warn: warn!,
    error: error!,
  };
}
