/**
 * JSON that a person typed or pasted into a field. What would block the page or exhaust its stack is refused in words, before
 * it is parsed. Pure.
 *
 * Rules
 * [PJ1] A text of more than MOST_CHARACTERS is not read.
 * [PJ2] A value has at most MOST_LEVELS levels of nesting, as every value of a draft (flow/edit/check.ts).
 */
import { readJson } from './json';

const MOST_CHARACTERS = 2_000_000;
const MOST_LEVELS = 100;

export const NOT_JSON = 'This is not JSON.';

export type Pasted = { value: unknown } | { problem: string };

/** The problem is a sentence. */
export function readPasted(text: string): Pasted {
  if (text.length > MOST_CHARACTERS) {
    const size = (text.length / 1_000_000).toFixed(1);
    return { problem: `The text has ${size} million characters, and at most 2 million are read. Paste a part of it.` };
  }
  if (isDeeper(text, MOST_LEVELS)) return { problem: `It has more than ${MOST_LEVELS} levels of nesting.` };
  try {
    return { value: readJson(text) };
  } catch {
    return { problem: NOT_JSON };
  }
}

/** Counts brackets outside of strings, without recursion. */
function isDeeper(text: string, most: number): boolean {
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
