/**
 * What people do with connections and operations: store, archive, test, send once. Every change is checked completely
 * before anything is stored, and refused if somebody else changed the same row since it was read.
 */
import type pg from 'pg';
import type { z } from 'zod';
import type { Operations } from '../activities/operations';
import type { Catalogue } from '../flow/catalogue';
import type { CallReport } from '../flow/connections/call-report';
import { operationProblems } from '../flow/connections/check';
import type { Problem } from '../flow/connections/problem';
import { connectionSchema } from '../flow/connections/connection';
import { MOST_OPERATIONS, operationSchema, type Operation } from '../flow/connections/operation';
import type { FolderState, OwnSources } from '../flow/connections/own-code';
import { factsAtRunTime } from '../flow/connections/kinds/table';
import { wordsOfIssue } from '../plain-issue';
import { misfitsOf } from '../flow/schema/check';
import {
  archiveConnection,
  archiveOperation,
  listConnections,
  listOperations,
  putConnection,
  putOperation,
  readConnection,
  type StoredConnection,
  type StoredOperation,
} from './connection-table';
import type { LiveConnections } from './live-connections';
import { liveOperations, stateOfOperations } from './live-operations';
import { sendOnce, testConnection } from './service-call';
import { usesOf, type ConnectionUse } from './uses';

/** The part of the activity worker that makes calls. */
export interface ServiceCalls {
  operations: Operations;
  /** Names and base addresses in the configuration. */
  environment: ReadonlyMap<string, URL>;
  /** The operator's own folder of activities; absent if there is none. */
  ownCode?: { readonly state: FolderState; sourcesOf(functions: readonly string[]): OwnSources };
}

/** Of all operations together: they are sent to browsers as one catalogue. */
const MOST_BYTES = 8_000_000;

export type Put<T> =
  | { kind: 'stored'; stored: T }
  | { kind: 'invalid'; problems: Problem[] }
  /** Names of rows that somebody else changed, created or archived since. */
  | { kind: 'changedMeanwhile'; names: string[] };

/** There is no such connection or operation. `message` is for people. */
export class Missing extends Error {
  override name = 'Missing';
}

export class Connections {
  /** As it was in a state of the tables. */
  #catalogue: { state: string; catalogue: Catalogue } | null = null;

  constructor(
    private readonly pool: pg.Pool,
    private readonly live: LiveConnections,
    private readonly calls?: ServiceCalls,
    /** The published flows, as entries of the catalogue. */
    private readonly flows: () => Promise<Catalogue> = async () => ({})
  ) {}

  get environment(): ReadonlyMap<string, URL> {
    return this.calls?.environment ?? new Map();
  }

  /** The published versions that call it. */
  usesOf(connection: string): Promise<ConnectionUse[]> {
    return usesOf(this.pool, connection);
  }

  /** What was read from the operator's own folder; null if the engine was started without one. */
  get folder(): FolderState | null {
    return this.calls?.ownCode?.state ?? null;
  }

  list(): Promise<StoredConnection[]> {
    return listConnections(this.pool);
  }

  operationsOf(connection: string | null): Promise<StoredOperation[]> {
    return listOperations(this.pool, connection);
  }

