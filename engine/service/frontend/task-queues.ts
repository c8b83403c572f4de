/** Task queues as clients see them. The embedded worker serves one of them. No other workers poll a queue yet. */
import { status } from '@grpc/grpc-js';
import Long from 'long';
import { temporal } from '../../proto';
import { toTimestamp } from '../../proto-time';
import { WORKER_IDENTITY } from '../attempts';
import { ServiceError, unimplemented } from '../errors';
import { namespaceOf, requireId, type Frontend } from './context';
import type { workflowservice } from './requests';

const { TaskQueueType } = temporal.api.enums.v1;

export function refusePolls(frontend: Frontend, request: { taskQueue?: { name?: string | null } | null }): never {
  const queue = requireId('task_queue.name', request.taskQueue?.name);
  if (queue === frontend.engine.taskQueue) {
    throw new ServiceError(
      status.FAILED_PRECONDITION,
      `The queue '${queue}' belongs to the embedded worker. Use a queue of your own.`
    );
  }
  throw unimplemented('Polling by foreign workers');
}

/**
 * The pollers of the queue, and, if requested, its backlog: runs whose type no worker serves, and activity attempts
 * that no worker has started.
 */
export function describe(
  frontend: Frontend,
  request: workflowservice.IDescribeTaskQueueRequest
): workflowservice.IDescribeTaskQueueResponse {
  const { name: namespace } = namespaceOf(frontend, request.namespace);
  const queue = requireId('task_queue.name', request.taskQueue?.name);
  const { engine } = frontend;
  const isEmbedded = queue === engine.taskQueue;
  const response: workflowservice.IDescribeTaskQueueResponse = {
    pollers: isEmbedded ? [{ identity: WORKER_IDENTITY, lastAccessTime: toTimestamp(engine.now()) }] : [],
  };
  if (request.reportStats) {
    const waits = request.taskQueueType === TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY ? waitingActivities : waitingRuns;
    response.stats = { approximateBacklogCount: Long.fromNumber(waits(frontend, namespace, queue)) };
  }
  return response;
}

function waitingRuns({ engine }: Frontend, namespace: string, queue: string): number {
  let count = 0;
  for (const run of engine.runs.values()) {
    const { state } = run;
    const isOfQueue = state.namespace === namespace && state.started.taskQueue?.name === queue;
    if (isOfQueue && state.needsWorkflowTask && !engine.isServed(run)) count++;
  }
  return count;
}

function waitingActivities({ engine }: Frontend, namespace: string, queue: string): number {
  let count = 0;
  for (const { state } of engine.runs.values()) {
    if (state.namespace !== namespace) continue;
    for (const { taskQueue, queuedTimeMs } of state.activities.values()) {
      if (taskQueue === queue && queuedTimeMs > 0) count++;
    }
  }
  return count;
}
