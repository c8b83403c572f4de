/**
 * The code of a draft, as publishing it would make it. It is compiled where trials are played, because that process has
 * the compiler and the parsed libraries in memory and can be killed.
 */
import type { Catalogue } from '../flow/catalogue';
import type { Diagnostic } from '../flow/diagnostic';
import type { Toolchain } from '../versions/build';

export interface CompiledCode {
  workflowType: string;
  /** By name: 'workflow.ts' is shown first, 'activities.ts' has the types of what it calls. */
  files: Record<string, string>;
  /** By node id: first and last line in 'workflow.ts', from 1. */
  nodes: Record<string, { lines: [number, number] }>;
}

export interface DraftCode {
  /** Null: it does not compile. */
  compiled: CompiledCode | null;
  /** Errors, and for compiled code the errors of its types. */
  diagnostics: Diagnostic[];
}

export async function draftCodeOf(
  toolchain: Pick<Toolchain, 'compile' | 'typeCheck'>,
  { document, version, operations }: { document: unknown; version: number; operations: Catalogue }
): Promise<DraftCode> {
  const made = await toolchain.compile(document, version, operations);
  const errors = made.diagnostics.filter(({ severity }) => severity === 'error');
  if (errors.length > 0 || !made.manifest) return { compiled: null, diagnostics: errors };
  const { workflowType } = made.manifest;
  const nodes = Object.fromEntries(Object.values(made.manifest.nodes).map(({ id, lines }) => [id, { lines }]));
  return { compiled: { workflowType, files: made.files, nodes }, diagnostics: await toolchain.typeCheck(made) };
}
