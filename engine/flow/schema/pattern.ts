/**
 * Regular expressions of schemas. They are run by RE2 (a program without back-tracking), never by JavaScript's own engine: the time
 * is bounded by the length of the text times the size of the program, whatever the pattern and the text are.
 *
 * Rules
 * [P1] Look-around and back-references cannot be run in bounded time: RE2 does not know them, and such a pattern is refused.
 * [P2] A pattern has at most 1,000 characters and 1,000 instructions.
 * [P3] One check of one value spends at most 5,000,000 steps on patterns (a quarter of a second at worst); then it gives up.
 */
import { RE2JS } from 're2js';

const LONGEST_PATTERN = 1_000;
const MOST_INSTRUCTIONS = 1_000;
export const MOST_STEPS = 5_000_000;

/** How much one check may still spend on patterns. */
export interface PatternBudget {
  steps: number;
}

/** There is more text than patterns may be run over in one check. */
export class PatternBudgetSpent extends Error {
  override readonly name = 'PatternBudgetSpent';
}

/** Throws an Error that says what is wrong with the pattern, as the end of a sentence. */
export function compilePattern(source: string): (text: string, budget: PatternBudget) => boolean {
  if (source.length > LONGEST_PATTERN) throw new Error(`has more than ${LONGEST_PATTERN} characters`);
  const program = programOf(source);
  const size = program.programSize();
  if (size > MOST_INSTRUCTIONS) throw new Error('repeats too much: fewer or smaller counts in braces are needed');
  return (text, budget) => {
    budget.steps -= text.length * size;
    if (budget.steps < 0) throw new PatternBudgetSpent();
    return program.test(text);
  };
}

/** What is wrong with a pattern; null when it can be run. */
export function patternProblem(source: string): string | null {
  try {
    compilePattern(source);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function programOf(source: string): RE2JS {
  try {
    return RE2JS.compile(RE2JS.translateRegExp(source));
  } catch (error) {
    const reason = error instanceof Error ? error.message.replace(/^error parsing regexp: /, '') : String(error);
    const lookAround = /\(\?(?:<?[=!])|\\[1-9]|\\k</.test(source);
    throw new Error(
      lookAround
        ? 'uses look-around or a back-reference, which cannot be run in bounded time'
        : `is no regular expression (${reason})`,
      { cause: error }
    );
  }
}
