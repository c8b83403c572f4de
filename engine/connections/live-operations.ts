/** The operations of all connections as they are now: for the palette, and for publishing. */
import { createHash } from 'node:crypto';
import type pg from 'pg';
import type { CatalogueActivity } from '../flow/catalogue';
import { activitiesNamed } from '../flow/catalogue-parts';
import { activityOf, catalogueEntry, frozen, type FrozenOperation } from '../flow/connections/operation';
import { listConnections, listOperations } from './connection-table';

export interface LiveOperation {
  /** With the sha of the frozen copy. */
  entry: CatalogueActivity;
  operation: FrozenOperation;
  /** sha256, hex, of everything that decides what a call does. */
  sha: string;
}

type Database = pg.Pool | pg.PoolClient;

/** Without archived operations, and without those of archived connections. */
export async function liveOperations(database: Database): Promise<LiveOperation[]> {
  const [connections, operations] = await Promise.all([listConnections(database), listOperations(database, null)]);
  const live = new Map(
    connections.filter(({ archivedMs }) => archivedMs === null).map(({ connection }) => [connection.name, connection])
  );
  const titles = new Map(
    operations
      .filter(({ archivedMs }) => archivedMs === null)
      .map(({ operation }) => [activityOf(operation), operation.title])
  );
  return operations.flatMap(({ operation, archivedMs }) => {
    const connection = live.get(operation.connection);
    if (archivedMs !== null || !connection) return [];
    const copy = frozen(operation, connection);
    const sha = shaOf(copy);
    const { suggestedUndo, suggestedLookup, ...entry } = catalogueEntry(operation, connection, (name) =>
      titles.get(activityOf({ connection: operation.connection, name }))
    );
    // What was archived is not offered.
    const offered = {
      ...entry,
      connectionTitle: connection.title,
      ...(suggestedUndo && titles.has(suggestedUndo.activity) ? { suggestedUndo } : {}),
      ...(suggestedLookup && titles.has(suggestedLookup.activity) ? { suggestedLookup } : {}),
      sha,
    };
    return [{ entry: offered, operation: copy, sha }];
  });
}

/** Changes whenever a connection or an operation does: every change increases a revision. */
export async function stateOfOperations(database: Database): Promise<string> {
  const { rows } = await database.query<{ state: string }>(
    `SELECT concat_ws('/', (SELECT count(*) FROM worker.connection), (SELECT sum(revision) FROM worker.connection),
       (SELECT count(*) FROM worker.operation), (SELECT sum(revision) FROM worker.operation)) AS state`
  );
  return rows[0]?.state ?? '';
}

/** The operations that a document names. It may be anything, because it is read afterwards. */
export async function operationsFor(database: Database, document: unknown): Promise<LiveOperation[]> {
  const named = activitiesNamed(document);
  if (named.size === 0) return [];
  return (await liveOperations(database)).filter(({ entry }) => named.has(entry.name));
}

/** The title is what people read; it decides nothing. */
function shaOf({ title: _, ...decides }: FrozenOperation): string {
  return createHash('sha256').update(JSON.stringify(decides)).digest('hex');
}
