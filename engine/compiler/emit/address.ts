/**
 * An expression that gives an address, taken apart: texts that were drawn, and values that are put between them. Only the drawn texts may
 * say where a segment ends, so the two must be told apart before the expression is run: afterwards they are one text.
 */
import ts from 'typescript';

export type Piece = { drawn: string } | { value: string };
/** Pieces one after the other; or one of two addresses, as a condition says. */
export type Address = Piece[] | { when: string; then: Address; otherwise: Address };

/** A condition inside an address is put around it, which doubles the code: above this many alternatives it is a value. */
const MOST_ALTERNATIVES = 8;

/** `source` is one expression of the safe subset (expressions.ts). */
export function addressOf(source: string): Address {
  const file = ts.createSourceFile('address.ts', `(${source}\n)`, ts.ScriptTarget.ES2023, true);
  const [statement] = file.statements;
  return statement && ts.isExpressionStatement(statement) ? partsOf(statement.expression) : [{ value: source }];
}

function partsOf(node: ts.Expression): Address {
  if (ts.isParenthesizedExpression(node) && isDrawn(node)) return partsOf(node.expression);
  if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) return [{ drawn: node.text }];
  if (ts.isTemplateExpression(node)) {
    const head: Address = [{ drawn: node.head.text }];
    return node.templateSpans.reduce<Address>(
      (before, span) =>
        joined(joined(before, partsOf(span.expression), span.expression), [{ drawn: span.literal.text }]),
      head
    );
  }
  if (ts.isBinaryExpression(node) && isDrawn(node)) {
    return joined(partsOf(node.left), partsOf(node.right), node.right);
  }
  if (ts.isConditionalExpression(node) && isDrawn(node)) {
    return { when: node.condition.getText(), then: partsOf(node.whenTrue), otherwise: partsOf(node.whenFalse) };
  }
  return [{ value: node.getText() }];
}

/** Is some text of it drawn as a part of the address? */
function isDrawn(node: ts.Expression): boolean {
  if (ts.isParenthesizedExpression(node)) return isDrawn(node.expression);
  if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node) || ts.isTemplateExpression(node))
    return true;
  if (ts.isBinaryExpression(node))
    return node.operatorToken.kind === ts.SyntaxKind.PlusToken && (isDrawn(node.left) || isDrawn(node.right));
  return ts.isConditionalExpression(node) && (isDrawn(node.whenTrue) || isDrawn(node.whenFalse));
}

/** `whole`: what the right side is, in case it has too many alternatives. */
function joined(left: Address, right: Address, whole?: ts.Expression): Address {
  const [before, after] = [alternatives(left), alternatives(right)];
  if (whole && after > 1 && before * after > MOST_ALTERNATIVES) return joined(left, [{ value: whole.getText() }]);
  if (!Array.isArray(left))
    return { when: left.when, then: joined(left.then, right), otherwise: joined(left.otherwise, right) };
  if (!Array.isArray(right))
    return { when: right.when, then: joined(left, right.then), otherwise: joined(left, right.otherwise) };
  return [...left, ...right];
}

const alternatives = (address: Address): number =>
  Array.isArray(address) ? 1 : alternatives(address.then) + alternatives(address.otherwise);

/** Every text of an address that was drawn, as it stands between the values. */
export function drawnTexts(address: Address): string[] {
  if (!Array.isArray(address)) return [...drawnTexts(address.then), ...drawnTexts(address.otherwise)];
  return address.flatMap((piece) => ('drawn' in piece ? [piece.drawn] : []));
}
