/**
 * What the type checker of TypeScript says, for people who do not write TypeScript.
 *
 * Rules
 * [TYW1] A value of another type, and one that may be missing, are said in usual words, with what can be done.
 * [TYW2] What has no usual words is said as TypeScript says it, in one line.
 */
import ts from 'typescript';

type Said = Pick<ts.Diagnostic, 'code' | 'messageText'>;
type Found = Said & Pick<ts.Diagnostic, 'file' | 'start' | 'length'>;

/** One line. */
export function typeWords(found: Found): string {
  const { code, messageText } = found;
  const names = quoted(typeof messageText === 'string' ? messageText : messageText.messageText);
  const words = MAY_BE_MISSING.has(code) ? mayBeMissing(names, readsFields(found)) : WORDS[code]?.(names);
  return words ?? oneLine(ts.flattenDiagnosticMessageText(messageText, ' '));
}

/** The name that was meant where one is misspelt: the text of the message is about it. */
export function meantName({ code, messageText }: Said): string | null {
  const names = quoted(typeof messageText === 'string' ? messageText : messageText.messageText);
  return code === 2551 ? (names[2] ?? null) : code === 2552 ? (names[1] ?? null) : null;
}

/** The texts in single quotes: names and types. A quote inside a type is one of a text: `"a" | "b"`. */
const quoted = (message: string): string[] => [...message.matchAll(/'((?:[^'"]|"[^"]*")*)'/g)].map(([, text]) => text!);

/** By the number of a message; null: no usual words. */
const WORDS: Readonly<Record<number, (names: readonly string[]) => string | null>> = {
  2322: ofAnotherType,
  2345: ofAnotherType,
  2304: notHere,
  2580: notHere,
  2584: notHere,
  2591: notHere,
  2552: ([name, other]) => `There is no '${name}' here. Did you mean '${other}'?`,
  2551: ([name, , other]) => `There is no field '${name}' here. Did you mean '${other}'?`,
  2339: ([name, type]) =>
    `There is no field '${name}' here${typeof type === 'string' && isSimple(type) ? `: this is ${usual(type)}` : ''}.`,
};
const MAY_BE_MISSING = new Set([2531, 2532, 18047, 18048, 18049]);

function notHere([name]: readonly string[]): string {
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

function ofAnotherType([given, wanted]: readonly string[]): string | null {
  if (given === undefined || wanted === undefined) return null;
  const kinds = given.split(' | ');
  const present = kinds.filter((each) => each !== 'undefined');
  const isMissing = present.length < kinds.length && !wanted.split(' | ').includes('undefined');
  if (isMissing && (present.length === 0 || sameKinds(present, wanted)))
    return "It may be missing, and a value is needed here. Give one for that case, with '??', or make it required where it is declared.";
  if (!isSimple(given) || !isSimple(wanted)) return null;
  return `This is ${usual(given)}, and ${usual(wanted)} is needed here.`;
}
const sameKinds = (kinds: readonly string[], wanted: string) =>
  kinds.every((each) => wanted.split(' | ').includes(each));

const USUAL: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  boolean: 'a yes or no',
  null: 'nothing',
  undefined: 'nothing',
  true: 'a yes',
  false: 'a no',
};
const isText = (type: string) => /^"[^"]*"$/.test(type);
const isSimple = (type: string): boolean =>
  type
    .split(' | ')
    .every(
      (each) =>
        Object.hasOwn(USUAL, each) ||
        isText(each) ||
        /^-?\d+(\.\d+)?$/.test(each) ||
        /^(string|number|boolean)\[\]$/.test(each)
    );

function usual(type: string): string {
  const kinds = type.split(' | ');
  if (kinds.length > 1 && kinds.every(isText)) return `one of ${kinds.join(', ')}`;
  return kinds
    .map(
      (each) =>
        USUAL[each] ?? (each.endsWith('[]') ? `a list of ${LISTS[each]}` : isText(each) ? `the text ${each}` : each)
    )
    .filter((each, index, all) => all.indexOf(each) === index)
    .join(' or ');
}
const LISTS: Readonly<Record<string, string>> = {
  'string[]': 'texts',
  'number[]': 'numbers',
  'boolean[]': 'yes or no',
};

/** A type with many fields is longer than anything that it could explain. */
const LONG_TYPE = /type '(?:\(?\{).{80,}?\}(?:\)?\[\])*'/g;
const oneLine = (message: string): string => message.replace(/\s+/g, ' ').replace(LONG_TYPE, 'this value');
