/**
 * Text that can be stored and shown. Whatever comes in by a door (forms, REST, gRPC, documents) is held against these
 * rules where it enters, and refused by name: later it would break a statement of the database, a header, or an
 * address.
 *
 * Rules
 * [PTX1] No text has U+0000: PostgreSQL cannot store it.
 * [PTX2] No text has half of a surrogate pair: it has no UTF-8, so it comes back as something else.
 * [PTX3] What names a thing (an id, a name) has no control character and no line break: it is put into headers, logs
 *        and addresses.
 * [PTX4] Data is at most 100 deep: what reads it is recursive.
 * [NL1] What names a thing has at most LONGEST_ID characters, by every door: it is part of addresses, indexes and keys.
 * [NL2] What a new run is found by (its id, its type, its namespace) has at most LONGEST_ID bytes of UTF-8, as on a
 *       Temporal server: an index of PostgreSQL has room for 2,704 bytes.
 */

/** Temporal's default too (`limit.maxIDLength`): ids of workflows, signals, updates, queries, task queues, types. */
export const LONGEST_ID = 1_000;

const NUL = '\u0000';
/** C0, DEL, C1, and the separators of lines and paragraphs. */
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/;
const LONE_SURROGATE = /\p{Surrogate}/u;
const DEEPEST = 100;

/**
 * What is wrong with a text, as the end of a sentence that begins with its field; null when it can be stored. [PTX1]
 * [PTX2]
 */
export function textProblem(text: string): string | null {
  if (text.includes(NUL)) return 'has the character U+0000, which cannot be stored';
  if (LONE_SURROGATE.test(text)) return 'has half of a surrogate pair, which is not a character';
  return null;
}

/** The same for what names a thing. [PTX3] [NL1] */
export function nameProblem(name: string): string | null {
  if (name.length > LONGEST_ID) return `has ${name.length} characters, at most ${LONGEST_ID} are allowed`;
  return textProblem(name) ?? (CONTROL.test(name) ? 'has a control character or a line break' : null);
}

/** The same for what is looked for by an index. [NL2] */
export function keyProblem(name: string): string | null {
  const problem = nameProblem(name);
  if (problem) return problem;
  const bytes = new TextEncoder().encode(name).length;
  return bytes > LONGEST_ID ? `has ${bytes} bytes in UTF-8, at most ${LONGEST_ID} are allowed` : null;
}

export interface TextProblem {
  /** JSON pointer. */
  at: string;
  problem: string;
}

/** The first text, or name of a field, inside a value that cannot be stored. [PTX1] [PTX2] [PTX4] */
export function textProblemIn(value: unknown): TextProblem | null {
  const open: { value: unknown; path: string[] }[] = [{ value, path: [] }];
  for (let next = open.pop(); next; next = open.pop()) {
    const { value: found, path } = next;
    if (typeof found === 'string') {
      const problem = textProblem(found);
      if (problem) return { at: pointer(path), problem };
    } else if (typeof found === 'object' && found !== null) {
      if (path.length >= DEEPEST) return { at: '', problem: `has more than ${DEEPEST} levels of nesting` };
      for (const [name, inner] of Object.entries(found)) {
        const problem = textProblem(name);
        if (problem) return { at: pointer(path), problem: `has a field whose name ${problem}` };
        if (typeof inner === 'string' || typeof inner === 'object') open.push({ value: inner, path: [...path, name] });
      }
    }
  }
  return null;
}

/**
 * A value as it can be stored and shown, for what is on record already and cannot be refused any more: U+0000 becomes
 * its picture (␀), half of a surrogate pair the replacement character, and what is nested deeper than [PTX4] is left
 * out.
 */
export function storable(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return storableText(value);
  if (typeof value !== 'object' || value === null) return value;
  if (depth >= DEEPEST) return '…';
  if (Array.isArray(value)) return value.map((item) => storable(item, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [storableText(name), storable(inner, depth + 1)])
  );
}

export const storableText = (text: string): string =>
  text.replaceAll(NUL, '\u2400').replace(/\p{Surrogate}/gu, '\ufffd');

const pointer = (path: readonly string[]): string =>
  path.map((name) => `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');

/** An id of the form that databases and Temporal give, in either case. */
export const isUuid = (text: string): boolean => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);
