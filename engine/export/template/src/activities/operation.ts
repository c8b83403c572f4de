/** An operation of a connection: its input is put into a request, the connection authenticates it. */
import { below, invalid } from './address';
import { environment, fieldsOf, textOf, type ActivityCall } from './call';
import { connectionOf } from './connections';
import { fieldsOutside, filled, filledText, type Mapping } from './mapping';
import { asJson, callService, JSON_TYPE, type Written } from './service';

export interface HttpOperation {
  connection: string;
  method: string;
  path: string;
  query?: Record<string, string>;
  headers?: Record<string, string>;
  /** 'rest': the fields of the input that nothing else uses. */
  body?: 'none' | 'rest' | { mapping: Mapping };
  answer?: 'body' | 'full' | 'lookup';
  /** A second header for the key, beside Idempotency-Key. */
  idempotencyHeader?: string;
  retryableStatuses?: readonly number[];
  notAppliedStatuses?: readonly number[];
  /** JSON Schema of the body of the answer. */
  output?: object;
}

/** `write`: how the body is written. */
export const operation =
  (
    { connection, output, query = {}, headers: drawn = {}, ...call }: HttpOperation,
    write: (body: unknown) => Written = asJson
  ) =>
  async (input: Record<string, unknown>, keys: ActivityCall): Promise<unknown> => {
    const known = connectionOf(connection);
    const fields = fieldsOf(input, keys);
    const path = filledText(call.path, fields, partOfPath);
    if (path === undefined) throw invalid(`A part of ${call.path} is missing.`);
    const url = below(environment(known.address), path);
    for (const [name, text] of Object.entries(query)) {
      const value = filled(text, fields, textOf);
      for (const each of [value].flat())
        if (each !== undefined && each !== null) url.searchParams.append(name, textOf(each));
    }
    const headers: Record<string, string> = { ...known.headers };
    for (const [name, text] of Object.entries(drawn)) {
      const value = filledText(text, fields, textOf);
      if (value !== undefined) headers[name.toLowerCase()] = value;
    }
    if (call.idempotencyHeader) headers[call.idempotencyHeader.toLowerCase()] = keys.idempotencyKey;
    const value = bodyOf({ ...call, query, headers: drawn }, input, fields);
    const body = value === undefined ? undefined : write(value);
    if (body && body.type !== JSON_TYPE) headers['content-type'] = body.type;
    const renew = await known.authenticate?.({ method: call.method, url, headers, body: body?.text ?? '' });
    const { method, answer = 'body', retryableStatuses, notAppliedStatuses } = call;
    return callService(
      { method, url, headers, body, renew, answer, schema: output, retryableStatuses, notAppliedStatuses },
      keys
    );
  };

function partOfPath(value: unknown): string {
  const text = textOf(value);
  if (['', '.', '..'].includes(text)) throw invalid(`'${text}' is no part of a path.`);
  return encodeURIComponent(text);
}

function bodyOf(
  { body, ...outside }: Pick<HttpOperation, 'body' | 'path'> & Required<Pick<HttpOperation, 'query' | 'headers'>>,
  input: Record<string, unknown>,
  fields: object
): unknown {
  if (body === 'none') return undefined;
  if (typeof body === 'object') return filled(body.mapping, fields, textOf);
  const names = fieldsOutside(outside);
  return Object.fromEntries(Object.entries(input ?? {}).filter(([name]) => !names.has(name)));
}
