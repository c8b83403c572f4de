/** `http.request`: a request that a step describes itself. */
import { below, parsed } from './address';
import { environment, textOf, type ActivityCall } from './call';
import { connectionOf } from './connections';
import { asJson, callService, JSON_TYPE, type Written } from './service';

export interface HttpRequestInput {
  method?: string;
  connection?: string;
  path?: string;
  url?: string;
  query?: Record<string, unknown>;
  headers?: Record<string, string>;
  /** Header → name of a secret. */
  secretHeaders?: Record<string, string>;
  body?: unknown;
  responseSchema?: Record<string, unknown>;
  answer?: 'body' | 'full' | 'lookup';
  retryableStatuses?: number[];
  notAppliedStatuses?: number[];
}

export const httpRequest = (input: HttpRequestInput, call: ActivityCall) => requested(input, call, asJson);

/** `write`: how the body is written. */
export async function requested(
  input: HttpRequestInput,
  call: ActivityCall,
  write: (body: unknown) => Written
): Promise<unknown> {
  const { method = 'GET', answer = 'body', retryableStatuses, notAppliedStatuses } = input;
  const connection = input.connection === undefined ? null : connectionOf(input.connection);
  const url = connection ? below(environment(connection.address), input.path ?? '') : parsed(input.url ?? '');
  for (const [name, value] of Object.entries(input.query ?? {}))
    for (const each of [value].flat())
      if (each !== undefined && each !== null) url.searchParams.append(name, textOf(each));
  const headers = lowerCase({ ...connection?.headers, ...input.headers });
  for (const [name, secret] of Object.entries(input.secretHeaders ?? {}))
    headers[name.toLowerCase()] = environment(secretVariable(secret));
  const body = input.body === undefined ? undefined : write(input.body);
  if (body && body.type !== JSON_TYPE) headers['content-type'] = body.type;
  const renew = await connection?.authenticate?.({ method, url, headers, body: body?.text ?? '' });
  return callService(
    { method, url, headers, body, renew, answer, schema: input.responseSchema, retryableStatuses, notAppliedStatuses },
    call
  );
}

const lowerCase = (headers: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));

/** 'shop.token' is SECRET_SHOP__TOKEN. */
const secretVariable = (name: string): string =>
  `SECRET_${name.replace(/[_.-]/g, (mark) => ({ '-': '_', '.': '__', _: '___' })[mark] ?? '_').toUpperCase()}`;
