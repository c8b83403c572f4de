/**
 * Splits an expression for an address into the texts of the document and the values between them. Only the texts may
 * contain separators of segments. They must be distinguished from values before the expression is evaluated, because
 * afterwards both are one text.
 */
import ts from 'typescript';

export type Piece = { drawn: string } | { value: string };
/** Pieces one after the other, or one of two addresses, depending on a condition. */
export type Address = Piece[] | { when: string; then: Address; otherwise: Address };

/**
 * A condition inside an address is moved around it, which doubles the code. Above this number of alternatives it is
 * treated as a value.
 */
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

/** True if some text of it is written in the document as a part of the address. */
function isDrawn(node: ts.Expression): boolean {
  if (ts.isParenthesizedExpression(node)) return isDrawn(node.expression);
  if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node) || ts.isTemplateExpression(node))
    return true;
  if (ts.isBinaryExpression(node))
    return node.operatorToken.kind === ts.SyntaxKind.PlusToken && (isDrawn(node.left) || isDrawn(node.right));
  return ts.isConditionalExpression(node) && (isDrawn(node.whenTrue) || isDrawn(node.whenFalse));
}

/** `whole`: the right side as one value, for the case that it has too many alternatives. */
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

/** Every text of an address that is written in the document, at its place between the values. */
export function drawnTexts(address: Address): string[] {
  if (!Array.isArray(address)) return [...drawnTexts(address.then), ...drawnTexts(address.otherwise)];
  return address.flatMap((piece) => ('drawn' in piece ? [piece.drawn] : []));
}
