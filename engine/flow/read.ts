/**
 * Reads a flow document from JSON: first its format (migrations.ts), then its shape. Unreadable parts give
 * diagnostics, never an exception, each with its innermost node and the field.
 */
import type { core } from 'zod';
import type { Diagnostic } from './diagnostic';
import { textProblem } from '../plain-text';
import { plainIssue, UNFIT, wordsOfPath } from '../plain-issue';
import { flowDocumentSchema, type FlowDocument } from './document';
import { migrate } from './migrations';
import type { JsonObject } from './migrations/migration';
import { NODE_KINDS } from './nodes/table';
import { otherThanFlow } from './other-than-flow';

export type ReadFlow = { document: FlowDocument; diagnostics: [] } | { document: null; diagnostics: Diagnostic[] };
type Path = (string | number)[];

/** Levels of JSON; a node inside a branch of another node is four levels deeper. */
const DEEPEST = 200;

export function readFlow(value: unknown): ReadFlow {
  const other = otherThanFlow(value);
  if (other !== null)
    return refused([{ code: 'not-a-flow', severity: 'error', nodeId: null, path: [], message: other }]);
  // Checked before any recursive function gets the document.
  const odd = unreadable(value);
  if (odd) return refused([located(value, odd.path, 'malformed', odd.reason)]);
  const { document, problem } = migrate(value as JsonObject);
  if (problem) return refused([problem]);
  const parsed = flowDocumentSchema.safeParse(document);
  if (parsed.success) return { document: parsed.data, diagnostics: [] };
  return refused(parsed.error.issues.map((issue) => diagnosticOf(document, issue)));
}

const refused = (diagnostics: Diagnostic[]): ReadFlow => ({ document: null, diagnostics });

function diagnosticOf(document: JsonObject, issue: core.$ZodIssue): Diagnostic {
  const { path, message: reason } = plainIssue(issue);
  const found = at(document, path);
  if (path.at(-1) === 'kind' && issue.code === 'invalid_union') {
    const message = `There is no kind of node called '${String(found)}'. This release has: ${NODE_KINDS.join(', ')}.`;
    return { ...located(document, path, 'unknown-kind', message), fix: 'Choose one of them, or update Backstitch.' };
  }
  return located(document, path, 'malformed', messageOf(path, found, reason));
}

function messageOf(path: Path, found: unknown, reason: string): string {
  const name = path.at(-1);
  if (name === undefined) return reason;
  if (typeof name === 'number') return `${entryWords(path, found)}: ${reason}`;
  if (found !== undefined) return `'${name}': ${reason}`;
  return reason === 'This is missing.' || reason === UNFIT
    ? `'${name}' is missing.`
    : `'${name}' is missing: ${reason}`;
}

/** An entry of a list: a node or a branch by its title and its id, any other by its number. */
function entryWords(path: Path, found: unknown): string {
  const { id, title } = (found ?? {}) as { id?: unknown; title?: unknown };
  const [titled, named] = [title, id].map((each) => (typeof each === 'string' ? each.slice(0, 100) : ''));
  if (titled && named) return `'${titled}' (${named})`;
  if (titled || named) return `'${titled || named}'`;
  const list = path.findLast((part) => typeof part === 'string');
  const numbers = path.slice(list === undefined ? 0 : path.lastIndexOf(list) + 1);
  return `Entry ${wordsOfPath(numbers)}${list === undefined ? '' : ` of '${list}'`}`;
}

const at = (root: unknown, path: Path): unknown =>
  path.reduce<unknown>((value, part) => (value as Record<string | number, unknown> | null | undefined)?.[part], root);

/** The innermost node on the path, and the rest of the path. */
function located(root: unknown, path: Path, code: string, message: string): Diagnostic {
  let nodeId: string | null = null;
  let depth = 0;
  path.forEach((_, index) => {
    const { id, kind } = (at(root, path.slice(0, index + 1)) ?? {}) as { id?: unknown; kind?: unknown };
    if (typeof id !== 'string' || kind === undefined) return;
    nodeId = id;
    depth = index + 1;
  });
  return { code, severity: 'error', nodeId, path: path.slice(depth), message };
}

/** Content that would be dropped silently, that cannot be stored, or that is nested too deep. */
function unreadable(value: unknown, path: Path = []): { path: Path; reason: string } | null {
  if (typeof value === 'string') {
    const problem = textProblem(value);
    return problem === null ? null : { path, reason: `The text ${problem}.` };
  }
  if (typeof value !== 'object' || value === null) return null;
  if (path.length > DEEPEST) return { path, reason: `It has more than ${DEEPEST} levels of nesting.` };
  for (const [key, inner] of Object.entries(value)) {
    const here = [...path, Array.isArray(value) ? Number(key) : key];
    const problem = textProblem(key);
    if (problem !== null) return { path, reason: `It has a field whose name ${problem}.` };
    if (key === '__proto__') return { path: here, reason: "A field must not be called '__proto__'." };
    const found = unreadable(inner, here);
    if (found) return found;
  }
  return null;
}
