/**
 * Publishes the first example once. A second call, also one at the same time, returns the same version and overwrites
 * nothing.
 */
import type { ExampleOffer } from '@/app/_contract/examples';
import type { PublishedVersion } from '@/app/_contract/flows';
import { FIRST_EXAMPLE } from '@/engine/examples/registry';
import { audited } from '../audit';
import { asked } from '../connections/rows';
import { isRefusal } from '../failure';
import { demand, type Actor } from '../people/actor';
import type { Web } from '../web';
import { publishFlow } from '../flows/publish';
import { versionSummary } from '../flows/summaries';

/** How the first example is offered. */
export const exampleOffer = (): ExampleOffer => ({ flow: FIRST_EXAMPLE.flow, ...FIRST_EXAMPLE.offer });

type Publisher = Pick<Web, 'database' | 'log' | 'versions' | 'catalogue' | 'invalidations'>;

export async function installExample(web: Publisher, actor: Actor): Promise<PublishedVersion> {
  demand(actor, 'flows.publish', FIRST_EXAMPLE.flow);
  await connectServices(web, actor);
  const there = await installed(web);
  if (there) return there;
  try {
    return await publishFlow(web, actor, { document: FIRST_EXAMPLE.document, base: 0 });
  } catch (error) {
    if (!isRefusal(error) || error.code !== 'publishedMeanwhile') throw error;
    web.catalogue.changed();
    const meanwhile = await installed(web);
    if (!meanwhile) throw error;
    return meanwhile;
  }
}

/**
 * Adds the example's services as a connection, if the configuration has their address and nobody has used the name. It
 * has no secret and leads only there, so no permission for connections is needed.
 */
async function connectServices(web: Publisher, actor: Actor): Promise<void> {
  const { connection, operations } = FIRST_EXAMPLE.connection;
  const { connections, environment } = await web.versions.listConnections(connection.name).catch(asked);
  if (connections.length > 0 || !environment.some(({ name }) => name === connection.name)) return;
  const details = { address: `environment: ${connection.name}`, auth: 'none', secrets: '', isNew: true };
  await audited(web, actor, { operation: 'connections.put', target: connection.name, details }, async () => {
    const put = await web.versions.putConnection(connection, 0, actor.name).catch(asked);
    // Somebody else was faster, and adds the operations.
    if (!('stored' in put)) return;
    const list = operations.map((operation) => ({ operation, base: 0 }));
    await web.versions.putOperations(connection.name, list, actor.name).catch(asked);
  });
}

async function installed({ catalogue }: Publisher): Promise<PublishedVersion | null> {
  const there = (await catalogue.list()).find((version) => version.flow === FIRST_EXAMPLE.flow);
  return there ? { version: versionSummary(there), again: true, warnings: [] } : null;
}
