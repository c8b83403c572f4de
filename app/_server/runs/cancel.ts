/** 'Stop and undo': requests the cancellation of the run, whose rollback then undoes its effects. */
import type { CancelRun, Receipt } from '@/app/_contract/runs';
import { audited } from '../audit';
import { changing } from '../engine';
import type { Actor } from '../people/actor';
import type { Web } from '../web';
import { demandOpen, nameOf, type RunAddress } from './address';

export async function cancelRun(
  web: Pick<Web, 'database' | 'log' | 'temporal' | 'catalogue' | 'config'>,
  actor: Actor,
  run: RunAddress,
  { reason, requestId }: CancelRun
): Promise<Receipt> {
  await demandOpen(web, actor, 'runs.cancel', run);
  const details = { reason: reason ?? null };
  return audited(web, actor, { operation: 'runs.cancel', target: nameOf(run), details }, async () => {
    await changing(web, () =>
      web.temporal.workflowService.requestCancelWorkflowExecution({
        namespace: web.config.namespace,
        workflowExecution: run,
        identity: actor.name,
        requestId,
        reason: reason ?? '',
      })
    );
    return { at: Date.now(), by: actor.name };
  });
}
