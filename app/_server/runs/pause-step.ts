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
import { nameOf, type RunAddress } from './address';
import { demandPending, endedMeanwhile, readStep, type PendingStep } from './pending-step';

export async function pauseStep(
  web: Pick<Web, 'database' | 'log' | 'temporal' | 'catalogue' | 'config' | 'invalidations'>,
  actor: Actor,
  run: RunAddress,
  { activityId, reason }: PauseStep
): Promise<Receipt> {
  const step = await readStep(web, actor, 'runs.pauseActivity', run, activityId);
  const details = { activityId, reason };
  return audited(web, actor, { operation: 'runs.pauseActivity', target: nameOf(run), details }, async () => {
    const { pause } = demandPending(step);
    if (pause && !isOwn(pause, actor, reason)) throw pausedBy(step, pause);
    const request = { namespace: web.config.namespace, execution: run, identity: actor.name, id: activityId, reason };
    await changing(web, () => web.temporal.workflowService.pauseActivity(request)).catch((error: unknown) =>
      endedMeanwhile(step, error)
    );
    // The engine answers a second pause as the first, and keeps who was first.
    const { pending } = await readStep(web, actor, 'runs.pauseActivity', run, activityId).catch(() => step);
    if (pending?.pause && !isOwn(pending.pause, actor, reason)) throw pausedBy(step, pending.pause);
    web.invalidations.announce(['runs']);
    return { at: Date.now(), by: actor.name };
  });
}

/** A request that is sent again after a lost answer asks for what there is. */
const isOwn = (pause: PauseView, actor: Actor, reason: string): boolean =>
  pause.by === actor.name && pause.reason === reason;

const pausedBy = ({ title }: PendingStep, { by }: PauseView): Refusal =>
  new Refusal('refused', `${title} is paused already, by ${by}. It stays paused.`);
