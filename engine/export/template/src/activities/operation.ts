/** An operation of a connection: its input is put into a request, the connection authenticates it. */
import { createHmac } from 'node:crypto';
import { CONNECTIONS, secretVariable, type Auth } from './connections';
import { environment, failure, notSent, type ActivityCall } from './call';
import { below } from './http-request';
import { fieldsIn, filled, filledText, type Mapping } from './mapping';
import { callService } from './service';

export interface HttpOperation {
  connection: string;
  call: {
    method: string;
    path: string;
    query: Record<string, string>;
    headers: Record<string, string>;
    body: 'none' | 'rest' | { mapping: Mapping };
    answer: 'body' | 'full' | 'lookup';
    idempotencyHeader: string;
    retryableStatuses?: readonly number[];
    notAppliedStatuses?: readonly number[];
  };
  /** JSON Schema of the body of the answer. */
  output: unknown;
}

export const operation =
  ({ connection, call, output }: HttpOperation) =>
  async (input: Record<string, unknown>, keys: ActivityCall): Promise<unknown> => {
    const known = CONNECTIONS[connection];
    if (!known) throw notSent(failure('InvalidRequest', true, `There is no connection '${connection}'.`));
    const { idempotencyKey, forwardKey } = keys;
    const fields = { ...input, idempotencyKey, forwardKey };
    const path = filledText(call.path, fields, (value) => encodeURIComponent(textOf(value)));
    if (path === undefined) throw notSent(failure('InvalidRequest', true, `A part of ${call.path} is missing.`));
    const url = below(environment(known.address), path);
    for (const [name, text] of Object.entries(call.query)) {
      const value = filled(text, fields, textOf);
      for (const each of [value].flat())
        if (each !== undefined && each !== null) url.searchParams.append(name, textOf(each));
    }
    const headers: Record<string, string> = { ...known.headers };
    for (const [name, text] of Object.entries(call.headers)) {
      const value = filledText(text, fields, textOf);
      if (value !== undefined) headers[name.toLowerCase()] = value;
    }
    if (call.idempotencyHeader !== '') headers[call.idempotencyHeader.toLowerCase()] = idempotencyKey;
    const body = bodyOf(call, input, fields);
    await authenticate(known.auth, { method: call.method, url, headers, body });
    const { method, answer, retryableStatuses, notAppliedStatuses } = call;
    return callService(
      { method, url, headers, body, answer, schema: output, retryableStatuses, notAppliedStatuses },
      keys
    );
  };

/** A kind of operation that this project has no code for yet: write it in src/activities/index.ts. */
export const unwritten = (type: string, kind: string) => async (): Promise<never> => {
  throw notSent(failure('NotImplemented', true, `'${type}' (${kind}) is to be written in src/activities/index.ts.`));
};

const textOf = (value: unknown): string => (typeof value === 'object' ? JSON.stringify(value) : String(value));

function bodyOf(
  { body, path, query, headers }: HttpOperation['call'],
  input: Record<string, unknown>,
  fields: object
): unknown {
  if (body === 'none') return undefined;
  if (body !== 'rest') return filled(body.mapping, fields, textOf);
  const used = new Set([path, ...Object.values(query), ...Object.values(headers)].flatMap(fieldsIn));
  return Object.fromEntries(Object.entries(input ?? {}).filter(([name]) => !used.has(name)));
}

interface Unsigned {
  method: string;
  url: URL;
  headers: Record<string, string>;
  body: unknown;
}

async function authenticate(auth: Auth, { method, url, headers, body }: Unsigned): Promise<void> {
  if (auth.kind === 'none') return;
  const secret = environment(secretVariable(auth.secret));
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
      const text = body === undefined ? '' : JSON.stringify(body);
      const signed = {
        body: text,
        'time.body': `${time}.${text}`,
        request: [method, `${url.pathname}${url.search}`, time, text].join('\n'),
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
  const key = `${auth.tokenUrl} ${auth.clientId} ${auth.scope}`;
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
  const response = await fetch(auth.tokenUrl, { method: 'POST', headers, body: form }).catch(() => null);
  const answer = (await response?.json().catch(() => null)) as { access_token?: string; expires_in?: number } | null;
  if (!answer?.access_token) throw notSent(failure('TokenRefused', false, `${auth.tokenUrl} gave no access token.`));
  tokens.set(key, { value: answer.access_token, endsMs: Date.now() + ((answer.expires_in ?? 300) - 30) * 1_000 });
  return answer.access_token;
}
