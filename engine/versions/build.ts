/**
 * Creates everything that a version needs from a document before the version is stored: code, checked types, bundle.
 * This takes seconds of processor time for a large flow, so the product does it in a process of its own
 * (build-in-process.ts). Tests do it in their own process.
 */
import { createHash } from 'node:crypto';
import type { Compiled } from '../compiler/compile';
import type { Catalogue } from '../flow/catalogue';
import { hasErrors, type Diagnostic } from '../flow/diagnostic';
import type { FlowManifest } from '../flow/manifest';
import { contentText } from '../flow/stored';
import { BundleError, type WorkflowBundle } from '../worker/bundle/bundle';

/** The part of the compiler that publishing needs (toolchain.ts). */
export interface Toolchain {
  /**
   * Never throws for an invalid document. `operations`: what the document may call beside the activities of the
   * product.
   */
  compile(document: unknown, version: number, operations: Catalogue, revision?: string): Promise<Compiled>;
  /** Diagnostics carry node ids. */
  typeCheck(compiled: Compiled): Promise<Diagnostic[]>;
  /** Throws BundleError. */
  bundle(compiled: Compiled): Promise<WorkflowBundle>;
  /** Plays the tests that the document keeps; without it, they are not played. */
  prove?(manifest: FlowManifest, bundle: WorkflowBundle): Promise<Diagnostic[]>;
}

export interface BuildRequest {
  document: unknown;
  /** The number of the new version. */
  version: number;
  /** 'v3.1'; by default the first revision of the version. */
  revision?: string;
  /** The content of the newest version. If the content is the same, the build stops early. */
  known: string | null;
  /** The operations of connections, and the flows, that the document names, as they are now. */
  operations?: Catalogue;
}

export interface Built {
  /**
   * The digest of the document as it was read, and of everything from which its code is made; null if there are
   * errors.
   */
  contentSha: string | null;
  diagnostics: Diagnostic[];
  /** Null if there are errors, and if the content is unchanged. */
  product: { code: string; files: Record<string, string>; manifest: FlowManifest; bundle: WorkflowBundle } | null;
}

/** A problem of the document is a diagnostic. Rejects only for a bug. */
export type Build = (request: BuildRequest) => Promise<Built>;

export const buildWith =
  (toolchain: Toolchain): Build =>
  async ({ document, version, revision, known, operations = {} }) => {
    // The number changes only the name of the type, so contents are compared, and types are checked, with the first
    // number.
    const draft = await toolchain.compile(document, 1, operations);
    if (hasErrors(draft.diagnostics) || !draft.manifest) return refused(draft.diagnostics);
    const contentSha = contentShaOf(draft.manifest);
    if (contentSha === known) return { contentSha, diagnostics: draft.diagnostics, product: null };
    const diagnostics = [...draft.diagnostics, ...(await toolchain.typeCheck(draft))];
    if (hasErrors(diagnostics)) return refused(diagnostics);
    const compiled =
      version === 1 && !revision ? draft : await toolchain.compile(document, version, operations, revision);
    const { code, files, manifest } = compiled;
    if (!manifest) throw new Error(`${draft.manifest.flow} compiles as version 1 but not as version ${version}`);
    try {
      const bundle = await toolchain.bundle(compiled);
      diagnostics.push(...((await toolchain.prove?.(manifest, bundle)) ?? []));
      if (hasErrors(diagnostics)) return refused(diagnostics);
      return { contentSha, diagnostics, product: { code, files, manifest, bundle } };
    } catch (error) {
      if (!(error instanceof BundleError)) throw error;
      return refused([...diagnostics, failed('bundle', error.message)]);
    }
  };

const refused = (diagnostics: Diagnostic[]): Built => ({ contentSha: null, diagnostics, product: null });

/** A rejection of the whole document. */
export const failed = (code: string, message: string): Diagnostic => ({
  code,
  severity: 'error',
  nodeId: null,
  path: [],
  message,
});

/** Does not depend on the format of the document: publishing it again after a new format is no change. */
export function contentShaOf(manifest: FlowManifest): string {
  return createHash('sha256').update(contentText(manifest.document)).update('\0').update(manifest.sha).digest('hex');
}
