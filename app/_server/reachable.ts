/**
 * [RCB1] An address to which requests would never go, because it is written as a number that the machine forbids (its own, its
 * cloud's, or a private one where the operator forbids these), is refused when it is saved. A name is checked at each call,
 * since it may mean something else then.
 */
import { readActivityConfig } from '@/engine/activities/config';
import { EgressGuard } from '@/engine/activities/egress/guard';
import type { Web } from './web';

/** Why requests never go there; null: they may. */
export function whyUnreachable({ config }: { config: Pick<Web['config'], 'environment'> }, url: URL): string | null {
  const guard = new EgressGuard(readActivityConfig(config.environment)).forConnection([url.origin], []);
  try {
    guard.agentFor(url);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
