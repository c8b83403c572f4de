/** All connections, archived ones included, and one connection with its operations. */
import type { ConnectionDetail, ConnectionList } from '@/app/_contract/connections';
import { byName } from '@/engine/flow/values/name-order';
import { flowsOf } from '@/engine/permissions/permissions';
import { unanswered } from '../engine';
import { Refusal } from '../failure';
import { demandAnywhere, type Actor } from '../people/actor';
import type { Web } from '../web';
import { draftsThatCall } from './draft-uses';
import { connectionRow, operationRow } from './rows';

export async function listConnections(web: Pick<Web, 'versions'>, actor: Actor): Promise<ConnectionList> {
  demandAnywhere(actor, 'connections.list');
  const { connections, environment, counts } = await web.versions.listConnections().catch(unanswered);
  const rows = connections.map((stored) => {
    const row = connectionRow(stored, 0);
    return { ...row, operations: counts[row.connection.name] ?? 0 };
  });
  return { connections: rows.sort((a, b) => byName(a.connection.title, b.connection.title)), environment };
}

export async function getConnection(
  web: Pick<Web, 'versions' | 'database' | 'drafts'>,
  actor: Actor,
  name: string
): Promise<ConnectionDetail> {
  demandAnywhere(actor, 'connections.list');
  const found = name === '' ? null : await web.versions.listConnections(name).catch(unanswered);
  const stored = found?.connections[0];
  const flows = flowsOf(actor, 'flows.list');
  if (!found || !stored) throw new Refusal('connectionNotFound', `There is no connection '${name}'.`);
  return {
    row: connectionRow(stored, found.counts[name] ?? 0),
    operations: found.operations.map(operationRow).sort((a, b) => byName(a.operation.title, b.operation.title)),
    environment: found.environment,
    folder: found.folder,
    uses: found.uses.filter(({ flow }) => !flows || flows.includes(flow)),
    drafts: await draftsThatCall(web, actor, name),
  };
}
