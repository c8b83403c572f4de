/**
 * What the type checker of TypeScript says, for people who do not write TypeScript.
 *
 * Rules
 * [TYW1] A value of another type, one that may be missing, a field that is missing, and what cannot be computed or
 *        compared are said in usual words, with what can be done.
 * [TYW3] What keeps a text from being an expression is said in usual words too.
 * [TYW2] What has no usual words is said as TypeScript says it, in one line.
 */
import ts from 'typescript';
import { isList, isUnknown, kindsOf, usualType } from './type-names';

type Said = Pick<ts.Diagnostic, 'code' | 'messageText'>;
type Found = Said & Pick<ts.Diagnostic, 'file' | 'start' | 'length'>;
/** A message, and what it is caused by. */
interface Link {
  code: number;
  text: string;
  names: readonly string[];
  next: readonly Link[];
}

/** One line. */
export function typeWords(found: Found): string {
  const link = linkOf(found.code, found.messageText);
  const words = MAY_BE_MISSING.has(link.code) ? mayBeMissing(link.names, readsFields(found)) : wordsOf(link);
  return words ?? oneLine(ts.flattenDiagnosticMessageText(found.messageText, ' '));
}

/** [TYW3] */
export function parseWords({ code, messageText }: Said): string {
  const text = ts.flattenDiagnosticMessageText(messageText, ' ');
  const words = PARSE_WORDS[code]?.(quoted(text)[0]);
  return words === undefined ? `This is not an expression: ${oneLine(text)}` : `This is not an expression: ${words}.`;
}
const PARSE_WORDS: Readonly<Record<number, (name: string | undefined) => string>> = {
  1002: () => 'a text has no quote at its end',
  1003: () => 'a name is missing',
  1005: (name) => (name === undefined ? 'something is missing' : `a '${name}' is missing`),
  1109: () => 'a value is missing',
  1127: () => 'it has a character that cannot be used here',
  1160: () => 'a text has no quote at its end',
};

/** The name that was meant where one is misspelt: the text of the message is about it. */
export function meantName({ code, messageText }: Said): string | null {
  const { names } = linkOf(code, messageText);
  return code === 2551 ? (names[2] ?? null) : code === 2552 ? (names[1] ?? null) : null;
}

function linkOf(code: number, said: string | ts.DiagnosticMessageChain): Link {
  const text = typeof said === 'string' ? said : said.messageText;
  const next = typeof said === 'string' ? [] : (said.next ?? []);
  return { code, text, names: quoted(text), next: next.map((each) => linkOf(each.code, each)) };
}

