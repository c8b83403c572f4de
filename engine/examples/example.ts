/** What an example registers (registry.ts). */
import type { Connection } from '../flow/connections/connection';
import type { Operation } from '../flow/connections/operation';

export interface Example {
  /** Name of its flow. */
  flow: string;
  /** What is published when somebody installs it. */
  document: unknown;
  /** Its services as a connection with operations, installed with it. */
  connection: { connection: Connection; operations: readonly Operation[] };
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
