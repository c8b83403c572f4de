/** Where a text stops being JSON, for people who look for it in an editor. */
import { parse } from 'lossless-json';

/** Counted from 1. */
export interface JsonPlace {
  line: number;
  column: number;
  /** What is wrong, without its place: "Comma ',' expected after value but got '}'". */
  message: string;
}

/** The first field that a group has twice, at its second place; null if there is none. The text is JSON. */
export function secondKey(text: string): (Omit<JsonPlace, 'message'> & { key: string }) | null {
  let found: { key: string; position: number } | null = null;
  parse(text, null, {
    parseNumber: Number,
    onDuplicateKey({ key, position, newValue }) {
      found ??= { key, position };
      return newValue;
    },
  });
  const second = found as { key: string; position: number } | null;
  return second && { key: second.key, ...placeAt(text, second.position) };
}

/** Null if the text is JSON. The same in every browser, unlike the messages of their own parsers. */
export function jsonPlace(text: string): JsonPlace | null {
  try {
    parse(text, null, { parseNumber: Number, onDuplicateKey: ({ newValue }) => newValue });
    return null;
  } catch (error) {
    if (error instanceof RangeError) return { line: 1, column: 1, message: 'It is nested too deep' };
    const said = error instanceof Error ? error.message : '';
    const position = Math.min(Number(/ at position (\d+)/.exec(said)?.[1] ?? text.length), text.length);
    return { ...placeAt(text, position), message: said.replace(/ at position \d+.*$/s, '').replace(/\.$/, '') };
  }
}

function placeAt(text: string, position: number): Omit<JsonPlace, 'message'> {
  const before = text.slice(0, position).split(/\r\n|\r|\n/);
  return { line: before.length, column: before.at(-1)!.length + 1 };
}
