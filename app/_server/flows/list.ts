/** Every flow that has a published version, sorted by title. */
import type { FlowSummary } from '@/app/_contract/flows';
import type { VersionMessage } from '@/engine/api/client';
import { reading } from '../engine';
import { flowClause } from '../runs/visibility';
import { flowsOf } from '@/engine/permissions/permissions';
import { byName } from '@/engine/flow/values/name-order';
import { demandAnywhere, type Actor } from '../people/actor';
import type { Web } from '../web';
import { flowSummary } from './summaries';

export async function listFlows(web: Pick<Web, 'catalogue' | 'temporal'>, actor: Actor): Promise<FlowSummary[]> {
  demandAnywhere(actor, 'flows.list');
  const flows = flowsOf(actor, 'flows.list');
  const ofFlows = new Map<string, VersionMessage[]>();
  for (const version of await web.catalogue.list()) {
    if (flows && !flows.includes(version.flow)) continue;
    ofFlows.set(version.flow, [...(ofFlows.get(version.flow) ?? []), version]);
  }
  const summaries = await Promise.all(
    [...ofFlows].map(async ([flow, versions]) => flowSummary(versions, await countOpen(web, flow)))
  );
  return summaries.sort((a, b) => byName(a.title, b.title));
}

/** Null if they cannot be counted now, or not by this cluster. */
export async function countOpen(web: Pick<Web, 'temporal'>, flow: string): Promise<number | null> {
  const query = `${flowClause(flow)} AND ExecutionStatus = 'Running'`;
  return reading(web, () => web.temporal.workflow.count(query))
    .then(({ count }) => count)
    .catch(() => null);
}
