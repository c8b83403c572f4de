/** Task queues as clients see them. The embedded worker serves one of them. No other workers poll a queue yet. */
import { status } from '@grpc/grpc-js';
import Long from 'long';
import { temporal } from '../../proto';
import { toDuration, toTimestamp } from '../../proto-time';
import { WORKER_IDENTITY } from '../attempts';
import { invalid, ServiceError, unimplemented } from '../errors';
import type { Rates } from '../queue-rates';
import { namespaceOf, requireId, type Frontend } from './context';
import type { workflowservice } from './requests';

const { BuildIdTaskReachability, DescribeTaskQueueMode, TaskQueueKind, TaskQueueType } = temporal.api.enums.v1;

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
 * one type of task, or, enhanced, for several types by version of the worker, of which '' is here the only one: new tasks
 * always reach it (service/matching/reachability.go, where no rule assigns tasks to versions).
 */
export function describe(
  frontend: Frontend,
  request: workflowservice.IDescribeTaskQueueRequest
): workflowservice.IDescribeTaskQueueResponse {
  const { name: namespace } = namespaceOf(frontend, request.namespace);
  const queue = requireId('task_queue.name', request.taskQueue?.name);
  const isSticky = request.taskQueue?.kind === TaskQueueKind.TASK_QUEUE_KIND_STICKY;
  const statsOf = (type: number) => (isSticky ? EMPTY : backlog(frontend, namespace, queue, type));
  const reported = (type: number) =>
    statsMessage(statsOf(type), isSticky ? NONE : ratesOf(frontend, namespace, queue, type));
  const pollers = isSticky ? [] : pollersOf(frontend, queue);
  if (request.apiMode === DescribeTaskQueueMode.DESCRIBE_TASK_QUEUE_MODE_ENHANCED) {
    if (isSticky) throw invalid('task_queue.kind', 'a sticky queue has no enhanced description');
    const types = request.taskQueueTypes?.length ? request.taskQueueTypes : BOTH_TYPES;
    const typesInfo = Object.fromEntries(
      types.map((type) => [
        type,
        {
          pollers: request.reportPollers && BOTH_TYPES.includes(type) ? pollers : [],
          stats: request.reportStats ? reported(type) : null,
        },
      ])
    );
    const taskReachability = request.reportTaskReachability
      ? BuildIdTaskReachability.BUILD_ID_TASK_REACHABILITY_REACHABLE
      : null;
    return { versionsInfo: { '': { typesInfo, taskReachability } } };
  }
  const type = request.taskQueueType || TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW;
  const stats = statsOf(type);
  return {
    pollers: BOTH_TYPES.includes(type) ? pollers : [],
    stats: request.reportStats ? reported(type) : null,
    taskQueueStatus: request.includeTaskQueueStatus ? { backlogCountHint: Long.fromNumber(stats.count) } : null,
  };
}

const BOTH_TYPES: readonly number[] = [TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW, TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY];

interface Backlog {
  count: number;
  /** Of the oldest task. */
  ageMs: number;
}
const EMPTY: Backlog = { count: 0, ageMs: 0 };
const NONE: Rates = { added: 0, dispatched: 0 };

const statsMessage = ({ count, ageMs }: Backlog, rates: Rates): temporal.api.taskqueue.v1.ITaskQueueStats => ({
  approximateBacklogCount: Long.fromNumber(count),
  approximateBacklogAge: toDuration(ageMs),
  tasksAddRate: rates.added,
  tasksDispatchRate: rates.dispatched,
});

function ratesOf({ engine }: Frontend, namespace: string, queue: string, type: number): Rates {
  if (!BOTH_TYPES.includes(type)) return NONE;
  const kind = type === TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW ? 'workflow' : 'activity';
  return engine.rates.of(kind, namespace, queue, engine.now());
}

function pollersOf({ engine }: Frontend, queue: string): temporal.api.taskqueue.v1.IPollerInfo[] {
  if (queue !== engine.taskQueue) return [];
  return [{ identity: WORKER_IDENTITY, lastAccessTime: toTimestamp(engine.now()) }];
}

function backlog(frontend: Frontend, namespace: string, queue: string, type: number): Backlog {
  if (type === TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW) {
    const { count, sinceMs } = frontend.engine.waitingRuns(namespace, queue);
    return { count, ageMs: sinceMs === null ? 0 : Math.max(0, frontend.engine.now() - sinceMs) };
  }
  return type === TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY ? waitingActivities(frontend, namespace, queue) : EMPTY;
}

function waitingActivities({ engine }: Frontend, namespace: string, queue: string): Backlog {
  const now = engine.now();
  let [count, ageMs] = [0, 0];
  for (const { state } of engine.runs.values()) {
    if (state.namespace !== namespace) continue;
    for (const { taskQueue, queuedTimeMs } of state.activities.values()) {
      if (taskQueue !== queue || queuedTimeMs === 0) continue;
      count++;
      ageMs = Math.max(ageMs, now - queuedTimeMs);
    }
  }
  return { count, ageMs };
}
