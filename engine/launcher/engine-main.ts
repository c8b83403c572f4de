/**
 * The engine as a process: the composition root, which chooses the concrete store, worker, activities and servers.
 */
import pino from 'pino';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import pg from 'pg';
import { fileURLToPath } from 'node:url';
import { openActivities } from '../activities/functions';
import { readActivityConfig } from '../activities/config';
import { OwnFolder } from '../activities/code/own-folder';
import { readFolderIn } from '../activities/code/read-in-process';
import { readSuggestedAt } from '../history';
import { readChangesKeptDays } from '../service/change-log';
import { openGrpcDoor, type DoorName, type GrpcDoorOptions } from '../service/doors/grpc';
import { Authority, parseKeys } from '../service/doors/keys';
import { storedKeys } from '../service/doors/stored-keys';
import { startEngine } from '../service/start-engine';
import { PostgresStore } from '../store/postgres/store';
import { ActivityExecutor } from '../worker/activities/executor';
import { createEmbeddedWorker } from '../worker/embedded-worker';
import { openVersions, type Versions } from '../api/open-versions';
import { buildIn } from '../versions/build-in-process';
import { proveIn } from '../versions/gate/proving-process';
import { openRunsOf } from '../service/open-runs';
import { describeWorkers } from '../metrics/describe-workers';
import { openMetricsDoor } from '../metrics/door';
import { EngineMetrics } from '../metrics/engine-metrics';
import { Trials } from '../trial/trials';
import { readOwnCode } from './own-code';
import { openOtlp, type OtlpSender } from '../traces/otlp';
import { PositionTable } from '../traces/position-table';
import { traceSourceOf } from '../traces/source';
import { TraceExporter } from '../traces/trace-exporter';
import { runRole } from '../role';
import manifest from '../../package.json';

/**
 * How long a stop waits for calls that are in flight. Shorter than the time within which a role must stop (role.ts).
 */
const DRAIN_MS = 8_000;

