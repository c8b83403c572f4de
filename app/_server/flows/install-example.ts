/** The order saga, published once: a second press finds it there. */
import type { PublishedVersion } from '@/app/_contract/flows';
import example from '@/engine/examples/order-fulfilment/order-fulfilment.flow.json';
import { demand, type Actor } from '../people/actor';
import type { Web } from '../web';
import { publishFlow } from './publish';
import { versionSummary } from './summaries';

export const EXAMPLE_FLOW = example.name;

export async function installExample(
  web: Pick<Web, 'database' | 'log' | 'versions' | 'catalogue' | 'invalidations'>,
  actor: Actor
): Promise<PublishedVersion> {
  demand(actor, 'flows.publish', EXAMPLE_FLOW);
  const there = (await web.catalogue.list()).find((version) => version.flow === EXAMPLE_FLOW);
  if (there) return { version: versionSummary(there), again: true, warnings: [] };
  return publishFlow(web, actor, { document: example });
}
