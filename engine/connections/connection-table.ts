/**
 * Connections and their operations in the database (schema `worker`). A row is changed only by somebody who saw its
 * last state: `base` is the revision that was read, 0 for a new row.
 */
import type pg from 'pg';
import { connectionSchema, type Connection } from '../flow/connections/connection';
import { operationSchema, type Operation } from '../flow/connections/operation';

export interface Stored {
  /** From 1; increases with every change. */
  revision: number;
  createdBy: string;
  createdMs: number;
  changedBy: string;
  changedMs: number;
  archivedBy: string | null;
  archivedMs: number | null;
}
export interface StoredConnection extends Stored {
  connection: Connection;
}
export interface StoredOperation extends Stored {
  operation: Operation;
}

type Database = pg.Pool | pg.PoolClient;

const STORED = `definition, revision, created_by AS "createdBy", changed_by AS "changedBy", archived_by AS "archivedBy",
  (extract(epoch FROM created_at) * 1000)::float AS "createdMs",
  (extract(epoch FROM changed_at) * 1000)::float AS "changedMs",
  (extract(epoch FROM archived_at) * 1000)::float AS "archivedMs"`;

type Row = Stored & { definition: unknown };

// Definitions were checked when they were stored. Parsing again gives fields of newer releases their defaults.
const connectionOf = ({ definition, ...stored }: Row): StoredConnection => ({
  ...stored,
  connection: connectionSchema.parse(definition),
});
const operationOf = ({ definition, ...stored }: Row): StoredOperation => ({
  ...stored,
  operation: operationSchema.parse(definition),
});

/** Sorted by name, archived ones included. */
export async function listConnections(database: Database): Promise<StoredConnection[]> {
  const { rows } = await database.query<Row>(`SELECT ${STORED} FROM worker.connection ORDER BY name`);
  return rows.map(connectionOf);
}

export async function readConnection(database: Database, name: string): Promise<StoredConnection | null> {
  const { rows } = await database.query<Row>(`SELECT ${STORED} FROM worker.connection WHERE name = $1`, [name]);
  return rows[0] ? connectionOf(rows[0]) : null;
}

/** Of one connection, or of all if it is null; sorted by name, archived ones included. */
export async function listOperations(database: Database, connection: string | null): Promise<StoredOperation[]> {
  const { rows } = await database.query<Row>(
    `SELECT ${STORED} FROM worker.operation WHERE $1::text IS NULL OR connection = $1 ORDER BY connection, name`,
    [connection]
  );
  return rows.map(operationOf);
}

/** Returns false if the row has another revision than `base`; nothing is changed then. */
export async function putConnection(
  database: Database,
  connection: Connection,
  base: number,
  by: string
): Promise<boolean> {
  const { name, title, kind } = connection;
  return put(
    database,
    `INSERT INTO worker.connection AS c (name, title, kind, definition, revision, created_by, changed_by)
     SELECT $1, $2, $3, $4, 1, $6, $6 WHERE $5::int = 0
     ON CONFLICT (name) DO NOTHING`,
    `UPDATE worker.connection SET title = $2, kind = $3, definition = $4, revision = revision + 1, changed_by = $6,
       changed_at = now() WHERE name = $1 AND revision = $5::int`,
    [name, title, kind, JSON.stringify(connection), base, by],
    base
  );
}

export async function putOperation(
  database: Database,
  operation: Operation,
  base: number,
  by: string
): Promise<boolean> {
  const { connection, name, title } = operation;
  return put(
    database,
    `INSERT INTO worker.operation (connection, name, title, definition, revision, created_by, changed_by)
     SELECT $1, $2, $3, $4, 1, $6, $6 WHERE $5::int = 0
     ON CONFLICT (connection, name) DO NOTHING`,
    `UPDATE worker.operation SET title = $3, definition = $4, revision = revision + 1, changed_by = $6,
       changed_at = now() WHERE connection = $1 AND name = $2 AND revision = $5::int`,
    [connection, name, title, JSON.stringify(operation), base, by],
    base
  );
}

async function put(database: Database, insert: string, update: string, values: unknown[], base: number) {
  const { rowCount } = await database.query(base === 0 ? insert : update, values);
  return rowCount === 1;
}

/** Archives it (`by` is recorded), or restores it. Returns false if there is no such row. */
export async function archiveConnection(
  database: Database,
  name: string,
  archived: boolean,
  by: string
): Promise<boolean> {
  const { rowCount } = await database.query(
    `UPDATE worker.connection SET archived_by = CASE WHEN $2 THEN $3 END, archived_at = CASE WHEN $2 THEN now() END,
       revision = revision + 1, changed_by = $3, changed_at = now() WHERE name = $1`,
    [name, archived, by]
  );
  return rowCount === 1;
}

export async function archiveOperation(
  database: Database,
  { connection, name }: { connection: string; name: string },
  archived: boolean,
  by: string
): Promise<boolean> {
  const { rowCount } = await database.query(
    `UPDATE worker.operation SET archived_by = CASE WHEN $3 THEN $4 END, archived_at = CASE WHEN $3 THEN now() END,
       revision = revision + 1, changed_by = $4, changed_at = now() WHERE connection = $1 AND name = $2`,
    [connection, name, archived, by]
  );
  return rowCount === 1;
}
