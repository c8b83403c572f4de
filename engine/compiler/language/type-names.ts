/**
 * A type of TypeScript, as its messages write it, in usual words: `{ sku: string; }[] | undefined` is 'a list of groups
 * of fields or nothing'. Pure.
 */
import { PRIORITIES } from '../../saga/contract';

/** The alternatives of a type. A bar inside of braces, brackets or a text separates nothing. */
export function kindsOf(type: string): string[] {
  const kinds: string[] = [];
  let depth = 0;
  let isText = false;
  let from = 0;
  for (let at = 0; at < type.length; at++) {
    const sign = type[at]!;
    if (sign === '"' && type[at - 1] !== '\\') isText = !isText;
    if (isText) continue;
    if ('{[(<'.includes(sign)) depth++;
    if ('}])>'.includes(sign) && type[at - 1] !== '=') depth--;
    if (sign === '|' && depth === 0) {
      kinds.push(type.slice(from, at));
      from = at + 1;
    }
  }
  return [...kinds, type.slice(from)].map((kind) => unwrapped(kind.trim()));
}
/** `readonly string[]` is a list like any other. */
const unwrapped = (kind: string): string => kind.replace(/^readonly /, '');

const USUAL: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  boolean: 'a yes or no',
  null: 'nothing',
  undefined: 'nothing',
  true: 'a yes',
  false: 'a no',
};
/** A type that the saga library names, where an expression gives its value (saga-types.ts). */
const OF_LIBRARY: Readonly<Record<string, string>> = {
  Priority: `one of ${PRIORITIES.map((each) => `"${each}"`).join(', ')}`,
};
/** What a list contains. */
const MANY: Readonly<Record<string, string>> = { string: 'texts', number: 'numbers', boolean: 'yes or no' };
const isText = (kind: string) => /^"[^"]*"$/.test(kind);
const isNumber = (kind: string) => /^-?\d+(\.\d+)?$/.test(kind);
/** Inputs and outputs have names of their own in the code; what other names are for is not said. */
const isGroup = (kind: string) => /^\{.*\}$/s.test(kind) || /^[A-Z]\w*(?:Input|Output)$/.test(kind);
export const isList = (type: string): boolean => kindsOf(type).every((kind) => kind.endsWith('[]'));
export const isUnknown = (type: string): boolean => type === 'unknown' || type === 'any';

/** Null: there are no usual words for it, for a function for example. */
export function usualType(type: string): string | null {
  const kinds = kindsOf(type);
  const texts = kinds.filter(isText);
  // `true | false` and the like are one kind; the texts of a choice are listed together.
  const others = kinds.filter((kind) => !isText(kind)).map(usualKind);
  if (others.includes(null)) return null;
  const choice = texts.length > 1 ? [`one of ${texts.join(', ')}`] : texts.map((text) => `the text ${text}`);
  return [...choice, ...new Set(others)].join(' or ');
}

function usualKind(kind: string): string | null {
  if (Object.hasOwn(USUAL, kind)) return USUAL[kind]!;
  if (Object.hasOwn(OF_LIBRARY, kind)) return OF_LIBRARY[kind]!;
  if (isNumber(kind)) return kind;
  if (kind.endsWith('[]')) return `a list${listed(kind.slice(0, -2))}`;
  return isGroup(kind) ? 'a group of fields' : null;
}
function listed(item: string): string {
  const inner = /^\((.*)\)$/s.exec(item)?.[1] ?? item;
  if (Object.hasOwn(MANY, inner)) return ` of ${MANY[inner]}`;
  if (inner.endsWith('[]')) return ' of lists';
  return isGroup(inner) ? ' of groups of fields' : '';
}
