/**
 * The headers of a request: those of the step, its secrets, and the idempotency keys, which a step cannot replace.
 */
import { TRANSFER_HEADERS } from '../../flow/connections/kinds/http';
import { plainText } from './address';
import { failure, invalid } from './failure';
import { fillText, type Keys } from './keys';
import type { HttpRequestInput, SecretReader } from './input';
import type { WrittenBody } from './written-body';

export interface Outgoing {
  method: string;
  /** Null: none. */
  body: WrittenBody | null;
  /** Header → value. */
  secrets: Readonly<Record<string, string>>;
}

/** Throws `InvalidRequest`. A value that has more than one line is rejected. */
export function headersOf(
  input: HttpRequestInput,
  { method, body, secrets }: Outgoing,
  keys: Keys
): Record<string, string> {
  const headers: Record<string, string> = { accept: 'application/json', 'user-agent': 'Backstitch' };
  if (body !== null) headers['content-type'] = body.type;
  for (const [name, value] of Object.entries(input.headers ?? {})) {
    if (typeof value === 'object' && value !== null && !('$exact' in value))
      throw invalid(`The value of the header '${name}' is not a text.`);
    setHeader(headers, name, fillText(plainText(value), keys), keys);
  }
  for (const [name, value] of Object.entries(secrets)) setHeader(headers, name, value, keys);
  if (method !== 'GET' && method !== 'HEAD') headers['idempotency-key'] = keys.idempotencyKey;
  if (keys.forwardKey) headers['idempotency-forward-key'] = keys.forwardKey;
  return headers;
}

/** Throws `InvalidRequest` for a name or a value that cannot be sent. */
export function setHeader(headers: Record<string, string>, name: string, value: string, keys: Keys): void {
  const lower = name.toLowerCase();
  if (!/^[a-z0-9!#$%&'*+.^_`|~-]+$/.test(lower) || TRANSFER_HEADERS.has(lower))
    throw invalid(`The header '${name}' cannot be set.`);
  const own = { 'idempotency-key': keys.idempotencyKey, 'idempotency-forward-key': keys.forwardKey };
  if (Object.hasOwn(own, lower) && own[lower as keyof typeof own] !== value)
    throw invalid(`The header '${name}' is reserved for the key of the call. A step cannot set it.`);
  if (!headerSafe(value)) throw invalid(`The header '${name}' has characters that are not allowed in a header.`);
  headers[lower] = value;
}

/** True if a header can carry the text: one line, and only characters that are allowed there. */
export const headerSafe = (value: string): boolean => !/[^\t\x20-\x7e\x80-\xff]/.test(value);

/** Header → value, for the secrets that the step names. Rejects with `SecretMissing`. */
export async function readSecrets(named: Record<string, string>, read: SecretReader): Promise<Record<string, string>> {
  const secrets: Record<string, string> = {};
  for (const [header, name] of Object.entries(named)) {
    const value = await read(name);
    if (value === null)
      throw failure('SecretMissing', false, `There is no secret '${name}' for the header '${header}'.`);
    secrets[header] = value;
  }
  return secrets;
}
