/** Puts the service together over a store and the worker ports; composition roots and tests choose which. */
import { hostname } from 'node:os';
import type { Logger } from 'pino';
import type { NamespaceRecord, Store } from '../store/port';
import type { ActivityWorker, WorkflowWorker } from '../worker/port';
import { systemClock, type MachineClock } from '../clock';
import type { DeclaredOf, WritersOf } from './declared';
import type { EffectCounter } from './effect-counts';
import { Batches } from './batches';
import { ChangeLog } from './change-log';
import { Engine } from './engine';
import type { Caller } from '../permissions/caller';
import {
  batchAction,
  listBatchResults,
  startRunsBatch,
  type BatchResults,
  type BatchResultsRequest,
  type RunsBatchRequest,
} from './frontend/batches';
import type { Frontend } from './frontend/context';
import { requestCancel, terminate } from './frontend/interact';
import { NamespaceDeletions } from './namespace-deletions';
import { StepTimes } from './step-times';
import { Retention, type NextRemoval } from './retention';
import { newNamespace, SEARCH_ATTRIBUTES } from './frontend/namespaces';
import { registerFields, type FieldConflict } from './frontend/search-attributes';
import { startRun } from './frontend/start';
import type { Meter } from './meter';
import { RETRY_MS } from './retry';
import type { NewestOf } from './scheduled-start';
import { Schedules } from './schedules';
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
  /** How long changes of runs are kept for other systems, in days; without it they are never removed. */
  changesKeptDays?: number;
  /** What published flows declare of their inputs; without it every workflow takes anything. */
  declared?: DeclaredOf;
  /** Versions of published flows; without it no workflow type is a flow's name. */
  newestOf?: NewestOf;
  /** Which published flows write a search attribute; without it nothing writes one. */
  writersOf?: WritersOf;
  /** See `EngineOptions.suggestsNewRunAt`. */
  suggestsNewRunAt?: number;
  meter?: Meter;
}

export interface EngineRole {
  service: WorkflowServiceImplementation;
  hints: HintStream;
  engine: Engine;
  /** Resolves when the lease is lost for the first time; the engine gets it back by itself. */
  lost: Promise<Error>;
  /** Registers the searchable fields of a flow in a namespace; returns those that cannot be. */
  registerFields(namespace: string, fields: Readonly<Record<string, string>>): Promise<FieldConflict[]>;
  /** New workflow types are served from now on. */
  typesChanged(): void;
  /** What is removed next of a flow, by the retention of its namespace. */
  retention: { next(namespace: string, flow: string): Promise<NextRemoval | null> };
  /** What `backstitch.v1` asks about batches. */
  batches: {
    start(request: RunsBatchRequest, caller: Caller): Promise<void>;
    results(request: BatchResultsRequest): Promise<BatchResults>;
  };
  stop(): Promise<void>;
}

