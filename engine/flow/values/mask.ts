/**
 * Masks values that schemas mark as sensitive. This is the only place that decides it, for the server before a value
 * leaves it, and for screens and exports.
 *
 * Two ways, and a value goes through both before it leaves the server:
 * - by schema: the field itself, however short its value is;
 * - by value: the same value in all other places (the input of a step is made from the input of the flow, the message
 *   of a failure may quote it). A `Secrets` collects the values that were masked by schema. A value shorter than
 *   SHORTEST_TELLTALE occurs by chance: masking every 'EUR' because one was sensitive would make the run unreadable.
 *
 * A masked value is for reading only. `withoutMasked` removes it from data that will be sent again.
 */
import { isExactData } from '../../saga/exact';
import type { JsonSchema } from '../json-schema';

export const MASK = '••••••';
const SHORTEST_TELLTALE = 4;

/** The value with every sensitive part of its schema replaced: shown under 'Raw', copied and exported. */
export function maskBySchema(value: unknown, schema: JsonSchema | null | undefined, secrets?: Secrets): unknown {
  if (!schema || value === null || value === undefined) return value;
  if (schema.sensitive) {
    secrets?.add(value);
    return MASK;
  }
  if (Array.isArray(value)) return value.map((item) => maskBySchema(item, schema.items, secrets));
  if (typeof value !== 'object' || isExactData(value)) return value;
  const extra = typeof schema.additionalProperties === 'object' ? schema.additionalProperties : undefined;
  const { properties = {} } = schema;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      key,
      maskBySchema(item, Object.hasOwn(properties, key) ? properties[key] : extra, secrets),
    ])
  );
}

/** True if this schema, document or manifest marks anything as sensitive. */
export const namesSensitive = (of: unknown): boolean => JSON.stringify(of).includes('"sensitive":true');

/** The sensitive values that were seen. They never leave the server. */
export class Secrets {
  readonly #texts = new Set<string>();

  add(value: unknown): void {
    if (isExactData(value)) return this.add(value.$exact);
    if (typeof value === 'object' && value !== null) for (const item of Object.values(value)) this.add(item);
    else if (String(value).length >= SHORTEST_TELLTALE)
      for (const text of spellings(String(value))) this.#texts.add(text);
  }

  /** The value with each of them replaced, also as a part of texts and names. */
  hide<T>(value: T): T {
    return (this.#texts.size === 0 ? value : this.#hide(value)) as T;
  }

  #hide(value: unknown): unknown {
    if (typeof value === 'string') return this.#hideIn(value);
    if (typeof value === 'number') return this.#texts.has(String(value)) ? MASK : value;
    if (Array.isArray(value)) return value.map((item) => this.#hide(item));
    if (typeof value !== 'object' || value === null) return value;
    if (isExactData(value)) return this.#texts.has(value.$exact) ? MASK : value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [this.#hideIn(key), this.#hide(item)]));
  }

  #hideIn(text: string): string {
    let shown = text;
    for (const secret of this.#texts) if (shown.includes(secret)) shown = shown.replaceAll(secret, MASK);
    return shown;
  }
}

/** As it is, inside a JSON text, and inside an address, because a failure may quote any of these. */
function spellings(text: string): string[] {
  const asJson = JSON.stringify(text).slice(1, -1);
  return /\p{Surrogate}/u.test(text) ? [text, asJson] : [text, asJson, encodeURIComponent(text)];
}

/**
 * The value without anything that is masked, so that the mask is never sent as the value: for forms that start with
 * it.
 */
export function withoutMasked(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutMasked).filter((item) => item !== undefined);
  if (typeof value === 'string') return value.includes(MASK) ? undefined : value;
  if (typeof value !== 'object' || value === null || isExactData(value)) return value;
  const kept = Object.entries(value).map(([key, item]) => [key, withoutMasked(item)] as const);
  return Object.fromEntries(kept.filter(([key, item]) => item !== undefined && !key.includes(MASK)));
}
