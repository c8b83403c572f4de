/** Connects everything about published versions for the process that serves them. */
import pg from 'pg';
import type { EffectCounter } from '../service/effect-counts';
import { effectCounter } from '../versions/effect-counter';
import { VersionRegistry } from '../versions/registry';
import type { Build } from '../versions/build';
import { Gates, type GatesOptions } from '../versions/gate/gates';
import { Publisher, type RegisterFields } from '../versions/publish';
import { KeyTable } from '../keys/key-table';
import { readFrozen } from '../connections/frozen-operations';
import { LiveConnections } from '../connections/live-connections';
import { Connections, type ServiceCalls } from '../connections/connections';
import { operationsFor } from '../connections/live-operations';
import { callsOfTree } from '../versions/calls-of-tree';
import { FlowEntries, flowEntriesFor } from '../versions/flow-entries';
import { fieldWriters } from '../versions/version-table';
import type { WritersOf } from '../service/declared';
import { keepOwnOperations, type ReadFromFolder } from '../connections/own-operations';
import type { FileProblem } from '../flow/connections/own-code';
import type { OperationSource } from '../activities/operations';
import { SecretStore } from '../secrets/secret-store';
import { backstitchService, type BackstitchServiceOptions } from './service';

export interface VersionsOptions {
  databaseUrl: string;
  /** The folder that contains the key of the secrets. */
  dataDir: string;
  /** `buildIn` of build-in-process.ts; in tests `buildWith` of build.ts. */
  build: Build;
  /** Of the namespace in which flows run; without it no searchable field is registered. */
  registerFields?: RegisterFields;
}

export interface Versions {
  /** The worker's bundle source: every published version is served. */
  registry: VersionRegistry;
  publisher: Publisher;
  secrets: SecretStore;
  keys: KeyTable;
  /** For the activity worker: the operations of published versions, and the connections as they are now. */
  operations: OperationSource;
  /** The versions whose runs write a search attribute. */
  fieldWriters: WritersOf;
  /** Stores the operations of the operator's own folder; returns those that cannot be operations. */
  keepOwnOperations(read: ReadFromFolder): Promise<FileProblem[]>;
  /** Counts the remaining effects of a run that was closed without its code. */
  effectCounter: EffectCounter;
  /** Checks revisions against the open runs. The caller closes it. */
  gates(options: Pick<GatesOptions, 'runs' | 'prove'>): Gates;
  /** The gRPC service to add to the engine's server. */
  service(
    door: Pick<
      BackstitchServiceOptions,
      | 'authenticate'
      | 'onEnd'
      | 'watch'
      | 'keep'
      | 'queryAt'
      | 'nextRemoval'
      | 'countEnded'
      | 'settle'
      | 'attention'
      | 'workers'
      | 'batches'
      | 'changes'
      | 'changesSince'
      | 'onError'
      | 'trials'
      | 'codes'
      | 'gates'
    > & {
      /** For 'Test' and 'Send once'; without it they are refused. */
      calls?: ServiceCalls;
    }
  ): ReturnType<typeof backstitchService>;
  close(): Promise<void>;
}

/** Loads all published versions. The tables must exist (migrations). */
export async function openVersions(options: VersionsOptions): Promise<Versions> {
  const pool = new pg.Pool({ connectionString: options.databaseUrl, max: 4, application_name: 'backstitch versions' });
  // A pooled connection that breaks while idle is replaced at the next query. Without a listener its error would end
  // the process.
  pool.on('error', () => {});
  pool.on('connect', (client) => client.on('error', () => {})); // the same while it is used by a transaction
  try {
    const registry = new VersionRegistry(pool);
    await registry.load();
    const secrets = await SecretStore.open(pool, options.dataDir);
    const keys = new KeyTable(pool);
    const connections = new LiveConnections(pool);
    const flows = new FlowEntries(pool);
    const publisher = new Publisher(
      pool,
      registry,
      options.build,
      (document) => operationsFor(pool, document),
      options.registerFields
    );
    return {
      registry,
      publisher,
      secrets,
      keys,
      operations: {
        frozen: (workflowType, revision, activity) => readFrozen(pool, workflowType, revision, activity),
        connection: (name) => connections.find(name),
      },
      fieldWriters: (names) => fieldWriters(pool, names),
      keepOwnOperations: async (read) => {
        const problems = await keepOwnOperations(pool, read);
        connections.changed();
        return problems;
      },
      effectCounter: effectCounter(pool, (workflowType) => registry.find(workflowType) !== undefined),
      gates: (given) =>
        new Gates({
          ...given,
          pool,
          registry,
          build: options.build,
          operationsFor: (document) => operationsFor(pool, document),
        }),
      service: ({ calls, ...door }) =>
        backstitchService({
          ...door,
          pool,
          publisher,
          registry,
          secrets,
          keys,
          connections: new Connections(pool, connections, calls, () => flows.all()),
          callsOf: (document, workflowType) => callsOfTree(pool, document, workflowType, calls),
          operationsFor: async (document) => {
            const live = await operationsFor(pool, document);
            const operations = Object.fromEntries(live.map(({ entry }) => [entry.name, entry]));
            return { ...operations, ...(await flowEntriesFor(pool, document)) };
          },
        }),
      close: () => {
        keys.close();
        return pool.end();
      },
    };
  } catch (error) {
    await pool.end();
    throw error;
  }
}
