/**
 * What runs where.
 *
 * [WRK1] On a Temporal cluster the queue of flows is asked there: who polls it, and its backlog. What a cluster does not tell
 *        is left out and named.
 * [WRK3] The engines that wait to take over are named as long as they wait.
 * [WRK2] Whoever operates some flows sees the processes and all queues with their counts; of flows and types, their own.
 */
import type { EngineProcess, Queue, ServedFlow, Waiting, Workers } from '@/app/_contract/workers';
import type { DescribeWorkersResponse } from '@/engine/api/messages';
import { byName } from '@/engine/flow/values/name-order';
import { mayForType } from '@/engine/permissions/permissions';
import { temporal } from '@/engine/proto';
import { durationMs, timestampMs } from '@/engine/proto-time';
import { reading, unanswered } from '../engine';
import { demandAnywhere, type Actor } from '../people/actor';
import { TASK_QUEUE } from '../runs/start';
import type { Web } from '../web';
import { webProcesses } from './web-presence';

const { TaskQueueType } = temporal.api.enums.v1;
type Asked = Pick<Web, 'config' | 'temporal' | 'versions' | 'database'>;

const MISSING =
  'Runs are on a Temporal cluster. It tells who asks this queue for tasks, and does not tell the processes, their memory ' +
  'and the other queues.';

export async function listWorkers(web: Asked, actor: Actor): Promise<Workers> {
  demandAnywhere(actor, 'workers.list');
  const { foreignCluster, namespace } = web.config;
  const [described, webs] = await Promise.all([
    web.versions.describeWorkers({ namespace }).catch(unanswered),
    webProcesses(web.database),
  ]);
  const flows = servedFlows(described, actor);
  if (foreignCluster) return { ...(await onCluster(web)), engine: null, standbys: [], webs, flows, missing: MISSING };
  const queues = queuesOf(described, actor);
  const { standbys } = described;
  return { engine: processOf(described), standbys, webs, pollers: [], queues, flows, missing: null };
}

function processOf({ engine }: DescribeWorkersResponse): EngineProcess {
  const { holdsLease: isActive, identity: _, taskQueue: __, ...process } = engine;
  return { ...process, isActive };
}

const NOTHING: Waiting = { count: 0, sinceMs: null, types: [] };

function queuesOf({ engine, backlogs }: DescribeWorkersResponse, actor: Actor): Queue[] {
  const own: Queue = { name: engine.taskQueue, isServed: true, workflow: NOTHING, activity: NOTHING };
  const queues = new Map([[own.name, own]]);
  for (const { taskQueue, kind, count, sinceMs, types } of backlogs) {
    const queue = queues.get(taskQueue) ?? { ...own, name: taskQueue, isServed: false };
    const isWorkflow = kind === 'workflow';
    // Types of activities belong to no flow.
    const seen = types.filter(({ name }) => mayForType(actor, 'workers.list', isWorkflow ? name : ''));
    queues.set(taskQueue, { ...queue, [isWorkflow ? 'workflow' : 'activity']: { count, sinceMs, types: seen } });
  }
  const others = [...queues.values()].filter(({ name }) => name !== own.name);
  return [queues.get(own.name) ?? own, ...others.sort((one, other) => byName(one.name, other.name))];
}

function servedFlows({ versions }: DescribeWorkersResponse, actor: Actor): ServedFlow[] {
  const flows = new Map<string, ServedFlow>();
  for (const { flow, workflowType, live, revisions, retired } of versions) {
    if (!mayForType(actor, 'workers.list', workflowType)) continue;
    const known = flows.get(flow) ?? { flow, versions: [] };
    const version = Number(/_v(\d+)$/.exec(workflowType)?.[1] ?? 0);
    known.versions.push({ workflowType, version, live, revisions: revisions.length, retired });
    flows.set(flow, known);
  }
  for (const { versions: own } of flows.values()) own.sort((one, other) => other.version - one.version);
  return [...flows.values()].sort((one, other) => byName(one.flow, other.flow));
}

/** [WRK1] */
async function onCluster(web: Asked): Promise<Pick<Workers, 'pollers' | 'queues'>> {
  const { namespace } = web.config;
  const ask = (taskQueueType: temporal.api.enums.v1.TaskQueueType) =>
    reading(web, () =>
      web.temporal.workflowService.describeTaskQueue({
        namespace,
        taskQueue: { name: TASK_QUEUE },
        taskQueueType,
        reportStats: true,
      })
    );
  const [workflow, activity] = await Promise.all([
    ask(TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW),
    ask(TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY),
  ]);
  const pollers = new Map<string, number>();
  for (const { identity, lastAccessTime } of [...workflow.pollers, ...activity.pollers]) {
    const seenMs = timestampMs(lastAccessTime);
    pollers.set(identity ?? '', Math.max(seenMs, pollers.get(identity ?? '') ?? 0));
  }
  const now = Date.now();
  const waiting = ({ stats }: typeof workflow): Waiting => {
    const count = Number(stats?.approximateBacklogCount ?? 0);
    return { count, sinceMs: count > 0 ? now - durationMs(stats?.approximateBacklogAge) : null, types: [] };
  };
  const isServed = pollers.size > 0;
  return {
    pollers: [...pollers].map(([identity, lastSeenMs]) => ({ identity, lastSeenMs })),
    queues: [{ name: TASK_QUEUE, isServed, workflow: waiting(workflow), activity: waiting(activity) }],
  };
}