void runRole(async ({ waiting }) => {
  const { DATABASE_URL: url, BACKSTITCH_ENGINE_ADDRESS: address = '127.0.0.1:7233' } = process.env;
  if (!url) throw new Error('The engine needs DATABASE_URL.');
  const log = pino({ level: process.env.BACKSTITCH_LOG_LEVEL ?? 'info' });
  const dataDir = process.env.BACKSTITCH_DATA_DIR ?? '.backstitch/data';
  const namespace = process.env.BACKSTITCH_NAMESPACE ?? 'default';
  const keys = parseKeys(process.env.BACKSTITCH_KEYS);
  const versions = await openVersions({
    databaseUrl: url,
    dataDir,
    build: buildIn(fileURLToPath(new URL('./build-version.mjs', import.meta.url))),
    // Nothing is published before the engine has started.
    registerFields: (fields) => engine.registerFields(namespace, fields),
  });
  const trialFile = fileURLToPath(new URL('./trial.mjs', import.meta.url));
  const onBug = (stack: string) => log.error({ err: { stack } }, 'a trial failed with an internal error');
  const trials = new Trials(trialFile, { onBug });
  // The code of a draft is compiled after every edit, so this process is kept for longer.
  const codes = new Trials(trialFile, { onBug, atOnce: 1, idleMs: 300_000 });
  const metrics = new EngineMetrics({
    flowOf: (workflowType) => versions.registry.flowOf(workflowType),
    version: manifest.version,
  });
  const workflowWorker = createEmbeddedWorker({ bundles: versions.registry, log });
  const config = readActivityConfig(process.env);
  const ownCode = openOwnCode(versions, (error) => log.error({ err: error }, 'the folder of activities was not read'));
  const { activities, others, operations } = openActivities(config, {
    readSecret: (name) => versions.secrets.read(name),
    operations: versions.operations,
    ownCode,
  });
  const activityWorker = new ActivityExecutor({ activities, others, log });
  const engine = await startEngine({
    // Two engines on one database must not take the lease from each other in turns.
    store: new PostgresStore({
      url,
      takeover: 'whenFree',
      onWait: (holder) => waiting(`waits for the lease, which is held by '${holder}'`),
    }),
    workflowWorker,
    activityWorker,
    log,
    namespaces: [namespace],
    effectCounter: versions.effectCounter,
    declared: (workflowType) => versions.registry.declared(workflowType),
    newestOf: (flow) => versions.registry.newest(flow),
    writersOf: versions.fieldWriters,
    drainMs: DRAIN_MS,
    changesKeptDays: readChangesKeptDays(process.env),
    suggestsNewRunAt: readSuggestedAt(process.env),
    meter: metrics,
  });
  metrics.observe({
    countRuns: () => engine.engine.store.countRuns(),
    backlogs: () => engine.engine.backlogs(),
    now: () => engine.engine.now(),
    get holdsLease() {
      return engine.engine.holdsLease;
    },
    get runsInMemory() {
      return engine.engine.runs.size;
    },
  });
  versions.registry.onChange(() => engine.typesChanged());
  const gates = versions.gates({
    runs: openRunsOf(engine.engine, engine.hints),
    prove: proveIn(fileURLToPath(new URL('./gate.mjs', import.meta.url))),
  });
  const authority = new Authority({
    keys,
    stored: storedKeys(versions.keys),
    requireKeys: process.env.BACKSTITCH_REQUIRE_KEYS === '1',
    localEnv: path.join(dataDir, 'local.env'),
  });
  const described = {
    version: manifest.version,
    engine: engine.engine,
    worker: workflowWorker,
    registry: versions.registry,
    metrics,
  };
  const backstitch = (door: DoorName) =>
    versions.service({
      calls: { operations, environment: config.connections, ownCode },
      trials,
      codes,
      gates,
      authenticate: (call) => authority.authenticate(call.metadata, call.peer, door),
      onEnd: (caller, listener) => authority.onEnd(caller, listener),
      settle: (run, effect, mayFor) => engine.engine.settleEffect(run, effect, mayFor),
      nextRemoval: (namespace, flow) => engine.retention.next(namespace, flow),
      countEnded: (query) => engine.engine.countEnded(query),
      keep: (run, isKept, mayFor) => engine.engine.keepRun(run, isKept, mayFor),
      queryAt: (run, query, mayFor) => engine.engine.queryAt(run, query, mayFor),
      attention: (query) => engine.engine.attention(query),
      workers: (namespace) => describeWorkers(described, namespace),
      batches: engine.batches,
      changes: (query) => engine.engine.changes(query),
      changesSince: (timeMs) => engine.engine.changesSince(timeMs),
      watch: ({ namespace, workflowId }, listener) =>
        engine.hints.listen((hint) => {
          if ((!namespace || hint.namespace === namespace) && (!workflowId || hint.workflowId === workflowId))
            listener(hint);
        }),
      onError: (method, error) => log.error({ err: error, method }, 'a request failed with an internal error'),
    });
  ownCode?.watch();
  /** The export of traces; null where no receiver is named. */
  function openTraces(): { exporter: TraceExporter; sender: OtlpSender; database: pg.Pool } | null {
    const { OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT, OTEL_SERVICE_NAME } = process.env;
    if (!OTEL_EXPORTER_OTLP_ENDPOINT && !OTEL_EXPORTER_OTLP_TRACES_ENDPOINT) return null;
    const sender = openOtlp({ serviceName: OTEL_SERVICE_NAME || 'backstitch', version: manifest.version });
    const database = new pg.Pool({ connectionString: url, max: 1 });
    // A connection that breaks while nothing is asked of it; the next question opens another.
    database.on('error', (error) => log.debug({ err: error }, 'the connection of the export of traces broke'));
    const exporter = new TraceExporter(traceSourceOf(engine.engine), {
      namespace,
      flowOf: (workflowType) => versions.registry.flowOf(workflowType),
      send: (spans) => sender.send(spans),
      position: new PositionTable(database, namespace, path.join(dataDir, 'traces.json')),
      log,
    });
    return { exporter, sender, database };
  }
  const tls = await readTls(process.env);
  const metricsAddress = process.env.BACKSTITCH_METRICS_ADDRESS;
  const metricsDoor = metricsAddress
    ? await openMetricsDoor({
        address: metricsAddress,
        tls,
        text: () => metrics.text(),
        authenticate: ({ metadata, peer }) => authority.authenticate(metadata, peer, 'public'),
        onError: (error) => log.error({ err: error }, 'measurements cannot be read'),
      })
    : null;
  const traces = openTraces();
  traces?.exporter.start();
  if (metricsDoor) log.info({ address: metricsDoor.address }, 'measurements can be read');
  const door = await openGrpcDoor({
    service: engine.service,
    authority,
    address,
    public: publicDoor(process.env, tls),
    further: (name) => [backstitch(name)],
  });
  return {
    address: door.address,
    stop: async () => {
      trials.close();
      codes.close();
      gates.close();
      await Promise.all([door.close(), metricsDoor?.close(), traces?.exporter.stop()]);
      await Promise.all([traces?.sender.close(), traces?.database.end()]);
      // Activities are aborted when the lease is given up, so that an abort is never stored as the outcome of a call.
      await engine.stop();
      await activityWorker.close();
      ownCode?.close();
      await workflowWorker.close();
      await versions.close();
    },
  };
});

/** The operator's own folder of activities; undefined if there is none. */
function openOwnCode(versions: Versions, onError: (error: unknown) => void): OwnFolder | undefined {
  const own = readOwnCode(process.env);
  if (!own) return undefined;
  const built = (name: string) => fileURLToPath(new URL(`./${name}.mjs`, import.meta.url));
  return new OwnFolder({
    ...own,
    read: (folder) => readFolderIn(built('code-reader'), folder),
    processFile: built('code-process'),
    onRead: (functions, isComplete) => versions.keepOwnOperations({ folder: own.folder, functions, isComplete }),
    onError,
  });
}

/** Of the server for other machines, and of measurements that they read; null if there is none. */
async function readTls({ BACKSTITCH_TLS_CERTIFICATE: certificate, BACKSTITCH_TLS_KEY: key }: NodeJS.ProcessEnv) {
  if (!certificate || !key) return null;
  const [read, privateKey] = await Promise.all([readFile(certificate), readFile(key)]);
  return { certificate: read, privateKey };
}

/** The server for other machines. Undefined if there is none. */
function publicDoor(
  { BACKSTITCH_PUBLIC_ADDRESS: address }: NodeJS.ProcessEnv,
  tls: Awaited<ReturnType<typeof readTls>>
): GrpcDoorOptions['public'] {
  if (!address) return undefined;
  if (!tls) {
    throw new Error(
      `BACKSTITCH_PUBLIC_ADDRESS (${address}) needs TLS: name the files of a certificate and its key in ` +
        'BACKSTITCH_TLS_CERTIFICATE and BACKSTITCH_TLS_KEY.'
    );
  }
  return { address, ...tls };
}
