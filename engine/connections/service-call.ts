/**
 * A call outside of a run: 'Test' of a connection, and 'Send once' of an operation. It goes the same way as the call of
 * a step, with the same limits, and what it returns is for people: without secrets, and shortened.
 */
import { randomUUID } from 'node:crypto';
import { asyncLocalStorage, Context, type Info } from '@temporalio/activity';
import { ApplicationFailure, CancelledFailure, noopMetricMeter, type Logger } from '@temporalio/common';
import type { Operations } from '../activities/operations';
import { exchangeOnce } from '../activities/http/operation';
import type { CallReport } from '../flow/connections/call-report';
import type { Connection } from '../flow/connections/connection';
import { frozen, type FrozenOperation, type Operation } from '../flow/connections/operation';

/** The longest time that a person waits for an answer. */
const CALL_TIMEOUT_MS = 20_000;
const LONGEST_TEXT = 256 * 1024;
const SHOWN_HEADERS = /^(content-type|content-length|date|location|retry-after|server|x-request-id|etag)$/;

/** Sends the request of an operation. Never rejects for what the service does. */
export async function sendOnce(
  operations: Operations,
  connection: Connection,
  operation: Operation,
  input: unknown
): Promise<CallReport> {
  return report(operations, connection, frozen(operation, connection), input);
}

/** Requests the test path of a connection. */
export async function testConnection(operations: Operations, connection: Connection): Promise<CallReport> {
  const operation: FrozenOperation = {
    connection: connection.name,
    name: 'test',
    title: 'Test',
    call: {
      kind: 'http',
      method: 'GET',
      path: connection.settings.testPath.replace(/[{}]/g, '$&$&'),
      query: {},
      headers: {},
      body: 'none',
      answer: 'full',
      idempotencyHeader: '',
    },
    input: { type: 'object' },
    output: {},
    effect: 'none',
    options: {},
  };
  return report(operations, connection, operation, {});
}

async function report(
  operations: Operations,
  connection: Connection,
  operation: FrozenOperation,
  input: unknown
): Promise<CallReport> {
  const startedMs = performance.now();
  let sent = false;
  const answer: Pick<CallReport, 'status' | 'headers' | 'text'> = { status: null, headers: {}, text: '' };
  let failure: CallReport['failure'] = null;
  let hide = (text: string) => text;
  try {
    await inContext(async () => {
      const target = operations.target(connection);
      hide = (text) => target.masking.hide(text);
      const key = `send-once/${randomUUID()}`;
      const meta = { idempotencyKey: key, hasEffect: operation.effect !== 'none' };
      const { received, output } = await exchangeOnce(operation, target, input, meta, () => (sent = true));
      answer.status = received.status;
      answer.headers = shownHeaders(received.headers);
      answer.text = received.text;
      output();
    });
  } catch (error) {
    failure =
      error instanceof ApplicationFailure
        ? { type: error.type ?? 'Failure', message: error.message }
        : { type: 'NoAnswer', message: sent ? 'No answer came in time.' : 'The call could not be made now.' };
  }
  const text = hide(answer.text);
  return {
    ...answer,
    headers: Object.fromEntries(Object.entries(answer.headers).map(([name, value]) => [name, hide(value)])),
    text: text.slice(0, LONGEST_TEXT),
    shortened: text.length > LONGEST_TEXT,
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
