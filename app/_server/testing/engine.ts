/**
 * The real engine in the test's own process: store, worker, activities, versions and doors as the launcher puts them
 * together.
 */
import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { catalogue } from '@/engine/activities/catalogue';
import type { OwnFolder } from '@/engine/activities/code/own-folder';
import { readActivityConfig } from '@/engine/activities/config';
import { openActivities } from '@/engine/activities/functions';
import { typeCheck } from '@/engine/compiler/type-check';
import { openGrpcDoor } from '@/engine/service/doors/grpc';
import { Authority, parseKeys } from '@/engine/service/doors/keys';
import { storedKeys } from '@/engine/service/doors/stored-keys';
import { startEngine, type EngineRole } from '@/engine/service/start-engine';
import { trialsInProcess } from '@/engine/trial/testing/in-process';
import { PostgresStore } from '@/engine/store/postgres/store';
import { ActivityExecutor } from '@/engine/worker/activities/executor';
import { createEmbeddedWorker } from '@/engine/worker/embedded-worker';
import { buildWith } from '@/engine/versions/build';
import { openVersions, type Versions } from '@/engine/api/open-versions';
import { proveHere } from '@/engine/versions/testing/gates';
import { describeWorkers } from '@/engine/metrics/describe-workers';
import { EngineMetrics } from '@/engine/metrics/engine-metrics';
import { openRunsOf } from '@/engine/service/open-runs';
import { createToolchain } from '@/engine/versions/toolchain';

/** The bearer key that the web presents: only with one may it decide approvals. */
export const WEB_KEY = 'the key that the web presents';
const KEYS = parseKeys(
  JSON.stringify([{ name: 'web', role: 'web', sha256: createHash('sha256').update(WEB_KEY).digest('hex') }])
);

export interface TestEngine {
  /** 'host:port' */
  address: string;
  /** Calls by method since it started: who asks twice is seen here. */
  calls: ReadonlyMap<string, number>;
  stop(): Promise<void>;
}

export async function startTestEngine(options: {
  databaseUrl: string;
  /** Of an earlier one, to come back at the same place. */
  address?: string;
  /** BACKSTITCH_CONNECTIONS and the like. */
  environment?: Record<string, string>;
  /** Clients on this machine need a key too. */
  requireKeys?: boolean;
  /** Another way to start it: one that hands its histories to the proof. */
  start?: typeof startEngine;
  /** The operator's own folder of activities. */
  ownCode?: (versions: Versions) => OwnFolder;
}): Promise<TestEngine> {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'backstitch-web-test-'));
  const versions = await openVersions({
    databaseUrl: options.databaseUrl,
    dataDir,
    build: buildWith(
      createToolchain(catalogue, async ({ files, manifest }) => typeCheck(files, manifest?.nodes ?? {}))
    ),
    registerFields: (fields) => engine.registerFields('default', fields),
  });
  const trials = trialsInProcess();
  const metrics = new EngineMetrics({ flowOf: (type) => versions.registry.flowOf(type), version: 'test' });
  const workflowWorker = createEmbeddedWorker({ bundles: versions.registry });
  const config = readActivityConfig(options.environment ?? {});
  const ownCode = options.ownCode?.(versions);
  const { activities, others, operations } = openActivities(config, {
    readSecret: (name) => versions.secrets.read(name),
    operations: versions.operations,
    ownCode,
  });
  const activityWorker = new ActivityExecutor({ activities, others });
  const engine: EngineRole = await (options.start ?? startEngine)({
    store: new PostgresStore({ url: options.databaseUrl }),
    workflowWorker,
    activityWorker,
    namespaces: ['default'],
    effectCounter: versions.effectCounter,
    declared: (workflowType) => versions.registry.declared(workflowType),
    newestOf: (flow) => versions.registry.newest(flow),
    writersOf: versions.fieldWriters,
    meter: metrics,
  });
  versions.registry.onChange(() => engine.typesChanged());
  const described = {
    version: 'test',
    engine: engine.engine,
    worker: workflowWorker,
    registry: versions.registry,
    metrics,
  };
  const gates = versions.gates({ runs: openRunsOf(engine.engine, engine.hints), prove: proveHere });
  const calls = new Map<string, number>();
  const call = engine.service.call.bind(engine.service);
  engine.service.call = (method, ...rest) => {
    calls.set(method, (calls.get(method) ?? 0) + 1);
    return call(method, ...rest);
  };
  const authority = new Authority({ keys: KEYS, stored: storedKeys(versions.keys), requireKeys: options.requireKeys });
  const door = await openGrpcDoor({
    service: engine.service,
    authority,
    address: options.address ?? '127.0.0.1:0',
    further: (door) => [
      versions.service({
        calls: { operations, environment: config.connections, ownCode },
        trials,
        codes: trials,
        gates,
        authenticate: (call) => authority.authenticate(call.metadata, call.peer, door),
        onEnd: (caller, listener) => authority.onEnd(caller, listener),
        attention: (query) => engine.engine.attention(query),
        workers: (namespace) => describeWorkers(described, namespace),
        batches: engine.batches,
        changes: (query) => engine.engine.changes(query),
        changesSince: (timeMs) => engine.engine.changesSince(timeMs),
        settle: (run, effect, mayFor) => engine.engine.settleEffect(run, effect, mayFor),
        nextRemoval: (namespace, flow) => engine.retention.next(namespace, flow),
        countEnded: (query) => engine.engine.countEnded(query),
        keep: (run, isKept, mayFor) => engine.engine.keepRun(run, isKept, mayFor),
        queryAt: (run, query, mayFor) => engine.engine.queryAt(run, query, mayFor),
        watch: (_request, listener) => engine.hints.listen(listener),
        onError: (method, error) => console.error(`${method} broke the engine`, error),
      }),
    ],
  });
  return {
    address: door.address,
    calls,
    async stop() {
      gates.close();
      await door.close();
      await engine.stop();
      await activityWorker.close();
      ownCode?.close();
      await workflowWorker.close();
      await versions.close();
      await trials.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
