/**
 * Pauses one pending step: no attempt of it begins (engine/history/activity-operations.ts). The rest of the run goes on.
 * The reason is shown to everybody who opens the run.
 */
import type { PauseStep, Receipt } from '@/app/_contract/runs';
import type { PauseView } from '@/engine/run-view/model';
import { audited } from '../audit';
import { changing } from '../engine';
import { Refusal } from '../failure';
import type { Actor } from '../people/actor';
import type { Web } from '../web';
import { demandStillOpen, describeRun, nameOf, type RunAddress } from './address';
import { answeredBefore } from './answered-before';
import { demandPending, endedMeanwhile, readStep, stepIn, type PendingStep } from './pending-step';

export async function pauseStep(
  web: Pick<Web, 'database' | 'log' | 'temporal' | 'catalogue' | 'config' | 'invalidations'>,
  actor: Actor,
  run: RunAddress,
  { activityId, reason, requestId }: PauseStep
): Promise<Receipt> {
  const described = await describeRun(web, actor, 'runs.pauseActivity', run);
  const before = await answeredBefore(web, actor, 'runs.pauseActivity', run, requestId);
  if (before) return before;
  demandStillOpen(described, run);
  const step = await stepIn(web, described, activityId);
  const details = { activityId, reason, requestId };
  return audited(web, actor, { operation: 'runs.pauseActivity', target: nameOf(run), details }, async () => {
    const { pause } = demandPending(step);
    if (pause && !isOwn(pause, actor, reason)) throw pausedBy(step, pause, actor);
    const request = { namespace: web.config.namespace, execution: run, identity: actor.name, id: activityId, reason };
    await changing(web, () => web.temporal.workflowService.pauseActivity(request)).catch((error: unknown) =>
      endedMeanwhile(step, error)
    );
    // The engine answers a second pause as the first, and keeps who was first.
    const { pending } = await readStep(web, actor, 'runs.pauseActivity', run, activityId).catch(() => step);
    if (pending?.pause && !isOwn(pending.pause, actor, reason)) throw pausedBy(step, pending.pause, actor);
    web.invalidations.announce(['runs']);
    return { at: Date.now(), by: actor.name };
  });
}

/** A request that is sent again after a lost answer asks for what there is. */
const isOwn = (pause: PauseView, actor: Actor, reason: string): boolean =>
  pause.by === actor.name && pause.reason === reason;

function pausedBy({ title }: PendingStep, { by, reason }: PauseView, actor: Actor): Refusal {
  const who = by === actor.name ? `you, with the reason '${reason}'` : by;
  return new Refusal('refused', `${title} is paused already, by ${who}. It stays paused.`);
}
