/**
 * The safe subset of TypeScript that flows may use (design section 5). What is not on the list is refused: generated code runs in the
 * sandbox of all flows, and the sandbox is no security boundary.
 */
import ts from 'typescript';

const { SyntaxKind: Kind } = ts;
const ALLOWED = new Set<ts.SyntaxKind>([
  Kind.Identifier,
  Kind.StringLiteral,
  Kind.NumericLiteral,
  Kind.NoSubstitutionTemplateLiteral,
  Kind.TemplateExpression,
  Kind.TemplateSpan,
  Kind.TemplateHead,
  Kind.TemplateMiddle,
  Kind.TemplateTail,
  Kind.TrueKeyword,
  Kind.FalseKeyword,
  Kind.NullKeyword,
  Kind.PropertyAccessExpression,
  Kind.ElementAccessExpression,
  Kind.CallExpression,
  Kind.ArrowFunction,
  Kind.Parameter,
  Kind.ConditionalExpression,
  Kind.BinaryExpression,
  Kind.PrefixUnaryExpression,
  Kind.ParenthesizedExpression,
  Kind.ObjectLiteralExpression,
  Kind.PropertyAssignment,
  Kind.ShorthandPropertyAssignment,
  Kind.ArrayLiteralExpression,
  Kind.SpreadElement,
  Kind.SpreadAssignment,
  Kind.QuestionDotToken,
  Kind.QuestionToken,
  Kind.ColonToken,
  Kind.EqualsGreaterThanToken,
]);
const OPERATORS = new Set<ts.SyntaxKind>([
  Kind.PlusToken,
  Kind.MinusToken,
  Kind.AsteriskToken,
  Kind.SlashToken,
  Kind.PercentToken,
  Kind.EqualsEqualsEqualsToken,
  Kind.ExclamationEqualsEqualsToken,
  Kind.LessThanToken,
  Kind.LessThanEqualsToken,
  Kind.GreaterThanToken,
  Kind.GreaterThanEqualsToken,
  Kind.AmpersandAmpersandToken,
  Kind.BarBarToken,
  Kind.QuestionQuestionToken,
]);
const UNARY = new Set<ts.SyntaxKind>([Kind.ExclamationToken, Kind.MinusToken, Kind.PlusToken]);
/** Pure methods of strings, numbers and arrays; those that take a callback visit a finite array. */
const METHODS = new Set(
  (
    'filter map find findIndex some every includes indexOf join slice concat flat flatMap reduce at length ' +
    'toUpperCase toLowerCase trim trimStart trimEnd startsWith endsWith split replaceAll substring padStart padEnd toFixed toString'
  ).split(' ')
);
const FORBIDDEN_NAMES = new Set(['constructor', '__proto__', 'prototype', 'caller', 'callee', 'arguments', 'eval']);

/** What is wrong with an expression, one sentence each; empty when it may be used. `names`: what is in scope. */
export function expressionProblems(expression: string, names: ReadonlySet<string>): string[] {
  const source = ts.createSourceFile('expression.ts', `(${expression}\n)`, ts.ScriptTarget.ES2023, true);
  const { parseDiagnostics } = source as unknown as { parseDiagnostics: ts.Diagnostic[] };
  const first = parseDiagnostics[0];
  if (first) return [`This is no expression: ${ts.flattenDiagnosticMessageText(first.messageText, ' ')}`];
  const [statement, ...more] = source.statements;
  if (more.length > 0 || !statement || !ts.isExpressionStatement(statement)) return ['Write one expression.'];
  const problems: string[] = [];
  visit(statement.expression, new Set(names), problems);
  return problems;
}

function visit(node: ts.Node, names: ReadonlySet<string>, problems: string[]): void {
  if (!ALLOWED.has(node.kind)) {
    problems.push(`'${node.getText()}' is not allowed in an expression.`);
    return;
  }
  if (ts.isIdentifier(node) && !names.has(node.text) && node.text !== 'undefined') {
    problems.push(`'${node.text}' is not known here. In scope: ${[...names].join(', ')}.`);
    return;
  }
  if (ts.isBinaryExpression(node)) {
    if (!OPERATORS.has(node.operatorToken.kind))
      problems.push(`The operator '${node.operatorToken.getText()}' is not allowed.`);
    visit(node.left, names, problems);
    visit(node.right, names, problems);
    return;
  }
  if (ts.isPrefixUnaryExpression(node)) {
    if (!UNARY.has(node.operator)) problems.push(`'${node.getText()}' would change a value; expressions only read.`);
    visit(node.operand, names, problems);
    return;
  }
  if (ts.isPropertyAccessExpression(node)) {
    if (FORBIDDEN_NAMES.has(node.name.text)) problems.push(`'.${node.name.text}' is not allowed.`);
    visit(node.expression, names, problems);
    return;
  }
  if (ts.isElementAccessExpression(node)) {
    const key = node.argumentExpression;
    if (!ts.isNumericLiteral(key)) problems.push(`Between brackets only a number is allowed, not '${key.getText()}'.`);
    visit(node.expression, names, problems);
    return;
  }
  if (ts.isCallExpression(node)) {
    visitCall(node, names, problems);
    return;
  }
  if (ts.isArrowFunction(node)) {
    problems.push('A function is allowed only as the argument of a method such as filter or map.');
    return;
  }
  if (ts.isPropertyAssignment(node)) {
    if (ts.isComputedPropertyName(node.name)) problems.push('Computed property names are not allowed.');
    else if (FORBIDDEN_NAMES.has(node.name.getText().replace(/['"]/g, '')))
      problems.push(`'${node.name.getText()}' is not allowed.`);
    visit(node.initializer, names, problems);
    return;
  }
  ts.forEachChild(node, (child) => visit(child, names, problems));
}

function visitCall(node: ts.CallExpression, names: ReadonlySet<string>, problems: string[]): void {
  const { expression: callee } = node;
  if (!ts.isPropertyAccessExpression(callee) || !METHODS.has(callee.name.text)) {
    problems.push(`'${callee.getText()}' cannot be called in an expression.`);
    return;
  }
  visit(callee.expression, names, problems);
  for (const argument of node.arguments) {
    if (!ts.isArrowFunction(argument)) {
      visit(argument, names, problems);
      continue;
    }
    if (ts.isBlock(argument.body) || argument.modifiers?.length) {
      problems.push('A function in an expression is one expression: item => …');
      continue;
    }
    const inner = new Set(names);
    for (const parameter of argument.parameters) {
      if (ts.isIdentifier(parameter.name) && !parameter.initializer) inner.add(parameter.name.text);
      else problems.push('Parameters are plain names.');
    }
    visit(argument.body, inner, problems);
  }
}
