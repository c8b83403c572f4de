/**
 * JSON that a person typed or pasted, or chose as a file. What would block the page or exhaust its stack is refused in
 * words, before it is parsed. Pure.
 *
 * Rules
 * [VP1] A text of more than `characters` is not read.
 * [VP2] A value has at most `levels` levels of nesting: by default as many as every value of a draft
 *       (flow/edit/check.ts).
 * [VP3] A byte order mark before the text is no part of it.
 * [VP4] With `exact`, a number that would be kept as another number is refused with its place. Otherwise it is
 *       `{ $exact }`.
 * [VP5] With `place`, what is not JSON is refused with its line and column: for a text that is complete, not one that
 *       somebody types. So is a field that is there twice, because one of the two would be lost without a word.
 * [VP6] With `kept`, a name that a draft cannot keep is refused: the edit would be refused when the text is gone.
 */
import { firstInexact } from './inexact';
import { readJson } from './json';
import { jsonPlace, secondKey } from './json-place';

export interface PastedLimits {
  characters?: number;
  levels?: number;
  exact?: boolean;
  place?: boolean;
  kept?: boolean;
}

export const NOT_JSON = 'This is not JSON.';

export type Pasted = { value: unknown } | { problem: string };

/** The problem is a sentence. */
export function readPasted(
  given: string,
  { characters = 2_000_000, levels = 100, exact = false, place = false, kept = false }: PastedLimits = {}
): Pasted {
  const text = given.charCodeAt(0) === 0xfeff ? given.slice(1) : given;
  if (text.length > characters) {
    const size = (text.length / 1_000_000).toFixed(1);
    const most = characters / 1_000_000;
    const problem = `The text has ${size} million characters, and at most ${most} million are read.`;
    return { problem: `${problem} Paste a part of it.` };
  }
  if (isDeeper(text, levels)) return { problem: `It has more than ${levels} levels of nesting.` };
  let value: unknown;
  try {
    value = readJson(text);
  } catch {
    return { problem: place ? withPlace(text) : NOT_JSON };
  }
  const twice = place ? secondKey(text) : null;
  if (twice) {
    const { key, line, column } = twice;
    return {
      problem: `The field '${key}' is there twice, again at line ${line}, column ${column}. Remove one of the two.`,
    };
  }
  if (kept && text.includes('__proto__') && hasProto(value)) return { problem: UNKEPT };
  const inexact = exact ? firstInexact(text) : null;
  if (!inexact) return { value };
  const { at, digits } = inexact;
  const shown = digits.length > 40 ? `${digits.slice(0, 39)}…` : digits;
  const where = at === '/' ? '' : ` at ${at}`;
  return { problem: `The number ${shown}${where} has more digits than can be kept. Write it as a text, in quotes.` };
}

/** Of a name in a draft (flow/edit/check.ts). */
export const UNKEPT = "A field cannot have the name '__proto__'. Give it another one.";

/** At most `levels` deep. */
function hasProto(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return Object.hasOwn(value, '__proto__') || Object.values(value).some(hasProto);
}

function withPlace(text: string): string {
  const place = jsonPlace(text);
  if (!place) return NOT_JSON;
  return `This is not JSON. Line ${place.line}, column ${place.column}: ${place.message}.`;
}

/** Whether a JSON text has more levels of nesting. Counts brackets outside of strings, without recursion. */
export function isDeeper(text: string, most: number): boolean {
  let level = 0;
  let inString = false;
  for (let at = 0; at < text.length; at++) {
    const sign = text.charCodeAt(at);
    if (inString) {
      if (sign === 0x5c) at++;
      else if (sign === 0x22) inString = false;
    } else if (sign === 0x22) inString = true;
    else if (sign === 0x5b || sign === 0x7b) {
      if (++level > most) return true;
    } else if (sign === 0x5d || sign === 0x7d) level--;
  }
  return false;
}
