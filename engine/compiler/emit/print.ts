/** Values of the document as TypeScript text. Formatting comes later: what matters here is that the text means what it says. */
import type { Template } from '../../flow/document';

const UNITS_MS: Record<string, number> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
/** Comments are broken here; the formatter leaves them as they are. */
const COMMENT_WIDTH = 92;
/** Comments that tools obey. A title is none. */
const DIRECTIVE = /^(?:@ts-|prettier-|eslint\b|eslint-|istanbul |v8 |c8 |#|\/)/;

export const text = (value: string): string => JSON.stringify(value);

/** A template: its expressions as code. Each stands in parentheses; the formatter takes off those that say nothing. */
export function template(value: Template | undefined): string {
  if (value === undefined) return 'undefined';
  if (Array.isArray(value)) return `[${value.map(template).join(', ')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  const entries = Object.entries(value);
  const [only] = entries;
  if (only && entries.length === 1 && only[0] === '$expr' && typeof only[1] === 'string') return expression(only[1]);
  return objectText(entries.map(([name, field]) => [name, template(field)]));
}

export const expression = (source: string): string => `(${source}\n)`;

/** Plain data: nothing in it is an expression, whatever it looks like. */
export function literal(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(literal).join(', ')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  const entries = Object.entries(value).filter(([, field]) => field !== undefined);
  return objectText(entries.map(([name, field]) => [name, literal(field)]));
}

export function objectText(fields: readonly (readonly [name: string, code: string])[]): string {
  return `{ ${fields.map(([name, code]) => (code === shorthand(name) ? name : `${fieldName(name)}: ${code}`)).join(', ')} }`;
}

/** `{ packed: packed }` is written `{ packed }`. */
const shorthand = (name: string): string => expression(name);

/** In an object that is made, `__proto__: …` would set its prototype. */
const fieldName = (name: string): string => (name === '__proto__' ? '["__proto__"]' : propertyName(name));

export function propertyName(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name);
}

/** Text of people as `//` lines. */
export function comment(words: string): string {
  return wrapped(words)
    .map((line) => `// ${DIRECTIVE.test(line) ? `“${line}”` : line}`)
    .join('\n');
}

/** Paragraphs as a documentation comment. */
export function documentation(paragraphs: readonly string[]): string {
  const lines = paragraphs.flatMap((words, index) => [...(index > 0 ? [''] : []), ...wrapped(words)]);
  return ['/**', ...lines.map((line) => ` * ${line.replaceAll('*/', '* /')}`), ' */'].join('\n');
}

function wrapped(words: string): string[] {
  const lines = [''];
  for (const word of words.split(/\s+/).filter(Boolean)) {
    const line = lines.at(-1) ?? '';
    if (line !== '' && line.length + word.length >= COMMENT_WIDTH) lines.push(word);
    else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`;
  }
  return lines;
}

/** '5m' → 300000. */
export function durationMs(duration: string): number {
  const [, amount, unit] = /^(\d+)(ms|s|m|h|d)$/.exec(duration) ?? [];
  return Number(amount) * (UNITS_MS[unit ?? ''] ?? Number.NaN);
}
