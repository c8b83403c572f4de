/**
 * A call outside of a run: 'Test' of a connection, and 'Send once' of an operation. It goes the same way as the call of
 * a step, with the same limits, and what it returns is for people: without secrets, and shortened.
 */
import { randomUUID } from 'node:crypto';
import { asyncLocalStorage, Context, type Info } from '@temporalio/activity';
import { ApplicationFailure, CancelledFailure, noopMetricMeter, type Logger } from '@temporalio/common';
import { isHttp, isMail, isSql, type Operations } from '../activities/operations';
import { exchangeOnce } from '../activities/http/operation';
import { mailOnce, mailPing } from '../activities/mail/operation';
import { sqlOnce, sqlPing } from '../activities/sql/operation';
import type { CallReport } from '../flow/connections/call-report';
import type { Connection } from '../flow/connections/connection';
import { frozen, type FrozenOf, type FrozenOperation, type Operation } from '../flow/connections/operation';
import { writeJson } from '../flow/values/json';

/** The longest time that a person waits for an answer. */
const CALL_TIMEOUT_MS = 20_000;
const LONGEST_TEXT = 256 * 1024;
const SHOWN_HEADERS = /^(content-type|content-length|date|location|retry-after|server|x-request-id|etag)$/;

/** Makes the call of an operation. Never rejects for what the service does. */
export function sendOnce(
  operations: Operations,
  connection: Connection,
  operation: Operation,
  input: unknown
): Promise<CallReport> {
  return report((mark) => carryOut(operations, connection, frozen(operation, connection), input, mark));
}

/** Requests the test path of an HTTP connection; reads the version of a database. */
export function testConnection(operations: Operations, connection: Connection): Promise<CallReport> {
  if (connection.kind === 'sql')
    return report(async (mark) => {
      const target = operations.sqlTarget(connection);
      mark({ hide: (text) => target.masking.hide(text), sent: true });
      mark({ text: await sqlPing(target) });
    });
  if (connection.kind === 'mail')
    return report(async (mark) => {
      const target = operations.mailTarget(connection);
      mark({ hide: (text) => target.masking.hide(text), sent: true });
      await mailPing(target);
      mark({ text: 'The server accepts mails of this user.' });
    });
  const operation: FrozenOf<'http'> = {
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
  return report((mark) => carryOut(operations, connection, operation, {}, mark));
}

interface Noted extends Pick<CallReport, 'status' | 'headers' | 'text' | 'sent'> {
  /** Removes secrets. */
  hide(text: string): string;
}
type Mark = (noted: Partial<Noted>) => void;

async function carryOut(
  operations: Operations,
  connection: Connection,
  operation: FrozenOperation,
  input: unknown,
  mark: Mark
): Promise<void> {
  const meta = { idempotencyKey: `send-once/${randomUUID()}`, hasEffect: operation.effect !== 'none' };
  if (isSql(operation) && connection.kind === 'sql') {
    const target = operations.sqlTarget(connection);
    mark({ hide: (text) => target.masking.hide(text) });
    const output = await sqlOnce(operation, target, input, meta, () => mark({ sent: true }));
    mark({ text: writeJson(output), headers: { 'content-type': 'application/json' } });
  }
  if (isMail(operation) && connection.kind === 'mail') {
    const target = operations.mailTarget(connection);
    mark({ hide: (text) => target.masking.hide(text), sent: true });
    const output = await mailOnce(operation, target, input, meta);
    mark({ text: writeJson(output), headers: { 'content-type': 'application/json' } });
  }
  if (isHttp(operation) && connection.kind === 'http') {
    const target = operations.target(connection);
    mark({ hide: (text) => target.masking.hide(text) });
    const { received, output } = await exchangeOnce(operation, target, input, meta, () => mark({ sent: true }));
    mark({ status: received.status, headers: shownHeaders(received.headers), text: received.text });
    output();
  }
}

async function report(work: (mark: Mark) => Promise<void>): Promise<CallReport> {
  const startedMs = performance.now();
  const noted: Noted = { status: null, headers: {}, text: '', sent: false, hide: (text) => text };
  let failure: CallReport['failure'] = null;
  try {
    await inContext(() => work((more) => void Object.assign(noted, more)));
  } catch (error) {
    failure =
      error instanceof ApplicationFailure
        ? { type: error.type ?? 'Failure', message: error.message }
        : { type: 'NoAnswer', message: noted.sent ? 'No answer came in time.' : 'The call could not be made now.' };
  }
  const { hide, status, sent } = noted;
  const text = hide(noted.text);
  return {
    status,
    headers: Object.fromEntries(Object.entries(noted.headers).map(([name, value]) => [name, hide(value)])),
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
