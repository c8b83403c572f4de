/** The engine as a process: the composition root that names the concrete store, worker, activities and doors. */
import pino from 'pino';
import { fileURLToPath } from 'node:url';
import { catalogue } from '../activities/catalogue';
import { activityFunctions } from '../activities/functions';
import { readActivityConfig } from '../activities/config';
import { checkTypesIn } from '../compiler/type-check-process';
import { openGrpcDoor } from '../service/doors/grpc';
import { authorize, parseKeys } from '../service/doors/keys';
import { startEngine } from '../service/start-engine';
import { PostgresStore } from '../store/postgres/store';
import { ActivityExecutor } from '../worker/activities/executor';
import { createEmbeddedWorker } from '../worker/embedded-worker';
import { openVersions } from '../versions/open';
import { createToolchain } from '../versions/toolchain';
import { runRole } from './role';

void runRole(async () => {
  const { DATABASE_URL: url, BACKSTITCH_ENGINE_ADDRESS: address = '127.0.0.1:7233' } = process.env;
  if (!url) throw new Error('The engine needs DATABASE_URL.');
  const log = pino({ level: process.env.BACKSTITCH_LOG_LEVEL ?? 'info' });
  const keys = parseKeys(process.env.BACKSTITCH_KEYS);
  const versions = await openVersions({
    databaseUrl: url,
    dataDir: process.env.BACKSTITCH_DATA_DIR ?? '.backstitch/data',
    toolchain: createToolchain(catalogue, checkTypesIn(fileURLToPath(new URL('./type-check.mjs', import.meta.url)))),
  });
  const workflowWorker = createEmbeddedWorker({ bundles: versions.registry, log });
  const activities = activityFunctions(readActivityConfig(process.env), {
    readSecret: (name) => versions.secrets.read(name),
  });
  const activityWorker = new ActivityExecutor({ activities, log });
  const engine = await startEngine({
    // Two engines on one database must not take the lease from each other in turns.
    store: new PostgresStore({ url, takeover: 'whenFree' }),
    workflowWorker,
    activityWorker,
    log,
    namespaces: [process.env.BACKSTITCH_NAMESPACE ?? 'default'],
  });
  versions.registry.onChange(() => engine.typesChanged());
  const backstitch = versions.service({
    authorize: (call, role) => authorize(keys, call, role),
    watch: ({ namespace, workflowId }, listener) =>
      engine.hints.listen((hint) => {
        if ((!namespace || hint.namespace === namespace) && (!workflowId || hint.workflowId === workflowId))
          listener(hint);
      }),
    onError: (method, error) => log.error({ err: error, method }, 'a request broke the worker'),
  });
  const door = await openGrpcDoor({ service: engine.service, keys, address, further: [backstitch] });
  return {
    address: door.address,
    stop: async () => {
      await door.close();
      await activityWorker.close();
      await engine.stop();
      await workflowWorker.close();
      await versions.close();
    },
  };
});
