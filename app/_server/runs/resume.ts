/** 'Resume': a paused run goes on with all that happened meanwhile, and every attempt that is due begins. */
import type { Receipt, ResumeRun } from '@/app/_contract/runs';
import { audited } from '../audit';
import { changing } from '../engine';
import type { Actor } from '../people/actor';
import type { Web } from '../web';
import { demandOpen, nameOf, type RunAddress } from './address';

export async function resumeRun(
  web: Pick<Web, 'database' | 'log' | 'temporal' | 'catalogue' | 'config' | 'invalidations'>,
  actor: Actor,
  run: RunAddress,
  { reason, requestId }: ResumeRun
): Promise<Receipt> {
  await demandOpen(web, actor, 'runs.unpause', run);
  const details = { reason: reason ?? null };
  return audited(web, actor, { operation: 'runs.unpause', target: nameOf(run), details }, async () => {
    await changing(web, () =>
      web.temporal.workflowService.unpauseWorkflowExecution({
        namespace: web.config.namespace,
        ...run,
        identity: actor.name,
        reason: reason ?? '',
        requestId,
      })
    );
    web.invalidations.announce(['runs', 'inbox']);
    return { at: Date.now(), by: actor.name };
  });
}
