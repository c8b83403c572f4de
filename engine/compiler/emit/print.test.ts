/** The rule is in print.ts. */
import ts from 'typescript';
import { expect, it } from 'vitest';
import { asCode } from '../../flow/values/text';
import { comment, documentation, expression, text } from './print';

const HIDDEN = /[\u0000-\u0008\u000e-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/;
const valueOf = (code: string): unknown => {
  const { statements } = ts.createSourceFile('code.ts', code, ts.ScriptTarget.ES2023);
  const [statement] = statements;
  return ts.isExpressionStatement(statement!) && ts.isParenthesizedExpression(statement.expression)
    ? (statement.expression.expression as ts.StringLiteral).text
    : undefined;
};

it.each(['\u202e001 dnufer\u202c', 'bell\u0007 \u001b[31m', 'a\u2066b\u2069\u2028c', 'tag \u{e0041}', '👨‍👩‍👧 שלום'])(
  '[HID1] %j is written without a hidden character, and means the same',
  (words) => {
    for (const code of [text(words), comment(words), documentation([words])]) expect(code).not.toMatch(HIDDEN);
    expect(valueOf(`(${text(words)})`)).toBe(words);
  }
);

it.each([
  ['"\u202eab"', '\u202eab'],
  ["'a\\\u202eb'", 'a\u202eb'],
  ["'a\\\\\u202eb'", 'a\\\u202eb'],
  ['`\u0007`', '\u0007'],
  ["'it\\'s \\u202e'", "it's \u202e"],
])('[HID1] the text in the expression %j remains what it was', (source, value) => {
  expect(expression(source)).not.toMatch(HIDDEN);
  expect(valueOf(expression(source))).toBe(value);
});

it('[HID1] emoji and joined scripts are written as they are', () => {
  expect(asCode({ '👨‍👩‍👧': 'नमस्ते\n' })).toBe('{"👨‍👩‍👧":"नमस्ते\\n"}');
  expect(asCode(undefined)).toBe('undefined');
});
