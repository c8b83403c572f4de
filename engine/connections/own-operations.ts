/**
 * Keeps the connection and the operations of the operator's own folder in step with the folder.
 *
 * Rules
 * [OO1] An operation whose function has gone is archived, and restored when it is back. While something in the folder
 *       is broken, nothing is archived: the function may be in the broken file.
 * [OO2] What people decide (archiving, the title and the defaults of the connection) stays as it is.
 */
import type pg from 'pg';
import { issueInWords } from '../plain-issue';
import { operationProblems } from '../flow/connections/check';
import type { ConnectionOf } from '../flow/connections/connection';
import { operationSchema, type Operation } from '../flow/connections/operation';
import {
  BY_FOLDER,
  operationOfFunction,
  OWN_CODE,
  type FileProblem,
  type OwnFunction,
} from '../flow/connections/own-code';
import { archiveOperation, listOperations, putConnection, putOperation, readConnection } from './connection-table';

export interface ReadFromFolder {
  folder: string;
  functions: readonly OwnFunction[];
  /** False if something in the folder is broken. */
  isComplete: boolean;
}

/** Returns the functions that cannot be operations, with the reason. */
export async function keepOwnOperations(
  pool: pg.Pool,
  { folder, functions, isComplete }: ReadFromFolder
): Promise<FileProblem[]> {
  const connection = await ownConnection(pool, folder);
  if (!connection) {
    const message = `There is another connection with the name '${OWN_CODE}', so the operations of the folder are not offered.`;
    return [{ file: '', line: null, message }];
  }
  const problems: FileProblem[] = [];
  const all = new Map(functions.map((own) => [own.name, own]));
  const operations = new Map<string, Operation>();
  for (const own of functions) operations.set(own.name, operationOfFunction(own, all));
  for (const own of functions) {
    const operation = operations.get(own.name)!;
    const wrong = problemOf(operation, connection, operations);
    if (wrong === null) continue;
    problems.push({ file: own.file, line: own.line, message: `'${own.name}': ${wrong}` });
    operations.delete(own.name);
  }
  const stored = await listOperations(pool, OWN_CODE);
  const byName = new Map(stored.map((each) => [each.operation.name, each]));
  for (const [name, operation] of operations) {
    const known = byName.get(name);
    if (known?.archivedBy === BY_FOLDER) await archiveOperation(pool, operation, false, BY_FOLDER);
    if (known && isSame(known.operation, operation)) continue;
    // Restoring it made a revision too. What somebody else writes at the same moment is the same folder.
    const base = known ? known.revision + (known.archivedBy === BY_FOLDER ? 1 : 0) : 0;
    await putOperation(pool, operation, base, BY_FOLDER);
  }
  if (isComplete && problems.length === 0)
    for (const { operation, archivedMs } of stored)
      if (archivedMs === null && !operations.has(operation.name))
        await archiveOperation(pool, operation, true, BY_FOLDER);
  return problems;
}

/** Null if somebody's own connection has the name. */
async function ownConnection(pool: pg.Pool, folder: string): Promise<ConnectionOf<'code'> | null> {
  const stored = await readConnection(pool, OWN_CODE);
  const now = stored?.connection;
  if (now && now.kind !== 'code') return null;
  if (now?.settings.folder === folder) return now;
  const connection: ConnectionOf<'code'> = now
    ? { ...now, settings: { folder } }
    : { name: OWN_CODE, title: 'Your own code', kind: 'code', settings: { folder }, allow: [], options: {} };
  await putConnection(pool, connection, stored?.revision ?? 0, BY_FOLDER);
  return connection;
}

function problemOf(
  operation: Operation,
  connection: ConnectionOf<'code'>,
  siblings: ReadonlyMap<string, Operation>
): string | null {
  const read = operationSchema.safeParse(operation);
  if (!read.success) {
    const [issue] = read.error.issues;
    return issue ? issueInWords(issue) : 'It cannot be an operation.';
  }
  return operationProblems(operation, connection, siblings)[0]?.message ?? null;
}

const isSame = (one: Operation, other: Operation): boolean => sorted(one) === sorted(other);
/** JSON whose fields are in order: the database has an order of its own. */
const sorted = (value: unknown): string =>
  JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner
  );
