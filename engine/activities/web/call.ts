/**
 * A request of an activity to the web of this Backstitch, with the token of the worker. Fails with `WebUnavailable`, which is
 * tried again, or with the type `refused` if the web has read the request and will never accept it in this form.
 */
import { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import type { ActivityConfig } from '../config';
import { send } from '../http/send';

const ANSWER_LIMIT_BYTES = 64 * 1024;
/** After any other answer, another attempt may succeed. */
const FINAL_STATUSES = new Set([400, 409, 413, 422]);

/** `path`: below '/api/internal/'. Resolves to the text of the answer. */
export async function callWeb(
  web: ActivityConfig['web'],
  path: string,
  body: unknown,
  refused: string
): Promise<string> {
  const context = Context.current();
  const signals = [context.cancellationSignal, AbortSignal.timeout(context.info.startToCloseTimeoutMs || 30_000)];
  const received = await send({
    url: new URL(`/api/internal/${path}`, web.url),
    method: 'POST',
    headers: {
      accept: 'application/json',
      'content-type': 'application/json',
      ...(web.token ? { authorization: `Bearer ${web.token}` } : {}),
    },
    body: JSON.stringify(body),
    signal: AbortSignal.any(signals),
    maxResponseBytes: ANSWER_LIMIT_BYTES,
  }).catch(async (error: unknown) => {
    if (context.cancellationSignal.aborted) return await context.cancelled;
    throw unavailable(
      `The web app at ${web.url.origin} cannot be reached: ${error instanceof Error ? error.message : String(error)}`
    );
  });
  if (received.status >= 200 && received.status < 300) return received.text;
  const said = `The web app at ${web.url.origin} answered ${received.status} to ${path}`;
  if (received.status === 401 || received.status === 403) {
    throw unavailable(`${said}: the worker and the web must share BACKSTITCH_INTERNAL_TOKEN.`);
  }
  if (!FINAL_STATUSES.has(received.status)) throw unavailable(`${said}.`);
  throw ApplicationFailure.create({ type: refused, nonRetryable: true, message: `${said}.` });
}

function unavailable(message: string): ApplicationFailure {
  return ApplicationFailure.create({ type: 'WebUnavailable', message });
}