  /** What steps of new versions may call at connections, and the flows that children may run. */
  async catalogue(): Promise<Catalogue> {
    const [operations, flows] = await Promise.all([this.#entries(), this.flows()]);
    return { ...operations, ...flows };
  }

  /** Read again when something has changed. */
  async #entries(): Promise<Catalogue> {
    const state = await stateOfOperations(this.pool);
    if (this.#catalogue?.state !== state) {
      const entries = (await liveOperations(this.pool)).map(({ entry }) => [entry.name, entry] as const);
      this.#catalogue = { state, catalogue: Object.fromEntries(entries) };
    }
    return this.#catalogue.catalogue;
  }

  async put(definition: unknown, base: number, by: string): Promise<Put<StoredConnection>> {
    const read = readAs(connectionSchema, definition);
    if ('problems' in read) return { kind: 'invalid', problems: read.problems };
    const connection = read.value;
    const before = await readConnection(this.pool, connection.name);
    if (before && before.connection.kind !== connection.kind)
      return { kind: 'invalid', problems: [{ path: ['kind'], message: `The kind is '${before.connection.kind}'.` }] };
    // A new one with a name that is taken, also by an archived one: histories have it.
    if (base === 0 && before) return { kind: 'invalid', problems: [{ path: ['name'], message: takenBy(before) }] };
    const { fromFolder } = factsAtRunTime(connection.kind);
    if (fromFolder && JSON.stringify(before?.connection.settings) !== JSON.stringify(connection.settings))
      return {
        kind: 'invalid',
        problems: [{ path: ['settings'], message: 'The operator names the folder at the start.' }],
      };
    const isPut = await putConnection(this.pool, connection, base, by);
    this.live.changed();
    if (!isPut) return { kind: 'changedMeanwhile', names: [connection.name] };
    const stored = await readConnection(this.pool, connection.name);
    if (!stored) throw new Error(`the connection '${connection.name}' is gone after it was stored`);
    return { kind: 'stored', stored };
  }

  /** Throws Missing. */
  async archive(name: string, archived: boolean, by: string): Promise<void> {
    const isThere = await archiveConnection(this.pool, name, archived, by);
    this.live.changed();
    if (!isThere) throw new Missing(`There is no connection '${name}'.`);
  }

  /** Throws Missing. */
  async archiveOperation(place: { connection: string; name: string }, archived: boolean, by: string): Promise<void> {
    if (!(await archiveOperation(this.pool, place, archived, by)))
      throw new Missing(`There is no operation '${place.connection}.${place.name}'.`);
  }

  /** All, or none. Paths of problems begin with the place in the list. Throws Missing. */
  async putOperations(
    connectionName: string,
    list: readonly { definition: unknown; base: number }[],
    by: string
  ): Promise<Put<StoredOperation[]>> {
    const { connection } = await this.#demand(connectionName);
    if (factsAtRunTime(connection.kind).fromFolder)
      return { kind: 'invalid', problems: [{ path: [], message: 'These operations are changed in their folder.' }] };
    const read = list.map(({ definition }) => readAs(operationSchema, definition));
    const problems = read.flatMap((each, index) => ('problems' in each ? at(index, each.problems) : []));
    if (problems.length > 0) return { kind: 'invalid', problems };
    const operations = read.flatMap((each) => ('value' in each ? [each.value] : []));
    const known = await listOperations(this.pool, connectionName);
    const siblings = new Map<string, Operation>(
      known.filter(({ archivedMs }) => archivedMs === null).map(({ operation }) => [operation.name, operation])
    );
    for (const operation of operations) siblings.set(operation.name, operation);
    problems.push(...operations.flatMap((each, index) => at(index, problemsOf(each, index, operations))));
    problems.push(...operations.flatMap((each, index) => at(index, operationProblems(each, connection, siblings))));
    if (siblings.size > MOST_OPERATIONS)
      problems.push({
        path: [],
        message: `A connection has at most ${MOST_OPERATIONS} operations, and this would be ${siblings.size}.`,
      });
    if (problems.length > 0) return { kind: 'invalid', problems };
    return this.#store(connectionName, operations, list, by);

    function problemsOf({ connection: place, name }: Operation, index: number, all: readonly Operation[]): Problem[] {
      if (place !== connectionName)
        return [{ path: ['connection'], message: `The connection is '${connectionName}', not '${place}'.` }];
      const same = known.find(({ operation }) => operation.name === name);
      if (same && list[index]?.base === 0)
        return [
          {
            path: ['name'],
            message: `There is an operation '${name}' already${same.archivedMs === null ? '' : ', which was archived'}. Choose another name.`,
          },
        ];
      const twice = all.findIndex((other) => other.name.toLowerCase() === name.toLowerCase()) < index;
      const taken = known.find(
        ({ operation }) => operation.name !== name && operation.name.toLowerCase() === name.toLowerCase()
      );
      if (!twice && !taken) return [];
      return [{ path: ['name'], message: `There is an operation '${taken?.operation.name ?? name}' already.` }];
    }
  }

  async #store(
    connection: string,
    operations: readonly Operation[],
    list: readonly { base: number }[],
    by: string
  ): Promise<Put<StoredOperation[]>> {
    const tx = await this.pool.connect();
    let broken: Error | undefined;
    try {
      await tx.query('BEGIN');
      const stale: string[] = [];
      for (const [index, operation] of operations.entries())
        if (!(await putOperation(tx, operation, list[index]?.base ?? 0, by))) stale.push(operation.name);
      const { rows } = await tx.query<{ bytes: string }>(
        'SELECT coalesce(sum(length(definition::text)), 0)::text AS bytes FROM worker.operation WHERE archived_at IS NULL'
      );
      const isTooLarge = Number(rows[0]?.bytes ?? 0) > MOST_BYTES;
      const isRefused = stale.length > 0 || isTooLarge;
      await tx.query(isRefused ? 'ROLLBACK' : 'COMMIT');
      if (stale.length > 0) return { kind: 'changedMeanwhile', names: stale };
      if (isTooLarge)
        return {
          kind: 'invalid',
          problems: [{ path: [], message: `All operations together are larger than ${MOST_BYTES / 1_000_000} MB.` }],
        };
    } catch (error) {
      await tx.query('ROLLBACK').catch((rollback: Error) => (broken = rollback));
      throw error;
    } finally {
      tx.release(broken);
    }
    const names = new Set(operations.map(({ name }) => name));
    const stored = await listOperations(this.pool, connection);
    return { kind: 'stored', stored: stored.filter(({ operation }) => names.has(operation.name)) };
  }

