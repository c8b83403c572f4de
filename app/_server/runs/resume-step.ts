/** Ends the pause of one step: its next attempt begins at once, unless one of its timeouts passed meanwhile. */
import type { OnStep, Receipt } from '@/app/_contract/runs';
import { audited } from '../audit';
import { changing } from '../engine';
import { Refusal } from '../failure';
import type { Actor } from '../people/actor';
import type { Web } from '../web';
import { demandStillOpen, describeRun, nameOf, type RunAddress } from './address';
import { answeredBefore, lastResumer } from './answered-before';
import { demandPending, endedMeanwhile, stepIn } from './pending-step';

export async function resumeStep(
  web: Pick<Web, 'database' | 'log' | 'temporal' | 'catalogue' | 'config' | 'invalidations'>,
  actor: Actor,
  run: RunAddress,
  { activityId, requestId }: OnStep
): Promise<Receipt> {
  const described = await describeRun(web, actor, 'runs.unpauseActivity', run);
  const before = await answeredBefore(web, actor, 'runs.unpauseActivity', run, requestId);
  if (before) return before;
  demandStillOpen(described, run);
  const step = await stepIn(web, described, activityId);
  const details = { activityId, requestId };
  return audited(web, actor, { operation: 'runs.unpauseActivity', target: nameOf(run), details }, async () => {
    if (!demandPending(step).pause) {
      const by = await lastResumer(web, run, activityId);
      if (by?.id === actor.id) return { at: Date.now(), by: actor.name };
      throw new Refusal('refused', `${step.title} is not paused any more: ${by?.name ?? 'somebody'} has resumed it.`);
    }
    const request = { namespace: web.config.namespace, execution: run, identity: actor.name, id: activityId };
    await changing(web, () => web.temporal.workflowService.unpauseActivity(request)).catch((error: unknown) =>
      endedMeanwhile(step, error)
    );
    web.invalidations.announce(['runs']);
    return { at: Date.now(), by: actor.name };
  });
}
