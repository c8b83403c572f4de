/** OAuth 2.0 client credentials. A token is kept until it ends, or until the service refuses it. */
import { environment, failure, notSent, timeoutMs } from '../call';
import type { Authenticate } from '../connections';

export interface OAuth2 {
  /** The variable of the environment that has the address of the tokens. */
  tokenUrl: string;
  clientId: string;
  /** The variable of the environment that has the client secret. */
  secret: string;
  clientAuth: 'basic' | 'body';
  scope: string;
  audience: string;
}

export function oauth2(auth: OAuth2): Authenticate {
  let kept = { token: '', endsMs: 0 };
  return async ({ headers }) => {
    if (kept.endsMs <= Date.now()) kept = await newToken(auth);
    const { token } = kept;
    headers.authorization = `Bearer ${token}`;
    return async () => {
      // Another call may have renewed it in the meantime.
      if (kept.token === token) kept = await newToken(auth);
      headers.authorization = `Bearer ${kept.token}`;
      return kept.token !== token;
    };
  };
}

async function newToken(auth: OAuth2): Promise<{ token: string; endsMs: number }> {
  const secret = environment(auth.secret);
  const form = new URLSearchParams({ grant_type: 'client_credentials' });
  if (auth.scope) form.set('scope', auth.scope);
  if (auth.audience) form.set('audience', auth.audience);
  const headers: Record<string, string> = { 'content-type': 'application/x-www-form-urlencoded' };
  if (auth.clientAuth === 'basic') {
    const pair = `${encodeURIComponent(auth.clientId)}:${encodeURIComponent(secret)}`;
    headers.authorization = `Basic ${Buffer.from(pair).toString('base64')}`;
  } else {
    form.set('client_id', auth.clientId);
    form.set('client_secret', secret);
  }
  const url = environment(auth.tokenUrl);
  // A request that waits for a token has time left for itself.
  const signal = AbortSignal.timeout(timeoutMs() / 2);
  const response = await fetch(url, { method: 'POST', headers, body: form, signal }).catch(() => null);
  const answer = (await response?.json().catch(() => null)) as { access_token?: string; expires_in?: number } | null;
  if (!answer?.access_token) throw notSent(failure('TokenRefused', false, `${url} gave no access token.`));
  return { token: answer.access_token, endsMs: Date.now() + ((answer.expires_in ?? 300) - 30) * 1_000 };
}
