/**
 * Access tokens of OAuth 2.0 client credentials (RFC 6749, 4.4). A token is kept until shortly before it expires, and
 * is requested again if the service does not accept it any more. Many calls that need a token at the same moment cause
 * one request.
 *
 * Nothing of a step is sent here: a failure to get a token is no attempt of the step's effect.
 */
import { createHash } from 'node:crypto';
import { ApplicationFailure } from '@temporalio/common';
import type { HttpAuth } from '../../flow/connections/http';
import type { EgressGuard } from '../egress/guard';
import { failure } from './failure';
import { headerSafe } from './headers';
import type { Masking } from './masking';
import { send, type Received } from './send';

type OAuth = Extract<HttpAuth, { kind: 'oauth2' }>;

const TIMEOUT_MS = 10_000;
const LARGEST_ANSWER = 64 * 1024;
/** If the service gives no time. */
const USUAL_LIFE_S = 300;
const LONGEST_LIFE_S = 24 * 60 * 60;
/** A token is replaced before it expires, because a request with it takes time. */
const MARGIN_S = 15;
const MOST_KEPT = 500;

interface Kept {
  token: Promise<string>;
  /** Of `elapsedMs`; null while it is requested. */
  untilMs: number | null;
}

export class OAuthTokens {
  readonly #kept = new Map<string, Kept>();

  constructor(
    private readonly masking: Masking,
    private readonly elapsedMs: () => number = () => performance.now()
  ) {}

  /**
   * `not`: a token that was refused; it is not returned again. Rejects with `AuthenticationFailed` or `Unreachable`.
   */
  async token(auth: OAuth, secret: string, guard: EgressGuard, not: string | null = null): Promise<string> {
    const key = createHash('sha256')
      .update(JSON.stringify([auth, secret]))
      .digest('hex');
    const kept = this.#kept.get(key);
    if (kept && (kept.untilMs === null || kept.untilMs > this.elapsedMs())) {
      const token = await kept.token;
      if (token !== not) return token;
      // Somebody else may have replaced it in the meantime.
      const now = this.#kept.get(key);
      if (now && now !== kept) return now.token;
    }
    return this.#request(key, auth, secret, guard);
  }

  #request(key: string, auth: OAuth, secret: string, guard: EgressGuard): Promise<string> {
    const answered = this.#fetch(auth, secret, guard);
    const kept: Kept = { token: answered.then(({ token }) => token), untilMs: null };
    this.#kept.delete(key);
    this.#kept.set(key, kept);
    for (const oldest of this.#kept.keys()) if (this.#kept.size > MOST_KEPT) this.#kept.delete(oldest);
    answered.then(
      ({ lifeS }) => (kept.untilMs = this.elapsedMs() + Math.max(lifeS - MARGIN_S, 1) * 1_000),
      () => {
        if (this.#kept.get(key) === kept) this.#kept.delete(key);
      }
    );
    return kept.token;
  }

  async #fetch(auth: OAuth, secret: string, guard: EgressGuard): Promise<{ token: string; lifeS: number }> {
    const url = new URL(auth.tokenUrl);
    const where = `POST ${url.origin}${url.pathname}`;
    const form = new URLSearchParams({ grant_type: 'client_credentials' });
    if (auth.scope) form.set('scope', auth.scope);
    if (auth.audience) form.set('audience', auth.audience);
    const headers: Record<string, string> = {
      accept: 'application/json',
      'content-type': 'application/x-www-form-urlencoded',
      'user-agent': 'Backstitch',
    };
    this.masking.remember(secret);
    if (auth.clientAuth === 'basic') {
      // RFC 6749, 2.3.1: both parts are form-encoded first.
      const credentials = Buffer.from(`${formEncoded(auth.clientId)}:${formEncoded(secret)}`).toString('base64');
      this.masking.remember(credentials);
      headers.authorization = `Basic ${credentials}`;
    } else {
      form.set('client_id', auth.clientId);
      form.set('client_secret', secret);
    }
    const received = await this.#send(url, where, headers, form.toString(), guard);
    if (received.status !== 200) throw this.#refused(where, received);
    const { access_token: token, expires_in: life } = objectIn(received.text);
    if (typeof token !== 'string' || token === '' || !headerSafe(token))
      throw failure('AuthenticationFailed', true, `${where} answered without an access token.`);
    this.masking.remember(token);
    const lifeS = Number(life) > 0 ? Math.min(Number(life), LONGEST_LIFE_S) : USUAL_LIFE_S;
    return { token, lifeS };
  }

  async #send(url: URL, where: string, headers: Record<string, string>, body: string, guard: EgressGuard) {
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    try {
      const agent = guard.agentFor(url);
      return await send({ url, method: 'POST', headers, body, signal, agent, maxResponseBytes: LARGEST_ANSWER });
    } catch (error) {
      if (error instanceof ApplicationFailure) throw error;
      const reason = signal.aborted ? 'no answer in time' : error instanceof Error ? error.message : String(error);
      throw failure('Unreachable', false, `${where} could not be reached: ${this.masking.hide(reason)}.`);
    }
  }

  #refused(where: string, { status, text }: Received): ApplicationFailure {
    const { error, error_description: description } = objectIn(text);
    const said = [error, description].filter((each) => typeof each === 'string').join(': ');
    const words = said === '' ? '' : `: ${this.masking.hide(said).slice(0, 300)}`;
    const message = `${where}, which gives access tokens, answered ${status}${words}`;
    return failure('AuthenticationFailed', status < 500 && status !== 429, message, [{ status }]);
  }
}

const formEncoded = (text: string): string => new URLSearchParams({ x: text }).toString().slice(2);

function objectIn(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
