/**
 * A problem of a flow, as a value: validation, lint, compilation and type-checking all return these. A click on one
 * selects the node; `path` names the field.
 */
export type Severity = 'error' | 'warning' | 'info';

export interface Diagnostic {
  /** Stable and searchable, e.g. 'unknown-kind', 'lint/no-undo', 'expression/forbidden-name', 'type'. */
  code: string;
  severity: Severity;
  /** The node it belongs to; null for the flow itself. */
  nodeId: string | null;
  /** Field inside the node (or inside the document when nodeId is null), e.g. ['undo', 'input', 'amount']. */
  path: (string | number)[];
  message: string;
  /** How to correct it, as one imperative sentence. */
  fix?: string;
  /** A value with which the field would be right. */
  proposed?: string | number;
}

export const hasErrors = (diagnostics: readonly Diagnostic[]): boolean =>
  diagnostics.some((d) => d.severity === 'error');
