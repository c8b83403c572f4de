/**
 * The activity `http.request`.
 *
 * Invariants:
 * - Every attempt of a step sends the same Idempotency-Key. An undo or a look-up also sends the key of its step.
 * - Secrets are read here and sent; no failure message or detail contains them. The output is the answer of the
 *   service.
 * - An answer is compared with the declared output when it arrives (answer.ts). If it does not match, the outcome of
 *   the call is unknown.
 * - A failure states that nothing happened only if the service said so ('NotApplied'), or if nothing was sent
 *   (not-sent.ts). Any other failure after the start of an attempt leaves the outcome unknown.
 */
import { ApplicationFailure } from '@temporalio/common';
import type { BodyEncoding } from '../../flow/connections/form';
import { bodyEncodingSchema } from '../../flow/connections/http';
import { issueInWords } from '../../plain-issue';
import type { ActivityConfig } from '../config';
import type { EgressGuard } from '../egress/guard';
import { addressOf } from './address';
import { checksOf, outputOf } from './answer';
import { sendAuthenticated } from './authenticated';
import { exchange } from './exchange';
import { invalid, statusFailure } from './failure';
import { headersOf, readSecrets } from './headers';
import { fill, keysOf, type ActivityMeta } from './keys';
import type { HttpRequestInput, SecretReader } from './input';
import { Masking } from './masking';
import { notSent } from './not-sent';
import type { HttpTarget } from './operation';
import { writtenBody } from './written-body';

const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']);

/**
 * The connections that people made, for requests that name one. Null if there is none of this name. Rejects with a
 * failure for one that cannot be used now.
 */
export type NamedTarget = (connection: string) => Promise<HttpTarget | null>;

/** A name of the configuration is that of the configuration, whatever people name a connection later. */
export function httpRequestActivity(
  config: Pick<ActivityConfig, 'connections'>,
  guard: EgressGuard,
  readSecret: SecretReader,
  masking: Masking = new Masking(),
  named: NamedTarget = async () => null
): (input: HttpRequestInput, meta?: ActivityMeta) => Promise<unknown> {
  async function request(input: HttpRequestInput, meta: ActivityMeta, onSending: () => void): Promise<unknown> {
    const keys = keysOf(meta);
    const method = (input.method ?? 'GET').toUpperCase();
    if (!METHODS.has(method)) throw invalid(`'${method}' is not an HTTP method.`);
    const name = input.connection;
    const target = name === undefined || config.connections.has(name) ? null : await named(name);
    const known = target && name !== undefined ? new Map([...config.connections, [name, target.address]]) : null;
    const url = addressOf(input, known ? { connections: known } : config, keys);
    const secrets = await readSecrets(input.secretHeaders ?? {}, readSecret);
    for (const secret of Object.values(secrets)) masking.remember(secret);
    const encoding = encodingOf(input);
    // Where the names are from is not known here: the flow may have drawn them, or they came with a value.
    const body = writtenBody(fill(input.body, keys), encoding, 'data');
    const own = headersOf(input, { method, body, secrets }, keys);
    const headers = {
      ...headersOf({ headers: target?.settings.headers }, { method, body, secrets: {} }, keys),
      ...own,
    };
    // A form without its own content type cannot be read.
    if (body && encoding) headers['content-type'] = body.type;
    const checks = checksOf(input.responseSchema, meta.output);
    const where = `${method} ${url.origin}${url.pathname}`;

    const request = { url, method, headers, body: body?.text ?? null };
    const sending = {
      secrets,
      where,
      guard: target?.guard ?? guard,
      // Code of format 1 does not pass this, so it is derived from the method.
      hasEffect: meta.hasEffect ?? (method !== 'GET' && method !== 'HEAD'),
      maxResponseBytes: input.maxResponseBytes,
      hide: (text: string) => masking.hide(text),
      onSending,
    };
    const received = await (target
      ? sendAuthenticated(request, target.settings.auth, target, sending)
      : exchange({ ...request, ...sending }));
    const isAnswer = received.status >= 200 && received.status <= 299;
    const isDenial = input.answer === 'lookup' && (received.status === 404 || received.status === 410);
    if (!isAnswer && !isDenial) throw statusFailure(where, received, input, (text) => masking.hide(text));
    return outputOf(received, { method, answer: input.answer, where, ...checks });
  }

  return async (input, meta = {}) => {
    let sent = false;
    try {
      return await request(input, meta, () => (sent = true));
    } catch (error) {
      throw sent || !(error instanceof ApplicationFailure) ? error : notSent(error);
    }
  };
}

/** Undefined: JSON. Throws `InvalidRequest`. */
function encodingOf({ encoding }: HttpRequestInput): BodyEncoding | undefined {
  if (encoding === undefined || encoding === null) return undefined;
  const { data, error } = bodyEncodingSchema.safeParse(encoding);
  if (error) throw invalid(`How the body is sent cannot be used. ${issueInWords(error.issues[0]!)}`);
  return data;
}
