/**
 * Publishes the order saga once. A second call, also one at the same time, returns the same version and overwrites
 * nothing.
 */
import type { PublishedVersion } from '@/app/_contract/flows';
import example from '@/engine/examples/order-fulfilment/order-fulfilment.flow.json';
import { isRefusal } from '../failure';
import { demand, type Actor } from '../people/actor';
import type { Web } from '../web';
import { publishFlow } from './publish';
import { versionSummary } from './summaries';

export const EXAMPLE_FLOW = example.name;
type Publisher = Pick<Web, 'database' | 'log' | 'versions' | 'catalogue' | 'invalidations'>;

export async function installExample(web: Publisher, actor: Actor): Promise<PublishedVersion> {
  demand(actor, 'flows.publish', EXAMPLE_FLOW);
  const there = await installed(web);
  if (there) return there;
  try {
    return await publishFlow(web, actor, { document: example, base: 0 });
  } catch (error) {
    if (!isRefusal(error) || error.code !== 'publishedMeanwhile') throw error;
    web.catalogue.changed();
    const meanwhile = await installed(web);
    if (!meanwhile) throw error;
    return meanwhile;
  }
}

async function installed({ catalogue }: Publisher): Promise<PublishedVersion | null> {
  const there = (await catalogue.list()).find((version) => version.flow === EXAMPLE_FLOW);
  return there ? { version: versionSummary(there), again: true, warnings: [] } : null;
}
