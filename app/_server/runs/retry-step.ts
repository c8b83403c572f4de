/**
 * 'Retry now': the next attempt of a step that waits for it begins at once. Its retry policy begins its count again, so
 * the step has all its attempts once more; the numbers of the attempts go on.
 */
import type { OnStep, Receipt } from '@/app/_contract/runs';
import { audited } from '../audit';
import { changing } from '../engine';
import { Refusal } from '../failure';
import type { Actor } from '../people/actor';
import type { Web } from '../web';
import { nameOf, type RunAddress } from './address';
import { demandPending, endedMeanwhile, isUnderWay, readStep, type PendingStep } from './pending-step';

export async function retryStep(
  web: Pick<Web, 'database' | 'log' | 'temporal' | 'catalogue' | 'config' | 'invalidations'>,
  actor: Actor,
  run: RunAddress,
  { activityId }: OnStep
): Promise<Receipt> {
  const step = await readStep(web, actor, 'runs.resetActivity', run, activityId);
  const details = { activityId, attempt: step.pending?.attempt ?? null };
  return audited(web, actor, { operation: 'runs.resetActivity', target: nameOf(run), details }, async () => {
    const whyNot = whyNotNow(step);
    if (whyNot) throw new Refusal('refused', whyNot);
    const request = { namespace: web.config.namespace, execution: run, identity: actor.name, id: activityId };
    await changing(web, () => web.temporal.workflowService.resetActivity(request)).catch((error: unknown) =>
      endedMeanwhile(step, error)
    );
    web.invalidations.announce(['runs']);
    return { at: Date.now(), by: actor.name };
  });
}

function whyNotNow(step: PendingStep): string | null {
  const pending = demandPending(step);
  const { title, isRunPaused } = step;
  if (isUnderWay(pending)) return `Attempt ${pending.attempt} of ${title} is under way already. Nothing was changed.`;
  if (pending.pause) return `${title} is paused, by ${pending.pause.by}: resume it instead. Nothing was changed.`;
  if (isRunPaused) return 'This run is paused, and no attempt begins until somebody resumes it. Nothing was changed.';
  if (pending.state !== 'backingOff') return `${title} waits for a worker, not for a time. Nothing was changed.`;
  return null;
}
