/** The way in: flow document → TypeScript. Pure and deterministic: the same input gives the same bytes. */
import type { Catalogue } from '../flow/catalogue';
import type { Diagnostic } from '../flow/diagnostic';
import type { FlowManifest } from '../flow/manifest';

export interface CompileOptions {
  /** Published version, from 1: part of the workflow type. */
  version: number;
  /** 'v3.0' unless said. */
  revision?: string;
  catalogue: Catalogue;
  /** The saga library's sources by file name (`readSagaSources`): covered by the sha. */
  saga: Readonly<Record<string, string>>;
}

export interface Compiled {
  /** What is shown and what runs: text of 'workflow.ts'. Empty when there are errors. */
  code: string;
  /** In-memory modules: 'workflow.ts' (entry) and 'activities.ts' (types only). '@backstitch/saga' is resolved when bundling. */
  files: Record<string, string>;
  /** Null when there are errors. */
  manifest: FlowManifest | null;
  diagnostics: Diagnostic[];
}

/** `document` is unknown JSON: it is read, migrated, validated and linted first. Never throws for bad input. */
export async function compile(document: unknown, options: CompileOptions): Promise<Compiled> {
  void document;
  void options;
  return { code: '', files: {}, manifest: null, diagnostics: [] };
}
