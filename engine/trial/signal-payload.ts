/**
 * A value for a signal that a flow waits for in a trial: one that fits the schema of the signal and, as far as this can
 * be read from the condition of the wait, one for which the condition is true. Pure.
 *
 * Rules
 * [SIP1] Each comparison of a field of the value (`argument.orderId === input.orderId`, `argument.amount >= 100`) that
 *        must be true is made true, if the field may have that value by its schema.
 * [SIP2] The condition is read and never evaluated: it is code of a draft. What cannot be read leaves the value as it
 *        is; the trial then says that the wait did not take the signal.
 */
import ts from 'typescript';
import type { JsonSchema } from '../flow/document';
import { sampleOf } from '../flow/schema/sample';
import { misfitOf } from '../saga/value-check';

const { SyntaxKind: Kind } = ts;
type Path = readonly string[];
interface Wanted {
  path: Path;
  value: unknown;
}
/** By name in the condition: the input, and the outputs of the steps before it. */
type Known = Readonly<Record<string, unknown>>;

/** `when`: the condition, over `argument` and what is known. `name`: of the signal, for texts that are made up. */
export function payloadFor(
  schema: JsonSchema,
  when: string | undefined,
  known: Known,
  seed: number,
  name: string
): unknown {
  let payload = sampleOf(schema, seed, name).value;
  if (when === undefined) return payload;
  for (const { path, value } of wantedBy(when, known)) {
    const changed = withValue(payload, path, value);
    if (misfitOf(changed, schema) === null) payload = changed;
  }
  return payload;
}

function wantedBy(when: string, known: Known): Wanted[] {
  const source = ts.createSourceFile('when.ts', `(${when}\n)`, ts.ScriptTarget.ES2023);
  const [statement] = source.statements;
  return statement && ts.isExpressionStatement(statement) ? wanted(statement.expression, true, known) : [];
}

/** [SIP1] What makes this expression true, or false. */
function wanted(expression: ts.Expression, holds: boolean, known: Known): Wanted[] {
  if (ts.isParenthesizedExpression(expression)) return wanted(expression.expression, holds, known);
  if (ts.isPrefixUnaryExpression(expression) && expression.operator === Kind.ExclamationToken)
    return wanted(expression.operand, !holds, known);
  const own = pathOf(expression, 'argument');
  if (own) return [{ path: own, value: holds }];
  if (ts.isCallExpression(expression)) return holds ? oneOfList(expression, known) : [];
  if (!ts.isBinaryExpression(expression)) return [];
  const { left, right } = expression;
  const operator = expression.operatorToken.kind;
  const isAnd = operator === Kind.AmpersandAmpersandToken;
  if (isAnd || operator === Kind.BarBarToken) {
    const first = wanted(left, holds, known);
    // One side is enough for an 'or' that must be true, and for an 'and' that must be false.
    return isAnd === holds || first.length === 0 ? [...first, ...wanted(right, holds, known)] : first;
  }
  const [path, other, comparison] = pathOf(left, 'argument')
    ? [pathOf(left, 'argument'), right, operator]
    : [pathOf(right, 'argument'), left, MIRRORED[operator] ?? operator];
  const to = path && valueOf(other, known);
  if (!to) return [];
  const value = neighbour(holds ? comparison : (OPPOSITE[comparison] ?? comparison), to.value);
  return value ? [{ path, value: value.value }] : [];
}

/** `['paid', 'settled'].includes(argument.status)` */
function oneOfList({ expression, arguments: [item] }: ts.CallExpression, known: Known): Wanted[] {
  if (!ts.isPropertyAccessExpression(expression) || expression.name.text !== 'includes' || !item) return [];
  const path = pathOf(item, 'argument');
  const list = path && valueOf(expression.expression, known)?.value;
  return path && Array.isArray(list) && list.length > 0 ? [{ path, value: list[0] }] : [];
}

const MIRRORED: Partial<Record<ts.SyntaxKind, ts.SyntaxKind>> = {
  [Kind.LessThanToken]: Kind.GreaterThanToken,
  [Kind.LessThanEqualsToken]: Kind.GreaterThanEqualsToken,
  [Kind.GreaterThanToken]: Kind.LessThanToken,
  [Kind.GreaterThanEqualsToken]: Kind.LessThanEqualsToken,
};
const OPPOSITE: Partial<Record<ts.SyntaxKind, ts.SyntaxKind>> = {
  [Kind.EqualsEqualsEqualsToken]: Kind.ExclamationEqualsEqualsToken,
  [Kind.ExclamationEqualsEqualsToken]: Kind.EqualsEqualsEqualsToken,
  [Kind.LessThanToken]: Kind.GreaterThanEqualsToken,
  [Kind.LessThanEqualsToken]: Kind.GreaterThanToken,
  [Kind.GreaterThanToken]: Kind.LessThanEqualsToken,
  [Kind.GreaterThanEqualsToken]: Kind.LessThanToken,
};

/** A value that compares in this way to the given one; null for a comparison that is not known. */
function neighbour(comparison: ts.SyntaxKind, to: unknown): { value: unknown } | null {
  switch (comparison) {
    case Kind.EqualsEqualsEqualsToken:
    case Kind.LessThanEqualsToken:
    case Kind.GreaterThanEqualsToken:
      return { value: to };
    case Kind.GreaterThanToken:
      return typeof to === 'number' ? { value: to + 1 } : null;
    case Kind.LessThanToken:
      return typeof to === 'number' ? { value: to - 1 } : null;
    case Kind.ExclamationEqualsEqualsToken:
      return typeof to === 'boolean' ? { value: !to } : null;
    default:
      return null;
  }
}

/** `argument.order.id` → ['order', 'id']; null for anything else. */
function pathOf(expression: ts.Expression, root: string): string[] | null {
  if (ts.isParenthesizedExpression(expression)) return pathOf(expression.expression, root);
  if (ts.isIdentifier(expression)) return expression.text === root ? [] : null;
  if (!ts.isPropertyAccessExpression(expression)) return null;
  const before = pathOf(expression.expression, root);
  return before && [...before, expression.name.text];
}

/** A literal, a list of literals, or a field of something known. */
function valueOf(expression: ts.Expression, known: Known): { value: unknown } | null {
  if (ts.isParenthesizedExpression(expression)) return valueOf(expression.expression, known);
  if (ts.isStringLiteralLike(expression)) return { value: expression.text };
  if (ts.isNumericLiteral(expression)) return { value: Number(expression.text) };
  if (expression.kind === Kind.TrueKeyword) return { value: true };
  if (expression.kind === Kind.FalseKeyword) return { value: false };
  if (ts.isArrayLiteralExpression(expression)) {
    const entries = expression.elements.map((each) => valueOf(each, known));
    return entries.every((each) => each !== null) ? { value: entries.map(({ value }) => value) } : null;
  }
  for (const [name, value] of Object.entries(known)) {
    const path = pathOf(expression, name);
    if (!path) continue;
    const found = path.reduce<unknown>(
      (group, field) => (isGroup(group) && Object.hasOwn(group, field) ? group[field] : undefined),
      value
    );
    return found === undefined ? null : { value: found };
  }
  return null;
}

const isGroup = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function withValue(group: unknown, [field, ...rest]: Path, value: unknown): unknown {
  if (field === undefined) return value;
  const fields = isGroup(group) ? group : {};
  return { ...fields, [field]: withValue(fields[field], rest, value) };
}
