/**
 * The entry of the compiler: flow document → TypeScript. Pure and deterministic: the same input gives the same bytes.
 *
 *   1 read (flow/read) → 2 validate, lint (flow) → 3 check expressions and inputs → 4 emit → 5 format, find each node's
 *   lines, manifest
 *
 * Types are checked afterwards by the real TypeScript compiler. All of this runs in a process that can be killed
 * (versions/build-in-process.ts).
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
  /** The published version, from 1: part of the workflow type. */
  version: number;
  /** Default: 'v3.0' for version 3. */
  revision?: string;
  /** The sources of the saga library by file name (`readSagaSources`); the sha covers them. */
  saga: Readonly<Record<string, string>>;
}

export interface Compiled {
  /** The text of 'workflow.ts', which is shown and which runs. Empty if there are errors. */
  code: string;
  /**
   * In-memory modules: 'workflow.ts' is the entry, 'activities.ts' has only types. The bundler resolves
   * '@backstitch/saga'.
   */
  files: Record<string, string>;
  /** Null if there are errors. */
  manifest: FlowManifest | null;
  diagnostics: Diagnostic[];
}

/** `document` is unknown JSON; it is read, validated and linted first. Never throws for invalid input. */
export async function compile(document: unknown, options: CompileOptions): Promise<Compiled> {
  const read = readFlow(document);
  if (!read.document) return refused(read.diagnostics);
  const flow = read.document;
  const { version, catalogue } = options;
  const diagnostics = [...validate(flow, catalogue), ...lint(flow, catalogue), ...checkExpressions(flow)];
  if (!hasErrors(diagnostics)) diagnostics.push(...compileSchemas(flow));
  // Addresses are taken from expressions, so expressions are checked first.
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

/**
 * Compiles every schema, to prove that values can be checked against it. The diagnostics of validation are more
 * precise.
 */
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

/**
 * An error in the earlier phases of the compiler. The flow is refused: text that is not valid TypeScript is never
 * published.
 */
function unprintable(error: unknown): Diagnostic {
  const reason = error instanceof Error ? error.message : String(error);
  const message = `No TypeScript can be made of this flow: ${reason}`;
  return { code: 'unprintable', severity: 'error', nodeId: null, path: [], message };
}
