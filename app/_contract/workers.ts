/** What runs where: the processes, the queues, and the flows that are served. */
export interface Workers {
  /** Null on a Temporal cluster, which does not tell it. */
  engine: EngineProcess | null;
  /** Engines that wait to take over, the longest first; none on a Temporal cluster. */
  standbys: { name: string; sinceMs: number }[];
  /** The oldest first. */
  webs: WebProcess[];
  /** Who asks a Temporal cluster for tasks; of the bundled engine its own worker alone. */
  pollers: { identity: string; lastSeenMs: number }[];
  queues: Queue[];
  /** That the person may operate, by name. */
  flows: ServedFlow[];
  /** What a Temporal cluster does not tell; null: everything is here. */
  missing: string | null;
}

export interface EngineProcess {
  host: string;
  pid: number;
  version: string;
  node: string;
  startedMs: number;
  /** It is the one that writes. */
  isActive: boolean;
  residentBytes: number;
  runsInMemory: number;
  hostedRuns: number;
  threads: number;
  /** Since the start, because code did not return or took all memory. */
  endedThreads: number;
  /** Done in the last minute. */
  workflowTasks: number;
  attempts: number;
}

export interface WebProcess {
  id: string;
  host: string;
  pid: number;
  version: string;
  node: string;
  startedMs: number;
  residentBytes: number;
}

export interface Queue {
  name: string;
  /** The embedded worker, or some poller, serves it. */
  isServed: boolean;
  workflow: Waiting;
  activity: Waiting;
}
export interface Waiting {
  count: number;
  /** Since when the oldest waits; null for none. */
  sinceMs: number | null;
  /** The most frequent types. */
  types: { name: string; count: number }[];
}

export interface ServedFlow {
  flow: string;
  /** The newest first. */
  versions: {
    workflowType: string;
    version: number;
    /** The revision on which new runs start, and how many there are. */
    live: string;
    revisions: number;
    retired: boolean;
  }[];
}
