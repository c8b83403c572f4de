/** How far a batch is. */
import type { Batch } from '@/app/_contract/batches';
import { temporal } from '@/engine/proto';
import { timestampMs } from '@/engine/proto-time';
import type { RunBatch } from '@/prisma/client/client';
import { reading } from '../engine';
import { fromEngine, Refusal } from '../failure';
import { type Actor } from '../people/actor';
import type { Web } from '../web';
import { actOf, demandOn, mayOn, recordOf } from './record';

const { BatchOperationState: State, BatchOperationType: Type } = temporal.api.enums.v1;

export type BatchReader = Pick<Web, 'temporal' | 'config' | 'database'>;

export async function getBatch(web: BatchReader, actor: Actor, id: string): Promise<Batch> {
  return readBatch(web, actor, id, await demandOn(web, actor, 'batches.get', id));
}

export async function readBatch(web: BatchReader, actor: Actor, id: string, known?: RunBatch | null): Promise<Batch> {
  const { namespace } = web.config;
  const describe = () => web.temporal.workflowService.describeBatchOperation({ namespace, jobId: id });
  const batch = await reading(web, describe).catch(noBatch);
  const asked = known === undefined ? await recordOf(web, id) : known;
  const state = stateOf(batch.state);
  const act = asked && actOf(asked);
  const about = act?.signal?.name ?? (typeof act?.reset?.to === 'object' ? act.reset.to.step : act?.reset?.to);
  const failed = Number(batch.failureOperationCount ?? 0);
  const mayStop = mayOn(actor, 'batches.stop', asked);
  return {
    id,
    kind: act?.kind ?? KINDS[batch.operationType ?? 0] ?? null,
    state,
    total: Number(batch.totalOperationCount ?? 0),
    done: Number(batch.completeOperationCount ?? 0),
    failed,
    startedMs: timestampMs(batch.startTime),
    endedMs: batch.closeTime ? timestampMs(batch.closeTime) : null,
    ...(asked ? { by: asked.byName } : {}),
    ...((asked?.reason ?? batch.reason) ? { reason: asked?.reason ?? batch.reason ?? '' } : {}),
    ...(about === undefined ? {} : { about }),
    mayStop,
    canRepeat: act !== null && failed > 0 && state !== 'running' && mayStop,
  };
}

/** Throws `nothingHere` for what the engine says of a batch that it does not have, and every other error again. */
export function noBatch(error: unknown): never {
  if (fromEngine(error)?.code !== 'runNotFound') throw error;
  throw new Refusal('nothingHere', 'This batch does not exist.', undefined, { cause: error });
}

const KINDS: Partial<Record<number, Batch['kind']>> = {
  [Type.BATCH_OPERATION_TYPE_CANCEL]: 'cancel',
  [Type.BATCH_OPERATION_TYPE_TERMINATE]: 'terminate',
  [Type.BATCH_OPERATION_TYPE_SIGNAL]: 'signal',
  [Type.BATCH_OPERATION_TYPE_RESET]: 'reset',
  [Type.BATCH_OPERATION_TYPE_RESET_ACTIVITY]: 'retry',
};

function stateOf(state: temporal.api.enums.v1.BatchOperationState | null | undefined): Batch['state'] {
  if (state === State.BATCH_OPERATION_STATE_RUNNING) return 'running';
  return state === State.BATCH_OPERATION_STATE_COMPLETED ? 'completed' : 'stopped';
}
