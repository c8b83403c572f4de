/**
 * The examples that come with the product, and all that the web knows of them. A new example is a folder here, a line in EXAMPLES, and,
 * where its services keep books of their own, a panel in components/examples.
 */
import type { Example } from './example';
import { ORDER_FULFILMENT } from './order-fulfilment/example';

export const EXAMPLES: readonly [Example, ...Example[]] = [ORDER_FULFILMENT];
/** Offered where there is no flow yet. */
export const [FIRST_EXAMPLE] = EXAMPLES;

export const exampleOf = (flow: string | null): Example | null => EXAMPLES.find((each) => each.flow === flow) ?? null;
