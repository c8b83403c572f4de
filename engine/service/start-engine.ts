/** Puts the service together over a store and the worker ports; composition roots and tests choose which. */
import { hostname } from 'node:os';
import type { Logger } from 'pino';
import type { NamespaceRecord, Store } from '../store/port';
import type { ActivityWorker, WorkflowWorker } from '../worker/port';
import { systemClock, type MachineClock } from '../clock';
import type { DeclaredOf } from './declared';
import type { EffectCounter } from './effect-counts';
import { Engine } from './engine';
import type { Frontend } from './frontend/context';
import { newNamespace, SEARCH_ATTRIBUTES } from './frontend/namespaces';
import { HintStream } from './watch';
import { WorkflowServiceImplementation } from './workflow-service';

/** The embedded worker's own queue. */
export const EMBEDDED_QUEUE = 'backstitch';

export interface StartEngineOptions {
  store: Store;
  workflowWorker: WorkflowWorker;
  activityWorker: ActivityWorker;
  clock?: MachineClock;
  log?: Logger;
  namespaces?: string[];
  effectCounter?: EffectCounter;
  /** See `EngineOptions.drainMs`. */
  drainMs?: number;
  /** What published flows declare of their inputs; without it every workflow takes anything. */
  declared?: DeclaredOf;
}

export interface EngineRole {
  service: WorkflowServiceImplementation;
  hints: HintStream;
  engine: Engine;
  /** Resolves when the lease is lost for the first time; the engine gets it back by itself. */
  lost: Promise<Error>;
  /** New workflow types are served from now on. */
  typesChanged(): void;
  stop(): Promise<void>;
}

export async function startEngine(options: StartEngineOptions): Promise<EngineRole> {
  const clock = options.clock ?? systemClock;
  const hints = new HintStream(clock);
  const namespaces = new Map<string, NamespaceRecord>();
  const engine = new Engine({
    store: options.store,
    workflowWorker: options.workflowWorker,
    activityWorker: options.activityWorker,
    clock,
    hints,
    log: options.log,
    holder: `${hostname()}/${process.pid}`,
    taskQueue: EMBEDDED_QUEUE,
    effectCounter: options.effectCounter,
    drainMs: options.drainMs,
    searchAttributesOf: (namespace) => namespaces.get(namespace)?.searchAttributes ?? SEARCH_ATTRIBUTES,
  });
  await engine.start();
  const frontend: Frontend = { engine, namespaces, declared: options.declared ?? (() => undefined) };
  const readNamespaces = async () => {
    for (const record of await engine.store.readNamespaces()) {
      // An older engine registered fewer.
      const searchAttributes = { ...SEARCH_ATTRIBUTES, ...record.searchAttributes };
      frontend.namespaces.set(record.name, { ...record, searchAttributes });
    }
  };
  await readNamespaces();
  // Another engine may have changed them while it had the lease.
  engine.onLease(() => {
    if (engine.holdsLease)
      readNamespaces().catch((error: unknown) =>
        options.log?.warn({ err: error }, 'the namespaces are not read again')
      );
  });
  for (const name of options.namespaces ?? ['default']) {
    if (frontend.namespaces.has(name)) continue;
    const record = newNamespace(name);
    await engine.store.writeNamespace(record);
    frontend.namespaces.set(name, record);
  }
  return {
    service: new WorkflowServiceImplementation({ frontend, taskQueue: EMBEDDED_QUEUE, log: options.log }),
    hints,
    engine,
    lost: engine.lost,
    typesChanged: () => engine.typesChanged(),
    stop: () => engine.stop(),
  };
}
