/**
 * Reads a flow document from JSON: its format first (migrations.ts), then its shape. What cannot be read gives diagnostics, never an
 * exception, each with the innermost node that it is in and the field.
 */
import type { core } from 'zod';
import type { Diagnostic } from './diagnostic';
import { textProblem } from '../plain-text';
import { flowDocumentSchema, type FlowDocument } from './document';
import { migrate, type JsonObject } from './migrations';
import { NODE_KINDS } from './nodes/table';

export type ReadFlow = { document: FlowDocument; diagnostics: [] } | { document: null; diagnostics: Diagnostic[] };
type Path = (string | number)[];

/** Levels of JSON; a node inside a branch of another is four deeper. */
const DEEPEST = 200;

export function readFlow(value: unknown): ReadFlow {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    const message = 'A flow document is a JSON object.';
    return refused([{ code: 'not-a-flow', severity: 'error', nodeId: null, path: [], message }]);
  }
  // Before anything recursive is done with it.
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
  const { path, reason } = innermost(issue, pathOf(issue));
  const found = at(document, path);
  if (path.at(-1) === 'kind' && issue.code === 'invalid_union') {
    const message = `There is no kind of step called '${String(found)}'. This version knows: ${NODE_KINDS.join(', ')}.`;
    return { ...located(document, path, 'unknown-kind', message), fix: 'Choose one of them, or update Backstitch.' };
  }
  const name = path.at(-1) ?? 'document';
  const message = found === undefined ? `'${name}' is missing: ${reason}` : `'${name}': ${reason}`;
  return located(document, path, 'malformed', message);
}

/** Of the alternatives that a value could have been, the one that reads most of it says best what is wrong. */
function innermost(issue: core.$ZodIssue, path: Path): { path: Path; reason: string } {
  const nested = issue.code === 'invalid_union' ? issue.errors.flat() : [];
  let best = { path, reason: issue.message };
  for (const each of nested) {
    const inner = innermost(each, [...path, ...pathOf(each)]);
    if (inner.path.length > best.path.length) best = inner;
  }
  return best;
}

const pathOf = ({ path }: core.$ZodIssue): Path =>
  path.filter((part): part is string | number => typeof part !== 'symbol');

const at = (root: unknown, path: Path): unknown =>
  path.reduce<unknown>((value, part) => (value as Record<string | number, unknown> | null | undefined)?.[part], root);

/** The innermost node that the path leads through, and the rest of the path. */
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

/** What would be dropped without a word, cannot be stored, or is so deep that reading it would have no end. */
function unreadable(value: unknown, path: Path = []): { path: Path; reason: string } | null {
  if (typeof value === 'string') {
    const problem = textProblem(value);
    return problem === null ? null : { path, reason: `The text ${problem}.` };
  }
  if (typeof value !== 'object' || value === null) return null;
  if (path.length > DEEPEST) return { path, reason: `It is nested more than ${DEEPEST} deep.` };
  for (const [key, inner] of Object.entries(value)) {
    const here = [...path, Array.isArray(value) ? Number(key) : key];
    const problem = textProblem(key);
    if (problem !== null) return { path, reason: `It has a field whose name ${problem}.` };
    if (key === '__proto__') return { path: here, reason: "A field cannot be called '__proto__'." };
    const found = unreadable(inner, here);
    if (found) return found;
  }
  return null;
}
