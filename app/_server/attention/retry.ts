/**
 * The next attempt of a step begins at once, in every run of a group that tries it again. The engine carries it out as a
 * batch.
 *
 * [ATB1] Only for a group whose step is tried again, by whoever may operate its flow; who, why and how many is audited.
 * [ATB2] Sent twice, it is one batch.
 */
import type { Batch, RetryGroup } from '@/app/_contract/batches';
import { parseActivityId } from '@/engine/run-view/activity-id';
import { audited } from '../audit';
import { startBatch } from '../batches/start';
import { reading } from '../engine';
import { Refusal } from '../failure';
import { demandAnywhere, demand, type Actor } from '../people/actor';
import type { Web } from '../web';
import { flowClause, typeClause } from '../runs/visibility';
import { listAttention, type Lister } from './list';
import { whereOf } from './search';

/** How far back makes no difference for open runs. */
const DAYS = 7;

export async function retryGroup(
  web: Lister & Pick<Web, 'invalidations' | 'versions'>,
  actor: Actor,
  { flow, key, reason, requestId }: RetryGroup
): Promise<Batch> {
  demandAnywhere(actor, 'batches.start');
  const versions = await web.catalogue.list();
  const isFlow = versions.some((version) => version.flow === flow);
  demand(actor, 'batches.start', isFlow ? flow : null);
  const { groups } = await listAttention(web, actor, { days: DAYS });
  const group = groups.find((each) => each.flow === flow && each.key === key);
  if (!group) throw new Refusal('refused', 'No run is in this group any more. Nothing was changed.');
  if (group.kind !== 'retries' || group.step === null)
    throw new Refusal('refused', 'The runs of this group try no step again. Nothing was changed.');
  const type = await activityTypeOf(web, group.example, group.step);
  const own = isFlow ? flowClause(flow) : typeClause(flow);
  const query = [own, ...whereOf({ ...group, flow: isFlow ? flow : null, workflowType: flow }, 0)].join(' AND ');
  const details = { reason, runs: group.count, batch: requestId };
  return audited(web, actor, { operation: 'batches.start', target: `${flow}/${key}`, details }, async () => {
    const asked = { id: requestId, act: { kind: 'retry' as const }, flows: isFlow ? [flow] : null, reason };
    const batch = await startBatch(web, actor, asked, {
      visibilityQuery: query,
      reason,
      resetActivitiesOperation: { identity: actor.name, type },
    });
    web.invalidations.announce(['attention']);
    return batch;
  });
}

/** Of the pending activity of the step in one of the runs. */
async function activityTypeOf(
  web: Lister,
  execution: { workflowId: string; runId: string },
  step: string
): Promise<string> {
  const { namespace } = web.config;
  const described = await reading(web, () =>
    web.temporal.workflowService.describeWorkflowExecution({ namespace, execution })
  );
  const [nodeId, role = 'do'] = step.split(':');
  const pending = described.pendingActivities?.find(({ activityId, activityType }) => {
    const parsed = parseActivityId(activityId ?? '');
    return parsed ? parsed.nodeId === nodeId && parsed.role === role : activityType?.name === step;
  });
  const type = pending?.activityType?.name;
  if (!type) throw new Refusal('refused', 'The step is not tried again any more. Nothing was changed.');
  return type;
}
