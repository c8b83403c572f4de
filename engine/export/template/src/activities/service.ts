/**
 * One call of a service over HTTP.
 *
 * - A request with an effect that was sent is not cut short by a cancellation: the service may carry it out all the
 *   same.
 * - The type `NotApplied` says that nothing happened. Any other failure after the request was sent leaves that open,
 *   and the saga library undoes, looks up or asks, as the step says.
 */
import { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { readJson, writeJson } from '../json';
import { demandMatch, failure, notSent, timeoutMs, type ActivityCall } from './call';
import { retryAfterMs } from './retry-after';

/** A body as it is sent. */
export interface Written {
  type: string;
  text: string;
}
export const JSON_TYPE = 'application/json';
export const asJson = (body: unknown): Written => ({ type: JSON_TYPE, text: writeJson(body) });

export interface ServiceRequest {
  method: string;
  url: URL;
  headers: Record<string, string>;
  /** Absent: no body. */
  body?: Written;
  /** Called once after an answer 401; true: the request has other credentials now. */
  renew?: () => Promise<boolean>;
  /** 'lookup': { applied, output }, where 404 and 410 mean that it was not applied. 'status': { status }. */
  answer: 'body' | 'full' | 'lookup' | 'status';
  /** Of the body. */
  schema?: unknown;
  retryableStatuses?: readonly number[];
  notAppliedStatuses?: readonly number[];
}

const MOST_REDIRECTS = 5;
/** Nothing reaches the service when a connection fails with one of these. */
const NOT_CONNECTED = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'UND_ERR_CONNECT_TIMEOUT']);

export async function callService(request: ServiceRequest, call: ActivityCall): Promise<unknown> {
  const { method, url, answer } = request;
  const where = `${method} ${url.origin}${url.pathname}`;
  let answered = await send(request, call, where);
  // A service that refuses the credentials has done nothing, so the request is sent again, with the same key.
  if (answered.response.status === 401 && (await request.renew?.())) answered = await send(request, call, where);
  const { response, text } = answered;
  const { status } = response;
  if (answer === 'lookup' && (status === 404 || status === 410)) return { applied: false };
  if (!response.ok) throw refusal(where, response, text, request);
  if (answer === 'status') return { status };
  const parsed = method === 'HEAD' || text === '' ? null : parse(response, text, where);
  demandMatch(request.schema, parsed, `The answer of ${where}`);
  const output =
    answer === 'full'
      ? { status, headers: headersOf(response), body: parsed }
      : answer === 'lookup'
        ? { applied: true, output: parsed }
        : parsed;
  demandMatch(call.output, output, `The answer of ${where}`);
  return output;
}

async function send(
  { method, url, headers, body }: ServiceRequest,
  { idempotencyKey, forwardKey, hasEffect }: ActivityCall,
  where: string
): Promise<{ response: Response; text: string }> {
  const context = Context.current();
  const { cancellationSignal, info } = context;
  const beats = info.heartbeatTimeoutMs
    ? setInterval(() => context.heartbeat(), info.heartbeatTimeoutMs / 3)
    : undefined;
  const timeout = AbortSignal.timeout(timeoutMs());
  try {
    const follows = !hasEffect && (method === 'GET' || method === 'HEAD');
    const response = await fetched(url, follows, {
      method,
      signal: hasEffect ? timeout : AbortSignal.any([timeout, cancellationSignal]),
      headers: {
        accept: 'application/json',
        ...(body === undefined ? {} : { 'content-type': body.type }),
        'idempotency-key': idempotencyKey,
        ...(forwardKey === undefined ? {} : { 'idempotency-forward-key': forwardKey }),
        ...headers,
      },
      body: body?.text,
    });
    return { response, text: await response.text() };
  } catch (error) {
    if (!hasEffect && cancellationSignal.aborted) await context.cancelled;
    const { code } = ((error as Error).cause ?? {}) as { code?: string };
    const unreachable = failure(
      'Unreachable',
      false,
      `${where} could not be reached: ${code ?? (error as Error).message}`
    );
    throw code !== undefined && NOT_CONNECTED.has(code) ? notSent(unreachable) : unreachable;
  } finally {
    clearInterval(beats);
  }
}

/**
 * Only a request that reads follows redirects. Another origin gets none of the headers, since some of them may be
 * secrets.
 */
async function fetched(url: URL, follows: boolean, init: RequestInit): Promise<Response> {
  let next = { url, init: { ...init, redirect: 'manual' as const } };
  for (let hop = 0; ; hop++) {
    const response = await fetch(next.url, next.init);
    const location = response.headers.get('location');
    const isRedirect = location !== null && [301, 302, 303, 307, 308].includes(response.status);
    if (!follows || !isRedirect || hop === MOST_REDIRECTS || !URL.canParse(location, next.url)) return response;
    const target = Object.assign(new URL(location, next.url), { username: '', password: '' });
    const headers = target.origin === next.url.origin ? next.init.headers : { accept: 'application/json' };
    next = { url: target, init: { ...next.init, headers } };
  }
}

function parse(response: Response, text: string, where: string): unknown {
  if (!/[/+]json\b/.test(response.headers.get('content-type') ?? '')) return text;
  try {
    return readJson(text);
  } catch {
    throw failure('ResponseInvalid', true, `The answer of ${where} is not valid JSON.`);
  }
}

/** Cookies are credentials, and the history is read by many. */
const headersOf = ({ headers }: Response): Record<string, string> =>
  Object.fromEntries([...headers].filter(([name]) => name !== 'set-cookie'));

function refusal(
  where: string,
  { status, headers }: Response,
  text: string,
  rules: ServiceRequest
): ApplicationFailure {
  const said = explanation(text);
  const message = `${where} answered ${status}${said.message ? `: ${said.message}` : ''}`;
  const details = [{ status, ...said }];
  const { notAppliedStatuses = [402], retryableStatuses } = rules;
  if (notAppliedStatuses.includes(status) || (status === 409 && said.error === 'NotApplied'))
    return failure('NotApplied', true, message, details);
  const isRetryable = retryableStatuses?.includes(status) ?? (status >= 500 || [408, 425, 429].includes(status));
  const nextRetryDelay = isRetryable ? retryAfterMs(Object.fromEntries(headers)) : undefined;
  return ApplicationFailure.create({
    type: 'HttpStatus',
    nonRetryable: !isRetryable,
    message,
    details,
    nextRetryDelay,
  });
}

function explanation(text: string): { error?: string; reason?: string; message?: string } {
  try {
    const { error, reason, message } = JSON.parse(text) as Record<string, unknown>;
    const words = (value: unknown) => (typeof value === 'string' ? value.slice(0, 300) : undefined);
    return { error: words(error), reason: words(reason), message: words(message ?? error) };
  } catch {
    return {};
  }
}
