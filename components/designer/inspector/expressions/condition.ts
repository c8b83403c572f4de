/**
 * A condition as rows 'field · operator · value', and the expression that it is. Pure.
 *
 * Rules
 * [CON1] The expression of rows gives the same rows again.
 * [CON2] An expression that is anything else is left to be written by hand, and is never changed.
 * [CON3] What is written by hand is shown as text until somebody asks for rows: nothing changes its form while
 *       somebody types (condition-field.tsx).
 * [CON4] A row compares with a value that is written, or with another value of the run, which is chosen as the first
 *       one is: a text that is typed is always a text.
 */
import { isPath as isAnyPath } from './template-text';

const isPath = (code: string): boolean => isAnyPath(code) && !/^(?:undefined|null|true|false)$/.test(code);

export type ConditionValue = { literal: string | number | boolean } | { path: string };
export const COMPARISONS = { is: '===', isNot: '!==', more: '>', atLeast: '>=', less: '<', atMost: '<=' } as const;
export const TESTS = { contains: 'includes', startsWith: 'startsWith', endsWith: 'endsWith' } as const;
export type Operator =
  | keyof typeof COMPARISONS
  | keyof typeof TESTS
  | 'isTrue'
  | 'isFalse'
  | 'isGiven'
  | 'isMissing'
  | 'isEmpty'
  | 'notEmpty';

export interface Clause {
  /** `input.customer?.name` */
  path: string;
  operator: Operator;
  /** Null for operators that need none. */
  value: ConditionValue | null;
}
export interface Condition {
  joined: '&&' | '||';
  clauses: Clause[];
}

export const needsValue = (operator: Operator): boolean => operator in COMPARISONS || operator in TESTS;

export function conditionText({ joined, clauses }: Condition): string {
  return clauses.map(clauseText).join(` ${joined} `);
}

function clauseText({ path, operator, value }: Clause): string {
  const code = value === null ? "''" : 'path' in value ? value.path : literalText(value.literal);
  if (operator in COMPARISONS) return `${path} ${COMPARISONS[operator as keyof typeof COMPARISONS]} ${code}`;
  if (operator in TESTS) {
    const call = `${TESTS[operator as keyof typeof TESTS]}(${code})`;
    // A call on something that may be missing gives no yes or no, which a condition needs.
    return path.includes('?.') ? `${path}?.${call} === true` : `${path}.${call}`;
  }
  switch (operator) {
    case 'isTrue':
      return path.includes('?.') ? `${path} === true` : path;
    case 'isFalse':
      return `!${path}`;
    case 'isGiven':
      return `${path} !== undefined`;
    case 'isMissing':
      return `${path} === undefined`;
    case 'isEmpty':
      return `${path}.length === 0`;
    default:
      return `${path}.length > 0`;
  }
}
const literalText = (value: string | number | boolean): string =>
  typeof value === 'string' ? `'${value.replace(/[\\']/g, '\\$&').replace(/\n/g, '\\n')}'` : String(value);

/** Null if it is not such a condition. */
export function conditionOf(expression: string): Condition | null {
  const both = [split(expression, '&&'), split(expression, '||')] as const;
  if (both[0].length > 1 && both[1].length > 1) return null;
  const joined = both[1].length > 1 ? '||' : '&&';
  const clauses = (joined === '||' ? both[1] : both[0]).map(clauseOf);
  return clauses.every((clause) => clause !== null) ? { joined, clauses } : null;
}

function clauseOf(code: string): Clause | null {
  const source = code.trim();
  if (isPath(source)) return { path: source, operator: 'isTrue', value: null };
  if (source.startsWith('!') && isPath(source.slice(1).trim()))
    return { path: source.slice(1).trim(), operator: 'isFalse', value: null };

  const length = /^(.+?)\.length\s*(===\s*0|>\s*0)$/.exec(source);
  if (length && isPath(length[1]!.trim()))
    return { path: length[1]!.trim(), operator: length[2]!.startsWith('=') ? 'isEmpty' : 'notEmpty', value: null };

  const test = /^(.+?)(?:\?\.|\.)(includes|startsWith|endsWith)\((.*)\)(\s*===\s*true)?$/s.exec(source);
  if (test) {
    const path = test[1]!.trim();
    const value = valueOf(test[3]!);
    const operator = (Object.keys(TESTS) as (keyof typeof TESTS)[]).find((name) => TESTS[name] === test[2])!;
    return isPath(path) && value ? { path, operator, value } : null;
  }

  const [, left = '', symbol = '', right = ''] = /^(.+?)\s*(===|!==|>=|<=|>|<)\s*(.+)$/s.exec(source) ?? [];
  const path = left.trim();
  if (!isPath(path)) return null;
  if (right.trim() === 'undefined') {
    if (symbol !== '===' && symbol !== '!==') return null;
    return { path, operator: symbol === '===' ? 'isMissing' : 'isGiven', value: null };
  }
  if (right.trim() === 'true' && symbol === '===') return { path, operator: 'isTrue', value: null };
  const value = valueOf(right);
  const operator = (Object.keys(COMPARISONS) as (keyof typeof COMPARISONS)[]).find(
    (name) => COMPARISONS[name] === symbol
  );
  return value && operator ? { path, operator, value } : null;
}

function valueOf(code: string): ConditionValue | null {
  const source = code.trim();
  if (/^-?\d+(?:\.\d+)?$/.test(source)) return { literal: Number(source) };
  if (source === 'true' || source === 'false') return { literal: source === 'true' };
  const quoted = /^'((?:[^'\\\n]|\\['\\n])*)'$|^"((?:[^"\\\n]|\\["\\n])*)"$/.exec(source);
  if (quoted) {
    const text = (quoted[1] ?? quoted[2] ?? '').replace(/\\(.)/g, (_, letter: string) =>
      letter === 'n' ? '\n' : letter
    );
    return { literal: text };
  }
  return isPath(source) ? { path: source } : null;
}

/** Pieces between an operator outside of texts and brackets. */
function split(code: string, operator: '&&' | '||'): string[] {
  const pieces: string[] = [];
  let begin = 0;
  let depth = 0;
  for (let at = 0; at < code.length; at++) {
    const letter = code[at]!;
    if (letter === '"' || letter === "'" || letter === '`') {
      for (at++; at < code.length && code[at] !== letter; at++) if (code[at] === '\\') at++;
    } else if ('([{'.includes(letter)) depth++;
    else if (')]}'.includes(letter)) depth--;
    else if (depth === 0 && code.startsWith(operator, at)) {
      pieces.push(code.slice(begin, at));
      begin = at + operator.length;
      at++;
    }
  }
  return [...pieces, code.slice(begin)];
}
