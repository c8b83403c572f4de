/**
 * 'Kill now, undo nothing': ends the run without running its code. Its effects remain, and its open tasks are
 * settled.
 */
import { defaultPayloadConverter, toPayloads } from '@temporalio/common';
import type { Receipt, TerminateRun } from '@/app/_contract/runs';
import { audited } from '../audit';
import { changing } from '../engine';
import { settleTasksOf } from '../inbox/reconcile';
import type { Actor } from '../people/actor';
import type { Web } from '../web';
import { demandOpen, nameOf, type RunAddress } from './address';

export async function terminateRun(
  web: Pick<Web, 'database' | 'log' | 'temporal' | 'catalogue' | 'config' | 'invalidations'>,
  actor: Actor,
  run: RunAddress,
  { reason }: TerminateRun
): Promise<Receipt> {
  const { summary } = await demandOpen(web, actor, 'runs.terminate', run);
  return audited(web, actor, { operation: 'runs.terminate', target: nameOf(run), details: { reason } }, async () => {
    await changing(web, () =>
      web.temporal.workflowService.terminateWorkflowExecution({
        namespace: web.config.namespace,
        workflowExecution: run,
        reason,
        details: { payloads: toPayloads(defaultPayloadConverter, { by: actor.name }) },
        identity: actor.name,
      })
    );
    await settleTasksOf(web, run.workflowId, summary.firstRunId).catch((error: unknown) =>
      web.log.warn({ err: error }, 'the tasks of a terminated run remain open until they are reconciled')
    );
    return { at: Date.now(), by: actor.name };
  });
}
