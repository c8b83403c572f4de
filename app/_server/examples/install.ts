/**
 * Publishes the first example once. A second call, also one at the same time, returns the same version and overwrites
 * nothing.
 */
import type { ExampleOffer } from '@/app/_contract/examples';
import type { PublishedVersion } from '@/app/_contract/flows';
import { FIRST_EXAMPLE } from '@/engine/examples/registry';
import { isRefusal } from '../failure';
import { demand, type Actor } from '../people/actor';
import type { Web } from '../web';
import { publishFlow } from '../flows/publish';
import { versionSummary } from '../flows/summaries';
import { connectService } from './connect';

/** How the first example is offered. */
export const exampleOffer = (): ExampleOffer => ({ flow: FIRST_EXAMPLE.flow, ...FIRST_EXAMPLE.offer });

type Publisher = Pick<Web, 'database' | 'log' | 'versions' | 'catalogue' | 'invalidations'>;

export async function installExample(web: Publisher, actor: Actor): Promise<PublishedVersion> {
  demand(actor, 'flows.publish', FIRST_EXAMPLE.flow);
  await connectService(web, actor, FIRST_EXAMPLE.connection);
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

async function installed({ catalogue }: Publisher): Promise<PublishedVersion | null> {
  const there = (await catalogue.list()).find((version) => version.flow === FIRST_EXAMPLE.flow);
  return there ? { version: versionSummary(there), again: true, warnings: [] } : null;
}
