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
}
