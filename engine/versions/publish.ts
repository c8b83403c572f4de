/**
 * Publishing: document → code → types checked → bundle → row → served. Whoever reads a version reads all of it: the row is written
 * last and at once.
 *
 * Invariants:
 * - Versions of a flow are 1, 2, 3, … without gaps: publishers of one flow take turns (an advisory lock in the transaction).
 * - Publishing what the newest version holds already gives that version again, so a publisher whose answer was lost may repeat.
 * - What cannot be published is answered with diagnostics; only a failing database or a bug throws.
 */
import { createHash } from 'node:crypto';
import type pg from 'pg';
import type { Compiled } from '../compiler/compile';
import { hasErrors, type Diagnostic } from '../flow/diagnostic';
import { BundleError, type WorkflowBundle } from '../worker/bundle/bundle';
import type { VersionRegistry } from './registry';
import { insertVersion, newestContent, readVersion, type StoredVersion } from './version-table';

/** The compiler as publishing needs it (toolchain.ts). */
export interface Toolchain {
  /** Never throws for a bad document. */
  compile(document: unknown, version: number): Promise<Compiled>;
  /** In a process that can be killed. Diagnostics carry node ids. */
  typeCheck(compiled: Compiled): Promise<Diagnostic[]>;
  /** Throws BundleError. */
  bundle(compiled: Compiled): Promise<WorkflowBundle>;
}

export interface Published {
  /** Null when there are errors. */
  version: StoredVersion | null;
  again: boolean;
  diagnostics: Diagnostic[];
}

export class Publisher {
  constructor(
    private readonly pool: pg.Pool,
    private readonly registry: VersionRegistry,
    private readonly toolchain: Toolchain
  ) {}

  async publish(document: unknown, createdBy: string): Promise<Published> {
    // The version number changes the name of the type only, so everything is checked before the turn is taken.
    const draft = await this.toolchain.compile(document, 1);
    if (hasErrors(draft.diagnostics) || !draft.manifest) return refused(draft.diagnostics);
    const diagnostics = [...draft.diagnostics, ...(await this.toolchain.typeCheck(draft))];
    if (hasErrors(diagnostics)) return refused(diagnostics);

    const flow = draft.manifest.flow;
    const contentSha = contentShaOf(draft);
    const stored = await this.#inTurn(flow, async (tx) => {
      const newest = await newestContent(tx, flow);
      if (newest?.contentSha === contentSha) return { version: newest.version, again: true, problem: null };
      const version = (newest?.version ?? 0) + 1;
      const compiled = await this.toolchain.compile(document, version);
      const manifest = compiled.manifest;
      if (!manifest) throw new Error(`${flow} compiles as version 1 but not as version ${version}`);
      const bundle = await this.toolchain.bundle(compiled).catch((error: unknown) => {
        if (error instanceof BundleError) return error;
        throw error;
      });
      if (bundle instanceof BundleError) return { version, again: false, problem: bundle };
      await insertVersion(tx, {
        ...{ flow, version, revision: manifest.revision, workflowType: manifest.workflowType, contentSha, createdBy },
        ...{ code: compiled.code, files: compiled.files, manifest, bundle },
      });
      return { version, again: false, problem: null };
    });
    if (stored.problem) return refused([...diagnostics, bundleDiagnostic(stored.problem)]);
    const version = await readVersion(this.pool, flow, stored.version, null);
    // Durable now; perhaps another process published it.
    if (version) await this.registry.load(version.workflowType);
    return { version, again: stored.again, diagnostics };
  }

  async #inTurn<T>(flow: string, work: (tx: pg.PoolClient) => Promise<T>): Promise<T> {
    const tx = await this.pool.connect();
    let broken: Error | undefined;
    try {
      await tx.query('BEGIN');
      await tx.query(`SELECT pg_advisory_xact_lock(hashtextextended('publish ' || $1, 0))`, [flow]);
      const result = await work(tx);
      await tx.query('COMMIT');
      return result;
    } catch (error) {
      await tx.query('ROLLBACK').catch((rollback: Error) => (broken = rollback));
      throw error;
    } finally {
      tx.release(broken);
    }
  }
}

const refused = (diagnostics: Diagnostic[]): Published => ({ version: null, again: false, diagnostics });

/** The document as it was read, and all that its code is made from. */
function contentShaOf({ manifest }: Compiled): string {
  return createHash('sha256')
    .update(JSON.stringify(manifest?.document))
    .update('\0')
    .update(manifest?.sha ?? '')
    .digest('hex');
}

function bundleDiagnostic(error: BundleError): Diagnostic {
  return { code: 'bundle', severity: 'error', nodeId: null, path: [], message: error.message };
}
