/** Everything that a step of a draft can call: the activities of the product, and the operations of all connections. */
import type { CatalogueAnswer } from '@/app/_contract/connections';
import { catalogue } from '@/engine/activities/catalogue';
import { demandAnywhere, type Actor } from '../people/actor';

export function getCatalogue(actor: Actor): CatalogueAnswer {
  demandAnywhere(actor, 'catalogue.get');
  // Approvals use the internal activities, and no step may.
  const forSteps = Object.entries(catalogue).filter(([, activity]) => !activity.internal);
  return { catalogue: Object.fromEntries(forSteps) };
}
