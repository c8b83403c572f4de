/**
 * The examples that come with the product, and all that the web knows of them. A new example is a folder here, a line in EXAMPLES, and,
 * where its services keep books of their own, a panel in components/examples.
 */
import { ORDER_FULFILMENT } from './order-fulfilment/example';

export interface Example {
  /** Name of its flow. */
  flow: string;
  /** What is published when somebody installs it. */
  document: unknown;
  /** How it is offered where there is no flow yet. */
  offer: { title: string; text: string };
  /** What its services are called in a refusal: 'example shop'. */
  services: string;
  /**
   * Where its services tell what they have booked, for one business key or for all; null where they are switched off. `environment`:
   * the variables of the web process.
   */
  booksUrl(environment: Readonly<Record<string, string | undefined>>, key: string | null): URL | null;
}

export const EXAMPLES: readonly [Example, ...Example[]] = [ORDER_FULFILMENT];
/** Offered where there is no flow yet. */
export const [FIRST_EXAMPLE] = EXAMPLES;

export const exampleOf = (flow: string | null): Example | null => EXAMPLES.find((each) => each.flow === flow) ?? null;
