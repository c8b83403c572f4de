/**
 * The published flows that a document can run as children. A parent is bound to the newest version that starts runs, when
 * it is published (design D6); a revision of the parent keeps the versions to which its version is bound.
 */
import type pg from 'pg';
import { isBuiltIn } from '../flow/built-in';
import type { Catalogue } from '../flow/catalogue';
import { flowEntry, flowsNamed } from '../flow/flow-entry';
import type { FlowManifest } from '../flow/manifest';
import { newestManifests, readManifest, stateOfVersions } from './version-table';

type Database = pg.Pool | pg.PoolClient;

/** Of all flows: for the palette. Read again when something was published, retired or switched. */
export class FlowEntries {
  #read: { state: string; entries: Catalogue } | null = null;

  constructor(private readonly database: Database) {}

  async all(): Promise<Catalogue> {
    const state = await stateOfVersions(this.database);
    if (this.#read?.state !== state)
      this.#read = { state, entries: catalogueOf(await newestManifests(this.database, null)) };
    return this.#read.entries;
  }
}

/** Of the flows that a document names. */
export async function flowEntriesFor(database: Database, document: unknown): Promise<Catalogue> {
  const named = flowsNamed(document);
  return named.size === 0 ? {} : catalogueOf(await newestManifests(database, [...named]));
}

/** `base`: the version of which the document is to be a revision. */
export async function flowEntriesBoundBy(
  database: Database,
  base: FlowManifest,
  document: unknown
): Promise<Catalogue> {
  const named = flowsNamed(document);
  const types = new Set(
    Object.values(base.nodes).flatMap(({ child }) => (child && named.has(child.flow) ? [child.workflowType] : []))
  );
  const bound: FlowManifest[] = [];
  for (const type of types) {
    const manifest = await readManifest(database, type, '');
    if (manifest) bound.push(manifest);
  }
  return { ...(await flowEntriesFor(database, document)), ...catalogueOf(bound) };
}

function catalogueOf(manifests: readonly FlowManifest[]): Catalogue {
  const entries = manifests.filter(({ flow }) => !isBuiltIn(flow)).map(flowEntry);
  return Object.fromEntries(entries.map((entry) => [entry.name, entry]));
}
