/**
 * Checks every text in a request of the WorkflowService: text that the database or a header cannot represent is
 * refused with the path of the field. Bytes are not text: payloads are checked by declared.ts.
 */
import { LONGEST_ID, nameProblem, textProblem } from '../plain-text';
import { invalid } from './errors';

const LONGEST_TEXT = 20_000;
/** What people write, and queries; every other text names something. */
const FREE_TEXT = new Set(['reason', 'query', 'message', 'stackTrace', 'description']);

/** Throws INVALID_ARGUMENT. */
export function demandPlainText(request: unknown, path: readonly string[] = []): void {
  if (typeof request === 'string') demandText(request, path);
  if (typeof request !== 'object' || request === null || request instanceof Uint8Array) return;
  for (const [name, value] of Object.entries(request)) {
    const problem = nameProblem(name);
    if (problem) throw invalid(fieldOf(path), `has a name that ${problem}`);
    if (typeof value === 'string' || typeof value === 'object') demandPlainText(value, [...path, name]);
  }
}

function demandText(text: string, path: readonly string[]): void {
  const free = FREE_TEXT.has(path.at(-1) ?? '');
  const most = free ? LONGEST_TEXT : LONGEST_ID;
  if (text.length > most) throw invalid(fieldOf(path), `has ${text.length} characters, at most ${most} are allowed`);
  const problem = free ? textProblem(text) : nameProblem(text);
  if (problem) throw invalid(fieldOf(path), problem);
}

/** As the protocol's own files write it. */
const fieldOf = (path: readonly string[]): string =>
  path.map((name) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)).join('.');
