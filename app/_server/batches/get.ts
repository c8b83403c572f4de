/** How far a batch is. */
import type { Batch } from '@/app/_contract/batches';
import { temporal } from '@/engine/proto';
import { timestampMs } from '@/engine/proto-time';
import { reading } from '../engine';
import { fromEngine, Refusal } from '../failure';
import { demandAnywhere, type Actor } from '../people/actor';
import type { Web } from '../web';

const { BatchOperationState: State, BatchOperationType: Type } = temporal.api.enums.v1;
export type BatchReader = Pick<Web, 'temporal' | 'config'>;

export async function getBatch(web: BatchReader, actor: Actor, id: string): Promise<Batch> {
  demandAnywhere(actor, 'batches.get');
  return readBatch(web, id);
}

export async function readBatch(web: BatchReader, id: string): Promise<Batch> {
  const { namespace } = web.config;
  const describe = () => web.temporal.workflowService.describeBatchOperation({ namespace, jobId: id });
  const batch = await reading(web, describe).catch((error: unknown) => {
    if (fromEngine(error)?.code !== 'runNotFound') throw error;
    throw new Refusal('nothingHere', 'This batch does not exist.', undefined, { cause: error });
  });
  return {
    id,
    kind: KINDS[batch.operationType ?? 0] ?? null,
    state: stateOf(batch.state),
    total: Number(batch.totalOperationCount ?? 0),
    done: Number(batch.completeOperationCount ?? 0),
    failed: Number(batch.failureOperationCount ?? 0),
    startedMs: timestampMs(batch.startTime),
    endedMs: batch.closeTime ? timestampMs(batch.closeTime) : null,
  };
}

const KINDS: Partial<Record<number, Batch['kind']>> = {
  [Type.BATCH_OPERATION_TYPE_CANCEL]: 'cancel',
  [Type.BATCH_OPERATION_TYPE_TERMINATE]: 'terminate',
  [Type.BATCH_OPERATION_TYPE_RESET_ACTIVITY]: 'retry',
};

function stateOf(state: temporal.api.enums.v1.BatchOperationState | null | undefined): Batch['state'] {
  if (state === State.BATCH_OPERATION_STATE_RUNNING) return 'running';
  return state === State.BATCH_OPERATION_STATE_COMPLETED ? 'completed' : 'stopped';
}
