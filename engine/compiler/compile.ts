/**
 * The way in: flow document → TypeScript. Pure and deterministic: the same input gives the same bytes.
 *
 *   1 read (flow/read) → 2 validate, lint (flow) → 3 check expressions and inputs → 4 emit → 5 format, find each node's lines, manifest
 *
 * Types are checked afterwards, with the real compiler, all in a process that can be killed (versions/build-in-process.ts).
 */
import { hasErrors, type Diagnostic } from '../flow/diagnostic';
import { lint } from '../flow/lint';
import type { FlowDocument } from '../flow/document';
import type { FlowManifest } from '../flow/manifest';
import { readFlow } from '../flow/read';
import { compileSchema } from '../flow/schema/check';
import { schemasOf } from '../flow/schema/places';
import { validate } from '../flow/validate';
import { checkExpressions } from './check-expressions';
import { checkInputs } from './check-inputs';
import { emitModules } from './emit/module';
import { finish, formatted, markersFor } from './finish';
import { manifestOf, type ManifestOptions } from './manifest';

export interface CompileOptions extends ManifestOptions {
  /** Published version, from 1: part of the workflow type. */
  version: number;
  /** 'v3.0' unless said. */
  revision?: string;
  /** The saga library's sources by file name (`readSagaSources`): covered by the sha. */
  saga: Readonly<Record<string, string>>;
}

export interface Compiled {
  /** What is shown and what runs: text of 'workflow.ts'. Empty when there are errors. */
  code: string;
  /**
   * In-memory modules: 'workflow.ts' is the entry, 'activities.ts' has only types. '@backstitch/saga' is resolved when bundling.
   */
  files: Record<string, string>;
  /** Null when there are errors. */
  manifest: FlowManifest | null;
  diagnostics: Diagnostic[];
}

/** `document` is unknown JSON: it is read, validated and linted first. Never throws for bad input. */
export async function compile(document: unknown, options: CompileOptions): Promise<Compiled> {
  const read = readFlow(document);
  if (!read.document) return refused(read.diagnostics);
  const flow = read.document;
  const { version, catalogue } = options;
  const diagnostics = [...validate(flow, catalogue), ...lint(flow, catalogue), ...checkExpressions(flow)];
  if (!hasErrors(diagnostics)) diagnostics.push(...compileSchemas(flow));
  // Addresses are read off expressions, so these are checked first.
  if (!hasErrors(diagnostics)) diagnostics.push(...checkInputs(flow, catalogue));
  if (hasErrors(diagnostics)) return refused(diagnostics);

  const markers = markersFor(flow);
  try {
    const { workflow, activities } = emitModules(flow, version, catalogue, markers);
    const finished = await finish(workflow, markers);
    const { code } = finished;
    const files = {
      'workflow.ts': code,
      ...(activities === null ? {} : { 'activities.ts': await formatted(activities) }),
    };
    return { code, files, manifest: manifestOf(flow, finished, options), diagnostics };
  } catch (error) {
    return refused([...diagnostics, unprintable(error)]);
  }
}

const refused = (diagnostics: Diagnostic[]): Compiled => ({ code: '', files: {}, manifest: null, diagnostics });

/** The proof that values can be checked against what was published; what validation found out about schemas is more precise. */
function compileSchemas(flow: FlowDocument): Diagnostic[] {
  return schemasOf(flow).flatMap(({ schema, nodeId, path }): Diagnostic[] => {
    try {
      compileSchema(schema);
      return [];
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      return [{ code: 'schema', severity: 'error', nodeId, path, message: `The schema cannot be used: ${reason}.` }];
    }
  });
}

/** A hole in the phases before. The flow is refused all the same: nothing that is no TypeScript is published. */
function unprintable(error: unknown): Diagnostic {
  const reason = error instanceof Error ? error.message : String(error);
  const message = `No TypeScript can be made of this flow: ${reason}`;
  return { code: 'unprintable', severity: 'error', nodeId: null, path: [], message };
}
