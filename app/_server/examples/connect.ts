/**
 * Adds services of examples as connections, where nobody has used the name. They have no secret and lead only to an
 * address that the configuration names (BACKSTITCH_CONNECTIONS), so no permission for connections is needed. Each new
 * one is in the audit trail.
 */
import { z } from 'zod';
import type { Connection } from '@/engine/flow/connections/connection';
import type { Operation } from '@/engine/flow/connections/operation';
import { audited } from '../audit';
import { asked } from '../connections/rows';
import { Refusal } from '../failure';
import type { Actor } from '../people/actor';
import type { Web } from '../web';

export interface Service {
  connection: Connection;
  operations: readonly Operation[];
}
type Parts = Pick<Web, 'database' | 'log' | 'versions' | 'invalidations'>;

/** Does nothing where the configuration has no address for it. */
export async function connectService(
  web: Parts,
  actor: Actor,
  { connection, operations }: Service
): Promise<'connected' | 'noAddress'> {
  const { connections, environment } = await web.versions.listConnections(connection.name).catch(asked);
  if (connections.length > 0) return 'connected';
  const address = addressOf(connection);
  if (!environment.some(({ name }) => name === address)) return 'noAddress';
  const details = { address: `environment: ${address}`, auth: 'none', secrets: '', isNew: true };
  await audited(web, actor, { operation: 'connections.put', target: connection.name, details }, async () => {
    const put = await web.versions.putConnection(connection, 0, actor.name).catch(asked);
    // Somebody else was faster, and adds the operations.
    if (!('stored' in put)) return;
    const list = operations.map((operation) => ({ operation, base: 0 }));
    await web.versions.putOperations(connection.name, list, actor.name).catch(asked);
    web.invalidations.announce(['flows']);
  });
  return 'connected';
}

/** Throws `exampleAway` if the configuration has no address of a service that is not connected yet. */
export async function demandServices(web: Parts, actor: Actor, services: readonly Service[]): Promise<void> {
  for (const service of services) {
    if ((await connectService(web, actor, service)) === 'connected') continue;
    const { name, title } = service.connection;
    throw new Refusal(
      'exampleAway',
      `The services of the examples are switched off here, so '${title}' cannot become the connection '${name}'. Nothing was created.`
    );
  }
}

/** The name of the address in the configuration. */
function addressOf({ name, settings }: Connection): string {
  const { address } = settings as { address?: unknown };
  const named = z.object({ environment: z.string() }).safeParse(address);
  return named.data?.environment ?? name;
}