/** The texts in single quotes: names and types. A quote inside a type is one of a text: `"a" | "b"`. */
const quoted = (message: string): string[] => [...message.matchAll(/'((?:[^'"]|"[^"]*")*)'/g)].map(([, text]) => text!);

/** Null: no usual words. */
const wordsOf = (link: Link): string | null => WORDS[link.code]?.(link) ?? null;
/** By the number of a message. */
const WORDS: Readonly<Record<number, (link: Link) => string | null>> = {
  1360: ofAnotherType,
  2322: ofAnotherType,
  2345: ofAnotherType,
  2739: withoutFields,
  2740: withoutFields,
  2741: withoutFields,
  2304: notHere,
  2580: notHere,
  2584: notHere,
  2591: notHere,
  2552: ({ names: [name, other] }) => `There is no '${name}' here. Did you mean '${other}'?`,
  2551: ({ names: [name, , other] }) => `There is no field '${name}' here. Did you mean '${other}'?`,
  2339({ names: [name, type = ''] }) {
    const words = isOneOrOther(type) ? null : usualType(type);
    return `There is no field '${name}' here${words === null || words === 'a group of fields' ? '' : `: this is ${words}`}.`;
  },
  2353: ({ names: [name, wanted = ''] }) =>
    isList(wanted) ? differing('a group of fields', 'a list') : `There is no field '${name}' here.`,
  2362: () => 'Only numbers can be computed with: what is left of the operator is none.',
  2363: () => 'Only numbers can be computed with: what is right of the operator is none.',
  2365({ names: [operator, left = '', right = ''] }) {
    const [a, b] = [usualType(left), usualType(right)];
    const done = /^[<>]=?$/.test(operator ?? '') ? 'compared by size' : operator === '+' ? 'added' : null;
    return a && b && done ? `${upper(a)} and ${b} cannot be ${done}.` : null;
  },
  2367({ names: [left = '', right = ''] }) {
    const [a, b] = [usualType(left), usualType(right)];
    return a && b ? `This compares ${a} with ${b}: they are never equal.` : null;
  },
  2554: numberOfValues,
  2555: numberOfValues,
  2571: () => `It is not known what this is. ${DESCRIBE}`,
  18046: ({ names: [name] }) => `It is not known what '${name}' is. ${DESCRIBE}`,
  2872: () => 'This is always true.',
  2873: () => 'This is always false.',
};
const DESCRIBE = 'Describe it where it is declared.';
const MAY_BE_MISSING = new Set([2531, 2532, 18047, 18048, 18049]);
const isOneOrOther = (type: string) => kindsOf(type).length > 1;
const upper = (text: string) => `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
const differing = (given: string, wanted: string) => `This is ${given}, and ${wanted} is needed here.`;

/** Of a call: 'Expected 1-2 arguments, but got 0.' */
function numberOfValues({ text }: Link): string | null {
  const [least, most, given] = [...text.matchAll(/\d+/g)].map(([digits]) => Number(digits));
  if (least === undefined || most === undefined) return null;
  const is = given ?? most;
  const upTo = given === undefined ? least : most;
  if (is < least)
    return is === 0 ? 'Between the brackets a value is missing.' : 'Between the brackets one more value is needed.';
  return upTo === 0 ? 'Nothing can be between these brackets.' : 'Between the brackets are too many values.';
}

function notHere({ names: [name] }: Link): string {
  return `There is no '${name}' here.`;
}

function mayBeMissing([named]: readonly string[], hasFields: boolean): string {
  const name = named === 'null' || named === 'undefined' ? undefined : named;
  const head = name === undefined ? 'This may be missing.' : `'${name}' may be missing.`;
  const [advice, example] = hasFields
    ? ["Read its fields with '?.'", `${name}?.…`]
    : ["Give a value for that case with '??'", `(${name} ?? …)`];
  return `${head} ${advice}${name === undefined ? '.' : `: ${example}`}`;
}

/** Whether a field or an item of the value is read, which is not so where it is computed with or compared. */
function readsFields({ file, start, length }: Found): boolean {
  if (file === undefined || start === undefined || length === undefined) return true;
  return /^[\s)]*[.[]/.test(file.text.slice(start + length));
}

/** A condition that is asked again and again is a function in the generated code. */
const FUNCTION = /^\(\) => /;

function ofAnotherType({ names: [first, second], next }: Link): string | null {
  const given = first?.replace(FUNCTION, '');
  const asked = second?.replace(FUNCTION, '');
  if (given === undefined || asked === undefined) return null;
  // A field that may be left out needs its value all the same if it has one.
  const wanted =
    kindsOf(asked)
      .filter((kind) => kind !== 'undefined')
      .join(' | ') || asked;
  if (isUnknown(given)) return `It is not known what this is. ${DESCRIBE}`;
  const kinds = kindsOf(given);
  const present = kinds.filter((each) => each !== 'undefined');
  const mayMiss = present.length < kinds.length && !kindsOf(asked).includes('undefined');
  const [is, needed] = [usualType(given), usualType(wanted)];
  if (mayMiss && (present.length === 0 || isIn(present, wanted) || usualType(present.join(' | ')) === needed))
    return `It may be missing, and a value is needed here. Give one for that case, with '??${isList(wanted) ? ' []' : ''}', or make it required where it is declared.`;
  if (is === null || needed === null) return null;
  return is === needed ? inside(next) : differing(is, needed);
}
const isIn = (kinds: readonly string[], wanted: string) => kinds.every((each) => kindsOf(wanted).includes(each));

/** Two values of one kind: what is different in them. */
function inside(next: readonly Link[]): string | null {
  for (const link of next) {
    if (link.code === 2200 || link.code === 2326) {
      const words = inside(link.next);
      if (words) return `Its field '${link.names[0]}' does not fit. ${words}`;
    }
    const words = wordsOf(link) ?? inside(link.next);
    if (words) return words;
  }
  return null;
}

function withoutFields({ code, text, names }: Link): string | null {
  const [given = '', wanted = ''] = code === 2741 ? names.slice(1) : names;
  if (isList(wanted)) return differing(usualType(given) ?? 'something else', usualType(wanted) ?? 'a list');
  const list = code === 2741 ? [names[0]!] : (text.split(': ').at(-1) ?? '').split(', ');
  const fields = list.map((name) => (/^and \d+ more\.?$/.test(name) ? name.replace(/\.$/, '') : `'${name}'`));
  return `It lacks the ${fields.length === 1 ? 'field' : 'fields'} ${fields.join(', ')}.`;
}

/** A type with many fields is longer than anything that it could explain. */
const LONG_TYPE = /type '(?:\(?\{).{80,}?\}(?:\)?\[\])*'/g;
const oneLine = (message: string): string => message.replace(/\s+/g, ' ').replace(LONG_TYPE, 'this value');
