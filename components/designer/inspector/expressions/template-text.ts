/**
 * A template as text with values in it: `Order ${input.orderId} of ${input.customer.name}`. Pure.
 *
 * Rules
 * [TT1] Text without values is a plain text of the document; with values it is one expression: a template literal, or
 *       the value alone where that is allowed.
 * [TT2] Reading what was written gives the same text; writing what was read gives an expression of the same meaning.
 * [TT3] `\${` is the characters themselves, and so is `${` that is never closed; before `${` two backslashes are one.
 */
import type { Json } from '@/engine/flow/edit/draft';

type Piece = { text: string } | { expression: string };

export const expressionIn = (template: Json | undefined): string | null =>
  typeof template === 'object' &&
  template !== null &&
  !Array.isArray(template) &&
  typeof template.$expr === 'string' &&
  Object.keys(template).length === 1
    ? template.$expr
    : null;

/** Null if it is no text: another value, or an expression that is more than text with values. */
export function textOf(template: Json | undefined): string | null {
  if (typeof template === 'string') return written([{ text: template }]);
  const expression = expressionIn(template)?.trim();
  if (expression === undefined) return null;
  if (isPath(expression)) return `\${${expression}}`;
  const pieces = literalPieces(expression);
  return pieces && written(pieces);
}

/** `mayBeAlone`: whether a value without text around it keeps its own type; otherwise it becomes text. */
export function templateOf(text: string, mayBeAlone: (expression: string) => boolean): Json {
  const pieces = piecesOf(text);
  const [only] = pieces;
  if (pieces.every((piece) => 'text' in piece)) return pieces.map((piece) => piece.text).join('');
  if (only && pieces.length === 1 && 'expression' in only && mayBeAlone(only.expression))
    return { $expr: only.expression };
  const code = pieces.map((piece) => ('text' in piece ? inLiteral(piece.text) : `\${${piece.expression}}`));
  return { $expr: `\`${code.join('')}\`` };
}

/** JSON with values in its texts: `{ "amount": "${input.amount}" }`. Null if an expression cannot be written so. */
export function jsonTextOf(template: Json | undefined): string | null {
  let complete = true;
  const inner = (value: Json): Json => {
    if (Array.isArray(value)) return value.map(inner);
    const expression = expressionIn(value);
    if (expression !== null || typeof value === 'string') {
      const text = textOf(value) ?? (expression !== null ? `\${${expression.trim()}}` : null);
      // The value alone keeps its type in JSON, so text around nothing else would not come back as it was.
      if (
        text === null ||
        !sameTemplate(
          templateOf(text, () => true),
          value
        )
      )
        complete = false;
      return text;
    }
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, inner(each)]));
  };
  if (template === undefined) return '';
  const text = JSON.stringify(inner(template), null, 2);
  return complete ? text : null;
}
const sameTemplate = (one: Json, other: Json) =>
  one === other || (expressionIn(one) !== null && expressionIn(one) === expressionIn(other)?.trim());

/** The template of JSON with values in its texts. */
export function templateOfJson(value: Json): Json {
  if (typeof value === 'string') return templateOf(value, () => true);
  if (Array.isArray(value)) return value.map(templateOfJson);
  if (typeof value !== 'object' || value === null || expressionIn(value) !== null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, templateOfJson(each)]));
}

/** `input.customer?.name`, `items[0].sku` */
export const isPath = (expression: string): boolean =>
  /^[A-Za-z_$][\w$]*(?:(?:\?\.|\.)[A-Za-z_$][\w$]*|\[\d+\])*$/.test(expression);

const OPENING = /(\\*)\$\{/y;

function piecesOf(text: string): Piece[] {
  const pieces: Piece[] = [];
  let plain = '';
  for (let at = 0; at < text.length;) {
    OPENING.lastIndex = at;
    const [opening = '', backslashes = ''] = OPENING.exec(text) ?? [];
    if (opening === '') {
      plain += text[at++];
      continue;
    }
    const begin = at + opening.length;
    const isEscaped = backslashes.length % 2 === 1;
    const end = isEscaped ? -1 : closingBrace(text, begin);
    const expression = end < 0 ? '' : text.slice(begin, end).trim();
    plain += '\\'.repeat(Math.floor(backslashes.length / 2));
    if (expression === '') {
      plain += '${';
      at = begin;
    } else {
      if (plain !== '') pieces.push({ text: plain });
      pieces.push({ expression });
      plain = '';
      at = end + 1;
    }
  }
  if (plain !== '' || pieces.length === 0) pieces.push({ text: plain });
  return pieces;
}

/** The place of the brace that closes an expression; -1 if nothing closes it. */
function closingBrace(code: string, begin: number): number {
  let depth = 0;
  for (let at = begin; at < code.length; at++) {
    const letter = code[at]!;
    if (letter === '"' || letter === "'") {
      const end = closingQuote(code, at);
      if (end < 0) return -1;
      at = end;
    } else if (letter === '`') return -1;
    else if (letter === '{') depth++;
    else if (letter === '}' && depth-- === 0) return at;
  }
  return -1;
}
function closingQuote(code: string, begin: number): number {
  for (let at = begin + 1; at < code.length; at++) {
    if (code[at] === '\\') at++;
    else if (code[at] === code[begin]) return at;
  }
  return -1;
}

function written(pieces: readonly Piece[]): string {
  return pieces
    .map((piece, index) => {
      if ('expression' in piece) return `\${${piece.expression}}`;
      const isBeforeValue = index + 1 < pieces.length;
      const [only] = piecesOf(piece.text);
      if (!isBeforeValue && only && 'text' in only && only.text === piece.text) return piece.text;
      const escaped = piece.text.replace(/(\\*)\$\{/g, (_, backslashes: string) => `${backslashes}${backslashes}\\\${`);
      return isBeforeValue ? escaped.replace(/\\+$/, (backslashes) => backslashes + backslashes) : escaped;
    })
    .join('');
}

const inLiteral = (text: string): string =>
  text.replace(/[\\`]/g, '\\$&').replace(/\$\{/g, '\\${').replace(/\n/g, '\\n').replace(/\r/g, '\\r');

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', '\\': '\\', '`': '`', $: '$', '{': '{' };

/** The pieces of a template literal; null if the expression is something else, or nested. */
function literalPieces(expression: string): Piece[] | null {
  if (expression.length < 2 || !expression.startsWith('`')) return null;
  const pieces: Piece[] = [];
  let plain = '';
  for (let at = 1; at < expression.length; at++) {
    const letter = expression[at]!;
    if (letter === '`') {
      if (at < expression.length - 1) return null;
      if (plain !== '' || pieces.length === 0) pieces.push({ text: plain });
      return pieces;
    }
    if (letter === '\\') {
      const escaped = ESCAPES[expression[++at] ?? ''];
      if (escaped === undefined) return null;
      plain += escaped;
    } else if (letter === '$' && expression[at + 1] === '{') {
      const end = closingBrace(expression, at + 2);
      const inner = end < 0 ? '' : expression.slice(at + 2, end).trim();
      if (inner === '') return null;
      if (plain !== '') pieces.push({ text: plain });
      plain = '';
      pieces.push({ expression: inner });
      at = end;
    } else plain += letter;
  }
  return null;
}
