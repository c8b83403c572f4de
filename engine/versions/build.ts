/**
 * All that is made from a document before a version is stored: code, types checked, bundle. It takes seconds of a processor for a
 * large flow, so the product does it in a process of its own (build-in-process.ts); tests do it where they are.
 */
import { createHash } from 'node:crypto';
import type { Compiled } from '../compiler/compile';
import { hasErrors, type Diagnostic } from '../flow/diagnostic';
import type { FlowManifest } from '../flow/manifest';
import { BundleError, type WorkflowBundle } from '../worker/bundle/bundle';

/** The compiler as publishing needs it (toolchain.ts). */
export interface Toolchain {
  /** Never throws for a bad document. */
  compile(document: unknown, version: number): Promise<Compiled>;
  /** Diagnostics carry node ids. */
  typeCheck(compiled: Compiled): Promise<Diagnostic[]>;
  /** Throws BundleError. */
  bundle(compiled: Compiled): Promise<WorkflowBundle>;
}

export interface BuildRequest {
  document: unknown;
  /** The number that it will have. */
  version: number;
  /** What the newest version holds: the same content is built no further. */
  known: string | null;
}

export interface Built {
  /** Digest of the document as it was read and of all that its code is made from; null when there are errors. */
  contentSha: string | null;
  diagnostics: Diagnostic[];
  /** Null when there are errors, and for content that is known. */
  product: { code: string; files: Record<string, string>; manifest: FlowManifest; bundle: WorkflowBundle } | null;
}

/** What is wrong with the document is a diagnostic; rejects for a bug only. */
export type Build = (request: BuildRequest) => Promise<Built>;

export const buildWith =
  (toolchain: Toolchain): Build =>
  async ({ document, version, known }) => {
    // The number changes the name of the type only: content is compared, and types are checked, under the first one.
    const draft = await toolchain.compile(document, 1);
    if (hasErrors(draft.diagnostics) || !draft.manifest) return refused(draft.diagnostics);
    const contentSha = contentShaOf(draft.manifest);
    if (contentSha === known) return { contentSha, diagnostics: draft.diagnostics, product: null };
    const diagnostics = [...draft.diagnostics, ...(await toolchain.typeCheck(draft))];
    if (hasErrors(diagnostics)) return refused(diagnostics);
    const compiled = version === 1 ? draft : await toolchain.compile(document, version);
    const { code, files, manifest } = compiled;
    if (!manifest) throw new Error(`${draft.manifest.flow} compiles as version 1 but not as version ${version}`);
    try {
      const bundle = await toolchain.bundle(compiled);
      return { contentSha, diagnostics, product: { code, files, manifest, bundle } };
    } catch (error) {
      if (!(error instanceof BundleError)) throw error;
      return refused([...diagnostics, failed('bundle', error.message)]);
    }
  };

const refused = (diagnostics: Diagnostic[]): Built => ({ contentSha: null, diagnostics, product: null });

/** A refusal of the document as a whole. */
export const failed = (code: string, message: string): Diagnostic => ({
  code,
  severity: 'error',
  nodeId: null,
  path: [],
  message,
});

function contentShaOf(manifest: FlowManifest): string {
  return createHash('sha256').update(JSON.stringify(manifest.document)).update('\0').update(manifest.sha).digest('hex');
}
