/** Everything about the operations that a document calls, for code that leaves this installation. Never a secret. */
import type pg from 'pg';
import type { Catalogue } from '../flow/catalogue';
import type { Connection } from '../flow/connections/connection';
import { activityOf, catalogueEntry, type FrozenOperation } from '../flow/connections/operation';
import type { OwnSources } from '../flow/connections/own-code';
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
  ownCode?: { sourcesOf(functions: readonly string[]): OwnSources }
): Promise<CallsOfFlow> {
  const [calls, connections] = await Promise.all([
    workflowType === null ? operationsFor(pool, document) : operationsFrozenFor(pool, workflowType),
    listConnections(pool),
  ]);
  const frozen = calls.map(({ operation }) => operation);
  const named = new Set(frozen.map(({ connection }) => connection));
  const entries = frozen.map((operation) => {
    const { sha } = calls.find((each) => each.operation === operation)!;
    const entry = catalogueEntry({ ...operation, description: '' }, { options: {} }, () => undefined);
    return [activityOf(operation), { ...entry, sha }] as const;
  });
  return {
    operations: Object.fromEntries(entries),
    frozen,
    connections: connections.map(({ connection }) => connection).filter(({ name }) => named.has(name)),
    ownSources: ownCode?.sourcesOf(frozen.flatMap(({ call }) => (call.kind === 'code' ? [call.function] : []))) ?? {},
  };
}
