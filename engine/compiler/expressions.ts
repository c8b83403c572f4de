/**
 * The safe subset of TypeScript that flows may use (design section 5). Everything that is not on the list is refused,
 * because all flows run in one sandbox, and the sandbox is not a security boundary.
 */
import ts from 'typescript';
import { UNREADABLE } from '../flow/expression-names';
import { nearestName } from '../flow/nearest-name';
import { parseWords } from './language/type-words';

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
/** Pure methods of strings, numbers and arrays; those with a callback iterate over a finite array. */
export const METHODS: ReadonlySet<string> = new Set(
  (
    'filter map find findIndex some every includes indexOf join slice concat flat flatMap reduce at length ' +
    'toUpperCase toLowerCase trim trimStart trimEnd startsWith endsWith split replaceAll substring padStart padEnd toFixed toString'
  ).split(' ')
);
const PADDING = new Set(['padStart', 'padEnd']);
const LONGEST_PADDING = 1000;
/** Parsing, printing and type-checking an expression is recursive: a deeper one would overflow the stack. */
const DEEPEST = 100;

/** The depth of its brackets, including those in strings: enough for a limit before it is parsed. */
function nesting(expression: string): number {
  let deepest = 0;
  let depth = 0;
  for (const letter of expression) {
    if ('([{'.includes(letter)) deepest = Math.max(deepest, ++depth);
    else if (')]}'.includes(letter)) depth--;
  }
  return deepest;
}

