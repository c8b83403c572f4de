/**
 * Regular expressions of schemas. They run in RE2, which does not back-track, and never in JavaScript's own engine.
 * So the time is bounded by the length of the text times the size of the compiled pattern.
 *
 * Rules
 * [PAT1] Look-around and back-references cannot run in bounded time. RE2 does not support them, so such a pattern is
 *      rejected.
 * [PAT2] A pattern has at most 1,000 characters and 1,000 instructions.
 * [PAT3] One check of one value uses at most 5,000,000 steps for patterns (0.25 s in the worst case); then the value is
 *      rejected.
 */
import { RE2JS } from 're2js';

const LONGEST_PATTERN = 1_000;
const MOST_INSTRUCTIONS = 1_000;
export const MOST_STEPS = 5_000_000;

/** The steps for patterns that one check may still use. */
export interface PatternBudget {
  steps: number;
}

/** The value has more text than one check may run patterns over. */
export class PatternBudgetSpent extends Error {
  override readonly name = 'PatternBudgetSpent';
}

/** Throws an Error whose message names the problem of the pattern, as the end of a sentence. */
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

/** The problem of a pattern; null if it can be used. */
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
        : `is not a regular expression (${reason})`,
      { cause: error }
    );
  }
}
