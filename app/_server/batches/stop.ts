/** Ends a batch: what was asked until then stays asked. [BRC1] */
import type { Batch, StopBatch } from '@/app/_contract/batches';
import { audited } from '../audit';
import { changing } from '../engine';
import type { Actor } from '../people/actor';
import type { Web } from '../web';
import { readBatch, type BatchReader } from './get';
import { demandOn } from './record';

export async function stopBatch(
  web: BatchReader & Pick<Web, 'log'>,
  actor: Actor,
  id: string,
  { reason }: StopBatch
): Promise<Batch> {
  const asked = await demandOn(web, actor, 'batches.stop', id);
  const { namespace } = web.config;
  return audited(web, actor, { operation: 'batches.stop', target: id, details: { reason } }, async () => {
    const request = { namespace, jobId: id, reason, identity: actor.name };
    const { state } = await readBatch(web, actor, id, asked);
    if (state === 'running') await changing(web, () => web.temporal.workflowService.stopBatchOperation(request));
    return readBatch(web, actor, id, asked);
  });
}
