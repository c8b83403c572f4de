/** Task queues as clients see them. The embedded worker serves one of them. No other workers poll a queue yet. */
import { status } from '@grpc/grpc-js';
import Long from 'long';
import { temporal } from '../../proto';
import { toTimestamp } from '../../proto-time';
import { WORKER_IDENTITY } from '../attempts';
import { invalid, ServiceError, unimplemented } from '../errors';
import { namespaceOf, requireId, type Frontend } from './context';
import type { workflowservice } from './requests';

const { DescribeTaskQueueMode, TaskQueueKind, TaskQueueType } = temporal.api.enums.v1;

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
 * that no worker has started. A Temporal server answers in one of two forms (service/matching/matching_engine.go): for
 * one type of task, or, enhanced, for several types by version of the worker, of which '' is here the only one.
 */
export function describe(
  frontend: Frontend,
  request: workflowservice.IDescribeTaskQueueRequest
): workflowservice.IDescribeTaskQueueResponse {
  const { name: namespace } = namespaceOf(frontend, request.namespace);
  const queue = requireId('task_queue.name', request.taskQueue?.name);
  const isSticky = request.taskQueue?.kind === TaskQueueKind.TASK_QUEUE_KIND_STICKY;
  const statsOf = (type: number) => (isSticky ? 0 : backlog(frontend, namespace, queue, type));
  const pollers = isSticky ? [] : pollersOf(frontend, queue);
  if (request.apiMode === DescribeTaskQueueMode.DESCRIBE_TASK_QUEUE_MODE_ENHANCED) {
    if (isSticky) throw invalid('task_queue.kind', 'a sticky queue has no enhanced description');
    const types = request.taskQueueTypes?.length ? request.taskQueueTypes : BOTH_TYPES;
    const typesInfo = Object.fromEntries(
      types.map((type) => [
        type,
        {
          pollers: request.reportPollers && BOTH_TYPES.includes(type) ? pollers : [],
          stats: request.reportStats ? statsMessage(statsOf(type)) : null,
        },
      ])
    );
    return { versionsInfo: { '': { typesInfo } } };
  }
  const type = request.taskQueueType || TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW;
  const count = statsOf(type);
  return {
    pollers: BOTH_TYPES.includes(type) ? pollers : [],
    stats: request.reportStats ? statsMessage(count) : null,
    taskQueueStatus: request.includeTaskQueueStatus ? { backlogCountHint: Long.fromNumber(count) } : null,
  };
}

const BOTH_TYPES: readonly number[] = [TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW, TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY];

const statsMessage = (count: number) => ({ approximateBacklogCount: Long.fromNumber(count) });

function pollersOf({ engine }: Frontend, queue: string): temporal.api.taskqueue.v1.IPollerInfo[] {
  if (queue !== engine.taskQueue) return [];
  return [{ identity: WORKER_IDENTITY, lastAccessTime: toTimestamp(engine.now()) }];
}

function backlog(frontend: Frontend, namespace: string, queue: string, type: number): number {
  if (type === TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW) return frontend.engine.waitingRuns(namespace, queue);
  return type === TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY ? waitingActivities(frontend, namespace, queue) : 0;
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
