/**
 * Publishing: document → built (build.ts) → row → served. A reader always gets a complete version, because the row is
 * written last, in one statement.
 *
 * Invariants:
 * - Versions of a flow are 1, 2, 3, … without gaps. Publishers of one flow take turns: within this process they wait
 *   for each other, and between processes an advisory lock is used. Nothing is built while that lock is held. A
 *   publisher that finds a newer version of another process builds again.
 * - Publishing the content of the newest version again returns that version, so a publisher whose answer was lost may
 *   repeat the request.
 * - The searchable fields of a version are registered before its row is written, so no run meets a field that is not,
 *   and again after it: a removal that did not see the row yet is made good.
 * - A document that cannot be published is answered with diagnostics. Only a failing database or a bug throws.
 */
import type pg from 'pg';
import { changesBetween } from '../flow/changes';
import { hasErrors, type Diagnostic } from '../flow/diagnostic';
import type { LiveOperation } from '../connections/live-operations';
import { insertFrozen, type FrozenCopy } from '../connections/frozen-operations';
import { outputName, type FlowDocument } from '../flow/document';
import type { FlowManifest } from '../flow/manifest';
import { factsOf } from '../flow/nodes/table';
import { allNodes } from '../flow/tree';
import type { Build, Built } from './build';
import { flowEntriesFor } from './flow-entries';
import type { VersionRegistry } from './registry';
import {
  insertVersion,
  flowOfType,
  flowsWithField,
  newestContent,
  readVersion,
  type NewVersion,
  type StoredVersion,
} from './version-table';

/** How often another process may be faster before the publisher gets an error that asks for another try. */
const TRIES = 5;

export interface Published {
  /** Null if there are errors. */
  version: StoredVersion | null;
  again: boolean;
  diagnostics: Diagnostic[];
}

/**
 * Registers searchable fields as search attributes, by name with the name of the type. Returns those that cannot be:
 * `type` is what the name has already; null: there is no room. Then none is registered.
 */
export type RegisterFields = (
  fields: Readonly<Record<string, string>>
) => Promise<readonly { name: string; type: string | null }[]>;

interface PublishRequest {
  document: unknown;
  createdBy: string;
  base: number | null;
  note: string;
  baseRevision: string;
}

export class Publisher {
  /** The last open publication of each flow in this process. */
  readonly #turns = new Map<string, Promise<unknown>>();

  constructor(
    private readonly pool: pg.Pool,
    private readonly registry: VersionRegistry,
    private readonly build: Build,
    /** The operations of connections that a document names, as they are now. */
    private readonly operationsFor: (document: unknown) => Promise<readonly LiveOperation[]> = async () => [],
    private readonly registerFields: RegisterFields = async () => []
  ) {}

