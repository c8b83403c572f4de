/** Everything that a step of a draft can call: the activities of the product, and the operations of all connections. */
import type { CatalogueAnswer } from '@/app/_contract/connections';
import { catalogue } from '@/engine/activities/catalogue';
import type { CatalogueChoice } from '@/engine/flow/catalogue-parts';
import { unanswered } from '../engine';
import { demandAnywhere, type Actor } from '../people/actor';
import type { Web } from '../web';

/** `choice`: of the operations of connections; everything without it. */
export async function getCatalogue(
  web: Pick<Web, 'versions'>,
  actor: Actor,
  choice?: CatalogueChoice
): Promise<CatalogueAnswer> {
  demandAnywhere(actor, 'catalogue.get');
  const operations = await web.versions.getCatalogue(choice).catch(unanswered);
  // Approvals use the internal activities, and no step may.
  const ofTheProduct = Object.entries(catalogue).filter(([, activity]) => !activity.internal);
  return { catalogue: { ...operations, ...Object.fromEntries(ofTheProduct) } };
}
