/**
 * What waits on each task queue: runs whose workflow task no worker can run, and attempts of activities that no worker has
 * started. An attempt of the embedded worker never waits: it starts with the commit that schedules it.
 */
import type { RunState } from '../history';
import type { TimestampMs } from '../run-name';

/** A run that needs a workflow task which no worker can run. */
export interface WaitingRun {
  namespace: string;
  taskQueue: string;
  workflowType: string;
  sinceMs: TimestampMs;
}

export interface QueueBacklog {
  namespace: string;
  taskQueue: string;
  kind: 'workflow' | 'activity';
  count: number;
  /** Since when the oldest of them waits. */
  sinceMs: TimestampMs;
  /** How many of each type of workflow or activity, the most first; at most MOST_TYPES. */
  types: { name: string; count: number }[];
}

const MOST_TYPES = 20;

export function addUp(waiting: Iterable<WaitingRun>, hot: Iterable<{ state: RunState }>): QueueBacklog[] {
  const found = new Map<string, Omit<QueueBacklog, 'types'> & { types: Map<string, number> }>();
  const add = (namespace: string, taskQueue: string, kind: QueueBacklog['kind'], type: string, sinceMs: number) => {
    const key = `${namespace}\0${taskQueue}\0${kind}`;
    const known = found.get(key) ?? { namespace, taskQueue, kind, count: 0, sinceMs, types: new Map<string, number>() };
    known.count++;
    known.sinceMs = Math.min(known.sinceMs, sinceMs);
    known.types.set(type, (known.types.get(type) ?? 0) + 1);
    found.set(key, known);
  };
  for (const { namespace, taskQueue, workflowType, sinceMs } of waiting)
    add(namespace, taskQueue, 'workflow', workflowType, sinceMs);
  for (const { state } of hot)
    for (const { taskQueue, activityType, queuedTimeMs } of state.activities.values())
      if (queuedTimeMs > 0) add(state.namespace, taskQueue, 'activity', activityType, queuedTimeMs);
  return [...found.values()].map(({ types, ...backlog }) => ({
    ...backlog,
    types: [...types]
      .map(([name, count]) => ({ name, count }))
      .sort((one, other) => other.count - one.count || (one.name < other.name ? -1 : 1))
      .slice(0, MOST_TYPES),
  }));
}
