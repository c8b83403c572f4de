/**
 * The HTTP exchange of one attempt: redirects, cancellation, timeouts, heartbeats. send.ts transfers a single request
 * and its answer.
 */
import { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import type { EgressGuard } from '../egress/guard';
import { AnswerUnreadable } from './body';
import { failure } from './failure';
import { ResponseTooLarge, send, type Received } from './send';

/** Below the engine's payload limit of 2 MB. */
const MAX_RESPONSE_BYTES = 1_000_000;
const MAX_REDIRECTS = 5;

export interface Sending {
  url: URL;
  method: string;
  headers: Record<string, string>;
  body: string | null;
  secrets: Readonly<Record<string, string>>;
  maxResponseBytes?: number;
  where: string;
  guard: EgressGuard;
  hide(text: string): string;
  /** True if the request may change something. It is then not cut short after it was sent. */
  hasEffect: boolean;
  onSending(): void;
}

/** Rejects with an ApplicationFailure, or with the reason of a cancellation. */
export async function exchange(sending: Sending): Promise<Received> {
  const { method, where, guard, hide } = sending;
  const context = Context.current();
  const heartbeats = keepAlive(context);
  const timeoutMs = context.info.startToCloseTimeoutMs;
  const cancellation = new Cancellation(context.cancellationSignal, sending.hasEffect);
  const signals = [cancellation.signal, ...(timeoutMs > 0 ? [AbortSignal.timeout(timeoutMs)] : [])];
  let { url, headers } = sending;
  try {
    for (let hop = 0; ; hop++) {
      const received = await send({
        url,
        method,
        headers,
        body: sending.body,
        signal: AbortSignal.any(signals),
        agent: guard.agentFor(url),
        maxResponseBytes: Math.min(sending.maxResponseBytes ?? MAX_RESPONSE_BYTES, 2 * MAX_RESPONSE_BYTES),
        onSending: () => {
          cancellation.sent();
          sending.onSending();
        },
      });
      const target = redirection(received, url);
      // A request with an effect follows no redirect: it is sent to the address in the flow, or not at all.
      if (!target || (method !== 'GET' && method !== 'HEAD')) return received;
      if (hop === MAX_REDIRECTS)
        throw failure('TooManyRedirects', true, `${where} redirected more than ${MAX_REDIRECTS} times.`);
      if (target.origin !== url.origin) headers = without(headers, Object.keys(sending.secrets));
      url = target;
    }
  } catch (error) {
    if (cancellation.signal.aborted) return await context.cancelled;
    if (error instanceof ApplicationFailure) throw error;
    if (error instanceof ResponseTooLarge) throw failure('ResponseTooLarge', true, `${where}: ${error.message}`);
    if (error instanceof AnswerUnreadable)
      throw failure('ResponseInvalid', true, `The answer of ${where} ${error.message}.`);
    const what = cancellation.wasSent ? 'gave no whole answer' : 'could not be reached';
    throw failure('Unreachable', false, `${where} ${what}: ${hide(reasonOf(error))}.`);
  } finally {
    clearInterval(heartbeats);
    cancellation.close();
  }
}

/**
 * Decides what a cancellation ends. The service may execute a request that it received, whether or not a client still
 * waits. So a request with an effect that was sent ends by its answer, by its own timeouts or by the end of this
 * process. A request that was not sent yet ends at once.
 */
class Cancellation {
  readonly #controller = new AbortController();
  readonly #listener = () => this.#cancelled();
  #sent = false;

  constructor(
    private readonly asked: AbortSignal,
    private readonly hasEffect: boolean
  ) {
    asked.addEventListener('abort', this.#listener);
    if (asked.aborted) this.#cancelled();
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  sent(): void {
    this.#sent = true;
  }

  get wasSent(): boolean {
    return this.#sent;
  }

  close(): void {
    this.asked.removeEventListener('abort', this.#listener);
  }

  #cancelled(): void {
    const { reason } = this.asked as { reason: unknown };
    const ends =
      !this.#sent || !this.hasEffect || ENDS_WHAT_WAS_SENT.has(reason instanceof Error ? reason.message : '');
    if (ends) this.#controller.abort(reason);
  }
}

/** The reasons that workers give: ours and the official one. */
const ENDS_WHAT_WAS_SENT = new Set(['TIMED_OUT', 'WORKER_SHUTDOWN']);

/** A Temporal cluster reports a cancellation to a worker only in the answer to a heartbeat. */
export function keepAlive(context: Context): NodeJS.Timeout | undefined {
  const everyMs = (context.info.heartbeatTimeoutMs ?? 0) / 3;
  // The information from earlier attempts is sent again with each heartbeat, so that it is not lost.
  return everyMs > 0 ? setInterval(() => context.heartbeat(context.info.heartbeatDetails), everyMs) : undefined;
}

function redirection({ status, headers }: Received, from: URL): URL | null {
  if (![301, 302, 303, 307, 308].includes(status) || !headers.location) return null;
  if (!URL.canParse(headers.location, from)) return null;
  // Credentials in the URL would be sent as a header of their own.
  return Object.assign(new URL(headers.location, from), { username: '', password: '' });
}

/**
 * Another origin must not receive what was meant for the first one: the secrets of the step, and the usual headers
 * with credentials.
 */
function without(headers: Record<string, string>, names: string[]): Record<string, string> {
  const gone = new Set([...names.map((name) => name.toLowerCase()), 'authorization', 'cookie', 'proxy-authorization']);
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !gone.has(name)));
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'TimeoutError' || (error.cause as Error | undefined)?.name === 'TimeoutError')
    return 'no answer in time';
  // Several addresses were tried. Only the first reason is reported.
  const first = error instanceof AggregateError ? (error.errors[0] as Error | undefined) : undefined;
  return (first ?? error).message;
}
