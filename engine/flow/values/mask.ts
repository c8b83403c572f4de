/**
 * Hides what schemas call sensitive: the one place where this is decided, for the server before a value leaves it, and for screens and
 * exports.
 *
 * Two ways, and a value goes through both before it leaves the server:
 * - by schema: the field itself, however short its value is;
 * - by value: the very same value wherever else it turns up (a step's input is made from the flow's, a failure's message quotes it).
 *   A `Secrets` keeps what was hidden by schema. A value shorter than SHORTEST_TELLTALE turns up by chance: hiding every 'EUR' because
 *   one was sensitive would hide the run.
 *
 * A masked value is for reading only. `withoutMasked` takes it out of what is to be sent again.
 */
import { isExactData } from '../../saga/exact';
import type { JsonSchema } from '../json-schema';

export const MASK = '••••••';
const SHORTEST_TELLTALE = 4;

/** The value with everything that its schema calls sensitive replaced. What 'Raw' shows, what is copied, what is exported. */
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

/** Does this schema, or document, or manifest call anything sensitive? */
export const namesSensitive = (of: unknown): boolean => JSON.stringify(of).includes('"sensitive":true');

/** Sensitive values that were seen. They never leave the server. */
export class Secrets {
  readonly #texts = new Set<string>();

  add(value: unknown): void {
    if (isExactData(value)) return this.add(value.$exact);
    if (typeof value === 'object' && value !== null) for (const item of Object.values(value)) this.add(item);
    else if (String(value).length >= SHORTEST_TELLTALE)
      for (const text of spellings(String(value))) this.#texts.add(text);
  }

  /** The value with every one of them replaced, in texts and names also where they are a part. */
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

/** As it is, inside a JSON text, and inside an address: a failure may quote either. */
function spellings(text: string): string[] {
  const asJson = JSON.stringify(text).slice(1, -1);
  return /\p{Surrogate}/u.test(text) ? [text, asJson] : [text, asJson, encodeURIComponent(text)];
}

/** The value without anything that is masked, so that the mask is never sent as if it were the value: for forms that begin with it. */
export function withoutMasked(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutMasked).filter((item) => item !== undefined);
  if (typeof value === 'string') return value.includes(MASK) ? undefined : value;
  if (typeof value !== 'object' || value === null || isExactData(value)) return value;
  const kept = Object.entries(value).map(([key, item]) => [key, withoutMasked(item)] as const);
  return Object.fromEntries(kept.filter(([key, item]) => item !== undefined && !key.includes(MASK)));
}
