/** Reads a flow document from JSON: its format first, then its shape. A newer or malformed one gives diagnostics, never an exception. */
import { FLOW_FORMAT, flowDocumentSchema, type FlowDocument } from './document';
import type { Diagnostic } from './diagnostic';

export type ReadFlow = { document: FlowDocument; diagnostics: [] } | { document: null; diagnostics: Diagnostic[] };

export function readFlow(value: unknown): ReadFlow {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return refused('not-a-flow', [], 'A flow document is a JSON object.');
  }
  const { format } = value as { format?: unknown };
  if (typeof format === 'number' && format > FLOW_FORMAT) {
    const message = `This document has format ${format}; this version reads up to ${FLOW_FORMAT}. Update Backstitch to open it.`;
    return refused('newer-format', ['format'], message);
  }
  const parsed = flowDocumentSchema.safeParse(value);
  if (parsed.success) return { document: parsed.data, diagnostics: [] };
  const diagnostics = parsed.error.issues.map((issue): Diagnostic => {
    const path = issue.path.filter((part): part is string | number => typeof part !== 'symbol');
    const { nodeId, depth } = nodeAt(value, path);
    return { code: 'malformed', severity: 'error', nodeId, path: path.slice(depth), message: issue.message };
  });
  return { document: null, diagnostics };
}

function refused(code: string, path: (string | number)[], message: string): ReadFlow {
  return { document: null, diagnostics: [{ code, severity: 'error', nodeId: null, path, message }] };
}

/** The innermost node that a path leads through, and how much of the path leads to it. */
function nodeAt(root: unknown, path: readonly (string | number)[]): { nodeId: string | null; depth: number } {
  let found: { nodeId: string | null; depth: number } = { nodeId: null, depth: 0 };
  let value = root;
  path.forEach((part, index) => {
    value = (value as Record<string | number, unknown> | undefined)?.[part];
    const { id, kind } = (value ?? {}) as { id?: unknown; kind?: unknown };
    if (typeof id === 'string' && kind !== undefined) found = { nodeId: id, depth: index + 1 };
  });
  return found;
}
