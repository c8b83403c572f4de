/** Everything about the operations that a document calls, for code that leaves this installation. Never a secret. */
import type pg from 'pg';
import type { Catalogue } from '../flow/catalogue';
import type { Connection } from '../flow/connections/connection';
import { activityOf, catalogueEntry, type FrozenOperation } from '../flow/connections/operation';
import type { OwnSources } from '../flow/connections/own-code';
import type { ServiceCalls } from './connections';
import { listConnections } from './connection-table';
import { operationsFrozenFor } from './frozen-operations';
import { operationsFor } from './live-operations';

export interface CallsOfFlow {
  operations: Catalogue;
  frozen: FrozenOperation[];
  connections: Connection[];
  ownSources: OwnSources;
}

/** `workflowType`: of a published version, whose copies are used; null: the operations as they are now. */
export async function callsOfFlow(
  pool: pg.Pool,
  document: unknown,
  workflowType: string | null,
  calls?: ServiceCalls
): Promise<CallsOfFlow> {
  const [copies, connections] = await Promise.all([
    workflowType === null ? operationsFor(pool, document) : operationsFrozenFor(pool, workflowType),
    listConnections(pool),
  ]);
  const frozen = copies.map(({ operation }) => operation);
  const named = new Set(frozen.map(({ connection }) => connection));
  // A name of the configuration is not that of a connection (activities/http/request.ts).
  for (const name of connectionsIn(document)) if (!calls?.environment.has(name)) named.add(name);
  const entries = frozen.map((operation) => {
    const { sha } = copies.find((each) => each.operation === operation)!;
    const entry = catalogueEntry({ ...operation, description: '' }, { options: {} }, () => undefined);
    return [activityOf(operation), { ...entry, sha }] as const;
  });
  return {
    operations: Object.fromEntries(entries),
    frozen,
    connections: connections.map(({ connection }) => connection).filter(({ name }) => named.has(name)),
    ownSources:
      calls?.ownCode?.sourcesOf(frozen.flatMap(({ call }) => (call.kind === 'code' ? [call.function] : []))) ?? {},
  };
}

/** The connections that requests of a document name. It may be anything. */
function connectionsIn(document: unknown): Set<string> {
  const found = new Set<string>();
  const open: unknown[] = [document];
  while (open.length > 0) {
    const value = open.pop();
    if (typeof value !== 'object' || value === null) continue;
    const { activity, input } = value as { activity?: unknown; input?: { connection?: unknown } | null };
    if (activity === 'http.request' && typeof input?.connection === 'string') found.add(input.connection);
    open.push(...Object.values(value as object));
  }
  return found;
}
