/** What a template registers (registry.ts): a flow to begin with, and what it takes to run it at once. */
import type { Connected } from './services/connection';

export interface Template {
  /** The name of the flow in its document. */
  name: string;
  title: string;
  document: unknown;
  /** Its services as connections, which are made on the first use. */
  connections: readonly Connected[];
  /** One sentence: what the flow does. */
  summary: string;
  /** What of Backstitch it shows, in a few words each. */
  teaches: readonly string[];
  /** What to try, and what to look at then. */
  lookAt: readonly { title: string; text: string }[];
}