  /** Throws Missing. */
  async test(name: string): Promise<CallReport> {
    const { connection } = await this.#demand(name);
    return testConnection(this.#operations(), connection);
  }

  /** Throws Missing. */
  async sendOnce(definition: unknown, input: unknown): Promise<CallReport | { problems: Problem[] }> {
    const read = readAs(operationSchema, definition);
    if ('problems' in read) return read;
    const operation = read.value;
    const { connection } = await this.#demand(operation.connection);
    const siblings = new Map(
      (await listOperations(this.pool, connection.name)).map((each) => [each.operation.name, each.operation])
    );
    const problems = operationProblems(operation, connection, siblings);
    if (problems.length > 0) return { problems };
    const misfits = misfitsOf(input, operation.input).map(({ at: pointer, message }) => ({
      path: ['', ...pointer.split('/').slice(1).filter(Boolean)],
      message,
    }));
    if (misfits.length > 0) return { problems: misfits };
    return sendOnce(this.#operations(), connection, operation, input);
  }

  async #demand(name: string): Promise<StoredConnection> {
    const stored = await readConnection(this.pool, name);
    if (!stored) throw new Missing(`There is no connection '${name}'.`);
    if (stored.archivedMs !== null) throw new Missing(`The connection '${name}' was archived.`);
    return stored;
  }

  #operations(): Operations {
    if (!this.calls) throw new Missing('This process makes no calls to services.');
    return this.calls.operations;
  }
}

function readAs<S extends z.ZodType>(schema: S, value: unknown): { value: z.infer<S> } | { problems: Problem[] } {
  const result = schema.safeParse(value);
  if (result.success) return { value: result.data };
  return {
    problems: result.error.issues.map((issue) => ({
      path: issue.path.map((part) => (typeof part === 'number' ? part : String(part))),
      message: wordsOfIssue(issue),
    })),
  };
}

const takenBy = ({ connection, archivedMs }: StoredConnection): string =>
  archivedMs === null
    ? `There is a connection '${connection.name}' already. Choose another name.`
    : `'${connection.name}' was archived, and is in histories. Restore it, or choose another name.`;

const at = (index: number, problems: readonly Problem[]): Problem[] =>
  problems.map(({ path, message }) => ({ path: [index, ...path], message }));
