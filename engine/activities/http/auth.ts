/**
 * Authentication of a request by its connection. The value of a secret is read here, for each request, and every text
 * that contains it is remembered for masking before it is used.
 */
import { createHmac } from 'node:crypto';
import type { HttpAuth } from '../../flow/connections/http';
import type { EgressGuard } from '../egress/guard';
import { failure, invalid } from './failure';
import { headerSafe } from './headers';
import type { SecretReader } from './input';
import type { Masking } from './masking';
import type { OAuthTokens } from './oauth-tokens';

export interface AuthEnvironment {
  readSecret: SecretReader;
  masking: Masking;
  tokens: OAuthTokens;
  guard: EgressGuard;
  /** Milliseconds since the epoch. */
  now(): number;
}

export interface Unsigned {
  method: string;
  url: URL;
  body: string | null;
}

export interface Credentials {
  /** In small letters. They must not reach another origin. */
  headers: Record<string, string>;
  query: Record<string, string>;
  /** The access token in them, if it can be replaced by a new one. */
  token: string | null;
}

/**
 * `refused`: an access token that the service did not accept. Rejects with `SecretMissing`, `InvalidRequest`, or as
 * OAuthTokens does.
 */
export async function credentialsFor(
  request: Unsigned,
  auth: HttpAuth,
  environment: AuthEnvironment,
  refused: string | null = null
): Promise<Credentials> {
  if (auth.kind === 'none') return withHeaders({});
  const secret = await readSecret(auth.secret, environment);
  const { masking, tokens, guard } = environment;
  switch (auth.kind) {
    case 'bearer':
      return withHeaders({ authorization: `Bearer ${secret}` });
    case 'basic': {
      const credentials = Buffer.from(`${auth.username}:${secret}`).toString('base64');
      masking.remember(credentials);
      return withHeaders({ authorization: `Basic ${credentials}` });
    }
    case 'apiKey':
      return auth.in === 'header'
        ? withHeaders({ [auth.name.toLowerCase()]: secret })
        : { headers: {}, query: { [auth.name]: secret }, token: null };
    case 'oauth2': {
      const token = await tokens.token(auth, secret, guard, refused);
      return { ...withHeaders({ authorization: `Bearer ${token}` }), token };
    }
    case 'hmac':
      return withHeaders(signature(request, auth, secret, environment));
  }
}

function withHeaders(headers: Record<string, string>): Credentials {
  for (const [name, value] of Object.entries(headers))
    if (!headerSafe(value)) throw invalid(`The secret for the header '${name}' has more than one line.`);
  return { headers, query: {}, token: null };
}

async function readSecret(name: string, { readSecret: read, masking }: AuthEnvironment): Promise<string> {
  const value = await read(name);
  if (value === null)
    throw failure('SecretMissing', false, `There is no secret '${name}'. Store it in the connection.`);
  masking.remember(value);
  return value;
}

function signature(
  { method, url, body }: Unsigned,
  auth: Extract<HttpAuth, { kind: 'hmac' }>,
  secret: string,
  { now }: AuthEnvironment
): Record<string, string> {
  const time = String(Math.floor(now() / 1_000));
  const text = body ?? '';
  const signed = {
    body: text,
    'time.body': `${time}.${text}`,
    request: [method, `${url.pathname}${url.search}`, time, text].join('\n'),
  }[auth.signs];
  const digest = createHmac(auth.algorithm, secret).update(signed, 'utf8').digest(auth.encoding);
  return { [auth.timestampHeader.toLowerCase()]: time, [auth.header.toLowerCase()]: `${auth.prefix}${digest}` };
}