  /**
   * `base`: the newest version that the publisher saw, 0 for none; null if it is unknown. `note`: what changed, and
   * why. `baseRevision`: the revision of the base that was live then; empty if it is unknown.
   */
  async publish(
    document: unknown,
    createdBy: string,
    base: number | null = null,
    note = '',
    baseRevision = ''
  ): Promise<Published> {
    const name = nameOf(document);
    const before = this.#turns.get(name) ?? Promise.resolve();
    const request = { document, createdBy, base, note, baseRevision };
    const mine = before.then(
      () => this.#publish(name, request),
      () => this.#publish(name, request)
    );
    this.#turns.set(name, mine);
    try {
      return await mine;
    } finally {
      if (this.#turns.get(name) === mine) this.#turns.delete(name);
    }
  }

  async #publish(flow: string, { document, createdBy, base, note, baseRevision }: PublishRequest): Promise<Published> {
    for (let attempt = 1; attempt <= TRIES; attempt++) {
      const newest = await newestContent(this.pool, flow);
      const version = (newest?.version ?? 0) + 1;
      const live = await this.operationsFor(document);
      const called = Object.fromEntries(live.map(({ entry }) => [entry.name, entry]));
      const operations = { ...called, ...(await flowEntriesFor(this.pool, document)) };
      const built = await this.build({ document, version, known: newest?.contentSha ?? null, operations });
      if (hasErrors(built.diagnostics) || built.contentSha === null) return refused(built.diagnostics);
      if (built.contentSha === newest?.contentSha) {
        const served = await this.#served(flow, newest.version, true, built.diagnostics);
        // An administrator may have removed a search attribute since then.
        await this.#register(served.version?.document.searchable);
        return served;
      }
      if (base !== null && base !== (newest?.version ?? 0))
        return refused(await this.#changesSince(flow, { version: base, revision: null }, newest?.version ?? 0));
      const isFixed = base !== null && newest !== null && baseRevision !== '' && baseRevision !== newest.revision;
      if (isFixed)
        return refused(await this.#changesSince(flow, { version: base, revision: baseRevision }, newest.version));
      const other = await flowOfType(this.pool, flow);
      if (other !== null) return refused([nameTaken(flow, other)]);
      const conflicts = await this.#register(built.product?.manifest.document.searchable);
      if (conflicts.length > 0) return refused(conflicts);
      const isMine = await inTurn(this.pool, flow, async (tx) => {
        const now = await newestContent(tx, flow);
        if (now?.version !== newest?.version || now?.revision !== newest?.revision) return false;
        // Another flow with the same type name was published meanwhile. The next try returns the diagnostic.
        if ((await flowOfType(tx, flow)) !== null) return false;
        const row = rowOf(flow, version, { createdBy, note }, built);
        await insertVersion(tx, row);
        await insertFrozen(tx, row, calledBy(row.manifest, live));
        return true;
      });
      if (!isMine) continue;
      await this.#register(built.product?.manifest.document.searchable);
      return this.#served(flow, version, false, built.diagnostics);
    }
    throw new Error(`other processes published '${flow}' ${TRIES} times meanwhile`);
  }

  /**
   * The diagnostic if others published since then: who they are and what they changed, so that no publisher
   * overwrites changes without having seen them.
   */
  async #changesSince(
    flow: string,
    { version: base, revision }: { version: number; revision: string | null },
    newest: number
  ): Promise<Diagnostic[]> {
    const [before, after] = await Promise.all([
      base > 0 ? readVersion(this.pool, flow, base, revision) : null,
      readVersion(this.pool, flow, newest, null),
    ]);
    const code = 'published-meanwhile';
    const by = after?.createdBy || 'somebody';
    const who = !after
      ? 'There is no version yet'
      : revision
        ? `Revision ${after.revision} of version ${newest}, by ${by}, is live`
        : `Version ${newest} was published by ${by}`;
    const made = revision ? `revision ${revision}` : base > 0 ? `version ${base}` : 'none';
    const message = `${who}; this document was made from ${made}.`;
    const fix = 'Read the newest version, apply your changes to it, and publish again.';
    const changes = before && after ? changesBetween(before.document, after.document) : [];
    return [
      { code, severity: 'error', nodeId: null, path: [], message, fix },
      ...changes.map((change): Diagnostic => {
        return { code, severity: 'error', nodeId: change.nodeId, path: [], message: change.message };
      }),
    ];
  }

  /** For a version that starts runs again. Returns the messages about those that cannot be registered. */
  async registerFieldsOf(flow: string, version: number): Promise<string[]> {
    const stored = await readVersion(this.pool, flow, version, null);
    return (await this.#register(stored?.document.searchable)).map(({ message }) => message);
  }

  async #register(fields: FlowDocument['searchable'] = {}): Promise<Diagnostic[]> {
    const types = Object.fromEntries(Object.entries(fields).map(([name, { type }]) => [name, type]));
    if (Object.keys(types).length === 0) return [];
    const conflicts = await this.registerFields(types);
    return Promise.all(
      conflicts.map(async ({ name, type }): Promise<Diagnostic> => {
        const path = ['searchable', name, 'type'];
        if (type === null) {
          const message = `The namespace has no room for the search attribute '${name}'.`;
          const fix = 'Use fields of other flows, or ask an administrator to remove search attributes.';
          return { code: 'searchable-full', severity: 'error', nodeId: null, path, message, fix };
        }
        const flows = await flowsWithField(this.pool, name);
        const whose = flows.length > 0 ? `, which ${flows.map((each) => `'${each}'`).join(' and ')} writes` : '';
        const message = `'${name}' is already a search attribute of the type ${type}${whose}. One name has one type.`;
        const fix = `Choose the type ${type}, or another name.`;
        return { code: 'searchable-type', severity: 'error', nodeId: null, path, message, fix };
      })
    );
  }

  /** The version is durable. */
  async #served(flow: string, number: number, again: boolean, diagnostics: Diagnostic[]): Promise<Published> {
    const version = await readVersion(this.pool, flow, number, null);
    // Perhaps another process published it.
    if (version) await this.registry.load(version.workflowType);
    return { version, again, diagnostics };
  }
}

/** A transaction; whoever writes versions of one flow does so one after the other, also in other processes. */
export async function inTurn<T>(pool: pg.Pool, flow: string, work: (tx: pg.PoolClient) => Promise<T>): Promise<T> {
  const tx = await pool.connect();
  let broken: Error | undefined;
  try {
    await tx.query('BEGIN');
    await tx.query(`SELECT pg_advisory_xact_lock(hashtextextended('publish ' || $1, 0))`, [outputName(flow)]);
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

function nameTaken(flow: string, other: string): Diagnostic {
  const message = `The flow '${other}' already uses this name: both would have the workflow type '${outputName(flow)}_v…'.`;
  return { code: 'name-taken', severity: 'error', nodeId: null, path: ['name'], message, fix: 'Choose another name.' };
}

const refused = (diagnostics: Diagnostic[]): Published => ({ version: null, again: false, diagnostics });

/** Reading the document decides whether this is a valid name. Here the name only distinguishes flows. */
function nameOf(document: unknown): string {
  const name = typeof document === 'object' && document !== null && 'name' in document ? document.name : '';
  return typeof name === 'string' ? name : '';
}

/** The copies of the operations that the document calls. */
export function calledBy({ document }: FlowManifest, live: readonly LiveOperation[]): FrozenCopy[] {
  if (live.length === 0) return [];
  const called = new Set(allNodes(document.steps).flatMap((node) => factsOf(node).activities(node)));
  return live
    .filter(({ entry }) => called.has(entry.name))
    .map(({ entry, sha, operation }) => ({ activity: entry.name, sha, operation }));
}

export function rowOf(
  flow: string,
  version: number,
  { createdBy, note }: Pick<PublishRequest, 'createdBy' | 'note'>,
  { contentSha, product }: Built
): NewVersion {
  if (!product || contentSha === null || product.manifest.flow !== flow)
    throw new Error(`'${flow}' was built as something else`);
  const { manifest, code, files, bundle } = product;
  return {
    flow,
    version,
    revision: manifest.revision,
    workflowType: manifest.workflowType,
    contentSha,
    createdBy,
    note,
    code,
    files,
    manifest,
    bundle,
  };
}
