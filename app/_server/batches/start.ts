/** Hands a batch to the engine, which goes on with it after a crash: at most 50 runs a second, one batch at a time. */
import type { Batch } from '@/app/_contract/batches';
import type { temporal } from '@/engine/proto';
import { changing } from '../engine';
import { fromEngine, Refusal } from '../failure';
import type { Web } from '../web';
import { readBatch } from './get';

type Request = Omit<temporal.api.workflowservice.v1.IStartBatchOperationRequest, 'namespace' | 'jobId'>;

/** `id`: sent twice, it is one batch. */
export async function startBatch(web: Pick<Web, 'temporal' | 'config'>, id: string, request: Request): Promise<Batch> {
  const { namespace } = web.config;
  const start = () => web.temporal.workflowService.startBatchOperation({ ...request, namespace, jobId: id });
  await changing(web, start).catch(alreadyStarted);
  return readBatch(web, id);
}

function alreadyStarted(error: unknown): void {
  const details = error instanceof Error && 'details' in error ? String(error.details) : '';
  if (/exists already/.test(details)) return;
  if (/Max concurrent batch/.test(details))
    throw new Refusal('refused', 'Another batch is under way. Start this one when it has ended.');
  throw fromEngine(error) ?? error;
}
