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
import { writeJson } from '../flow/values/json';

/** The longest time that a person waits for an answer. */
const CALL_TIMEOUT_MS = 20_000;
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
  return report(operations, async (progress, note) => {
    const output = await operations.call(frozen(operation, connection), connection, input, meta, progress);
    note({ text: writeJson(output) ?? '', headers: { 'content-type': 'application/json' } });
  });
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
  work: (progress: Progress, note: Note) => Promise<void>
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
    await inContext(() => work(progress, (more) => void (noted.status === null && Object.assign(noted, more))));
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

/** The Context that a worker gives to an activity. */
async function inContext<T>(work: () => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const cancelled = new Promise<never>((_, reject) => {
    controller.signal.addEventListener('abort', () => reject(new CancelledFailure('TIMED_OUT')));
  });
  cancelled.catch(() => {});
  const timer = setTimeout(() => controller.abort(new CancelledFailure('TIMED_OUT')), CALL_TIMEOUT_MS + 1_000);
  timer.unref();
  const info = {
    activityId: 'send-once',
    activityType: 'send-once',
    attempt: 1,
    namespace: '',
    workflowType: '',
    startToCloseTimeoutMs: CALL_TIMEOUT_MS,
  } as Info;
  const context = new Context(info, cancelled, controller.signal, () => {}, undefined, SILENT, noopMetricMeter, {});
  try {
    return await asyncLocalStorage.run(context, work);
  } finally {
    clearTimeout(timer);
  }
}

const nothing = () => {};
const SILENT: Logger = { log: nothing, trace: nothing, debug: nothing, info: nothing, warn: nothing, error: nothing };