export async function startEngine(options: StartEngineOptions): Promise<EngineRole> {
  const clock = options.clock ?? systemClock;
  const hints = new HintStream(clock);
  const namespaces = new Map<string, NamespaceRecord>();
  const stepTimes = new StepTimes(() => engine, { log: options.log });
  const engine: Engine = new Engine({
    store: options.store,
    workflowWorker: options.workflowWorker,
    activityWorker: options.activityWorker,
    clock,
    hints,
    log: options.log,
    holder: `${hostname()}/${process.pid}`,
    taskQueue: EMBEDDED_QUEUE,
    effectCounter: options.effectCounter,
    hidesErrors: (workflowType) => options.declared?.(workflowType)?.sensitive ?? false,
    stepOfExpression: (workflowType, revision, failed) =>
      options.declared?.(workflowType)?.stepOfExpression?.(revision, failed),
    drainMs: options.drainMs,
    suggestsNewRunAt: options.suggestsNewRunAt,
    meter: options.meter,
    stepTimes,
    searchAttributesOf: (namespace) => namespaces.get(namespace)?.searchAttributes ?? SEARCH_ATTRIBUTES,
  });
  await engine.start();
  const newestOf = options.newestOf ?? (() => undefined);
  const schedules = new Schedules(engine, {
    log: options.log,
    start: (request) => startRun(frontend, request),
    cancel: (request) => requestCancel(frontend, request),
    terminate: (request) => terminate(frontend, request),
    newestOf,
    namespaceId: (name) => namespaces.get(name)?.id ?? '',
  });
  const declared = options.declared ?? (() => undefined);
  const retention = new Retention(engine, { namespaces: () => namespaces.values(), log: options.log });
  const { changesKeptDays: keptDays, log } = options;
  const changeLog = keptDays === undefined ? null : new ChangeLog(engine, { keptDays, log });
  const namespaceChanged = () => {
    retention.wake();
    deletions.wake();
    indexAttributes();
  };
  // In the background: lists find the same before, only slower.
  function indexAttributes(): void {
    const all = [...namespaces.values()].flatMap(({ searchAttributes }) => Object.entries(searchAttributes));
    const own = all.filter(([name]) => !Object.hasOwn(SEARCH_ATTRIBUTES, name));
    if (own.length === 0 || !engine.holdsLease) return;
    engine.store.indexAttributes(own).catch((error: unknown) => {
      options.log?.warn({ err: error }, 'lists by search attributes remain slow: their indexes cannot be made now');
    });
  }
  const batches = new Batches(engine, { actionOf: (batch) => batchAction(frontend, batch), log: options.log });
  const own = new Set(options.namespaces ?? ['default']);
  const writersOf = options.writersOf ?? (async () => []);
  const frontend: Frontend = {
    engine,
    namespaces,
    own,
    declared,
    newestOf,
    writersOf,
    schedules,
    batches,
    namespaceChanged,
  };
  const deletions = new NamespaceDeletions(engine, { namespaces, schedules, batches, log: options.log });
  const readNamespaces = async () => {
    const records = await engine.store.readNamespaces();
    // Another engine may have removed some.
    frontend.namespaces.clear();
    for (const record of records) {
      // An older engine registered fewer.
      const searchAttributes = { ...SEARCH_ATTRIBUTES, ...record.searchAttributes };
      frontend.namespaces.set(record.name, { ...record, searchAttributes });
    }
  };
  // Another engine may have changed both while it had the lease.
  const readAgain = async () => {
    await readNamespaces();
    await schedules.begin();
    await batches.begin();
    namespaceChanged();
  };
  await readNamespaces();
  engine.onLease(() => {
    if (engine.holdsLease) {
      changeLog?.begin();
      readAgain().catch(readLater);
    } else schedules.end();
  });
  changeLog?.begin();
  function readLater(error: unknown): void {
    options.log?.warn({ err: error }, 'namespaces and schedules are not read yet');
    engine.after(RETRY_MS, () => {
      if (engine.holdsLease) readAgain().catch(readLater);
    });
  }
  for (const name of own) {
    if (frontend.namespaces.has(name)) continue;
    const record = newNamespace(name);
    await engine.store.writeNamespace(record);
    frontend.namespaces.set(name, record);
  }
  // Not before: what a schedule starts is started in a namespace.
  await schedules.begin();
  await batches.begin();
  namespaceChanged();
  return {
    service: new WorkflowServiceImplementation({ frontend, taskQueue: EMBEDDED_QUEUE, log: options.log }),
    hints,
    engine,
    lost: engine.lost,
    registerFields: (namespace, fields) => registerFields(frontend, namespace, fields),
    typesChanged: () => engine.typesChanged(),
    retention: { next: (namespace, flow) => retention.next(namespace, flow) },
    batches: {
      start: (request, caller) => startRunsBatch(frontend, request, caller),
      results: (request) => listBatchResults(frontend, request),
    },
    stop: () => {
      retention.stop();
      changeLog?.stop();
      deletions.stop();
      return engine.stop();
    },
  };
}
