/** Ends the check of a revision. Nothing was stored, so nothing is left of it. */
import { audited } from '../audit';
import { demand, type Actor } from '../people/actor';
import type { Web } from '../web';
import { gateFailure } from './failure';
import { readGate } from './gate';

/** Throws `gateNotFound`. */
export async function endGate(
  web: Pick<Web, 'versions' | 'database' | 'log'>,
  actor: Actor,
  flow: string,
  id: string
): Promise<Record<string, never>> {
  demand(actor, 'flows.endCheck', flow);
  return audited(web, actor, { operation: 'flows.endCheck', target: flow, details: { gate: id } }, async () => {
    await readGate(web, flow, id);
    await web.versions.endGate(id).catch(gateFailure);
    return {};
  });
}
