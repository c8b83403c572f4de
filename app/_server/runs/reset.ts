/**
 * 'Reset to here': a new run begins with the history of this one up to a workflow task, and goes on from there. An open run
 * ends. The engine refuses it where the new run could not say what remains (engine/service/frontend/reset.ts).
 */
import Long from 'long';
import type { ResetDone, ResetRun } from '@/app/_contract/runs';
import { temporal } from '@/engine/proto';
import { audited } from '../audit';
import { changing } from '../engine';
import { reconcileTasks } from '../inbox/reconcile';
import type { Actor } from '../people/actor';
import type { Web } from '../web';
import { describeRun, nameOf, type RunAddress } from './address';

const { ResetReapplyExcludeType: Exclude } = temporal.api.enums.v1;

export async function resetRun(
  web: Pick<Web, 'database' | 'log' | 'temporal' | 'catalogue' | 'config' | 'invalidations'>,
  actor: Actor,
  run: RunAddress,
  { requestId, eventId, reason, signals, updates }: ResetRun
): Promise<ResetDone> {
  await describeRun(web, actor, 'runs.reset', run);
  const details = { reason, eventId, signals, updates };
  return audited(web, actor, { operation: 'runs.reset', target: nameOf(run), details }, async () => {
    const { runId } = await changing(web, () =>
      web.temporal.workflowService.resetWorkflowExecution({
        namespace: web.config.namespace,
        workflowExecution: run,
        reason: `${reason} (${actor.name})`,
        workflowTaskFinishEventId: Long.fromNumber(eventId),
        requestId,
        resetReapplyExcludeTypes: [
          ...(signals ? [] : [Exclude.RESET_REAPPLY_EXCLUDE_TYPE_SIGNAL]),
          ...(updates ? [] : [Exclude.RESET_REAPPLY_EXCLUDE_TYPE_UPDATE]),
        ],
        identity: actor.name,
      })
    );
    web.invalidations.announce(['runs']);
    await reconcileTasks(web, run.workflowId).catch((error: unknown) =>
      web.log.warn({ err: error }, 'the tasks of a run that was reset remain open until they are reconciled')
    );
    return { at: Date.now(), by: actor.name, runId };
  });
}
