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
  /** A misspelt name of the field's expression: its place in the text, and the name that was meant. */
  instead?: Instead;
  /** Of a field without a value: an expression that reads a value with the same name and type. */
  fitting?: string;
  /** A name in the field's expression that nothing has. */
  unknown?: string;
  /** The title of what had that name, if it was deleted and can be put back. */
  deleted?: string;
}

/** A part of an expression, and what is right in its place. */
export interface Instead {
  from: number;
  to: number;
  text: string;
}
export const corrected = (expression: string, { from, to, text }: Instead): string =>
  `${expression.slice(0, from)}${text}${expression.slice(to)}`;

export const hasErrors = (diagnostics: readonly Diagnostic[]): boolean =>
  diagnostics.some((d) => d.severity === 'error');
