/** Ends the pause of one step: its next attempt begins at once, unless one of its timeouts passed meanwhile. */
import type { OnStep, Receipt } from '@/app/_contract/runs';
import { audited } from '../audit';
import { changing } from '../engine';
import { Refusal } from '../failure';
import type { Actor } from '../people/actor';
import type { Web } from '../web';
import { nameOf, type RunAddress } from './address';
import { demandPending, endedMeanwhile, readStep } from './pending-step';

export async function resumeStep(
  web: Pick<Web, 'database' | 'log' | 'temporal' | 'catalogue' | 'config' | 'invalidations'>,
  actor: Actor,
  run: RunAddress,
  { activityId }: OnStep
): Promise<Receipt> {
  const step = await readStep(web, actor, 'runs.unpauseActivity', run, activityId);
  const details = { activityId };
  return audited(web, actor, { operation: 'runs.unpauseActivity', target: nameOf(run), details }, async () => {
    if (!demandPending(step).pause)
      throw new Refusal('refused', `${step.title} is not paused any more: somebody has resumed it.`);
    const request = { namespace: web.config.namespace, execution: run, identity: actor.name, id: activityId };
    await changing(web, () => web.temporal.workflowService.unpauseActivity(request)).catch((error: unknown) =>
      endedMeanwhile(step, error)
    );
    web.invalidations.announce(['runs']);
    return { at: Date.now(), by: actor.name };
  });
}
