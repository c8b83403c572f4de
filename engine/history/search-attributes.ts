/** Search attributes and memo: as payloads for the wire, and search attributes as plain values for lists. */
import type { SearchAttributeValue } from '../visibility/record';
import type { Payload, RunState } from './api';

const decoder = new TextDecoder();
type Fields = Record<string, Payload>;

const isNull = (payload: Payload): boolean =>
  !payload.data?.length || decoder.decode(payload.metadata?.encoding ?? new Uint8Array()) === 'binary/null';

/** Text that no index can store: U+0000, and an unpaired surrogate. */
const UNSTORABLE = /[\u0000\p{Surrogate}]/u;

/** True if the payload is JSON whose texts can be stored, or unsets the field. */
export function isReadable(payload: Payload): boolean {
  if (isNull(payload)) return true;
  try {
    const values = [JSON.parse(decoder.decode(payload.data!)) as unknown].flat();
    return !values.some((value) => typeof value === 'string' && UNSTORABLE.test(value));
  } catch {
    return false;
  }
}

/**
 * The plain value of a payload; null unsets the attribute. A list with one value counts as that value, unless the
 * type is a list. An instant is converted to ISO 8601 in UTC from any zone, so that the order of texts is the order
 * of time.
 */
export function decodeSearchAttribute(payload: Payload): SearchAttributeValue | null {
  if (isNull(payload)) return null;
  let value: unknown;
  try {
    value = JSON.parse(decoder.decode(payload.data!));
  } catch {
    return null;
  }
  const type = decoder.decode(payload.metadata?.type ?? new Uint8Array());
  if (Array.isArray(value)) {
    if (value.length === 0) return null;
    if (type === 'KeywordList' || type === 'INDEXED_VALUE_TYPE_KEYWORD_LIST' || value.length > 1)
      return value.map(String);
    value = value[0];
  }
  if (typeof value === 'string' && /^(INDEXED_VALUE_TYPE_)?DATETIME$/i.test(type)) {
    const ms = Date.parse(value);
    return Number.isNaN(ms) ? value : new Date(ms).toISOString();
  }
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : null;
}

export function mergeSearchAttributes(state: RunState, fields: Fields | null | undefined): void {
  for (const name in fields) {
    const value = decodeSearchAttribute(fields[name]!);
    if (value === null) {
      delete state.searchAttributes[name];
      delete state.searchAttributePayloads[name];
    } else {
      state.searchAttributes[name] = value;
      state.searchAttributePayloads[name] = fields[name]!;
    }
  }
}

export function mergeMemo(state: RunState, fields: Fields | null | undefined): void {
  for (const name in fields) {
    if (isNull(fields[name]!)) delete state.memo[name];
    else state.memo[name] = fields[name]!;
  }
}
