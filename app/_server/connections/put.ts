/** Stores connections and operations, or archives them. */
import type { ConnectionRow, OperationRow, PutConnection, PutOperations } from '@/app/_contract/connections';
import { addressOf, secretsOf } from '@/engine/flow/connections/connection';
import { audited } from '../audit';
import { demand, type Actor } from '../people/actor';
import type { Web } from '../web';
import { asked, changedMeanwhile, connectionRow, invalid, operationRow } from './rows';

type Parts = Pick<Web, 'database' | 'log' | 'versions' | 'invalidations'>;

export async function putConnection(
  web: Parts,
  actor: Actor,
  { connection, base }: PutConnection
): Promise<ConnectionRow> {
  demand(actor, 'connections.put');
  const details = {
    kind: connection.kind,
    address: addressOf(connection),
    secrets: secretsOf(connection).join(', '),
    isNew: base === 0,
  };
  return audited(web, actor, { operation: 'connections.put', target: connection.name, details }, async () => {
    const put = await web.versions.putConnection(connection, base, actor.name).catch(asked);
    if ('problems' in put) invalid('The connection', '/connection', put.problems);
    if ('changedMeanwhile' in put) changedMeanwhile(put.changedMeanwhile);
    web.invalidations.announce(['flows']);
    return connectionRow(put.stored, 0);
  });
}

export async function archiveConnection(
  web: Parts,
  actor: Actor,
  name: string,
  archived: boolean
): Promise<{ name: string }> {
  demand(actor, 'connections.archive');
  const details = { archived };
  return audited(web, actor, { operation: 'connections.archive', target: name, details }, async () => {
    await web.versions.archiveConnection(name, archived, actor.name).catch(asked);
    web.invalidations.announce(['flows']);
    return { name };
  });
}

export async function putOperations(
  web: Parts,
  actor: Actor,
  connection: string,
  { operations }: PutOperations
): Promise<{ operations: OperationRow[] }> {
  demand(actor, 'operations.put');
  const [first] = operations;
  const target = operations.length === 1 ? `${connection}.${first?.operation.name}` : connection;
  const details = { operations: operations.length, isNew: operations.every(({ base }) => base === 0) };
  return audited(web, actor, { operation: 'operations.put', target, details }, async () => {
    const put = await web.versions.putOperations(connection, operations, actor.name).catch(asked);
    if ('problems' in put) invalid('What was sent', '/operations', put.problems);
    if ('changedMeanwhile' in put) changedMeanwhile(put.changedMeanwhile);
    web.invalidations.announce(['flows']);
    return { operations: put.stored.map(operationRow) };
  });
}

export async function archiveOperation(
  web: Parts,
  actor: Actor,
  place: { connection: string; name: string },
  archived: boolean
): Promise<{ name: string }> {
  demand(actor, 'operations.archive');
  const target = `${place.connection}.${place.name}`;
  return audited(web, actor, { operation: 'operations.archive', target, details: { archived } }, async () => {
    await web.versions.archiveOperation(place, archived, actor.name).catch(asked);
    web.invalidations.announce(['flows']);
    return { name: place.name };
  });
}
