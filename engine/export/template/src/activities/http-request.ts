/** `http.request`: a request that a step describes itself. */
import { environment, failure, notSent, type ActivityCall } from './call';
import { connectionOf } from './connections';
import { callService } from './service';

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

export async function httpRequest(input: HttpRequestInput, call: ActivityCall): Promise<unknown> {
  const url = addressOf(input);
  for (const [name, value] of Object.entries(input.query ?? {}))
    for (const each of [value].flat())
      if (each !== undefined && each !== null)
        url.searchParams.append(name, typeof each === 'object' ? JSON.stringify(each) : String(each));
  const secrets = Object.entries(input.secretHeaders ?? {}).map(([header, name]) => [
    header,
    environment(secretVariable(name)),
  ]);
  return callService(
    {
      method: input.method ?? 'GET',
      url,
      headers: { ...input.headers, ...(Object.fromEntries(secrets) as Record<string, string>) },
      body: input.body,
      answer: input.answer ?? 'body',
      schema: input.responseSchema,
      retryableStatuses: input.retryableStatuses,
      notAppliedStatuses: input.notAppliedStatuses,
    },
    call
  );
}

/** 'shop.token' is SECRET_SHOP__TOKEN. */
const secretVariable = (name: string): string =>
  `SECRET_${name.replace(/[_.-]/g, (mark) => ({ '-': '_', '.': '__', _: '___' })[mark] ?? '_').toUpperCase()}`;

function addressOf({ connection, path = '', url = '' }: HttpRequestInput): URL {
  if (connection === undefined) return parsed(url);
  return below(environment(connectionOf(connection).address), path);
}

/** A path of a step stays below the address of its connection. */
export function below(address: string, path: string): URL {
  const base = parsed(address);
  const prefix = base.pathname.replace(/\/*$/, '/');
  const target = new URL(`.${path.startsWith('/') ? path : `/${path}`}`, new URL(prefix, base));
  if (target.origin !== base.origin || !target.pathname.startsWith(prefix))
    throw notSent(failure('InvalidRequest', true, 'The path leaves the address of its connection.'));
  return target;
}

function parsed(address: string): URL {
  if (URL.canParse(address)) return new URL(address);
  throw notSent(failure('InvalidRequest', true, `${JSON.stringify(address)} is not an address.`));
}
