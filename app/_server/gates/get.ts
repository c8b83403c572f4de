/** What the check of a revision has found so far. */
import type { GateAnswer } from '@/app/_contract/gates';
import { demand, type Actor } from '../people/actor';
import type { Web } from '../web';
import { readGate } from './gate';

/** Throws `gateNotFound`. */
export async function getGate(web: Pick<Web, 'versions'>, actor: Actor, flow: string, id: string): Promise<GateAnswer> {
  demand(actor, 'flows.get', flow);
  return { report: await readGate(web, flow, id) };
}
