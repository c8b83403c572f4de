/** The messages about connections and their operations. */
import type { Catalogue } from '@/engine/flow/catalogue';

/** Everything that a step can call now: the activities of the product, and the operations of all connections. */
export interface CatalogueAnswer {
  catalogue: Catalogue;
}
