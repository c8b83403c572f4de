/**
 * Values of the document as TypeScript text. Formatting comes later; here only the meaning of the text matters.
 *
 * [HID1] No character of the code is hidden: in texts it is written as an escape, in comments by name.
 */
import type { Template } from '../../flow/document';
import { propertyName } from '../../flow/schema/type';
import { asCode, visibleText } from '../../flow/values/text';

/** Comments are wrapped here, because the formatter does not wrap them. */
const COMMENT_WIDTH = 92;
/** Comments that tools obey. A title must never become one. */
const DIRECTIVE = /^(?:@ts-|prettier-|eslint\b|eslint-|istanbul |v8 |c8 |#|\/)/;

export const text = (value: string): string => asCode(value);

/** A template: its expressions as code, each in parentheses; the formatter removes those that are not needed. */
export function template(value: Template | undefined, drawnText: (words: string) => string = text): string {
  if (value === undefined) return 'undefined';
  if (typeof value === 'string') return drawnText(value);
  if (Array.isArray(value)) return `[${value.map((each) => template(each, drawnText)).join(', ')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  const source = expressionIn(value);
  if (source !== null) return expression(source);
  return objectText(Object.entries(value).map(([name, field]) => [name, template(field, drawnText)]));
}

/** The expression if the template is one; null for every other value. */
export function expressionIn(value: Template | undefined): string | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
  const { $expr: source, ...more } = value;
  return typeof source === 'string' && Object.keys(more).length === 0 ? source : null;
}

export const expression = (source: string): string => `(${source.replace(ESCAPE_OR_HIDDEN, seen)}\n)`;

/** Only the texts in an expression have escapes, or characters that change how what follows looks. */
const ESCAPE_OR_HIDDEN = /\\[^]|[\u0001-\u0008\u000e-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g;
const seen = (found: string): string =>
  found.length === 2 && !isHidden(found[1]!) ? found : asCode(found.at(-1)).slice(1, -1);
const isHidden = (character: string): boolean => character.search(ESCAPE_OR_HIDDEN) === 0;

/** Plain data: nothing in it is an expression, whatever it looks like. */
export function literal(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(literal).join(', ')}]`;
  if (value === null || typeof value !== 'object') return asCode(value);
  const entries = Object.entries(value).filter(([, field]) => field !== undefined);
  return objectText(entries.map(([name, field]) => [name, literal(field)]));
}

export function objectText(fields: readonly (readonly [name: string, code: string])[]): string {
  return `{ ${fields.map(([name, code]) => (code === shorthand(name) ? name : `${propertyName(name)}: ${code}`)).join(', ')} }`;
}

/** `{ packed: packed }` is written `{ packed }`. */
const shorthand = (name: string): string => expression(name);

/** Text of people as `//` comments. */
export function comment(words: string): string {
  return wrapped(words)
    .map((line) => `// ${DIRECTIVE.test(line) ? `“${line}”` : line}`)
    .join('\n');
}

/**
 * A title as a comment of a line of its own; nothing if it only repeats the words of the id, which follows in the code.
 */
export function titled(title: string, id: string): string {
  return repeats(title, id) ? '' : `${comment(title)}\n`;
}

/** True if a comment of these words would only repeat the name: 'Order id' of `orderId`. */
export const repeats = (words: string, name: string): boolean => wordsOf(words) === wordsOf(name);

const wordsOf = (name: string): string =>
  name
    .replace(/(?<=[a-z0-9])(?=[A-Z])/g, ' ')
    .toLowerCase()
    .split(/[\s_-]+/)
    .filter((word) => !/^(a|an|the)$/.test(word))
    .join(' ');

/** Paragraphs as a documentation comment. */
export function documentation(paragraphs: readonly string[]): string {
  const lines = paragraphs.flatMap((words, index) => [...(index > 0 ? [''] : []), ...wrapped(words)]);
  const [first = '', ...more] = lines.map((line) => line.replaceAll('*/', '* /'));
  return more.length === 0
    ? `/** ${first} */`
    : ['/**', ...[first, ...more].map((line) => ` * ${line}`), ' */'].join('\n');
}

function wrapped(words: string): string[] {
  const lines = [''];
  for (const word of words.split(/\s+/).filter(Boolean).map(visibleText)) {
    const line = lines.at(-1) ?? '';
    if (line !== '' && line.length + word.length >= COMMENT_WIDTH) lines.push(word);
    else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`;
  }
  return lines;
}

export const capital = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1);
