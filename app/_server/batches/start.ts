/** Hands a batch to the engine, which goes on with it after a crash: at most 50 runs a second, one batch at a time. */
import type { Batch } from '@/app/_contract/batches';
import type { temporal } from '@/engine/proto';
import { changing } from '../engine';
import { fromEngine, Refusal } from '../failure';
import type { Actor } from '../people/actor';
import type { Web } from '../web';
import { readBatch, type BatchReader } from './get';
import { record, recordOf, type Asked } from './record';

type Request = Omit<temporal.api.workflowservice.v1.IStartBatchOperationRequest, 'namespace' | 'jobId'>;

/** What a batch of a Temporal server cannot do. */
export interface OwnRequest {
  kind: 'pause' | 'unpause' | 'resetToStep';
  step?: string;
  withoutSignals?: boolean;
  withoutUpdates?: boolean;
}

/** `asked.id`: sent twice, it is one batch. `own`: what it does, if the request has no field for it. */
export async function startBatch(
  web: BatchReader & Pick<Web, 'versions'>,
  actor: Actor,
  asked: Asked,
  request: Request,
  own?: OwnRequest
): Promise<Batch> {
  const { namespace, foreignCluster } = web.config;
  const { id: jobId } = asked;
  if (own && foreignCluster)
    throw new Refusal('refused', 'A Temporal cluster does this to one run at a time only. Nothing was changed.');
  // Before it begins, so that nobody sees a batch without its flows.
  await record(web, actor, asked);
  const kept = await recordOf(web, jobId);
  if (kept?.byId !== actor.id) throw new Refusal('badRequest', 'This id is that of another batch. Nothing was done.');
  const start = () => web.temporal.workflowService.startBatchOperation({ ...request, namespace, jobId });
  const startOwn = ({ kind, step = '', withoutSignals = false, withoutUpdates = false }: OwnRequest) => {
    const { visibilityQuery, executions, reason } = request;
    const runs = (executions ?? []).map(({ workflowId, runId }) => ({
      workflowId: workflowId ?? '',
      runId: runId ?? '',
    }));
    const named = { namespace, jobId, visibilityQuery: visibilityQuery ?? '', runs, reason: reason ?? '' };
    return web.versions.startRunsBatch({
      ...named,
      kind,
      step,
      withoutSignals,
      withoutUpdates,
      identity: actor.name,
    });
  };
  await (own ? startOwn(own) : changing(web, start)).catch(alreadyStarted);
  return readBatch(web, actor, jobId);
}

function alreadyStarted(error: unknown): void {
  const details = error instanceof Error && 'details' in error ? String(error.details) : '';
  if (/exists already/.test(details)) return;
  if (/Max concurrent batch/.test(details))
    throw new Refusal('refused', 'Another batch is under way. Start this one when it has ended.');
  throw fromEngine(error) ?? error;
}
