/** How a request authenticates at its connection. */
import { createHmac } from 'node:crypto';
import { environment, failure, notSent, timeoutMs } from './call';
import type { Auth } from './connections';

export interface Unsigned {
  method: string;
  url: URL;
  headers: Record<string, string>;
  /** '' for no body. */
  body: string;
}

/** Adds headers or parameters to the request. */
export async function authenticate(auth: Auth, { method, url, headers, body }: Unsigned): Promise<void> {
  if (auth.kind === 'none') return;
  const secret = environment(auth.secret);
  switch (auth.kind) {
    case 'bearer':
      headers.authorization = `Bearer ${secret}`;
      return;
    case 'basic':
      headers.authorization = `Basic ${Buffer.from(`${auth.username}:${secret}`).toString('base64')}`;
      return;
    case 'apiKey':
      if (auth.in === 'header') headers[auth.name.toLowerCase()] = secret;
      else url.searchParams.set(auth.name, secret);
      return;
    case 'oauth2':
      headers.authorization = `Bearer ${await accessToken(auth, secret)}`;
      return;
    case 'hmac': {
      const time = String(Math.floor(Date.now() / 1_000));
      const signed = {
        body,
        'time.body': `${time}.${body}`,
        request: [method, `${url.pathname}${url.search}`, time, body].join('\n'),
      }[auth.signs];
      headers[auth.timestampHeader.toLowerCase()] = time;
      headers[auth.header.toLowerCase()] =
        auth.prefix + createHmac(auth.algorithm, secret).update(signed).digest(auth.encoding);
    }
  }
}

const tokens = new Map<string, { value: string; endsMs: number }>();

/** OAuth 2.0 client credentials. */
async function accessToken(auth: Extract<Auth, { kind: 'oauth2' }>, secret: string): Promise<string> {
  const key = JSON.stringify(auth);
  const kept = tokens.get(key);
  if (kept && kept.endsMs > Date.now()) return kept.value;
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
  tokens.set(key, { value: answer.access_token, endsMs: Date.now() + ((answer.expires_in ?? 300) - 30) * 1_000 });
  return answer.access_token;
}