/** Null if it is so deep that the parser has no stack left for it: thousands of `!`, or a chain of `? :`. */
function parsed(expression: string): ts.SourceFile | null {
  try {
    return ts.createSourceFile('expression.ts', `(${expression}\n)`, ts.ScriptTarget.ES2023, true);
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

function isShallow(node: ts.Node, levels: number): boolean {
  if (levels === 0) return false;
  return !ts.forEachChild(node, (child) => !isShallow(child, levels - 1));
}

/** A problem of an expression, and the part of its text that has it. */
export interface ExpressionProblem {
  message: string;
  from: number;
  to: number;
  /** The name that was meant there. */
  instead?: string;
  /** A name that nothing has here. */
  unknown?: string;
}

const NONE: ReadonlySet<string> = new Set();

/**
 * The problems of an expression, one sentence each; empty if it may be used. `names`: the names in scope. `unnamed`:
 * those of them that no sentence proposes, since something else refuses them here.
 */
export function expressionProblems(
  expression: string,
  names: ReadonlySet<string>,
  unnamed: ReadonlySet<string> = NONE
): string[] {
  return problemsIn(expression, names, unnamed).map(({ message }) => message);
}

/** The same, each with its place in the text. */
export function problemsIn(
  expression: string,
  names: ReadonlySet<string>,
  unnamed: ReadonlySet<string> = NONE
): ExpressionProblem[] {
  const whole = (message: string): ExpressionProblem[] => [{ message, from: 0, to: expression.length }];
  if (nesting(expression) > DEEPEST) return whole(`It has more than ${DEEPEST} levels of nesting.`);
  const source = parsed(expression);
  if (source === null) return whole(`It has more than ${DEEPEST} levels of nesting.`);
  const { parseDiagnostics } = source as unknown as { parseDiagnostics: ts.DiagnosticWithLocation[] };
  const first = parseDiagnostics[0];
  if (first) {
    const from = Math.min(Math.max(first.start - 1, 0), expression.length);
    const message = parseWords(first);
    return [{ message, from, to: Math.min(from + Math.max(first.length, 1), expression.length) }];
  }
  const root = wholeExpression(source);
  if (!root) return whole('Write one expression.');
  if (!isShallow(root, DEEPEST)) return whole(`It has more than ${DEEPEST} levels of nesting.`);
  const comment = commentIn(source, source);
  if (comment !== null) return whole(`Comments are not allowed in an expression: '${comment}'.`);
  const problems: ExpressionProblem[] = [];
  new Visitor(names, problems, unnamed).visit(root, names);
  return problems;
}

/** The text between our own parentheses, if they belong together: `a) + (b` would be something else. */
function wholeExpression(source: ts.SourceFile): ts.Expression | null {
  const [statement, ...more] = source.statements;
  if (more.length > 0 || !statement || !ts.isExpressionStatement(statement)) return null;
  return ts.isParenthesizedExpression(statement.expression) ? statement.expression.expression : null;
}

/** A flow can have hundreds of names. */
function listed(names: readonly string[]): string {
  const more = names.length - MOST_LISTED;
  return `${names.slice(0, MOST_LISTED).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
const MOST_LISTED = 8;

/** Between two tokens there is only white space. */
function commentIn(node: ts.Node, source: ts.SourceFile): string | null {
  const children = node.getChildren(source);
  const before = source.text.slice(node.pos, node.getStart(source)).trim();
  if (before !== '') return before;
  for (const child of children) {
    const comment = commentIn(child, source);
    if (comment !== null) return comment;
  }
  return null;
}

class Visitor {
  constructor(
    /** Names of the flow. */
    private readonly flowNames: ReadonlySet<string>,
    private readonly problems: ExpressionProblem[],
    private readonly unnamed: ReadonlySet<string>
  ) {}

  report(node: ts.Node, message: string, instead: string | null = null, unknown: string | null = null): void {
    // The text is in parentheses of our own.
    const place = { from: node.getStart() - 1, to: node.getEnd() - 1 };
    const about = { ...(instead === null ? {} : { instead }), ...(unknown === null ? {} : { unknown }) };
    this.problems.push({ message, ...place, ...about });
  }

  /** `names`: those of the flow, and the parameters of the enclosing functions. */
  visit(node: ts.Node, names: ReadonlySet<string>): void {
    if (!ALLOWED.has(node.kind)) {
      this.report(node, `'${node.getText()}' is not allowed in an expression.`);
    } else if (ts.isIdentifier(node)) {
      if (!names.has(node.text) && node.text !== 'undefined') {
        const proposed = [...names].filter((name) => !this.unnamed.has(name));
        const meant = nearestName(node.text, proposed);
        const question = meant === null ? '' : ` Did you mean '${meant}'?`;
        const scope = `Names that can: ${listed(proposed)}.`;
        this.report(node, `'${node.text}' cannot be read here.${question} ${scope}`, meant, node.text);
      }
    } else if (ts.isBinaryExpression(node)) {
      const operator = node.operatorToken;
      if (!OPERATORS.has(operator.kind)) this.report(operator, `The operator '${operator.getText()}' is not allowed.`);
      this.visit(node.left, names);
      this.visit(node.right, names);
    } else if (ts.isPrefixUnaryExpression(node)) {
      if (!UNARY.has(node.operator))
        this.report(node, `'${node.getText()}' would change a value; expressions only read.`);
      this.visit(node.operand, names);
    } else if (ts.isPropertyAccessExpression(node)) {
      this.checkName(node.name);
      this.visit(node.expression, names);
    } else if (ts.isElementAccessExpression(node)) {
      const key = node.argumentExpression;
      if (!ts.isNumericLiteral(key))
        this.report(key, `Between brackets only a number is allowed, not '${key.getText()}'.`);
      this.visit(node.expression, names);
    } else if (ts.isCallExpression(node)) {
      this.visitCall(node, names);
    } else if (ts.isArrowFunction(node)) {
      this.report(node, 'A function is allowed only as the argument of a method such as filter or map.');
    } else if (ts.isPropertyAssignment(node)) {
      this.checkName(node.name);
      this.visit(node.initializer, names);
    } else {
      ts.forEachChild(node, (child) => this.visit(child, names));
    }
  }

  /** The name of a property, with its escapes decoded. */
  checkName(name: ts.PropertyName | ts.MemberName): void {
    if (ts.isComputedPropertyName(name)) this.report(name, 'Computed property names are not allowed.');
    else if (ts.isPrivateIdentifier(name) || UNREADABLE.has(name.text))
      this.report(name, `'${name.text}' is not allowed.`);
  }

  visitCall(node: ts.CallExpression, names: ReadonlySet<string>): void {
    const { expression: callee } = node;
    if (node.typeArguments) this.report(node, `Types are not allowed in an expression: '${node.getText()}'.`);
    if (!ts.isPropertyAccessExpression(callee) || !METHODS.has(callee.name.text)) {
      this.report(callee, `'${callee.getText()}' cannot be called in an expression.`);
      return;
    }
    if (PADDING.has(callee.name.text)) this.checkLength(node, node.arguments[0]);
    this.visit(callee.expression, names);
    for (const argument of node.arguments) {
      if (ts.isArrowFunction(argument)) this.visitFunction(argument, names);
      else this.visit(argument, names);
    }
  }

  /** A long text from a short expression: half a gigabyte would be just as easy to write. */
  checkLength(call: ts.Node, length: ts.Expression | undefined): void {
    if (length && ts.isNumericLiteral(length) && Number(length.text) <= LONGEST_PADDING) return;
    this.report(
      length ?? call,
      `Strings can be padded to at most ${LONGEST_PADDING} characters. Write the number itself.`
    );
  }

  visitFunction(node: ts.ArrowFunction, names: ReadonlySet<string>): void {
    if (ts.isBlock(node.body) || node.modifiers?.length) {
      this.report(node, 'The body of a function must be one expression: item => …');
      return;
    }
    if (node.type || node.typeParameters)
      this.report(node, `Types are not allowed in an expression: '${node.getText()}'.`);
    const inner = new Set(names);
    for (const parameter of node.parameters) {
      const { name } = parameter;
      const isPlain =
        !parameter.initializer && !parameter.dotDotDotToken && !parameter.questionToken && !parameter.type;
      if (!ts.isIdentifier(name) || !isPlain) this.report(parameter, 'Parameters must be plain names.');
      else if (this.flowNames.has(name.text) || !MAY_BE_NAMED.test(name.text))
        this.report(name, `'${name.text}' already has a meaning here. Give the parameter another name.`);
      else inner.add(name.text);
    }
    this.visit(node.body, inner);
  }
}

/** Not a word that strict mode or the flow gives another meaning. */
const MAY_BE_NAMED = /^(?!(?:undefined|arguments|eval|await|yield|let|static|async|of|input)$)[A-Za-z_$][\w$]*$/;
