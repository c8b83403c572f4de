/**
 * Converts values to text for log lines. It never throws and limits the length of the text. It calls no code of a
 * value except what JSON.stringify and String call.
 */

const LONGEST = 16_384;

export const shorten = (text: string) => (text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text);

/** JSON of any value. Values that JSON does not support are described by a text, and a circular reference is cut. */
export function toJson(value: unknown): string {
  const above: object[] = [];
  const replace = function (this: unknown, _key: string, part: unknown): unknown {
    if (typeof part === 'bigint' || typeof part === 'symbol') return String(part);
    if (typeof part === 'function') return `[function ${part.name}]`;
    if (typeof part !== 'object' || part === null) return part;
    while (above.length > 0 && above.at(-1) !== this) above.pop();
    if (above.includes(part)) return '[circular]';
    above.push(part);
    if (part instanceof Error) return { ...part, name: part.name, message: part.message, stack: part.stack };
    if (part instanceof Map) return [...part];
    if (part instanceof Set) return [...part];
    return part;
  };
  try {
    return JSON.stringify(value, replace) ?? 'null';
  } catch {
    return '"[not printable]"';
  }
}

/** JSON of an object. A result that is too long is replaced by a shorter object, so the text is always valid JSON. */
export function toShortJson(value: unknown): string {
  const json = toJson(value);
  if (json.length > LONGEST) return JSON.stringify({ tooLong: shorten(json) });
  return json.startsWith('{') ? json : JSON.stringify({ value: json });
}

/** Prints as console.log does: text unchanged, errors with their stack, other objects as JSON. */
export function print(values: readonly unknown[]): string {
  const texts = values.map((value) => {
    if (typeof value === 'string') return value;
    if (value instanceof Error && typeof value.stack === 'string') return value.stack;
    return typeof value === 'object' && value !== null ? toJson(value) : safeString(value);
  });
  return shorten(texts.join(' '));
}

export function safeString(value: unknown): string {
  try {
    return shorten(String(value));
  } catch {
    return '[not printable]';
  }
}
