/**
 * What runs where, for people who operate: this process and those that wait to take over, the versions that its worker
 * serves, and what waits for a worker.
 */
import { hostname } from 'node:os';
import type { DescribeWorkersResponse } from '../api/messages';
import { WORKER_IDENTITY } from '../service/attempts';
import type { QueueBacklog } from '../service/backlogs';
import type { LeasedStore } from '../store/port';
import type { ServedVersion } from '../versions/registry';

export interface Described {
  version: string;
  engine: {
    readonly holdsLease: boolean;
    readonly runs: ReadonlyMap<number, unknown>;
    readonly taskQueue: string;
    backlogs(): QueueBacklog[];
    readonly store: Pick<LeasedStore, 'waiting'>;
  };
  worker: {
    readonly hosted: { runs: number; threads: number };
    readonly endedSandboxes: { readonly shared: number; readonly apart: number };
  };
  registry: { served(): ServedVersion[] };
  metrics: { readonly lastMinute: { workflowTasks: number; attempts: number } };
}

const STARTED_MS = Math.round(Date.now() - process.uptime() * 1_000);

export async function describeWorkers(
  { version, engine, worker, registry, metrics }: Described,
  namespace: string
): Promise<DescribeWorkersResponse> {
  const { hosted, endedSandboxes: ended } = worker;
  return {
    engine: {
      host: hostname(),
      pid: process.pid,
      version,
      node: process.versions.node,
      startedMs: STARTED_MS,
      holdsLease: engine.holdsLease,
      residentBytes: process.memoryUsage.rss(),
      runsInMemory: engine.runs.size,
      hostedRuns: hosted.runs,
      threads: hosted.threads,
      endedThreads: ended.shared + ended.apart,
      identity: WORKER_IDENTITY,
      taskQueue: engine.taskQueue,
      ...metrics.lastMinute,
    },
    versions: registry.served(),
    backlogs: engine.backlogs().filter((backlog) => backlog.namespace === namespace),
    standbys: (await engine.store.waiting()).map(({ holder, since }) => ({ name: holder, sinceMs: since })),
  };
}
