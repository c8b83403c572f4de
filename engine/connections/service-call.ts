/**
 * A call outside of a run: 'Test' of a connection, and 'Send once' of an operation. It goes the same way as the call of
 * a step, with the same limits, and what it returns is for people: without secrets, and shortened.
 */
import { randomUUID } from 'node:crypto';
import { asyncLocalStorage, Context, type Info } from '@temporalio/activity';
import { ApplicationFailure, CancelledFailure, noopMetricMeter, type Logger } from '@temporalio/common';
import type { Progress } from '../activities/carrier';
import type { Operations } from '../activities/operations';
import type { CallReport } from '../flow/connections/call-report';
import type { Connection } from '../flow/connections/connection';
import { frozen, type Operation } from '../flow/connections/operation';
import { durationMs } from '../flow/duration';
import { writeJson } from '../flow/values/json';

/** The longest time that a call has. */
const CALL_TIMEOUT_MS = 20_000;
/**
 * After its time a call may still end in an orderly way. Then the report says that no answer came: it is made before
 * the web stops waiting for it (engine/api/client.ts).
 */
const END_MS = 2_000;
/** Of the body of a service. What a test itself says is bounded by its kind, and is never shortened. */
const LONGEST_TEXT = 256 * 1024;
const SHOWN_HEADERS = /^(content-type|content-length|date|location|retry-after|server|x-request-id|etag)$/;

/** Makes the call of an operation. Never rejects for what the service does. */
export function sendOnce(
  operations: Operations,
  connection: Connection,
  operation: Operation,
  input: unknown
): Promise<CallReport> {
  const meta = { idempotencyKey: `send-once/${randomUUID()}`, hasEffect: operation.effect !== 'none' };
  const copy = frozen(operation, connection);
  const timeoutMs = Math.min(durationMs(copy.options.startToCloseTimeout ?? '20s'), CALL_TIMEOUT_MS);
  const call = async (progress: Progress, note: Note) => {
    const output = await operations.call(copy, connection, input, meta, progress);
    note({ text: writeJson(output) ?? '', headers: { 'content-type': 'application/json' } });
  };
  return report(operations, call, timeoutMs);
}

/** Requests the test path of an HTTP connection; reads the version of a database; and so on. */
export function testConnection(operations: Operations, connection: Connection): Promise<CallReport> {
  return report(operations, async (progress, note) => note({ text: await operations.test(connection, progress) }));
}

type Noted = Pick<CallReport, 'status' | 'headers' | 'text' | 'sent'>;
/** Has no effect once an answer of the service was received: people see that one. */
type Note = (noted: Partial<Noted>) => void;

async function report(
  operations: Operations,
  work: (progress: Progress, note: Note) => Promise<void>,
  timeoutMs = CALL_TIMEOUT_MS
): Promise<CallReport> {
  const startedMs = performance.now();
  const noted: Noted = { status: null, headers: {}, text: '', sent: false };
  const progress: Progress = {
    sending: () => (noted.sent = true),
    received: ({ status, headers, text }) =>
      void Object.assign(noted, { status, text, headers: shownHeaders(headers) }),
  };
  let failure: CallReport['failure'] = null;
  try {
    const note: Note = (more) => void (noted.status === null && Object.assign(noted, more));
    await inContext(() => work(progress, note), timeoutMs);
  } catch (error) {
    failure =
      error instanceof ApplicationFailure
        ? { type: error.type ?? 'Failure', message: error.message }
        : { type: 'NoAnswer', message: noted.sent ? 'No answer came in time.' : 'The call could not be made now.' };
  }
  const { status, sent } = noted;
  const hide = (text: string) => operations.hide(text);
  const text = hide(noted.text);
  return {
    status,
    headers: Object.fromEntries(Object.entries(noted.headers).map(([name, value]) => [name, hide(value)])),
    text: status === null ? text : text.slice(0, LONGEST_TEXT),
    shortened: status !== null && text.length > LONGEST_TEXT,
    tookMs: Math.round(performance.now() - startedMs),
    sent,
    failure,
  };
}

function shownHeaders(headers: object): Record<string, string> {
  const shown = Object.entries(headers).filter(([name]) => SHOWN_HEADERS.test(name));
  return Object.fromEntries(shown.map(([name, value]) => [name, String(value)]));
}

/** With the Context that a worker gives to an activity. Rejects if the work does not end after its time. */
async function inContext<T>(work: () => Promise<T>, timeoutMs: number): Promise<T> {
  const controller = new AbortController();
  const cancelled = new Promise<never>((_, reject) => {
    controller.signal.addEventListener('abort', () => reject(new CancelledFailure('TIMED_OUT')));
  });
  cancelled.catch(() => {});
  const timer = setTimeout(() => controller.abort(new CancelledFailure('TIMED_OUT')), timeoutMs + 1_000);
  timer.unref();
  let last: NodeJS.Timeout | undefined;
  const over = new Promise<never>((_, reject) => {
    last = setTimeout(() => reject(new CancelledFailure('TIMED_OUT')), timeoutMs + 1_000 + END_MS);
    last.unref();
  });
  const info = {
    activityId: 'send-once',
    activityType: 'send-once',
    attempt: 1,
    namespace: '',
    workflowType: '',
    startToCloseTimeoutMs: timeoutMs,
  } as Info;
  const context = new Context(info, cancelled, controller.signal, () => {}, undefined, SILENT, noopMetricMeter, {});
  try {
    return await Promise.race([asyncLocalStorage.run(context, work), over]);
  } finally {
    clearTimeout(last);
    clearTimeout(timer);
  }
}

const nothing = () => {};
const SILENT: Logger = { log: nothing, trace: nothing, debug: nothing, info: nothing, warn: nothing, error: nothing };
