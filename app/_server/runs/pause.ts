/**
 * 'Pause': no step and no attempt of the run begins until somebody resumes it (engine/history/paused.ts says what goes on
 * meanwhile). The reason is shown to everybody who opens the run.
 */
import type { PauseRun, Receipt } from '@/app/_contract/runs';
import { audited } from '../audit';
import { changing } from '../engine';
import { Refusal } from '../failure';
import type { Actor } from '../people/actor';
import type { Web } from '../web';
import { demandOpen, nameOf, type RunAddress } from './address';

export async function pauseRun(
  web: Pick<Web, 'database' | 'log' | 'temporal' | 'catalogue' | 'config' | 'invalidations'>,
  actor: Actor,
  run: RunAddress,
  { reason, requestId }: PauseRun
): Promise<Receipt> {
  const { description } = await demandOpen(web, actor, 'runs.pause', run);
  const { pauseInfo } = description.workflowExtendedInfo ?? {};
  return audited(web, actor, { operation: 'runs.pause', target: nameOf(run), details: { reason } }, async () => {
    // The engine recognises the same request by its id.
    if (pauseInfo && (pauseInfo.identity !== actor.name || pauseInfo.reason !== reason))
      throw new Refusal(
        'refused',
        `This run is paused already, by ${pauseInfo.identity || 'somebody'}. It stays paused.`
      );
    await changing(web, () =>
      web.temporal.workflowService.pauseWorkflowExecution({
        namespace: web.config.namespace,
        ...run,
        identity: actor.name,
        reason,
        requestId,
      })
    );
    web.invalidations.announce(['runs', 'inbox']);
    return { at: Date.now(), by: actor.name };
  });
}
