/** The engine as a process: the composition root that names the concrete store, worker, activities and doors. */
import pino from 'pino';
import { activityFunctions } from '../activities/functions';
import { readActivityConfig } from '../activities/config';
import { openGrpcDoor } from '../service/doors/grpc';
import { parseKeys } from '../service/doors/keys';
import { startEngine } from '../service/start-engine';
import { PostgresStore } from '../store/postgres/store';
import { ActivityExecutor } from '../worker/activities/executor';
import { createEmbeddedWorker, type BundleSource } from '../worker/embedded-worker';
import { runRole } from './role';

void runRole(async () => {
  const { DATABASE_URL: url, BACKSTITCH_ENGINE_ADDRESS: address = '127.0.0.1:7233' } = process.env;
  if (!url) throw new Error('The engine needs DATABASE_URL.');
  const log = pino({ level: process.env.BACKSTITCH_LOG_LEVEL ?? 'info' });
  const bundles: BundleSource = { find: () => undefined, onChange: () => () => {} };
  const workflowWorker = createEmbeddedWorker({ bundles, log });
  const activityWorker = new ActivityExecutor({ activities: activityFunctions(readActivityConfig(process.env)), log });
  const engine = await startEngine({
    // Two engines on one database must not take the lease from each other in turns.
    store: new PostgresStore({ url, takeover: 'whenFree' }),
    workflowWorker,
    activityWorker,
    log,
    namespaces: [process.env.BACKSTITCH_NAMESPACE ?? 'default'],
  });
  const door = await openGrpcDoor({ service: engine.service, keys: parseKeys(process.env.BACKSTITCH_KEYS), address });
  return {
    address: door.address,
    stop: async () => {
      await door.close();
      await activityWorker.close();
      await engine.stop();
      await workflowWorker.close();
    },
  };
});
