/** Ends a batch: what was asked until then stays asked. A batch has runs of any flow, so it needs the permission for all. */
import type { Batch, StopBatch } from '@/app/_contract/batches';
import { audited } from '../audit';
import { changing } from '../engine';
import { demand, type Actor } from '../people/actor';
import type { Web } from '../web';
import { readBatch, type BatchReader } from './get';

export async function stopBatch(
  web: BatchReader & Pick<Web, 'database' | 'log'>,
  actor: Actor,
  id: string,
  { reason }: StopBatch
): Promise<Batch> {
  demand(actor, 'batches.stop');
  const { namespace } = web.config;
  return audited(web, actor, { operation: 'batches.stop', target: id, details: { reason } }, async () => {
    const request = { namespace, jobId: id, reason, identity: actor.name };
    const { state } = await readBatch(web, id);
    if (state === 'running') await changing(web, () => web.temporal.workflowService.stopBatchOperation(request));
    return readBatch(web, id);
  });
}
